"""What is set for the whole service, at its start and while it runs: delays, quotas and faults."""

from collections.abc import Mapping
from dataclasses import dataclass

from include.local_personalize.protocol.faults import Faults
from include.local_personalize.state.lifecycle import Delays


@dataclass
class Conditions:
    """Each member is replaced as a whole, by the control plane."""

    delays: Delays
    quotas: Mapping[str, int]  # by kind of resource
    faults: Faults

    def delays_of(self, kind: str, arn: str) -> Delays:
        """How long the states of this resource last: as a fault asks, or as set for all."""
        return self.faults.delays(kind, arn) or self.delays
