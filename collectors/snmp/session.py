"""How requests become datagrams and datagrams become replies; by community (v1, v2c), and by user in `user_session`.

A session belongs to one agent. `datagram` encodes, `receive` checks and decodes. What `receive` raises says what the
client does next: `ForeignError` and `DecodeError` - keep waiting for the real answer; `ResendError` - send again, the
session has learnt what it lacked; `Fault` - the agent has refused, waiting is useless.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Protocol

from collectors.snmp import ber
from collectors.snmp.ber import DecodeError

ID_OCTETS = 4


class ForeignError(Exception):
    """A datagram that is not for this session: another community, version, user or engine."""


class ResendError(Exception):
    """The session has learnt what it lacked (engine, clock): the same request is to be sent again."""


@dataclass(slots=True, eq=False)
class Request:
    """What is asked: GET, GETNEXT or GETBULK of OIDs (content octets).

    A `common` one is the same object, encoded once, for all agents and polls.
    """

    tag: int
    oids: tuple[bytes, ...]
    repetitions: int = 0
    common: bool = False
    encoded: bytes = b""

    def smaller(self) -> Request:
        """The request to send when an answer was lost: half of the repetitions."""
        if self.repetitions > 1:
            return Request(self.tag, self.oids, self.repetitions // 2)
        return self

    def body(self) -> bytes:
        """The PDU's content after the request ID: error fields or bulk parameters, and the variable bindings."""
        if not self.encoded:
            bindings = b"".join(
                ber.tlv(ber.SEQUENCE, ber.tlv(ber.OBJECT_IDENTIFIER, oid) + b"\x05\x00") for oid in self.oids
            )
            count = ber.encode_integer(self.repetitions)
            self.encoded = b"\x02\x01\x00" + count + ber.tlv(ber.SEQUENCE, bindings)
        return self.encoded


@lru_cache(maxsize=8192)
def request(tag: int, oids: tuple[bytes, ...], repetitions: int = 0) -> Request:
    """The request, encoded once: the same object for all agents and polls."""
    return Request(tag, oids, repetitions, common=True)


@dataclass(slots=True, eq=False)
class Reply:
    """A response: `data[start:end]` holds its variable bindings. `lost` counts the requests that went unanswered."""

    status: int
    index: int
    data: bytes
    start: int
    end: int
    lost: int = 0


class Session(Protocol):
    """One agent's way of speaking."""

    def datagram(self, request: Request, identifier: int) -> bytes:
        """The octets to send."""

    def receive(self, data: bytes, identifier: int) -> Reply:
        """Check and decode a datagram that carries `identifier`."""

    def doubt(self) -> bool:
        """Nothing was answered: whether a last question, asked in another way, could tell why."""


def identifier_of(data: bytes) -> int:
    """The request ID (v1, v2c) or message ID (v3) of a datagram, read with the least of work. DecodeError if none.

    The outer length is not checked here: a truncated answer still tells whose it was.
    """
    try:
        position = 2 if data[1] < 0x80 else 2 + (data[1] & 0x7F)
        if data[0] != ber.SEQUENCE or data[position] != ber.INTEGER or data[position + 1] != 1:
            raise DecodeError("not an SNMP message")
        if data[position + 2] == 3:
            position += 3
            if data[position] != ber.SEQUENCE:
                raise DecodeError("no header data")
            position += 2 if data[position + 1] < 0x80 else 2 + (data[position + 1] & 0x7F)
        else:
            position += 3
            if data[position] != ber.OCTET_STRING or data[position + 1] >= 0x80:
                raise DecodeError("no community")
            position += 2 + data[position + 1]
            position += 2 if data[position + 1] < 0x80 else 2 + (data[position + 1] & 0x7F)
        if data[position] != ber.INTEGER:
            raise DecodeError("no identifier")
        size = data[position + 1]
        if not 1 <= size <= ID_OCTETS or len(data) < position + 2 + size:
            raise DecodeError("no identifier")
        return int.from_bytes(data[position + 2 : position + 2 + size], "big", signed=True)
    except IndexError:
        raise DecodeError("truncated") from None


def pdu_of(data: bytes, position: int, end: int, identifier: int) -> tuple[int, Reply]:
    """The PDU between `position` and `end`: its tag and its reply."""
    tag, start, stop = ber.header(data, position, end)
    if stop != end:
        raise DecodeError("octets after the PDU")
    found, start = ber.integer(data, start, stop)
    if tag == ber.RESPONSE and found != identifier:
        raise ForeignError
    status, start = ber.integer(data, start, stop)
    index, start = ber.integer(data, start, stop)
    first, last = ber.expect(data, start, stop, ber.SEQUENCE)
    if last != stop:
        raise DecodeError("octets after the variable bindings")
    return tag, Reply(status, index, data, first, last)


class Usual:
    """How nearly every response of some size begins: a SEQUENCE, a preamble that is the same for a whole session, and
    the PDU's head, each of the three lengths in two octets. It is checked in one step.
    """  # noqa: D205 - one sentence pair says it

    __slots__ = ("_least", "_preamble", "_shape")

    def __init__(self, preamble: bytes) -> None:
        self._preamble = preamble
        self._shape = _shape(len(preamble))
        self._least = max(256, self._shape.size)

    def read(self, data: bytes, identifier: int) -> Reply | None:
        """The response that is all of `data`; None if anything is not as usual."""
        total = len(data)
        if total <= self._least:
            return None
        (
            outer,
            size,
            preamble,
            inner,
            rest,
            id_head,
            found,
            status_head,
            status,
            index_head,
            index,
            last,
            bindings,
        ) = self._shape.unpack_from(data)
        start = self._shape.size
        if (
            found == identifier
            and preamble == self._preamble
            and size == total - 4
            and rest == size - len(preamble) - 4
            and bindings == total - start
            and (outer, inner, id_head, status_head, index_head, last) == _HEADS
            and status < 0x80
            and index < 0x80
        ):
            return Reply(status, index, data, start, total)
        return None


@cache
def _shape(preamble: int) -> struct.Struct:
    """A response's head after a preamble of so many octets, where each length stands in two octets."""
    return struct.Struct(f">HH{preamble}sHHHIHBHBHH")


# SEQUENCE and Response with a length of two octets, request ID of four, error-status and error-index of one.
_HEADS = (0x3082, 0xA282, 0x0204, 0x0201, 0x0201, 0x3082)
_MAX_HEADS = 64


class CommunitySession:
    """v1 (`version` 0) and v2c (`version` 1)."""

    def __init__(self, version: int, community: bytes) -> None:
        self.version = version
        self._preamble = bytes((ber.INTEGER, 1, version)) + ber.tlv(ber.OCTET_STRING, community)
        self._usual = Usual(self._preamble)
        self._heads: dict[tuple[int, int], bytes] = {}

    def datagram(self, request: Request, identifier: int) -> bytes:
        """What stands before the identifier depends on the PDU's type and size only."""
        tail = request.encoded or request.body()
        key = (request.tag, len(tail))
        head = self._heads.get(key)
        if head is None:
            inner = bytes((request.tag,)) + ber.length(2 + ID_OCTETS + len(tail)) + b"\x02\x04"
            size = len(self._preamble) + len(inner) + ID_OCTETS + len(tail)
            if len(self._heads) > _MAX_HEADS:
                self._heads.clear()
            head = self._heads[key] = bytes((ber.SEQUENCE,)) + ber.length(size) + self._preamble + inner
        return head + identifier.to_bytes(ID_OCTETS, "big") + tail

    def receive(self, data: bytes, identifier: int) -> Reply:
        """A response with our version and our community, whole and with nothing behind it."""
        usual = self._usual.read(data, identifier)
        if usual is not None:
            return usual
        start, stop = ber.expect(data, 0, len(data), ber.SEQUENCE)
        if stop != len(data):
            raise DecodeError("octets after the message")
        if not data.startswith(self._preamble, start):
            raise ForeignError
        tag, reply = pdu_of(data, start + len(self._preamble), stop, identifier)
        if tag != ber.RESPONSE:
            raise ForeignError
        return reply

    def doubt(self) -> bool:
        """A device keeps silent about a wrong community: there is nothing more to ask."""
        return False
