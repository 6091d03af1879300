"""What an answer to GETNEXT or GETBULK says: errors, rows, and which columns have ended.

The quick way splits the answer at the table's OID prefix; every piece must have exactly the length that the BER headers
before it give, so a value that happens to contain the prefix is noticed. Whatever does not fit goes through the strict
way, which alone decides on errors.
"""

from __future__ import annotations

from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, TypeAlias

from collectors.snmp import ber
from collectors.snmp.faults import Fault

if TYPE_CHECKING:
    from collectors.snmp.session import Reply

Cells: TypeAlias = dict[bytes, bytes]
"""Index (octets of the OID after the column) → value (one TLV)."""

TOO_BIG, NO_SUCH_NAME, _GEN_ERR, _NO_ACCESS, _AUTHORIZATION = 1, 2, 5, 6, 16
_STATUS = {TOO_BIG: "too_big", _GEN_ERR: "gen_err", _NO_ACCESS: "no_access", _AUTHORIZATION: "no_access"}
_TAIL = b"\x30\x00\x06\x00"
_FIRST, _SECOND = itemgetter(0), itemgetter(1)


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


def quick(
    reply: Reply, prefix: bytes, columns: list[bytes]
) -> tuple[list[tuple[bytes, Cells, int]], set[bytes]] | None:
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
        split = _values(pieces, skip)
        if split is None:
            return None
        values, stops = split
        for position, column in enumerate(columns):
            mine = _column(
                pieces[position + 1 :: width], values[position::width], stops[position::width], column[skip:]
            )
            if mine is None:
                return None
            rows, count, over = mine
            parts.append((column, rows, count))
            if over:
                ended.add(column)
    except (IndexError, ValueError):
        return None
    return parts, ended


def _values(pieces: list[bytes], skip: int) -> tuple[list[bytes], bytes] | None:
    """The values (TLVs) of all pieces but the first, and where each begins in its piece; None if a header is not what
    its piece's length wants. IndexError or ValueError for too short or too long a piece.

    A piece ends with the header of the next one's binding: 30 LL 06 OO.
    """  # noqa: D205 - one sentence says it
    heads = b"".join([piece[-4:] for piece in pieces[:-1]])
    rest = pieces[1:]
    sizes = bytes(map(len, rest))
    lengths, names = heads[1::4], heads[3::4]
    if heads[::4].strip(b"\x30") or heads[2::4].strip(b"\x06") or max(lengths) >= 0x80 or min(names) < skip:
        return None
    if lengths != sizes.translate(_less(2 - skip)):
        return None
    stops = names.translate(_less(skip))
    stop = stops[0]
    if stops.count(stop) == len(stops):
        values = [piece[stop:-4] for piece in rest]
        contents = sizes.translate(_less(stop + 6))
    else:
        values = [piece[stop:-4] for piece, stop in zip(rest, stops, strict=True)]
        contents = bytes([size - stop - 6 for size, stop in zip(sizes, stops, strict=True)])
    return (values, stops) if bytes(map(_SECOND, values)) == contents else None


@lru_cache(maxsize=512)
def _less(count: int) -> bytes:
    """For `translate`: each octet less `count`; 0x80, which is no short length, where that is none either."""
    return bytes([octet - count if 0 <= octet - count < 0x80 else 0x80 for octet in range(256)])


def _column(pieces: list[bytes], values: list[bytes], stops: bytes, suffix: bytes) -> tuple[Cells, int, bool] | None:
    """One column's rows, how many pieces they were, and whether it has ended."""
    size = len(suffix)
    if size == 1:
        firsts = bytes(map(_FIRST, pieces))
        count = len(firsts) - len(firsts.lstrip(suffix))
    else:
        others = (place for place, piece in enumerate(pieces) if not piece.startswith(suffix))
        count = next(others, len(pieces))
    over = count < len(pieces)
    if count and (min(stops[:count]) < size):
        return None
    if count and values[count - 1][0] >= 0x80:
        # The end of the MIB is said under the last row's own name: that row's value is taken again.
        if over:
            return None
        while count and values[count - 1][0] == ber.END_OF_MIB_VIEW:
            count -= 1
        if count == len(pieces):
            return None
        over = True
    indexes = [piece[size:stop] for piece, stop in zip(pieces[:count], stops, strict=False)]
    return dict(zip(indexes, values, strict=False)), count, over


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
