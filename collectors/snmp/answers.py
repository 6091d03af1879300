"""What an answer to GETNEXT or GETBULK says: errors, rows, and which columns have ended.

The quick way splits the answer at the table's OID prefix; every piece must have exactly the length that the BER headers
before it give, so a value that happens to contain the prefix is noticed. Whatever does not fit goes through the strict
way, which alone decides on errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from collectors.snmp import ber
from collectors.snmp.faults import Fault

if TYPE_CHECKING:
    from collectors.snmp.session import Reply

Cells: TypeAlias = dict[bytes, bytes]
"""Index (octets of the OID after the column) → value (one TLV)."""
_Split: TypeAlias = tuple[list[tuple[bytes, Cells, int]], set[bytes]]

TOO_BIG, NO_SUCH_NAME, _GEN_ERR, _NO_ACCESS, _AUTHORIZATION = 1, 2, 5, 6, 16
_STATUS = {TOO_BIG: "too_big", _GEN_ERR: "gen_err", _NO_ACCESS: "no_access", _AUTHORIZATION: "no_access"}
_TAIL = b"\x30\x00\x06\x00"


def check(reply: Reply) -> None:
    """Fault for an error status, or for an answer without bindings."""
    if reply.status:
        raise Fault(_STATUS.get(reply.status, "error_status"), f"error-status {reply.status}")
    if reply.start == reply.end:
        raise Fault("decode", "an empty answer")


def read(reply: Reply, prefix: bytes, columns: list[bytes], found: dict[bytes, Cells]) -> set[bytes]:
    """Put an answer's values into `found`; the columns that have ended. Fault(`loop`) if a row comes twice."""
    fast = quick(reply, prefix, columns)
    if fast is None:
        return strict(reply, columns, found)
    parts, ended = fast
    for column, rows, size in parts:
        known = found[column]
        total = len(known) + size
        known.update(rows)
        if len(known) != total:
            raise Fault("loop")
    return ended


def quick(reply: Reply, prefix: bytes, columns: list[bytes]) -> _Split | None:
    """The answer split at `prefix`; None where anything is not as the common case has it."""
    pieces = reply.data[reply.start : reply.end].split(prefix)
    width = len(columns)
    if len(pieces) <= width or len(pieces[0]) != 4:
        return None
    skip = len(prefix)
    parts = []
    ended: set[bytes] = set()
    try:
        # The last piece may hold bindings of other tables behind its own: there these columns have ended.
        own = pieces[-2][-3] - 2 - skip
        if len(pieces[-1]) > own >= 0:
            beyond = ber.varbinds(pieces[-1], own, len(pieces[-1]))
            ended.update(columns[(len(pieces) - 1 + number) % width] for number in range(len(beyond)))
            pieces[-1] = pieces[-1][:own]
        pieces[-1] += _TAIL
        for position, column in enumerate(columns):
            mine = list(zip(pieces[position::width], pieces[position + 1 :: width], strict=False))
            read = _column(mine, skip, column[skip:])
            if read is None:
                return None
            rows, count, over = read
            parts.append((column, rows, count))
            if over:
                ended.add(column)
    except (IndexError, ber.DecodeError):
        return None
    return parts, ended


def _column(mine: list[tuple[bytes, bytes]], skip: int, suffix: bytes) -> tuple[Cells, int, bool] | None:
    """One column's rows, how many pieces they were, and whether it has ended. IndexError for too short a piece."""
    size = len(suffix)
    # Most columns' numbers are one octet, which is compared faster.
    octet = suffix[0] if size == 1 else -1
    rows: Cells = {}
    count = 0
    value = b""
    for before, piece in mine:
        # before ends with the header of this binding: 30 LL 06 OO; the piece ends with the next one's.
        stop = before[-1] - skip
        value = piece[stop:-4]
        total = len(piece)
        if (
            value[1] + stop + 6 != total
            or before[-3] + 2 - skip != total
            or before[-4] != 0x30
            or before[-2] != 0x06
            or stop < size
        ):
            return None
        if piece[0] != octet and not piece.startswith(suffix):
            return rows, count, True
        rows[piece[size:stop]] = value
        count += 1
    if not count or value[0] < 0x80:
        return rows, count, False
    # The end of the MIB is said under the last row's own name: that row's value is taken again.
    while mine and mine[-1][1][mine[-1][0][-1] - skip] == ber.END_OF_MIB_VIEW:
        mine.pop()
    if len(mine) == count:
        return None
    return {piece[size : before[-1] - skip]: piece[before[-1] - skip : -4] for before, piece in mine}, len(mine), True


def strict(reply: Reply, columns: list[bytes], found: dict[bytes, Cells]) -> set[bytes]:
    """The answer, binding by binding. DecodeError if it is not what RFC 3416 says."""
    ended: set[bytes] = set()
    width = len(columns)
    for position, (oid, value) in enumerate(ber.varbinds(reply.data, reply.start, reply.end)):
        column = columns[position % width]
        if column in ended:
            continue
        if not oid.startswith(column) or value[0] == ber.END_OF_MIB_VIEW:
            ended.add(column)
            continue
        index = oid[len(column) :]
        ber.decode_index(index)
        rows = found[column]
        if index in rows:
            raise Fault("loop")
        if value[1] >= 0x80:
            value = ber.tlv(*ber.split(value))  # noqa: PLW2901 - the same value in its shortest form
        rows[index] = value
    return ended
