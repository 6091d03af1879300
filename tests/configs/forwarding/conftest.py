"""What the tests of readers of forwarding share: a model as plain data, without what it says by default."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from enum import Enum
from typing import Any

import pytest

from configs import dialects

# The texts of the reasons are for people; where rules and translations come from is tested where they are read.
_UNTOLD = frozenset({"line", "lines", "left", "rules", "translations", "platform", "distances"})


def plain(value: Any) -> Any:
    """Dataclasses as the values that differ from their defaults; addresses as text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        found = {}
        for field in dataclasses.fields(value):
            here = getattr(value, field.name)
            default = field.default_factory() if callable(field.default_factory) else field.default
            if field.name not in _UNTOLD and here != default:
                found[field.name] = plain(here)
        return found
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {key if isinstance(key, int) else str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (frozenset, set)):
        return sorted(value)
    if isinstance(value, (tuple, list)):
        return [plain(each) for each in value]
    return value if isinstance(value, (bool, int, str)) or value is None else str(value)


def told(platform: str, text: str) -> dict[str, Any]:
    """A text's model, and by line what it leaves out: `weak`, or what depends on it."""
    tree = dialects.dialect(platform).parse(text.encode())
    found = dialects.forwarding(platform, tree)
    assert found is not None
    model: dict[str, Any] = plain(found)
    left = {one.line: "weak" if one.weak else one.touches for one in found.left}
    if left:
        model["left"] = left
    if found.translations:
        model["translations"] = [each.name for each in found.translations]
    if found.rules is not None and found.rules.sets:
        model["rules"] = {each.name: [each.default, each.size] for each in found.rules.sets}
    return model


@pytest.fixture
def read():
    """The model of a text as plain data."""
    return told
