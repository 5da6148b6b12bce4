"""Reads dataset group files; every problem of every file is reported at once, with file, line, key and remedy."""

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from include.config.groups import DatasetGroup

DEFAULT_FOLDER = Path(__file__).parents[1] / "dataset_groups"


class ConfigError(Exception):
    """One or more dataset group files cannot be used; the message lists every problem."""


def folder() -> Path:
    """Where dataset groups are read from: $PERSONALIZE_DATASET_GROUPS, or include/dataset_groups."""
    return Path(os.environ.get("PERSONALIZE_DATASET_GROUPS") or DEFAULT_FOLDER)


def load(place: Path | None = None) -> list[DatasetGroup]:
    """Read every *.yaml file of a folder.

    Raises ConfigError with every problem of every file.
    """
    place = place or folder()
    files = sorted(place.glob("*.yaml"))
    if not files:
        raise ConfigError(f"{place}: no *.yaml file here. Put one dataset group a file there, or set "
                          "PERSONALIZE_DATASET_GROUPS to the folder that has them.")  # fmt: skip
    groups: list[DatasetGroup] = []
    problems: list[str] = []
    for file in files:
        try:
            groups.append(load_file(file))
        except ConfigError as error:
            problems.append(str(error))
    problems += [
        f"{place}: dataset group {name} stands in more than one file. Allowed: one file a group"
        for name in _twice(group.name for group in groups)
    ]
    different = {group.name: group for group in groups}.values()
    problems += [
        f"{place}: storage.workspace {uri} stands in more than one file. Allowed: a place of its own for each group"
        for uri in _twice(group.storage.workspace for group in different)
    ]
    problems += [
        f"{place}: campaign {name} stands in more than one file. Allowed: names that no other group's campaign has"
        for name in _twice(campaign.name for group in different for campaign in group.campaigns)
    ]
    if problems:
        raise ConfigError("\n".join(problems))
    return groups


def load_file(file: Path) -> DatasetGroup:
    """Read one dataset group.

    Raises ConfigError with every problem of the file.
    """
    text = file.read_text(encoding="utf-8")
    try:
        content = yaml.safe_load(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise ConfigError(f"{file}: not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict) or node is None:
        raise ConfigError(f"{file}: empty. Start from include/dataset_groups/movies.yaml")
    try:
        return DatasetGroup.model_validate(content)
    except ValidationError as error:
        problems = [f"{file}:{_line(node, item['loc'])}: {_key(item['loc'])}: {_said(item)}" for item in error.errors()]
    raise ConfigError("\n".join(problems))


def _twice(values: Iterable[str]) -> list[str]:
    return sorted(value for value, times in Counter(values).items() if times > 1)


def _key(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location)


def _line(node: yaml.Node, location: tuple[int | str, ...]) -> int:
    """The line of the file, from 1, of the deepest part of the location that the file has."""
    line = node.start_mark.line + 1
    for part in location:
        if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        elif isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == part]
            if not found:
                break
            line, node = found[0][0].start_mark.line + 1, found[0][1]
    return line


def _said(item: Any) -> str:
    if item["type"] == "extra_forbidden":
        allowed = _keys_at(item["loc"][:-1])
        return f"unknown key. Allowed: {', '.join(allowed)}"
    if item["type"] == "missing":
        return "missing, and needed"
    if item["type"] == "value_error":
        return str(item["ctx"]["error"])
    return f"{item['msg']} (found {item['input']!r:.80})"


def _keys_at(location: tuple[int | str, ...]) -> list[str]:
    """The keys allowed in the mapping at a location of the file."""
    model: type[BaseModel] = DatasetGroup
    for part in location:
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        if part in fields:
            model = _model_in(fields[str(part)].annotation) or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
