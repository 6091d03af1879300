"""All devices of a lab in one process: their listeners follow their configurations."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from functools import partial
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any

from lab.emulator.platforms import emulator
from lab.emulator.reach import TCP, UDP, answering
from lab.emulator.server import Connections, listen, options_for
from lab.emulator.snmp import Agent, Engine
from lab.emulator.telnet import TelnetLink, telnet_place

if TYPE_CHECKING:
    from collections.abc import Iterable

    import asyncssh

    from lab.emulator.device import Device, Spec

logger = logging.getLogger(__name__)

SSH_PORT, SNMP_PORT = 10022, 10161
# Where to go when somebody else has these ports at one of the addresses.
PORT_STEP, PORT_TRIES = 1000, 20
# What keeps the ports of a lab its own while its devices are away or boot; telnet is one behind SSH.
CLAIM = 2
# The ports of the devices themselves, which their filters know.
SSH, TELNET, SNMP = 22, 23, 161


class PortsTakenError(Exception):
    """No pair of ports is free at all addresses."""


def served_at(address: IPv4Address) -> str:
    """127.b.c.d for a.b.c.d."""
    return str(IPv4Address((127 << 24) | (int(address) & 0xFFFFFF)))


class Mute(asyncio.Protocol):
    """Takes a connection and never says a word."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It hangs from the beginning."""
        self._transport = transport
        self._connections.hanging.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has given up."""
        del exc
        self._connections.hanging.discard(self)

    def abort(self) -> None:
        """Break it."""
        if isinstance(self._transport, asyncio.Transport):
            self._transport.abort()


class Host:
    """A device and what listens for it."""

    def __init__(self, device: Device, *, snmp: bool, telnet: bool = False) -> None:
        self.device = device
        self._snmp = snmp
        self._by_telnet = telnet
        self.connections = Connections(device)
        self.engine = Engine(device)
        self._options: Any = None
        self._ssh: dict[str, asyncssh.SSHAcceptor | asyncio.Server] = {}
        self._telnet: dict[str, asyncio.Server] = {}
        self._agents: dict[str, asyncio.DatagramTransport] = {}
        self._ports = (SSH_PORT, SNMP_PORT)
        self._lock = asyncio.Lock()
        self._opened = False
        self._pending = False
        self._mute = False
        self._work: asyncio.Task[None] | None = None
        self._reached: dict[int, tuple[tuple[object, ...], set[str]]] = {}
        device.watch(self._later)

    @property
    def listening(self) -> tuple[str, ...]:
        """The addresses at which it answers now."""
        return tuple(self._ssh)

    async def open(self, ports: tuple[int, int]) -> None:
        """Listen where the configuration says. OSError if an address and port are taken; nothing is left open then."""
        self._ports = ports
        self._opened = True
        try:
            await self.settle()
        except OSError:
            await self.close()
            raise

    def _later(self) -> None:
        """The configuration has changed: look once, when whoever changed it is done."""
        if self._opened and not self._pending:
            self._pending = True
            asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        self._pending = False
        if self._opened and not self._settled:
            # Not one of the device's own tasks: a reboot ends those.
            self._work = asyncio.get_running_loop().create_task(self._settle_again())

    @property
    def _wanted(self) -> tuple[set[str], set[str]]:
        """Where it should listen for SSH, and where for SNMP."""
        return self._served(TCP, SSH), self._served(UDP, SNMP) if self._snmp else set()

    def _served(self, protocol: int, port: int) -> set[str]:
        """Where a service is reached. Without a word about the wire and the manager the interfaces alone decide that.

        It is asked for behind every line that is typed, and interfaces seldom change.
        """
        device = self.device
        mark = (device.away, device.ports()) if device.wire is None and device.manager is None else ()
        known = self._reached.get(port)
        if known is not None and mark and known[0] == mark:
            return known[1]
        addresses = {served_at(address) for address in answering(device, protocol, port)}
        self._reached[port] = mark, addresses
        return addresses

    @property
    def _settled(self) -> bool:
        """Whether the listeners are those that the configuration asks for, as after most lines that change it."""
        return (
            not self._lock.locked()
            and self._mute == self.device.faults.mute
            and self.device.ssh_enabled
            and self._wanted == (set(self._ssh), set(self._agents))
        )

    async def _settle_again(self) -> None:
        try:
            await self.settle()
        except OSError as error:
            logger.warning("%s cannot be served at its new address: %s", self.device.spec.name, error)

    async def settle(self) -> None:
        """Make the listeners those that the configuration asks for; cut what came in where nothing answers now."""
        async with self._lock:
            device = self.device
            sessions, polls = self._wanted
            # Who goes mute keeps his connections, but whoever comes now is not even greeted.
            if self._mute != device.faults.mute:
                self._mute = device.faults.mute
                for listeners in (self._ssh, self._telnet):
                    for address in list(listeners):
                        listeners.pop(address).close()
            for address in [known for known in self._ssh if known not in sessions]:
                self._ssh.pop(address).close()
                self.connections.cut(address)
            await self._settle_telnet()
            for address in [known for known in self._agents if known not in polls]:
                self._agents.pop(address).close()
            for address in sessions - self._ssh.keys():
                self._ssh[address] = await self._listen(address)
            for address in polls - self._agents.keys():
                self._agents[address] = await self._agent(address)
            if not device.ssh_enabled:
                for address in sessions:
                    self.connections.cut(address)

    async def _settle_telnet(self) -> None:
        """As for SSH: at the port behind that of SSH, which the device's filters know as its own."""
        if not self._by_telnet:
            return
        device = self.device
        wanted = self._served(TCP, TELNET)
        for address in [known for known in self._telnet if known not in wanted]:
            self._telnet.pop(address).close()
            self.connections.cut(telnet_place(address))
        for address in wanted - self._telnet.keys():
            make = partial(Mute if self._mute else TelnetLink, self.connections)
            loop = asyncio.get_running_loop()
            self._telnet[address] = await loop.create_server(make, address, self._ports[0] + 1)
        if not device.telnet_enabled:
            for address in wanted:
                self.connections.cut(telnet_place(address))

    async def _listen(self, address: str) -> asyncssh.SSHAcceptor | asyncio.Server:
        if self._mute:
            make = partial(Mute, self.connections)
            return await asyncio.get_running_loop().create_server(make, address, self._ports[0])
        if self._options is None:
            self._options = options_for(self.device)
        return await listen(self.connections, address, self._ports[0], self._options)

    async def _agent(self, address: str) -> asyncio.DatagramTransport:
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: Agent(self.device, self.engine), local_addr=(address, self._ports[1])
        )
        return transport

    async def close(self) -> None:
        """Stop listening and cut everything."""
        self._opened = False
        for acceptor in (*self._ssh.values(), *self._telnet.values()):
            acceptor.close()
        self.connections.break_all()
        for agent in self._agents.values():
            agent.close()
        self._ssh.clear()
        self._telnet.clear()
        self._agents.clear()

    async def end(self) -> None:
        """As `close`, and whatever runs beside the sessions."""
        if self._work is not None:
            await asyncio.wait([self._work])  # it is short, and cut off it would leave a socket behind
        await self.close()
        self.device.close()
        self.engine.close()


class World:
    """The devices of a lab. With `telnet`, those that have it answer there too, one port behind that of SSH."""

    def __init__(self, specs: Iterable[Spec], *, snmp: bool = True, telnet: bool = False) -> None:
        self.hosts = {spec.name: Host(emulator(spec.platform)(spec), snmp=snmp, telnet=telnet) for spec in specs}
        self.ports = (SSH_PORT, SNMP_PORT)
        self._claims: list[socket.socket] = []

    async def boot(self) -> None:
        """Type every device's first text. ConsoleError for a line that a device refuses (`device` says which)."""
        for host in self.hosts.values():
            await host.device.first_boot()

    async def open(self, ports: tuple[int, int] | None = None) -> None:
        """Listen. Without `ports` the usual ones, or the next pair that is free at every address."""
        first = ports or (SSH_PORT, SNMP_PORT)
        for step in range(1 if ports else PORT_TRIES):
            self.ports = (first[0] + step * PORT_STEP, first[1] + step * PORT_STEP)
            try:
                self._claim()
                await self._open_all()
            except OSError as error:
                await self._close_all()
                if error.errno != errno.EADDRINUSE:
                    raise
            else:
                return
        raise PortsTakenError(first)

    def _claim(self) -> None:
        """Take the lab's ports at each device's first address. OSError where another lab has them.

        A device that has left its address, or boots, listens nowhere; another lab of the same addresses would take its
        place, and whoever comes back to it would find a stranger. Nothing is heard at the port that is bound for this.
        """
        for host in self.hosts.values():
            claim = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            self._claims.append(claim)
            claim.bind((served_at(host.device.spec.address), self.ports[0] + CLAIM))

    def _unclaim(self) -> None:
        while self._claims:
            self._claims.pop().close()

    async def _open_all(self) -> None:
        results = await asyncio.gather(*(host.open(self.ports) for host in self.hosts.values()), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def _close_all(self) -> None:
        self._unclaim()
        for host in self.hosts.values():
            await host.close()

    async def close(self) -> None:
        """End everything."""
        self._unclaim()
        for host in self.hosts.values():
            await host.end()
