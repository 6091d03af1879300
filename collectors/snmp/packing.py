"""How a table's columns share requests: as few packets as its rows, its columns' widths and the agent allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collectors.snmp import ber
from collectors.snmp.session import request

if TYPE_CHECKING:
    from collectors.snmp.bounds import Limits
    from collectors.snmp.memory import Memory, Part

# Octets of variable bindings for which an answer is planned: with its headers (v3 has more) it fits an Ethernet frame.
ANSWER_OCTETS = {0: 1400, 1: 1400, 3: 1300}
MAX_COLUMNS = 20
_FIRST_WIDTH = 22


def row_octets(columns: list[bytes], memory: Memory) -> int:
    """How wide a row of these columns is in an answer."""
    return sum([memory.widths.get(column, _FIRST_WIDTH) for column in columns])


def route(prefix: bytes, wanted: list[bytes], exact: int, memory: Memory, limits: Limits) -> list[Part]:
    """The requests for a settled table's columns, if each group of them fits one answer; as they were last time, if
    nothing that they rest on has changed.
    """  # noqa: D205 - one sentence says it
    basis = (wanted, exact, memory.cap, memory.changes, limits.varbinds)
    known = memory.routes.get(prefix)
    if known is None or known[0] != basis:
        parts: list[Part] = []
        queue = list(wanted)
        while queue:
            group, repetitions = pack(queue, exact, memory, limits)
            if repetitions < exact:
                parts = []
                break
            del queue[: len(group)]
            parts.append((request(ber.GET_BULK, tuple(group), repetitions), group, repetitions))
        known = memory.routes[prefix] = ((list(wanted), *basis[1:]), parts)
    return list(known[1])


def pack(wanted: list[bytes], rows: int, memory: Memory, limits: Limits) -> tuple[list[bytes], int]:
    """How many of the wanted columns go together, and the repetitions to ask for."""
    cap = min(limits.varbinds or 1 << 16, memory.cap or 1 << 16)
    if memory.version == 0:
        return wanted[: min(10, cap)], 1
    widths = memory.widths
    most = ANSWER_OCTETS[memory.version]
    octets = widths.get(wanted[0], _FIRST_WIDTH)
    repetitions = max(1, min(rows, cap, most // octets))
    count = 1
    if repetitions < rows:
        return _share_out(wanted, rows, cap, memory)
    for column in wanted[1:MAX_COLUMNS]:
        octets += widths.get(column, _FIRST_WIDTH)
        if octets * repetitions > most or (count + 1) * repetitions > cap:
            break
        count += 1
    return wanted[:count], repetitions


def _share_out(wanted: list[bytes], rows: int, cap: int, memory: Memory) -> tuple[list[bytes], int]:
    """The same for a table that is too long for one answer: as many columns as make the fewest packets for each."""
    octets = 0
    best = (float(rows), 1, 1)
    for count, column in enumerate(wanted[:MAX_COLUMNS], 1):
        octets += memory.widths.get(column, _FIRST_WIDTH)
        repetitions = min(rows, cap // count, ANSWER_OCTETS[memory.version] // octets)
        if repetitions < 1:
            break
        best = min(best, (-(-rows // repetitions) / count, count, repetitions))
    return wanted[: best[1]], best[2]
