"""Somebody who looks at the campaign all the time, and remembers every version it was seen to serve."""

import threading
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from include.demo import services
from include.demo.environment import Addresses

PAUSE_SECONDS = 0.1


@dataclass
class Witness:
    """A context in which DescribeCampaign is asked again and again; a service that is dead is asked until it answers.

    looks: how often it was answered. served: every version that was said to serve since the last `forget`.
    """

    addresses: Addresses
    campaign_arn: str
    looks: int = 0
    served: set[str] = field(default_factory=set)
    _ended: threading.Event = field(default_factory=threading.Event)

    def forget(self) -> None:
        """Begin a new set of versions."""
        self.served = set()

    def _look(self) -> None:
        api: Any = services.personalize_client(self.addresses, "personalize")
        while not self._ended.wait(PAUSE_SECONDS):
            try:
                campaign = api.describe_campaign(campaignArn=self.campaign_arn)["campaign"]
            except (BotoCoreError, ClientError):
                continue
            self.served.add(campaign["solutionVersionArn"])
            self.looks += 1
        api.close()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._look, name="witness", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
