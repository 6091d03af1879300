"""How requests become datagrams and datagrams become replies: by community (v1, v2c) and by user (v3).

A session belongs to one agent. `datagram` encodes, `receive` checks and decodes. What `receive` raises says what the
client does next: `ForeignError` and `DecodeError` - keep waiting for the real answer; `ResendError` - send again, the
session has learnt what it lacked; `Fault` - the agent has refused, waiting is useless.
"""

from __future__ import annotations

import hmac
import struct
import time as clock
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Protocol

from collectors.snmp import ber, usm
from collectors.snmp.ber import DecodeError
from collectors.snmp.faults import Fault

ID_OCTETS = 4
# Sent as msgMaxSize: the largest UDP payload over IPv4.
MAX_MESSAGE = 65507
_REPORTABLE = 0x04
_PRIVATE = 0x02
_AUTHENTIC = 0x01
# RFC 3414 section 2.2.3: the time window, seconds.
_WINDOW = 150
_MAX_TIME = 0x7FFFFFFF
_STATS = ber.encode_oid("1.3.6.1.6.3.15.1.1")
_REPORTS = {
    1: "security_level",
    2: "not_in_time_window",
    3: "unknown_user",
    4: "unknown_engine",
    5: "wrong_digest",
    6: "decryption",
}


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


def _pdu(data: bytes, position: int, end: int, identifier: int) -> tuple[int, Reply]:
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


class _Usual:
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
        self._usual = _Usual(self._preamble)
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
        tag, reply = _pdu(data, start + len(self._preamble), stop, identifier)
        if tag != ber.RESPONSE:
            raise ForeignError
        return reply

    def doubt(self) -> bool:
        """A device keeps silent about a wrong community: there is nothing more to ask."""
        return False


class UserSession:
    """v3 with the User-based Security Model. Engine ID, boots and time are learnt from the agent and kept."""

    version = 3

    def __init__(self, user: usm.User, context: bytes = b"") -> None:
        self._user = user
        self._context = ber.tlv(ber.OCTET_STRING, context)
        self._flags = (_AUTHENTIC if user.auth_protocol else 0) | (_PRIVATE if user.priv_protocol else 0)
        self._name = ber.tlv(ber.OCTET_STRING, user.name.encode())
        self._engine = b""
        self._usual: _Usual | None = None
        self._keys: usm.Keys | None = None
        self._boots = 0
        self._time = 0
        self._stamp = 0.0
        self._confirmed = False
        self._doubting = False

    @property
    def engine(self) -> bytes:
        """The agent's engine ID; empty until it has told it."""
        return self._engine

    def doubt(self) -> bool:
        """An agent that cannot decrypt may keep silent (net-snmp with AES does). Until it has answered once, it is
        asked a last time without privacy: if it answers that, our privacy password or protocol is wrong.
        """  # noqa: D205 - one sentence pair says it
        self._doubting = bool(self._engine and self._flags & _PRIVATE and not self._confirmed) and not self._doubting
        return self._doubting

    def datagram(self, request: Request, identifier: int) -> bytes:
        """The request; or, while the engine is unknown, the question for it (RFC 3414 section 4)."""
        number = b"\x02\x04" + identifier.to_bytes(ID_OCTETS, "big")
        if not self._engine:
            probe = ber.tlv(ber.GET, number + b"\x02\x01\x00\x02\x01\x00\x30\x00")
            scoped = ber.tlv(ber.SEQUENCE, b"\x04\x00\x04\x00" + probe)
            security = ber.tlv(ber.SEQUENCE, b"\x04\x00\x02\x01\x00\x02\x01\x00\x04\x00\x04\x00\x04\x00")
            return self._message(number, _REPORTABLE, security, scoped)
        pdu = ber.tlv(request.tag, number + request.body())
        scoped = ber.tlv(ber.SEQUENCE, ber.tlv(ber.OCTET_STRING, self._engine) + self._context + pdu)
        time = min(self._time + int(clock.monotonic() - self._stamp), _MAX_TIME) if self._stamp else 0
        keys = usm.keys(self._user, self._engine)
        salt = b""
        flags = self._flags & ~_PRIVATE if self._doubting else self._flags
        if flags & _PRIVATE:
            encrypted, salt = keys.encrypt(scoped, self._boots, time)
            scoped = ber.tlv(ber.OCTET_STRING, encrypted)
        tail = ber.tlv(ber.OCTET_STRING, salt)
        security = ber.tlv(
            ber.SEQUENCE,
            ber.tlv(ber.OCTET_STRING, self._engine)
            + ber.encode_integer(self._boots)
            + ber.encode_integer(time)
            + self._name
            + ber.tlv(ber.OCTET_STRING, bytes(keys.digest_size))
            + tail,
        )
        message = self._message(number, _REPORTABLE | flags, security, scoped)
        if not flags & _AUTHENTIC:
            return message
        end = len(message) - len(scoped) - len(tail)
        return message[: end - keys.digest_size] + keys.digest(message) + message[end:]

    @staticmethod
    def _message(number: bytes, flags: int, security: bytes, scoped: bytes) -> bytes:
        head = number + ber.encode_integer(MAX_MESSAGE) + bytes((ber.OCTET_STRING, 1, flags)) + b"\x02\x01\x03"
        return ber.tlv(
            ber.SEQUENCE,
            b"\x02\x01\x03" + ber.tlv(ber.SEQUENCE, head) + ber.tlv(ber.OCTET_STRING, security) + scoped,
        )

    def receive(self, data: bytes, identifier: int) -> Reply:
        """A response at our security level, or a report, which is turned into what it means."""
        start, stop = ber.expect(data, 0, len(data), ber.SEQUENCE)
        if stop != len(data):
            raise DecodeError("octets after the message")
        version, start = ber.integer(data, start, stop)
        if version != 3:
            raise ForeignError
        flags, start = self._header(data, start, stop, identifier)
        first, start = ber.expect(data, start, stop, ber.OCTET_STRING)
        inner, last = ber.expect(data, first, start, ber.SEQUENCE)
        if last != start:
            raise DecodeError("octets after the security parameters")
        security = _security(data, inner, last)
        authentic = bool(flags & _AUTHENTIC)
        if authentic:
            self._check_digest(data, security)
        tag, reply = self._scoped(data, start, stop, identifier, security, flags)
        if tag == ber.REPORT:
            self._report(reply, security, authentic=authentic)
        if self._doubting and authentic:
            self._doubting = False
            raise Fault("decryption")
        right = tag == ber.RESPONSE and flags & (_AUTHENTIC | _PRIVATE) == self._flags
        if not right or security.engine != self._engine:
            raise ForeignError
        if authentic:
            self._follow_clock(security)
        self._confirmed = True
        return reply

    def _scoped(
        self, data: bytes, start: int, stop: int, identifier: int, security: _Security, flags: int
    ) -> tuple[int, Reply]:
        """The PDU inside the scoped PDU (RFC 3412 section 6), decrypted where it is private."""
        if flags & _PRIVATE:
            if not (flags & _AUTHENTIC and self._flags & _PRIVATE):
                raise ForeignError
            first, last = ber.expect(data, start, stop, ber.OCTET_STRING)
            keys = usm.keys(self._user, self._engine)
            data = keys.decrypt(data[first:last], security.salt, security.boots, security.time)
            usual = self._usual.read(data, identifier) if self._usual else None
            if usual is not None:
                return ber.RESPONSE, usual
            start, stop = 0, len(data)
        position, end = ber.expect(data, start, stop, ber.SEQUENCE)
        _, position = ber.expect(data, position, end, ber.OCTET_STRING)
        _, position = ber.expect(data, position, end, ber.OCTET_STRING)
        return _pdu(data, position, end, identifier)

    @staticmethod
    def _header(data: bytes, position: int, end: int, identifier: int) -> tuple[int, int]:
        start, stop = ber.expect(data, position, end, ber.SEQUENCE)
        number, start = ber.integer(data, start, stop)
        if number != identifier:
            raise ForeignError
        _, start = ber.integer(data, start, stop)
        first, last = ber.expect(data, start, stop, ber.OCTET_STRING)
        if last - first != 1:
            raise DecodeError("wrong message flags")
        model, last = ber.integer(data, last, stop)
        if model != 3 or last != stop:
            raise DecodeError("not the user-based security model")
        return data[first], stop

    def _check_digest(self, data: bytes, security: _Security) -> None:
        if not self._flags & _AUTHENTIC or not self._engine or security.engine != self._engine:
            raise ForeignError
        keys = usm.keys(self._user, self._engine)
        start, stop = security.digest_at
        if stop - start != keys.digest_size:
            raise Fault("wrong_digest")
        blank = data[:start] + bytes(stop - start) + data[stop:]
        if not hmac.compare_digest(keys.digest(blank), data[start:stop]):
            raise DecodeError("wrong_digest")

    def _follow_clock(self, security: _Security) -> None:
        """RFC 3414 section 3.2 step 7b."""
        if not self._stamp or security.boots > self._boots:
            self._adopt_clock(security)
            return
        expected = self._time + int(clock.monotonic() - self._stamp)
        if security.boots < self._boots or security.time < expected - _WINDOW:
            raise DecodeError("not_in_time_window")
        if security.time > expected:
            self._adopt_clock(security)

    def _adopt_clock(self, security: _Security) -> None:
        self._boots, self._time, self._stamp = security.boots, security.time, clock.monotonic()

    def _report(self, reply: Reply, security: _Security, *, authentic: bool) -> None:
        """Raise what a report means: learn and send again, or give up with its reason."""
        bindings = ber.varbinds(reply.data, reply.start, reply.end)
        if not bindings or not bindings[0][0].startswith(_STATS):
            raise DecodeError("a report of an unknown kind")
        arcs = ber.decode_index(bindings[0][0][len(_STATS) :])
        reason = _REPORTS.get(arcs[0] if arcs else 0)
        if reason is None:
            raise DecodeError("a report of an unknown kind")
        if reason == "unknown_engine":
            if not 5 <= len(security.engine) <= 32 or security.engine == self._engine:
                raise Fault("unknown_engine")
            self._engine = security.engine
            self._usual = _Usual(ber.tlv(ber.OCTET_STRING, self._engine) + self._context)
            self._adopt_clock(security)
            raise ResendError
        if reason == "not_in_time_window":
            # RFC 3414 section 3.2 step 7a: this report is authenticated; an unauthenticated one could be anybody's.
            if not authentic:
                raise DecodeError("not_in_time_window")
            self._adopt_clock(security)
            raise ResendError
        if self._doubting and reason == "security_level":
            reason = "decryption"
        raise Fault(reason)


@dataclass(slots=True)
class _Security:
    engine: bytes
    boots: int
    time: int
    digest_at: tuple[int, int]
    salt: bytes


def _security(data: bytes, position: int, end: int) -> _Security:
    """UsmSecurityParameters (RFC 3414 section 2.4)."""
    start, position = ber.expect(data, position, end, ber.OCTET_STRING)
    engine = data[start:position]
    boots, position = ber.integer(data, position, end)
    time, position = ber.integer(data, position, end)
    if not 0 <= boots <= _MAX_TIME or not 0 <= time <= _MAX_TIME:
        raise DecodeError("engine boots or time out of range")
    _, position = ber.expect(data, position, end, ber.OCTET_STRING)
    digest_start, digest_stop = ber.expect(data, position, end, ber.OCTET_STRING)
    salt_start, salt_stop = ber.expect(data, digest_stop, end, ber.OCTET_STRING)
    if salt_stop != end:
        raise DecodeError("octets after the security parameters")
    return _Security(engine, boots, time, (digest_start, digest_stop), data[salt_start:salt_stop])
