"""An SNMP agent in front of each device, on pysnmp: independent of the poller that it is there to test.

An agent answers only as the running configuration says. Its engine is made at the first datagram and again when who
may poll has changed: making one costs hundredths of a second, and most sessions never poll.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from bisect import bisect_right
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType

    from lab.emulator.device import Device, SnmpAccess
    from lab.emulator.interfaces import Port

Oid = tuple[int, ...]
_MIB2: Oid = (1, 3, 6, 1, 2, 1)
_DOMAIN: Oid = (1, 3, 6, 1, 6, 1, 1)  # transportDomainUdpIpv4, RFC 3419


class Agent(asyncio.DatagramProtocol):
    """The agent of one device at one address."""

    def __init__(self, device: Device, engine: Engine) -> None:
        self._device = device
        self._engine = engine
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is there."""
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """A request. A mute device does not answer, a slow one takes seconds."""
        faults = self._device.faults
        if faults.mute or self._transport is None:
            return
        if faults.slow:
            asyncio.get_running_loop().call_later(faults.slow, self._answer, data, addr)
        else:
            self._answer(data, addr)

    def _answer(self, data: bytes, address: tuple[str, int]) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._engine.receive(data, address, self._transport.sendto)


class Engine:
    """One device's SNMP engine: its identity, its users, its objects. It outlives a change of address."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._access: SnmpAccess | None = None
        self._engine: Any = None
        self._dispatcher: Any = None
        self._objects = Objects(device)
        # Whether who may poll has to be read from the configuration again.
        self._stale = True
        device.watch(self._changed)

    def receive(self, data: bytes, address: tuple[str, int], send: Callable[[bytes, tuple[str, int]], None]) -> None:
        """Answer one datagram through `send`, or not at all."""
        if self._stale:
            self._stale = False
            access = self._device.snmp_access()
            if access != self._access:
                self._access = access
                self._engine = self._dispatcher = None
        if self._access is None or not (self._access.communities or self._access.users):
            return
        if self._engine is None:
            self._make(self._access)
        self._dispatcher.take(data, address, send)

    def _changed(self) -> None:
        self._stale = True
        self._objects.changed()

    def _make(self, access: SnmpAccess) -> None:
        from pysnmp.entity import config, engine  # noqa: PLC0415 - start-up time
        from pysnmp.entity.rfc3413 import context  # noqa: PLC0415 - start-up time
        from pysnmp.proto.api import v2c  # noqa: PLC0415 - start-up time
        from pysnmp.proto.rfc3412 import MsgAndPduDispatcher  # noqa: PLC0415 - start-up time
        from pysnmp.smi.instrum import MibInstrumController  # noqa: PLC0415 - start-up time

        made = engine.SnmpEngine(msgAndPduDsp=MsgAndPduDispatcher(MibInstrumController(_builder_class()())))
        # Set here and not through the constructor, which would keep files below the temporary folder.
        builder = made.get_mib_builder()
        (identity,) = builder.import_symbols("__SNMP-FRAMEWORK-MIB", "snmpEngineID")
        (boots,) = builder.import_symbols("__SNMP-FRAMEWORK-MIB", "snmpEngineBoots")
        digest = hashlib.sha256(self._device.spec.seed + self._device.spec.name.encode()).digest()
        # RFC 3411 section 5: enterprise number with the high bit, format 5 (octets of our own choice).
        identity.syntax = identity.syntax.clone(bytes.fromhex("8000b26e05") + digest[:12])
        made.snmpEngineID = identity.syntax
        # The count of boots must never go back for one engine; the clock does not.
        boots.syntax = boots.syntax.clone(int(time.time()) & 0x7FFFFFFF)
        # SNMPv1 is not offered.
        del made.message_processing_subsystems[0]
        levels: dict[str, int] = {}
        manager = self._device.spec.manager
        for number, community in enumerate(access.communities):
            if manager is None or access.permits(community, manager):
                config.add_v1_system(made, f"c{number}", community, securityName=f"c{number}")
        auth, priv = _protocols(config)
        for user in access.users:
            if manager is not None and not access.permits(user.name, manager):
                continue
            levels[user.name] = 3 if user.priv_protocol else 2 if user.auth_protocol else 1
            config.add_v3_user(
                made,
                user.name,
                auth.get(user.auth_protocol, config.USM_AUTH_NONE),
                user.auth_password or None,
                priv.get(user.priv_protocol, config.USM_PRIV_NONE),
                user.priv_password or None,
            )
        dispatcher = _dispatcher_class()()
        made.register_transport_dispatcher(dispatcher)
        dispatcher.engine = made
        around = context.SnmpContext(made)
        around.context_names[b""] = cast("Any", _Instrument(self._objects, v2c, levels))
        for responder in _responders():
            responder(made, around)
        self._engine, self._dispatcher = made, dispatcher

    def close(self) -> None:
        """Let the engine go."""
        self._engine = self._dispatcher = None


def _protocols(config: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    auth = {
        "MD5": config.USM_AUTH_HMAC96_MD5,
        "SHA": config.USM_AUTH_HMAC96_SHA,
        "SHA224": config.USM_AUTH_HMAC128_SHA224,
        "SHA256": config.USM_AUTH_HMAC192_SHA256,
        "SHA384": config.USM_AUTH_HMAC256_SHA384,
        "SHA512": config.USM_AUTH_HMAC384_SHA512,
    }
    priv = {
        "DES": config.USM_PRIV_CBC56_DES,
        "3DES": config.USM_PRIV_CBC168_3DES,
        "AES": config.USM_PRIV_CFB128_AES,
        "AES192": config.USM_PRIV_CFB192_AES,
        "AES256": config.USM_PRIV_CFB256_AES,
    }
    return auth, priv


@cache
def _compiled(path: str) -> CodeType:
    return compile(Path(path).read_bytes(), path, "exec")


@cache
def _builder_class() -> type:
    from pysnmp.smi.builder import MibBuilder  # noqa: PLC0415 - start-up time

    class Builder(MibBuilder):
        """pysnmp compiles its MIB modules twice for every engine (0.1 s); this one does it once a process."""

        def load_module(self, modName: str, **userCtx: Any) -> Any:  # noqa: N803 - pysnmp's names
            """Run a MIB module's code, once; whatever is unusual is left to pysnmp."""
            private = vars(self)
            loaded: dict[str, str] = private.get("_MibBuilder__modSeen", {})
            begun: set[str] = private.get("_MibBuilder__modPathsSeen", set())
            for source in self.get_mib_sources():
                path = str(cast("Any", source).full_path(modName, ".py"))
                if Path(path).is_file() and path not in begun:
                    # Noted first: MIB modules import each other in circles.
                    begun.add(path)
                    exec(_compiled(path), {"mibBuilder": self, "userCtx": userCtx})  # noqa: S102 - pysnmp's own files
                    loaded[modName] = path
                if modName in loaded:
                    return self
            return cast("Any", super()).load_module(modName, **userCtx)

    return Builder


def _responders() -> tuple[Any, ...]:
    """Read-only responders without pysnmp's own view tables: who may read was decided when the engine was made."""
    from pysnmp.entity.rfc3413 import cmdrsp  # noqa: PLC0415 - start-up time

    return (cmdrsp.GetCommandResponder, cmdrsp.NextCommandResponder, cmdrsp.BulkCommandResponder)


def _dispatcher_class() -> type:
    from pysnmp.carrier.base import AbstractTransportDispatcher  # noqa: PLC0415 - start-up time
    from pysnmp.error import PySnmpError  # noqa: PLC0415 - start-up time

    class Dispatcher(AbstractTransportDispatcher):
        """Hands datagrams of our sockets to the engine, and its answers back."""

        engine: Any = None
        _send: Callable[[bytes], None] | None = None

        def take(self, data: bytes, address: tuple[str, int], send: Callable[[bytes, tuple[str, int]], None]) -> None:
            """One request; whatever is wrong with it, the agent stays."""
            from pysnmp.carrier.asyncio.dgram.udp import UdpTransportAddress  # noqa: PLC0415 - start-up time

            self._send = lambda answer: send(answer, address)
            try:
                self.engine.message_dispatcher.receive_message(self.engine, _DOMAIN, UdpTransportAddress(address), data)
            except PySnmpError:
                return
            finally:
                self._send = None

        def send_message(self, outgoingMessage: bytes, _domain: Any, _address: Any) -> None:  # noqa: N803 - pysnmp's name
            """An answer."""
            if self._send is not None:
                self._send(bytes(outgoingMessage))

    return Dispatcher


class _Instrument:
    """What pysnmp's responders read from."""

    def __init__(self, objects: Objects, types: Any, levels: dict[str, int]) -> None:
        self._objects = objects
        self._types = types
        self._levels = levels

    def _check(self, context: dict[str, Any]) -> None:
        """A user may not be answered below the level he was set up with (what VACM's security level does)."""
        from pysnmp.smi import error  # noqa: PLC0415 - start-up time

        now = context["snmpEngine"].observer.get_execution_context("rfc3412.receiveMessage:request")
        needed = self._levels.get(str(now["securityName"]), 1)
        if int(now["securityModel"]) == 3 and int(now["securityLevel"]) < needed:
            refuse: Any = error.AuthorizationError
            raise refuse(name=(0,), idx=0)

    def read_variables(self, *bindings: Any, **context: Any) -> list[tuple[Any, Any]]:
        """GET."""
        self._check(context)
        return [(name, self._objects.get(tuple(name), self._types)) for name, _ in bindings]

    def read_next_variables(self, *bindings: Any, **context: Any) -> list[tuple[Any, Any]]:
        """GETNEXT; GETBULK is this, repeated."""
        self._check(context)
        answers = []
        for name, _ in bindings:
            following = self._objects.after(tuple(name), self._types)
            if following is None:
                answers.append((name, self._types.EndOfMibView()))
            else:
                answers.append((self._types.ObjectIdentifier(following[0]), following[1]))
        return answers


Value = Any


class Objects:
    """The objects of one device: system, ifTable, ifXTable. Built when they are asked for after a change."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._order: list[Oid] = []
        self._values: dict[Oid, Callable[[Any], Value]] = {}
        self._stale = True
        self._changed_at = 0.0
        self._octets: dict[str, tuple[float, float, bool]] = {}
        self._was: tuple[Port, ...] = ()

    def changed(self) -> None:
        """The configuration is another one: traffic is counted up to now with the states as they were."""
        for port in self._was:
            self._count(port.name, port.up)
        self._stale = True

    def get(self, oid: Oid, types: Any) -> Value:
        """The value of an object, or why there is none."""
        self._build()
        made = self._values.get(oid)
        if made is not None:
            return made(types)
        columns = {known[:-1] for known in self._order}
        return types.NoSuchInstance() if oid[:-1] in columns else types.NoSuchObject()

    def after(self, oid: Oid, types: Any) -> tuple[Oid, Value] | None:
        """The object behind `oid`; None at the end."""
        self._build()
        place = bisect_right(self._order, oid)
        if place >= len(self._order):
            return None
        following = self._order[place]
        return following, self._values[following](types)

    def _count(self, name: str, up: bool) -> float:
        """Octets that came in by now. Each port has a rate of its own, made from its name; none while it is down."""
        now = time.monotonic()
        total, since, was_up = self._octets.get(name, (0.0, self._device.booted, up))
        if since < self._device.booted:
            total, since = 0.0, self._device.booted
        if was_up:
            total += max(0.0, now - since) * _rate(self._device.spec.name, name)
        self._octets[name] = (total, now, up)
        return total

    def _build(self) -> None:
        if not self._stale:
            return
        self._stale = False
        self._changed_at = self._device.uptime
        device = self._device
        access = device.snmp_access()
        description, identity = device.describe()
        values: dict[Oid, Callable[[Any], Value]] = {}
        system = (*_MIB2, 1)
        values[(*system, 1, 0)] = _text(description)
        values[(*system, 2, 0)] = lambda types: types.ObjectIdentifier(identity)
        values[(*system, 3, 0)] = lambda types: types.TimeTicks(int(device.uptime * 100) & 0xFFFFFFFF)
        values[(*system, 4, 0)] = _text(access.contact)
        values[(*system, 5, 0)] = _text(device.name)
        values[(*system, 6, 0)] = _text(access.location)
        values[(*system, 7, 0)] = lambda types: types.Integer32(78)
        ports = device.ports()
        self._was = ports
        values[(*_MIB2, 2, 1, 0)] = lambda types: types.Integer32(len(ports))
        for port in ports:
            self._interface(values, port)
        values[(*_MIB2, 31, 1, 5, 0)] = lambda types: types.TimeTicks(int(self._changed_at * 100) & 0xFFFFFFFF)
        self._values = values
        self._order = sorted(values)

    def _interface(self, values: dict[Oid, Callable[[Any], Value]], port: Port) -> None:
        """RFC 2863: ifTable and ifXTable of one port."""
        name, up = port.name, port.up
        table = (*_MIB2, 2, 2, 1)
        extended = (*_MIB2, 31, 1, 1, 1)
        bits = port.mbps * 1_000_000

        def octets(share: float, width: int) -> Callable[[Any], Value]:
            kind = "Counter32" if width == 32 else "Counter64"
            mask = (1 << width) - 1
            return lambda types: getattr(types, kind)(int(self._count(name, up) * share) & mask)

        mac = b"\x02" + hashlib.sha256(f"{self._device.spec.name} {name}".encode()).digest()[:5]
        rows: dict[int, Callable[[Any], Value]] = {
            1: _number("Integer32", port.index),
            2: _text(name),
            3: _number("Integer32", port.kind),
            4: _number("Integer32", port.mtu),
            5: _number("Gauge32", min(bits, 0xFFFFFFFF)),
            6: (lambda types: types.OctetString(mac)) if port.kind == 6 else _text(""),
            7: _number("Integer32", 1 if port.enabled else 2),
            8: _number("Integer32", 1 if up else 2),
            9: lambda types: types.TimeTicks(int(self._changed_at * 100) & 0xFFFFFFFF),
            10: octets(1.0, 32),
            11: octets(1 / 700, 32),
            13: _number("Counter32", 0),
            14: _number("Counter32", 0),
            15: _number("Counter32", 0),
            16: octets(0.6, 32),
            17: octets(0.6 / 700, 32),
            19: _number("Counter32", 0),
            20: _number("Counter32", 0),
        }
        for column, made in rows.items():
            values[(*table, column, port.index)] = made
        further: dict[int, Callable[[Any], Value]] = {
            1: _text(name),
            2: octets(1 / 70000, 32),
            3: octets(1 / 140000, 32),
            4: octets(0.6 / 70000, 32),
            5: octets(0.6 / 140000, 32),
            6: octets(1.0, 64),
            7: octets(1 / 700, 64),
            8: octets(1 / 70000, 64),
            9: octets(1 / 140000, 64),
            10: octets(0.6, 64),
            11: octets(0.6 / 700, 64),
            12: octets(0.6 / 70000, 64),
            13: octets(0.6 / 140000, 64),
            14: _number("Integer32", 1),
            15: _number("Gauge32", port.mbps),
            16: _number("Integer32", 2),
            17: _number("Integer32", 1 if port.kind == 6 else 2),
            18: _text(port.description),
            19: lambda types: types.TimeTicks(0),
        }
        for column, made in further.items():
            values[(*extended, column, port.index)] = made


def _rate(device: str, port: str) -> float:
    """Octets per second of a port: between 10 kB/s and about 1 MB/s, the same every time."""
    return 10_000 + int.from_bytes(hashlib.sha256(f"{device} {port}".encode()).digest()[:2], "big") * 15


def _text(text: str) -> Callable[[Any], Value]:
    data = text.encode(errors="surrogateescape")
    return lambda types: types.OctetString(data)


def _number(kind: str, value: int) -> Callable[[Any], Value]:
    return lambda types: getattr(types, kind)(value)
