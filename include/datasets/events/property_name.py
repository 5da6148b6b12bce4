"""The names that columns have among the properties of an event."""


def property_name(column: str) -> str:
    """NUM_RATINGS is numRatings, watchTime stays as it is; source: developer guide, recording events."""
    words = [word for word in column.split("_") if word]
    if column.isupper():
        words = [word.capitalize() for word in words]
    joined = "".join(word[:1].upper() + word[1:] for word in words)
    return joined[:1].lower() + joined[1:]
