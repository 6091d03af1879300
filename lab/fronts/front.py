"""One device: its listeners inside its stand-in's namespace, and who may come in."""

from __future__ import annotations

import asyncio
import socket
import struct
from functools import partial
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

import asyncssh

from lab.emulator.device import Spec
from lab.emulator.platforms import emulator
from lab.emulator.server import Connections, DeviceServer, options_for
from lab.emulator.snmp import Engine
from lab.emulator.taking import ports_in, take
from lab.fronts.loading import Loading
from lab.fronts.sockets import IP_PKTINFO, inside, listener, receiver

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from lab.emulator.device import Device
    from lab.fronts.loader import Loader
    from lab.fronts.spec import FrontSpec, FrontsSpec

SSH, SNMP = 22, 161
_ALL = 15
# Terminal lines of a device whose text says nothing of them.
_LINES = 5
_PKTINFO = struct.Struct("=I4s4s")  # struct in_pktinfo: interface, our address, the address in the header
_NOWHERE = IPv4Address(0)


class FrontConnections(Connections):
    """The connections to a device through a network with real packets.

    A text that lets nobody in by SSH (a published one, a part of one) does not keep us out; one that does rules: if a
    change takes SSH away, nobody comes in any more.
    """

    def __init__(self, device: Device, login: tuple[str, str]) -> None:
        super().__init__(device)
        self._login = login
        self.always = not device.ssh_enabled

    def source(self, connection: asyncssh.SSHServerConnection) -> IPv4Address | None:
        """Who it is, by the packets."""
        return IPv4Address(connection.get_extra_info("peername")[0])

    @property
    def served(self) -> bool:
        """As the configuration says, if it has ever let somebody in."""
        return self.always or self.device.ssh_enabled

    @property
    def limit(self) -> int:
        """As the configuration says."""
        return self.device.session_limit or _LINES

    def level(self, user: str, password: str) -> int | None:
        """Whom the configuration lets in, and who was named for this lab."""
        # First: what the text does not know counts there as a wrong password, and some devices lock out behind three.
        if user and (user, password) == self._login:
            return _ALL
        return self.device.password_level(user, password)


class Front:
    """A device in front of its stand-in."""

    def __init__(self, spec: FrontSpec, whole: FrontsSpec, loader: Loader, pool: Executor) -> None:
        made = Spec(
            spec.name,
            spec.platform,
            _NOWHERE,
            management_interface=spec.management,
            model=spec.model,
            interfaces=ports_in(spec.platform, spec.text),
            boot=spec.boot,
            seed=bytes.fromhex(whole.seed),
            minute=spec.minute,
            # What its text is in; what a platform usually speaks is for those whose text does not say.
            encoding=spec.encoding or ("" if spec.text.isascii() else "utf-8"),
        )
        self.spec = spec
        self.device = emulator(spec.platform)(made)
        self.loading = Loading(self.device, loader, pool, whole.patience)
        self._engine = Engine(self.device)
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self._agent: socket.socket | None = None
        self._connections: FrontConnections | None = None

    async def open(self) -> None:
        """Take the text, listen. TypeError for a platform that takes none; OSError if the namespace has no room."""
        await take(self.device, self.spec.text)
        self._connections = connections = FrontConnections(self.device, (self.spec.user, self.spec.password))
        self.loading.begin()
        self.device.watch(self._look)
        self._acceptor = await asyncssh.listen(
            sock=inside(self.spec.name, partial(listener, SSH)),
            server_factory=lambda: DeviceServer(connections),
            options=options_for(self.device),
        )
        self._agent = inside(self.spec.name, partial(receiver, SNMP))
        asyncio.get_running_loop().add_reader(self._agent, self._asked, self._agent)

    def _look(self) -> None:
        """Whoever is in when SSH is taken away is out."""
        if self._connections is not None and not self._connections.served:
            self._connections.break_all()

    def _asked(self, agent: socket.socket) -> None:
        """A datagram for the agent: it is answered from the address to which it came."""
        try:
            data, ancillary, _, sender = agent.recvmsg(65535, socket.CMSG_SPACE(_PKTINFO.size))
        except OSError:
            return
        device = self.device
        if device.faults.mute or device.away:
            return
        asked = next((_PKTINFO.unpack(one) for level, kind, one in ancillary if (level, kind) == (0, IP_PKTINFO)), None)

        def send(answer: bytes, address: tuple[str, int]) -> None:
            from_ = [] if asked is None else [(socket.IPPROTO_IP, IP_PKTINFO, _PKTINFO.pack(0, asked[1], bytes(4)))]
            try:
                agent.sendmsg([answer], from_, 0, address)
            except OSError:  # the address is gone: nobody hears it
                return

        self._engine.receive(data, sender, send)

    def end(self) -> None:
        """End what runs beside the sessions."""
        if self._agent is not None:
            asyncio.get_running_loop().remove_reader(self._agent)
            self._agent.close()
        if self._acceptor is not None:
            self._acceptor.close()
        self.device.close()
        self._engine.close()
