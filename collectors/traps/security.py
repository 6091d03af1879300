"""Who may send: communities (versions 1 and 2c) and users (version 3), and how each is answered.

A trap's authoritative engine is its sender: any engine ID is taken, its keys are made from the user's passwords when
the first authentic message comes, and its clock is followed (RFC 3414 section 3.2, step 7b). An inform's is ours: it
is told to whoever asks, with boots and time, and only messages inside the time window count.

Nothing is derived for privacy before a message has proved itself authentic, so a flood with invented engines costs
little.
"""

from __future__ import annotations

import hmac
import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from collectors.snmp import ber, usm
from collectors.snmp.ber import DecodeError
from collectors.traps import message

if TYPE_CHECKING:
    from collections.abc import Iterable

    from collectors.traps.engine import Engine
    from collectors.traps.message import Notification

_AUTHENTIC, _PRIVATE, _REPORTABLE = 1, 2, 4
_WINDOW = 150  # RFC 3414 section 2.2.3
_LARGEST = 0x7FFFFFFF
_MAX_MESSAGE = 65507
# Senders whose clocks are remembered.
_CLOCKS = 65536
# usmStats (RFC 3414 section 5): the report for each reason.
_STATS = "1.3.6.1.6.3.15.1.1.{}.0"
_REPORTS = {"security_level": 1, "time_window": 2, "user": 3, "engine": 4, "digest": 5, "decryption": 6}


class RefusedError(Exception):
    """Not accepted. `reason` is stable and English; `answer` is what is sent back, if anything."""

    def __init__(self, reason: str, answer: bytes = b"") -> None:
        super().__init__(reason)
        self.reason = reason
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Accepted:
    """A notification from somebody who may send, and what an inform is answered with."""

    notification: Notification
    version: str
    user: str = ""
    engine: str = ""
    answer: bytes = b""


@dataclass(slots=True)
class _Security:
    """UsmSecurityParameters (RFC 3414 section 2.4) and the header before them."""

    number: bytes
    flags: int
    engine: bytes
    boots: int
    time: int
    name: bytes
    digest_at: tuple[int, int]
    salt: bytes


class Gate:
    """Decides which datagrams are notifications from known senders."""

    def __init__(self, engine: Engine, communities: Iterable[bytes], users: Iterable[usm.User]) -> None:
        self._engine = engine
        self.admit(communities, users)
        # Engine → its boots, its highest time, and when that was heard.
        self._clocks: OrderedDict[bytes, tuple[int, int, float]] = OrderedDict()
        self._unknown = 0

    def admit(self, communities: Iterable[bytes], users: Iterable[usm.User]) -> None:
        """Let these in from now on, and no others."""
        self._communities = frozenset(communities)
        self._users: dict[bytes, list[usm.User]] = {}
        for user in dict.fromkeys(users):
            self._users.setdefault(user.name.encode(), []).append(user)

    def open(self, data: bytes) -> Accepted:
        """The notification in a datagram; RefusedError for anything else. No other exception leaves it."""
        try:
            return self._decoded(data)
        except message.WrongPduError:
            raise RefusedError("pdu") from None
        except DecodeError:
            raise RefusedError("decode") from None

    def _decoded(self, data: bytes) -> Accepted:
        start, stop = ber.expect(data, 0, len(data), ber.SEQUENCE)
        if stop != len(data):
            raise DecodeError("octets after the message")
        version, position = ber.integer(data, start, stop)
        if version in (0, 1):
            return self._by_community(data, position, stop, version)
        if version == 3:
            return self._by_user(data, position, stop)
        raise RefusedError("version")

    def _by_community(self, data: bytes, position: int, stop: int, version: int) -> Accepted:
        first, position = ber.expect(data, position, stop, ber.OCTET_STRING)
        if data[first:position] not in self._communities:
            raise RefusedError("community")
        found = message.pdu(data, position, stop)
        if (data[position] == message.TRAP_V1) is (version == 1):
            raise RefusedError("pdu")
        answer = b""
        if found.inform:
            community = ber.tlv(ber.OCTET_STRING, data[first:position])
            answer = ber.tlv(ber.SEQUENCE, ber.encode_integer(version) + community + _response(found))
        return Accepted(found, "1" if version == 0 else "2c", answer=answer)

    # -- version 3 --------------------------------------------------------------------------------------------

    def _by_user(self, data: bytes, position: int, stop: int) -> Accepted:
        security, position = _parameters(data, position, stop)
        ours = security.engine == self._engine.identifier
        if not ours and not 5 <= len(security.engine) <= 32:
            # RFC 3414 section 4: this is how our engine is asked for.
            raise self._refuse("engine", security)
        users = self._users.get(security.name, ())
        if not users:
            raise self._refuse("user", security)
        level = security.flags & (_AUTHENTIC | _PRIVATE)
        fitting = [user for user in users if _level(user) == level]
        if not fitting:
            raise self._refuse("security_level", security)
        user = self._authentic(data, security, fitting)
        if level & _AUTHENTIC:
            self._in_time(security, user, ours=ours)
        plain, position, stop = self._plain(data, position, stop, security, user)
        first, stop_inner = ber.expect(plain, position, stop, ber.SEQUENCE)
        engine_at, after = ber.expect(plain, first, stop_inner, ber.OCTET_STRING)
        context_engine = plain[engine_at:after]
        context_at = after
        _, after = ber.expect(plain, after, stop_inner, ber.OCTET_STRING)
        # Behind a cipher without a digest of its own there may be padding; the PDU ends where it says.
        found = message.pdu(plain, after, stop_inner)
        if found.inform is not ours:
            # The authoritative engine of an inform is ours, of a trap the sender's (RFC 3412 section 6).
            raise RefusedError("engine")
        answer = b""
        if found.inform:
            context = ber.tlv(ber.OCTET_STRING, context_engine) + plain[context_at:after]
            answer = self._message(security, level, user, context + _response(found))
        return Accepted(found, "3", user.name, security.engine.hex(), answer)

    def _authentic(self, data: bytes, security: _Security, users: list[usm.User]) -> usm.User:
        """The user whose digest this is (several may share a name)."""
        if not security.flags & _AUTHENTIC:
            return users[0]
        start, stop = security.digest_at
        blank = data[:start] + bytes(stop - start) + data[stop:]
        for user in users:
            keys = usm.keys(replace(user, priv_protocol="", priv_password=b""), security.engine)
            if keys.digest_size == stop - start and hmac.compare_digest(keys.digest(blank), data[start:stop]):
                return user
        raise self._refuse("digest", security)

    def _in_time(self, security: _Security, user: usm.User, *, ours: bool) -> None:
        """RFC 3414 section 3.2, step 7."""
        if ours:
            right = security.boots == self._engine.boots and abs(security.time - self._engine.time()) <= _WINDOW
            if not right or security.boots == _LARGEST:
                raise self._refuse("time_window", security, user)
            return
        now = time.monotonic()
        boots, highest, stamp = self._clocks.get(security.engine, (0, 0, now))
        expected = highest + int(now - stamp)
        if security.boots < boots or (security.boots == boots and security.time < expected - _WINDOW):
            raise RefusedError("time_window")
        if security.boots > boots or security.time > expected:
            self._clocks[security.engine] = (security.boots, security.time, now)
            self._clocks.move_to_end(security.engine)
            if len(self._clocks) > _CLOCKS:
                self._clocks.popitem(last=False)

    def _plain(
        self, data: bytes, position: int, stop: int, security: _Security, user: usm.User
    ) -> tuple[bytes, int, int]:
        """The scoped PDU's octets and where it stands in them."""
        if not security.flags & _PRIVATE:
            return data, position, stop
        first, last = ber.expect(data, position, stop, ber.OCTET_STRING)
        if last != stop:
            raise DecodeError("octets after the message")
        keys = usm.keys(user, security.engine)
        try:
            plain = keys.decrypt(data[first:last], security.salt, security.boots, security.time)
            ber.expect(plain, 0, len(plain), ber.SEQUENCE)
        except DecodeError:
            raise self._refuse("decryption", security) from None
        return plain, 0, len(plain)

    # -- what goes back ---------------------------------------------------------------------------------------

    def _refuse(self, reason: str, security: _Security, user: usm.User | None = None) -> RefusedError:
        """A refusal; with the report that its sender is to have, if it asks for one (RFC 3412 section 7.1)."""
        if not security.flags & _REPORTABLE:
            return RefusedError(reason)
        self._unknown = (self._unknown + 1) & 0xFFFFFFFF
        name = ber.encode_oid(_STATS.format(_REPORTS[reason]))
        binding = ber.tlv(
            ber.SEQUENCE,
            ber.tlv(ber.OBJECT_IDENTIFIER, name) + ber.encode_integer(self._unknown, ber.COUNTER32),
        )
        pdu = ber.tlv(ber.REPORT, b"\x02\x01\x00\x02\x01\x00\x02\x01\x00" + ber.tlv(ber.SEQUENCE, binding))
        context = ber.tlv(ber.OCTET_STRING, self._engine.identifier) + b"\x04\x00"
        level = 0 if user is None else _AUTHENTIC
        # Whoever asks for our engine by an empty name is wanted no more of; it is no refusal to be counted as one.
        counted = "discovery" if reason == "engine" and not security.engine else reason
        return RefusedError(counted, self._message(security, level, user, context + pdu))

    def _message(self, asked: _Security, level: int, user: usm.User | None, scoped: bytes) -> bytes:
        """A version 3 message of ours (RFC 3412 section 6, RFC 3414 section 3.1)."""
        head = asked.number + ber.encode_integer(_MAX_MESSAGE) + bytes((ber.OCTET_STRING, 1, level)) + b"\x02\x01\x03"
        boots, now = self._engine.boots, self._engine.time()
        body, salt, size = ber.tlv(ber.SEQUENCE, scoped), b"", 0
        keys = usm.keys(user, self._engine.identifier) if level and user is not None else None
        if keys is not None:
            size = keys.digest_size
            if level & _PRIVATE:
                encrypted, salt = keys.encrypt(body, boots, now)
                body = ber.tlv(ber.OCTET_STRING, encrypted)
        tail = ber.tlv(ber.OCTET_STRING, salt)
        security = ber.tlv(
            ber.SEQUENCE,
            ber.tlv(ber.OCTET_STRING, self._engine.identifier)
            + ber.encode_integer(boots)
            + ber.encode_integer(now)
            + ber.tlv(ber.OCTET_STRING, asked.name)
            + ber.tlv(ber.OCTET_STRING, bytes(size))
            + tail,
        )
        whole = ber.tlv(
            ber.SEQUENCE,
            b"\x02\x01\x03" + ber.tlv(ber.SEQUENCE, head) + ber.tlv(ber.OCTET_STRING, security) + body,
        )
        if keys is None:
            return whole
        end = len(whole) - len(body) - len(tail)
        return whole[: end - size] + keys.digest(whole) + whole[end:]


def _level(user: usm.User) -> int:
    return (_AUTHENTIC if user.auth_protocol else 0) | (_PRIVATE if user.priv_protocol else 0)


def _response(found: Notification) -> bytes:
    """The answer to an inform: its own number and bindings (RFC 3416 section 4.2.7)."""
    return ber.tlv(ber.RESPONSE, found.request_id + b"\x02\x01\x00\x02\x01\x00" + found.raw_bindings)


def _parameters(data: bytes, position: int, end: int) -> tuple[_Security, int]:
    """The message's header and security parameters, and where the scoped PDU begins."""
    start, after = ber.expect(data, position, end, ber.SEQUENCE)
    number_at = start
    number, start = ber.integer(data, start, after)
    identifier = data[number_at:start]
    _, start = ber.integer(data, start, after)
    first, start = ber.expect(data, start, after, ber.OCTET_STRING)
    if start - first != 1:
        raise DecodeError("wrong message flags")
    flags = data[first]
    model, start = ber.integer(data, start, after)
    if model != 3 or start != after or not 0 <= number <= _LARGEST:
        raise DecodeError("not the user-based security model")
    if flags & (_AUTHENTIC | _PRIVATE) == _PRIVATE:
        raise DecodeError("privacy without authentication")
    outer, scoped = ber.expect(data, after, end, ber.OCTET_STRING)
    start, last = ber.expect(data, outer, scoped, ber.SEQUENCE)
    if last != scoped:
        raise DecodeError("octets after the security parameters")
    first, start = ber.expect(data, start, last, ber.OCTET_STRING)
    engine = data[first:start]
    boots, start = ber.integer(data, start, last)
    seconds, start = ber.integer(data, start, last)
    if not 0 <= boots <= _LARGEST or not 0 <= seconds <= _LARGEST:
        raise DecodeError("engine boots or time out of range")
    first, start = ber.expect(data, start, last, ber.OCTET_STRING)
    name = data[first:start]
    digest_at = ber.expect(data, start, last, ber.OCTET_STRING)
    salt_at, salt_end = ber.expect(data, digest_at[1], last, ber.OCTET_STRING)
    if salt_end != last or len(name) > 32:
        raise DecodeError("octets after the security parameters")
    found = _Security(identifier, flags, engine, boots, seconds, name, digest_at, data[salt_at:salt_end])
    return found, scoped
