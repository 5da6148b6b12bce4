"""Requests for any operation, made from the shapes of botocore's service models: fitting ones, and ones gone wrong."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

from botocore.model import Shape
from hypothesis import strategies as st

NAMES = st.sampled_from(["a", "b", "shop-1", "Z" * 63])
TEXTS = st.one_of(st.text(max_size=12), st.sampled_from(["USER_ID", "ITEMS", "1", "true", "watch", "rate(7 days)"]))
HUGE = st.sampled_from([2**31, -(2**31) - 1, 2**63, 10**400, -(10**40), 1e308, float("inf"), float("nan"), 5e-324])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(-2, 2),
    HUGE,
    TEXTS,
    st.sampled_from(["", "\x00", "\ud800", "x" * 3_000, "..", "s3://", "arn:aws:personalize:::recipe/"]),
)
JUNK = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3))


def fitting(shape: Shape, arns: list[str]) -> st.SearchStrategy[Any]:
    """Values that fit a shape as botocore checks it; ``arns`` are the ARNs that may stand where one is wanted."""
    kind = shape.type_name
    if kind == "structure":
        members = {name: fitting(member, arns) for name, member in shape.members.items()}
        optional = {name: values for name, values in members.items() if name not in shape.required_members}
        return st.fixed_dictionaries({name: members[name] for name in shape.required_members}, optional=optional)
    if kind in ("list", "map"):
        least = shape.metadata.get("min", 0)
        most = max(least, min(shape.metadata.get("max", 3), 3))
        if kind == "list":
            return st.lists(fitting(shape.member, arns), min_size=least, max_size=most)
        return st.dictionaries(fitting(shape.key, arns), fitting(shape.value, arns), min_size=least, max_size=most)
    if kind == "string":
        return _strings(shape, arns)
    if kind == "boolean":
        return st.booleans()
    least = int(shape.metadata.get("min", -5))
    most = int(shape.metadata.get("max", least + 1_000))
    return st.integers(least, most) if kind in ("integer", "long", "timestamp") else st.floats(least, most)


def _strings(shape: Shape, arns: list[str]) -> st.SearchStrategy[str]:
    if shape.name == "RoleArn":
        return st.just("arn:aws:iam::123456789012:role/personalize")
    if shape.name.endswith("Arn"):
        return st.sampled_from(arns)
    if shape.name == "S3Location":
        return st.sampled_from(["s3://shop/x", "s3://shop/x/", "s3://no-such-bucket/x"])
    if shape.name == "Name":
        return NAMES
    if getattr(shape, "enum", None):
        return st.sampled_from(shape.enum)
    return TEXTS.filter(lambda text: len(text) >= shape.metadata.get("min", 0))


@st.composite
def gone_wrong(draw: Callable[..., Any], shape: Shape, arns: list[str]) -> Any:
    """A fitting request with up to two of its values replaced by junk, left out, or given unknown neighbours."""
    request = copy.deepcopy(draw(fitting(shape, arns)))
    for _ in range(draw(st.integers(0, 2))):
        places = list(_places(request))
        if not places:
            return draw(JUNK)
        container, key = draw(st.sampled_from(places))
        action = draw(st.sampled_from(["replace", "leave out", "add"]))
        if action == "replace":
            container[key] = draw(JUNK)
        elif action == "leave out":
            del container[key]
        elif isinstance(container, dict):
            container[draw(TEXTS)] = draw(JUNK)
    return request


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key or index) inside a JSON value."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])
