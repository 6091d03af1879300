"""Our SNMP engine as senders of informs know it: its ID, how often it has started, for how long it runs."""

from __future__ import annotations

import json
import logging
import os
import time
from typing import TYPE_CHECKING

from inventory.sources import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

_LARGEST = 0x7FFFFFFF
# SnmpEngineID (RFC 3411 section 5): the first bit is one, no enterprise's number (0 is reserved), format 5: octets.
_PREFIX = b"\x80\x00\x00\x00\x05"

log = logging.getLogger(__name__)


class Engine:
    """Identity and clock. `boots` grows with every start, as RFC 3414 section 2.2 has it."""

    def __init__(self, identifier: bytes, boots: int) -> None:
        self.identifier = identifier
        self.boots = boots
        self._started = time.monotonic()

    def time(self) -> int:
        """Seconds since the start (snmpEngineTime)."""
        return int(time.monotonic() - self._started) & _LARGEST


def start(path: Path) -> Engine:
    """The engine of a file, one boot further; a new one if there is none, or none that can be used.

    OSError if it cannot be written: an engine whose boots are not kept would let old messages be played again.
    """
    identifier, boots = _PREFIX + os.urandom(12), 0
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        identifier, boots = bytes.fromhex(known["engine_id"]), int(known["boots"])
        if not 5 <= len(identifier) <= 32 or not 0 <= boots < _LARGEST:
            raise ValueError("out of range")  # noqa: TRY301 - all faults of the file are one
    except FileNotFoundError:
        pass
    except (ValueError, KeyError, TypeError):
        log.warning("%s cannot be used: this is a new SNMP engine, which senders of informs learn by themselves", path)
        identifier, boots = _PREFIX + os.urandom(12), 0
    boots += 1
    write_atomically(path, json.dumps({"engine_id": identifier.hex(), "boots": boots}).encode() + b"\n")
    return Engine(identifier, boots)
