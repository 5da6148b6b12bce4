"""The end of a campaign's update: the local service has no fault for one that fails, so its state is changed."""

import json
import sqlite3

from tests.include.local_personalize.running import Server


def end_update(server: Server, campaign_arn: str, failure_reason: str | None = None) -> None:
    """Let the update that is under way end now: CREATE FAILED with a reason, where there is one, else ACTIVE.

    A campaign whose update failed serves what it served, as it does on AWS.
    """
    with sqlite3.connect(server.data / "state.sqlite", timeout=30) as state:
        (text,) = state.execute("SELECT notes FROM resources WHERE arn = ?", (campaign_arn,)).fetchone()
        notes = json.loads(text)
        notes["update"]["failure_reason"] = failure_reason
        life = notes["update"]["lifecycle"]
        life["outcome"] = "CREATE FAILED" if failure_reason else "ACTIVE"
        life["settles_at"] = life["pending_until"]
        state.execute("UPDATE resources SET notes = ? WHERE arn = ?", (json.dumps(notes), campaign_arn))
    state.close()
