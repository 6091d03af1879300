"""Speaking to an agent as a user (version 3): discovery, clock, signatures, encryption, reports (RFC 3412, 3414)."""

from __future__ import annotations

import hmac
import time as clock
from dataclasses import dataclass

from collectors.snmp import ber, usm
from collectors.snmp.ber import DecodeError
from collectors.snmp.faults import Fault
from collectors.snmp.session import ID_OCTETS, ForeignError, Reply, Request, ResendError, Usual, pdu_of

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


class UserSession:
    """v3 with the User-based Security Model. Engine ID, boots and time are learnt from the agent and kept."""

    version = 3

    def __init__(self, user: usm.User, context: bytes = b"") -> None:
        self._user = user
        self._context = ber.tlv(ber.OCTET_STRING, context)
        self._flags = (_AUTHENTIC if user.auth_protocol else 0) | (_PRIVATE if user.priv_protocol else 0)
        self._name = ber.tlv(ber.OCTET_STRING, user.name.encode())
        self._engine = b""
        self._usual: Usual | None = None
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
        return pdu_of(data, position, end, identifier)

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
            self._usual = Usual(ber.tlv(ber.OCTET_STRING, self._engine) + self._context)
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
