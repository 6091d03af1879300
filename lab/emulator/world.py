"""All devices of a lab in one process: their listeners follow their configurations."""

from __future__ import annotations

import asyncio
import errno
import logging
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any

from lab.emulator.platforms import emulator
from lab.emulator.reach import TCP, UDP, answering
from lab.emulator.server import Connections, listen, options_for
from lab.emulator.snmp import Agent, Engine

if TYPE_CHECKING:
    from collections.abc import Iterable

    import asyncssh

    from lab.emulator.device import Device, Spec

logger = logging.getLogger(__name__)

SSH_PORT, SNMP_PORT = 10022, 10161
# Where to go when somebody else has these ports at one of the addresses.
PORT_STEP, PORT_TRIES = 1000, 20
# The ports of the devices themselves, which their filters know.
SSH, SNMP = 22, 161


class PortsTakenError(Exception):
    """No pair of ports is free at all addresses."""


def served_at(address: IPv4Address) -> str:
    """127.b.c.d for a.b.c.d."""
    return str(IPv4Address((127 << 24) | (int(address) & 0xFFFFFF)))


class Mute(asyncio.Protocol):
    """Takes a connection and never says a word."""


class Host:
    """A device and what listens for it."""

    def __init__(self, device: Device, *, snmp: bool) -> None:
        self.device = device
        self._snmp = snmp
        self.connections = Connections(device)
        self.engine = Engine(device)
        self._options: Any = None
        self._ssh: dict[str, asyncssh.SSHAcceptor | asyncio.Server] = {}
        self._agents: dict[str, asyncio.DatagramTransport] = {}
        self._ports = (SSH_PORT, SNMP_PORT)
        self._lock = asyncio.Lock()
        self._opened = False
        self._pending = False
        self._mute = False
        self._work: asyncio.Task[None] | None = None
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
        sessions = {served_at(address) for address in answering(self.device, TCP, SSH)}
        polls = {served_at(address) for address in answering(self.device, UDP, SNMP)} if self._snmp else set()
        return sessions, polls

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
                for address in list(self._ssh):
                    self._ssh.pop(address).close()
            for address in [known for known in self._ssh if known not in sessions]:
                self._ssh.pop(address).close()
                self.connections.cut(address)
            for address in [known for known in self._agents if known not in polls]:
                self._agents.pop(address).close()
            for address in sessions - self._ssh.keys():
                self._ssh[address] = await self._listen(address)
            for address in polls - self._agents.keys():
                self._agents[address] = await self._agent(address)
            if not device.ssh_enabled:
                for address in sessions:
                    self.connections.cut(address)

    async def _listen(self, address: str) -> asyncssh.SSHAcceptor | asyncio.Server:
        if self._mute:
            return await asyncio.get_running_loop().create_server(Mute, address, self._ports[0])
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
        for acceptor in self._ssh.values():
            acceptor.close()
        self.connections.break_all()
        for agent in self._agents.values():
            agent.close()
        self._ssh.clear()
        self._agents.clear()

    async def end(self) -> None:
        """As `close`, and whatever runs beside the sessions."""
        if self._work is not None:
            self._work.cancel()
        await self.close()
        self.device.close()
        self.engine.close()


class World:
    """The devices of a lab."""

    def __init__(self, specs: Iterable[Spec], *, snmp: bool = True) -> None:
        self.hosts = {spec.name: Host(emulator(spec.platform)(spec), snmp=snmp) for spec in specs}
        self.ports = (SSH_PORT, SNMP_PORT)

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
                await self._open_all()
            except OSError as error:
                await self._close_all()
                if error.errno != errno.EADDRINUSE:
                    raise
            else:
                return
        raise PortsTakenError(first)

    async def _open_all(self) -> None:
        results = await asyncio.gather(*(host.open(self.ports) for host in self.hosts.values()), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def _close_all(self) -> None:
        for host in self.hosts.values():
            await host.close()

    async def close(self) -> None:
        """End everything."""
        for host in self.hosts.values():
            await host.end()
