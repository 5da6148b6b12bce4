"""A whole night, sent from its archive."""

import tempfile
from typing import Any

from include.datasets.events.from_parquet import from_parquet
from include.datasets.events.progress import Progress, Sent
from include.datasets.events.quarantine import quarantine
from include.datasets.events.send import PER_SECOND, send
from include.datasets.night.places import NightPlaces


def send_night(
    s3: Any, events: Any, tracking_id: str, dataset_group: str, places: NightPlaces, per_second: float = PER_SECOND
) -> Sent:
    """Send the night's rows.parquet by PutEvents; called again, it goes on where it was. Raises as `send` does.

    How far it is stands in sent.json, written before the first event is: what has begun must not be gathered anew.
    Rows that PutEvents does not take are moved from the night's imported to its quarantined rows.
    """
    with tempfile.TemporaryFile() as file:
        archive = s3.get_object(Bucket=places.archive.bucket, Key=places.archive.key)
        for piece in archive["Body"].iter_chunks(1 << 20):
            file.write(piece)
        progress = Progress(s3, places.sent, archive["ETag"])
        rows = from_parquet(file)
        group, night = dataset_group, places.run_key
        sent = send(
            events, tracking_id, rows, dataset_group=group, night=night, progress=progress, per_second=per_second
        )
    if sent.refused:
        quarantine(s3, places, sent.refused)
    return sent
