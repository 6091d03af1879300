"""A jump host: it forwards connections to the devices, after a login of its own."""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address
from typing import TYPE_CHECKING, Any

import asyncssh

from lab.emulator.bastion.entry import Gate
from lab.emulator.world import SSH

if TYPE_CHECKING:
    from lab.emulator.bastion.entry import LineSession


class JumpHost(Gate):
    """As `ssh -J` wants it. `forwarded` are the destinations that were asked for and allowed, in their order."""

    kind = "jump host"

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.forwarded: list[tuple[str, int]] = []

    def forward(self, connection: asyncssh.SSHServerConnection, host: str, port: int) -> Any:
        """To a device of the world, by its address here or its real one."""
        here = self._here(host, port)
        if here is None:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED, "open failed")
        self.forwarded.append((host, port))
        return connection.forward_connection(*here)

    def _here(self, host: str, port: int) -> tuple[str, int] | None:
        try:
            address = IPv4Address(host)
        except AddressValueError:
            return None
        if address.is_loopback and port == self.world.ports[0]:
            return host, port
        return self.where(address) if port == SSH and not address.is_loopback else None

    async def talk(self, line: LineSession) -> None:
        """Nobody has a shell here (nologin(8))."""
        line.say("This account is currently not available.\n")
        line.leave(1)
