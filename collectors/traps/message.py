"""A notification as it is inside its message: version 1's Trap-PDU (RFC 1157 section 4.1.6), version 2's (RFC 3416).

Version 1 is told as version 2 would tell it (RFC 3584 section 3.1). Values are decoded when somebody wants them: in a
storm most are only counted. `DecodeError` is all that leaves this module.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from ipaddress import IPv4Address

from collectors.snmp import ber
from collectors.snmp.ber import DecodeError
from collectors.values import text

TRAP_V1, INFORM, TRAP_V2 = 0xA4, 0xA6, 0xA7
_UPTIME = ber.encode_oid("1.3.6.1.2.1.1.3.0")
_TRAP_OID = ber.encode_oid("1.3.6.1.6.3.1.1.4.1.0")
# snmpTrapAddress.0 (RFC 3584 section 3.1): a proxy says in it from whom it had the trap.
_TRAP_ADDRESS = ber.encode_oid("1.3.6.1.6.3.18.1.3.0")
_GENERIC = "1.3.6.1.6.3.1.1.5"
_ENTERPRISE_SPECIFIC = 6
_NOBODY = "0.0.0.0"  # noqa: S104 - an agent-addr that says nothing

_TYPES = {
    ber.INTEGER: "integer",
    ber.OCTET_STRING: "string",
    ber.NULL: "null",
    ber.OBJECT_IDENTIFIER: "oid",
    ber.IP_ADDRESS: "address",
    ber.COUNTER32: "counter32",
    ber.GAUGE32: "gauge32",
    ber.TIME_TICKS: "timeticks",
    ber.OPAQUE: "opaque",
    ber.COUNTER64: "counter64",
    ber.NO_SUCH_OBJECT: "noSuchObject",
    ber.NO_SUCH_INSTANCE: "noSuchInstance",
    ber.END_OF_MIB_VIEW: "endOfMibView",
}


class WrongPduError(DecodeError):
    """A message that is no notification (a request, an answer)."""


@dataclass(frozen=True, slots=True)
class Notification:
    """What was told. `uptime` is in hundredths of a second, `origin` an address that stands in the message, if any.

    `bindings` are the (OID content, value TLV) pairs beside uptime and name; `request_id` and `raw_bindings` are what
    an inform's answer repeats.
    """

    oid: str
    uptime: int | None
    bindings: tuple[tuple[bytes, bytes], ...]
    origin: str = ""
    inform: bool = False
    request_id: bytes = b""
    raw_bindings: bytes = b""

    def find(self, prefix: bytes) -> tuple[str, bytes] | None:
        """The first binding below an OID (content octets): what stands behind it, dotted, and the value."""
        for oid, value in self.bindings:
            if oid.startswith(prefix) and len(oid) > len(prefix):
                try:
                    return ".".join(map(str, ber.decode_index(oid[len(prefix) :]))), value
                except DecodeError:
                    continue
        return None


def pdu(data: bytes, position: int, end: int) -> Notification:
    """The notification in the PDU at `position`, which must end at `end`."""
    tag, start, stop = ber.header(data, position, end)
    if stop != end:
        raise DecodeError("octets after the PDU")
    if tag == TRAP_V1:
        return _version_1(data, start, stop)
    if tag in (INFORM, TRAP_V2):
        return _version_2(data, start, stop, inform=tag == INFORM)
    raise WrongPduError(f"PDU {tag:#04x} is no notification")


def _version_1(data: bytes, start: int, stop: int) -> Notification:
    first, position = ber.expect(data, start, stop, ber.OBJECT_IDENTIFIER)
    enterprise = ber.oid_text(data[first:position])
    first, position = ber.expect(data, position, stop, ber.IP_ADDRESS)
    if position - first != 4:
        raise DecodeError("agent-addr of a wrong size")
    origin = str(IPv4Address(data[first:position]))
    generic, position = ber.integer(data, position, stop)
    specific, position = ber.integer(data, position, stop)
    first, position = ber.expect(data, position, stop, ber.TIME_TICKS)
    uptime = int.from_bytes(data[first:position], "big")
    if not 0 <= generic <= _ENTERPRISE_SPECIFIC or not 0 <= specific <= 0x7FFFFFFF or uptime > ber.MAX_ARC:
        raise DecodeError("a number out of range")
    specific_oid = f"{enterprise}.0.{specific}"
    oid = specific_oid if generic == _ENTERPRISE_SPECIFIC else f"{_GENERIC}.{generic + 1}"
    first, last = ber.expect(data, position, stop, ber.SEQUENCE)
    if last != stop:
        raise DecodeError("octets after the bindings")
    bindings = tuple(ber.varbinds(data, first, last))
    return Notification(oid, uptime, bindings, "" if origin == _NOBODY else origin)


def _version_2(data: bytes, start: int, stop: int, *, inform: bool) -> Notification:
    _, position = ber.integer(data, start, stop)
    request_id = data[start:position]
    _, position = ber.integer(data, position, stop)
    _, position = ber.integer(data, position, stop)
    raw = position
    first, last = ber.expect(data, position, stop, ber.SEQUENCE)
    if last != stop:
        raise DecodeError("octets after the bindings")
    oid, origin, uptime = "", "", None
    bindings = []
    for name, value in ber.varbinds(data, first, last):
        tag, content = ber.split(value)
        if name == _TRAP_OID and tag == ber.OBJECT_IDENTIFIER:
            oid = ber.oid_text(content)
        elif name == _UPTIME and tag == ber.TIME_TICKS:
            uptime = int.from_bytes(content, "big")
        else:
            if name == _TRAP_ADDRESS and tag == ber.IP_ADDRESS and len(content) == 4:
                origin = str(IPv4Address(content))
            bindings.append((name, value))
    if not oid:
        raise DecodeError("no snmpTrapOID")
    return Notification(oid, uptime, tuple(bindings), origin, inform, request_id, data[raw:stop])


def shown(oid: bytes, value: bytes) -> dict[str, object]:
    """A binding for people and programs: its OID, type and value. What cannot be decoded is shown as hexadecimal."""
    try:
        name = ber.oid_text(oid)
    except DecodeError:
        name = f"0x{oid.hex()}"
    tag, content = ber.split(value)
    kind = _TYPES.get(tag, f"{tag:#04x}")
    found: object = f"0x{content.hex()}"
    if tag == ber.OCTET_STRING:
        decoded = text(content)
        if (
            all(sign.isprintable() or sign in "\r\n\t" for sign in decoded)
            and "\N{REPLACEMENT CHARACTER}" not in decoded
        ):
            found = decoded
        else:
            kind = "hex"
    elif tag == ber.OBJECT_IDENTIFIER:
        try:
            found = ber.oid_text(content)
        except DecodeError:
            kind = "hex"
    elif tag == ber.IP_ADDRESS and len(content) == 4:
        found = str(IPv4Address(content))
    elif tag == ber.NULL or tag in ber.EXCEPTIONS:
        found = None
    else:
        number = ber.number(value)
        # JSON has no word for an infinite number, nor for one that is none.
        if isinstance(number, int) or (number is not None and math.isfinite(number)):
            found = number
    return {"oid": name, "type": kind, "value": found}
