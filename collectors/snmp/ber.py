"""BER as SNMP uses it (ITU-T X.690 restricted by RFC 3417 section 8): definite lengths, low tag numbers.

Encoding writes the shortest form. Decoding accepts every definite length, checks every bound, and raises
`DecodeError` for anything else; no other exception leaves this module.
"""

from __future__ import annotations

import struct
from functools import lru_cache

INTEGER = 0x02
OCTET_STRING = 0x04
NULL = 0x05
OBJECT_IDENTIFIER = 0x06
SEQUENCE = 0x30
IP_ADDRESS = 0x40
COUNTER32 = 0x41
GAUGE32 = 0x42
TIME_TICKS = 0x43
OPAQUE = 0x44
COUNTER64 = 0x46
NO_SUCH_OBJECT = 0x80
NO_SUCH_INSTANCE = 0x81
END_OF_MIB_VIEW = 0x82

GET = 0xA0
GET_NEXT = 0xA1
RESPONSE = 0xA2
GET_BULK = 0xA5
REPORT = 0xA8

EXCEPTIONS = frozenset({NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW})
UNSIGNED = frozenset({COUNTER32, GAUGE32, TIME_TICKS, COUNTER64})
# Inside an Opaque, net-snmp's encoding of floating point numbers: 9f 78 04 (float), 9f 79 08 (double).
OPAQUE_FLOAT = b"\x9f\x78\x04"
OPAQUE_DOUBLE = b"\x9f\x79\x08"
MAX_ARCS = 128
MAX_ARC = 0xFFFFFFFF


class DecodeError(ValueError):
    """Bytes that are not the BER that SNMP allows."""


def length(size: int) -> bytes:
    """The length octets for a content of `size` octets."""
    if size < 0x80:
        return bytes((size,))
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(octets),)) + octets


def tlv(tag: int, content: bytes) -> bytes:
    """Tag, length and content."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    return bytes((tag,)) + length(size) + content


def encode_integer(value: int, tag: int = INTEGER) -> bytes:
    """A signed INTEGER, or an unsigned application type (with a leading zero octet where the top bit is set)."""
    size = (value + (value < 0)).bit_length() // 8 + 1
    return tlv(tag, value.to_bytes(size, "big", signed=True))


@lru_cache(maxsize=65536)
def encode_oid(text: str) -> bytes:
    """The content octets of a dotted OID (`1.3.6.1`, a leading dot is allowed). DecodeError if it is not one."""
    try:
        arcs = [int(arc) for arc in text.strip(".").split(".")]
    except ValueError:
        raise DecodeError(f"not an object identifier: {text!r}") from None
    return encode_arcs(arcs)


def encode_arcs(arcs: list[int] | tuple[int, ...]) -> bytes:
    """The content octets of an OID given as numbers."""
    if len(arcs) < 2 or len(arcs) > MAX_ARCS or arcs[0] > 2 or (arcs[0] < 2 and arcs[1] > 39):
        raise DecodeError(f"not an object identifier: {arcs}")
    return encode_index((arcs[0] * 40 + arcs[1], *arcs[2:]))


def encode_index(arcs: list[int] | tuple[int, ...]) -> bytes:
    """Arcs after the first two, base 128 each."""
    if len(arcs) == 1 and 0 <= arcs[0] < 0x80:
        return bytes(arcs)
    out = bytearray()
    for arc in arcs:
        if arc < 0 or arc > MAX_ARC + 80:
            raise DecodeError(f"arc out of range: {arc}")
        if arc < 0x80:
            out.append(arc)
            continue
        shift = (arc.bit_length() - 1) // 7 * 7
        while shift:
            out.append(0x80 | (arc >> shift) & 0x7F)
            shift -= 7
        out.append(arc & 0x7F)
    return bytes(out)


def decode_index(content: bytes) -> tuple[int, ...]:
    """Arcs of a part of an OID (not its first two); DecodeError if it ends inside an arc."""
    if content.isascii():
        return tuple(content)
    arcs = []
    arc = 0
    inside = False
    for octet in content:
        arc = (arc << 7) | (octet & 0x7F)
        inside = octet >= 0x80
        if not inside:
            arcs.append(arc)
            arc = 0
        elif arc > MAX_ARC:
            raise DecodeError("arc out of range")
    if inside:
        raise DecodeError("object identifier ends inside an arc")
    return tuple(arcs)


def decode_arcs(content: bytes) -> tuple[int, ...]:
    """All arcs of an OID's content octets."""
    arcs = decode_index(content)
    if not arcs:
        raise DecodeError("empty object identifier")
    first = min(arcs[0] // 40, 2)
    return (first, arcs[0] - first * 40, *arcs[1:])


def oid_text(content: bytes) -> str:
    """`1.3.6.1.…` of an OID's content octets."""
    return ".".join(map(str, decode_arcs(content)))


def header(data: bytes, position: int, end: int) -> tuple[int, int, int]:
    """Tag, start and end of the content of the TLV at `position`, which must lie before `end`."""
    try:
        tag = data[position]
        size = data[position + 1]
    except IndexError:
        raise DecodeError("truncated") from None
    start = position + 2
    if size >= 0x80:
        octets = size & 0x7F
        if not 1 <= octets <= 4:
            raise DecodeError("length form not allowed")
        size = int.from_bytes(data[start : start + octets], "big")
        start += octets
    stop = start + size
    if stop > end:
        raise DecodeError("truncated")
    return tag, start, stop


def expect(data: bytes, position: int, end: int, tag: int) -> tuple[int, int]:
    """Start and end of the content of the TLV at `position`, whose tag must be `tag`."""
    found, start, stop = header(data, position, end)
    if found != tag:
        raise DecodeError(f"tag {found:#04x} where {tag:#04x} belongs")
    return start, stop


def integer(data: bytes, position: int, end: int) -> tuple[int, int]:
    """The INTEGER at `position` and where it ends."""
    start, stop = expect(data, position, end, INTEGER)
    if not 1 <= stop - start <= 8:
        raise DecodeError("integer of a wrong size")
    return int.from_bytes(data[start:stop], "big", signed=True), stop


def split(value: bytes) -> tuple[int, bytes]:
    """Tag and content of one complete TLV."""
    tag, start, stop = header(value, 0, len(value))
    if stop != len(value):
        raise DecodeError("octets after the value")
    return tag, value[start:]


def number(value: bytes) -> int | float | None:
    """The number in a TLV: INTEGER, the unsigned types, Opaque float and double; None for anything else.

    Counters that an agent sent with their top bit set and no leading zero are read as unsigned, which is what they
    mean.
    """
    tag, content = split(value)
    if tag == INTEGER:
        return int.from_bytes(content, "big", signed=True) if content else None
    if tag in UNSIGNED:
        return int.from_bytes(content, "big")
    if tag == OPAQUE:
        if content.startswith(OPAQUE_FLOAT) and len(content) == 7:
            return float(struct.unpack(">f", content[3:])[0])
        if content.startswith(OPAQUE_DOUBLE) and len(content) == 11:
            return float(struct.unpack(">d", content[3:])[0])
    return None


def varbinds(data: bytes, start: int, end: int) -> list[tuple[bytes, bytes]]:
    """The (OID content, value TLV) pairs of a variable-bindings list between `start` and `end`."""
    pairs = []
    position = start
    while position < end:
        inner, stop = expect(data, position, end, SEQUENCE)
        oid_start, oid_stop = expect(data, inner, stop, OBJECT_IDENTIFIER)
        _, _, value_stop = header(data, oid_stop, stop)
        if value_stop != stop:
            raise DecodeError("octets after a value")
        pairs.append((data[oid_start:oid_stop], data[oid_stop:stop]))
        position = stop
    return pairs
