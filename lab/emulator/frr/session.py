"""vtysh."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.emulator.device import LogoutError
from lab.emulator.frr.device import VERSION
from lab.emulator.frr.text import with_sequence
from lab.emulator.grammar import Kind, LineError, Match
from lab.emulator.shell import Refusal, Shell
from lab.emulator.tree import Entry

if TYPE_CHECKING:
    from lab.emulator.frr.device import FrrSoftware


class FrrSession(Shell):
    """A user at vtysh."""

    device: FrrSoftware
    negation = "no"
    root_view = "config"
    outer_view = "enable"
    no_room = "% Can't open configuration file /etc/frr/frr.conf: No space left on device"  # unverified wording

    def prompt(self) -> str:
        """`H#`, `H(config-if)#`."""
        if not self.path:
            return f"{self.device.name}# "
        rule = self.path[-1].rule
        mode = "" if rule is None else "-" + rule.get("prompt")
        return f"{self.device.name}(config{mode})# "

    def greeting(self) -> str:
        """As vtysh greets."""
        return f"\nHello, this is FRRouting (version {VERSION}).\nCopyright 1996-2005 Kunihiro Ishiguro, et al.\n\n"

    def refusal(self, answer: str) -> str:
        """The line that begins with `%`."""
        return next((line.strip() for line in answer.split("\n") if line.startswith("%")), "")

    async def execute(self, line: str) -> None:
        """One line of the user's."""
        if line == "\x1a":
            self.path = []
        elif line.strip() and not line.lstrip().startswith(("!", "#")):
            self._line = line.strip()
            await self.run_line(line)

    def complain(self, error: LineError) -> None:
        """The texts of vtysh."""
        texts = {Kind.AMBIGUOUS: "% Ambiguous command: ", Kind.INCOMPLETE: "% Command incomplete: "}
        self.terminal.write(f"{texts.get(error.kind, '% Unknown command: ')}{self._line}\n")

    def stored(self, match: Match) -> tuple[str, ...]:
        """FRR keeps keys as they are."""
        return match.words

    def do_exit(self, _match: Match) -> None:
        """One view up, out of the first to the door."""
        if not self.path:
            raise LogoutError
        self.path = self.path[:-1]

    def do_end(self, _match: Match) -> None:
        """Out of the configuration."""
        self.path = []

    def do_configure_terminal(self, _match: Match) -> None:
        """Into the configuration."""
        self.path = [self.device.running]

    def do_interface(self, match: Match) -> None:
        """Any interface, there or not."""
        self.put(match, match.words)

    def do_no_interface(self, match: Match) -> None:
        """What was said about an interface is forgotten."""
        self.device.running.children.pop(match.words, None)
        self.device.changed()

    def do_ip_address(self, match: Match) -> None:
        """A further address: FRR keeps the others."""
        self.here.put(Entry(match.words, match.words, match.rule))
        self.device.changed()

    def do_no_ip_address(self, match: Match) -> None:
        """Take an address away."""
        if not self.here.remove(match.words):
            raise Refusal("% Can't find address")
        self.device.changed()

    def do_prefix_list(self, match: Match) -> None:
        """A line without a number gets the next five."""
        words = with_sequence(self.here, match.words)
        self.here.put(Entry(words, words[:5], match.rule))

    async def do_show_running(self, _match: Match) -> None:
        """The running configuration."""
        await self.terminal.page(self.device.show(self.device.running))

    async def do_show_startup(self, _match: Match) -> None:
        """The saved one."""
        saved = self.device.saved
        await self.terminal.page(self.device.body(saved) if saved is not None else "% no frr.conf\n")

    def do_show_version(self, _match: Match) -> None:
        """As FRR says it."""
        self.terminal.write(
            f"FRRouting {VERSION} ({self.device.name}) on Linux(6.1.0-26-amd64).\n"
            "Copyright 1996-2005 Kunihiro Ishiguro, et al.\n(an emulated device of govnet's lab)\n"
        )

    async def do_show_interfaces(self, _match: Match) -> None:
        """Links and addresses."""
        lines = [
            f"{'Interface':<16}{'Status':<8}{'VRF':<16}Addresses",
            f"{'---------':<16}{'------':<8}{'---':<16}---------",
        ]
        for port in self.device.ports():
            address = str(port.addresses[0]) if port.addresses else ""
            lines.append(f"{port.name:<16}{'up' if port.up else 'down':<8}{'default':<16}{address}")
        await self.terminal.page("\n".join([*lines, ""]))

    def do_write(self, _match: Match) -> None:
        """Save."""
        self.device.save()
        self.terminal.write(
            "Note: this version of vtysh never writes vtysh.conf\n"
            "Building Configuration...\nIntegrated configuration saved to /etc/frr/frr.conf\n[OK]\n"
        )

    def do_terminal_length(self, match: Match) -> None:
        """For this session only."""
        self.terminal.height = int(match.words[2])
