"""What is known of platforms: their vendors, and the modules that their devices are polled with (`platforms.yaml`)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = Path(__file__).parent / "platforms.yaml"


class Platform(BaseModel):
    """One entry of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vendor: str
    modules: tuple[str, ...]


@cache
def _read() -> tuple[tuple[str, ...], Mapping[str, Platform]]:
    import yaml  # noqa: PLC0415 - start-up time

    document = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    known = {name: Platform.model_validate(entry) for name, entry in document["platforms"].items()}
    return tuple(document["any"]), known


def known() -> Mapping[str, Platform]:
    """Every platform that the file has, by name."""
    return _read()[1]


def modules_of(platform: str) -> tuple[str, ...]:
    """The modules for a device of this platform; those for any device if the platform is not known."""
    usual, platforms = _read()
    found = platforms.get(platform)
    return found.modules if found is not None else usual


def vendor_of(platform: str) -> str:
    """Who makes devices of this platform; empty if that is not known."""
    found = known().get(platform)
    return found.vendor if found is not None else ""
