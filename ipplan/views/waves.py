"""In which wave of the migration a site changes: the part of plan/stages.yaml that people ask about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.errors import InputError, Problem
from inventory.sources import read_bytes, yaml
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "plan/stages.yaml"


def load(path: Path, *, name: str = FILE) -> Mapping[str, int]:
    """The wave of each site, from the file that `govnet plan stages --out` writes. InputError if it is another one."""
    data = yaml.parse(read_bytes(path, name), name).data
    waves = data.get("waves") if isinstance(data, dict) else None
    found: dict[str, int] = {}
    for wave in waves if isinstance(waves, list) else [None]:
        number = wave.get("wave") if isinstance(wave, dict) else None
        sites = wave.get("sites") if isinstance(wave, dict) else None
        if not isinstance(number, str) or not number.isdecimal() or not isinstance(sites, list):
            message = Message("this is not what “govnet plan stages” writes")
            hint = Message("run: govnet plan stages --out {file}", file=FILE)
            raise InputError([Problem("bad-stages", message, hint, name)])
        found |= {str(site): int(number) for site in sites}
    return found
