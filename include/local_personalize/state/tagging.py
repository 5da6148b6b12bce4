"""Tags of resources, and what Amazon refuses in them."""

from collections.abc import Sequence

from include.local_personalize.errors import InvalidInput, TooManyTags
from include.local_personalize.state.resources import Resources

MOST_TAGS = 50


def put(resources: Resources, arn: str, tags: Sequence[dict[str, str]]) -> None:
    """Add or overwrite tags; raises TooManyTags beyond 50 on the resource, InvalidInput for a repeated or aws: key."""
    keys = [tag["tagKey"] for tag in tags]
    if len(set(keys)) < len(keys):
        raise InvalidInput("A tag key is given more than once.")
    if any(key.lower().startswith("aws:") for key in keys):
        raise InvalidInput("Tag keys that begin with aws: are reserved.")
    kept = {tag["tagKey"] for tag in on(resources, arn)} | set(keys)
    if len(kept) > MOST_TAGS:
        raise TooManyTags(f"{arn} would have {len(kept)} tags; at most {MOST_TAGS} are allowed.")
    values = [(arn, tag["tagKey"], tag["tagValue"]) for tag in tags]
    resources.connection.executemany("INSERT OR REPLACE INTO tags VALUES (?, ?, ?)", values)


def remove(resources: Resources, arn: str, keys: Sequence[str]) -> None:
    resources.connection.executemany("DELETE FROM tags WHERE arn = ? AND key = ?", [(arn, key) for key in keys])


def on(resources: Resources, arn: str) -> list[dict[str, str]]:
    rows = resources.connection.execute("SELECT key, value FROM tags WHERE arn = ? ORDER BY key", (arn,))
    return [{"tagKey": row["key"], "tagValue": row["value"]} for row in rows]
