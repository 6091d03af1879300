"""How the VRP family is spoken to: views, `undo`, `quit` and `return`, and what its common commands mean."""

from __future__ import annotations

import re
from ipaddress import IPv4Interface
from typing import TYPE_CHECKING, ClassVar

from lab.emulator.device import LogoutError
from lab.emulator.grammar import Kind, LineError, Match
from lab.emulator.shell import Refusal, Shell
from lab.emulator.tree import Entry
from lab.emulator.undo import targets
from lab.emulator.undo.device import UndoDevice, addresses_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.emulator.terminal import Terminal


class UndoSession(Shell):
    """A user at such a command line. `path` is the view: nothing is the user view, then the system view, and on."""

    device: UndoDevice
    negation = "undo"
    root_view = "system"
    outer_view = "user"
    errors: ClassVar[Mapping[Kind, str]]
    # What a refused line begins with.
    refused = "Error"
    welcome = "Enter system view, return user view with Ctrl+Z."
    # The first rule of an ACL without a number gets this one.
    first_rule = 5
    # Refusals that every one of the family has in its own words.
    says: ClassVar[Mapping[str, str]]

    def __init__(self, device: UndoDevice, terminal: Terminal, user: str, level: int) -> None:
        super().__init__(device, terminal, user, level)
        lines = device.terminals
        height = next((line.value("screen-length") for line in lines if line.value("screen-length")), "")
        terminal.height = int(height) if height else terminal.height

    # The line

    def view_prompt(self, entry: Entry, parent: Entry) -> str:
        """The part of the prompt that names a view."""
        del parent
        assert entry.rule is not None  # noqa: S101 - only the root has none
        return entry.rule.get("prompt").format(*entry.words)

    def prompt(self) -> str:
        """`<H>`, `[H]`, `[H-view]`."""
        name = self.root.value("sysname") or self.device.factory_name
        if not self.path:
            return f"<{self.device.name}>"
        if self.path[-1].rule is None:
            return f"[{name}]"
        return f"[{name}-{self.view_prompt(self.path[-1], self.path[-2])}]"

    def refusal(self, answer: str) -> str:
        """The line that begins with the word for a mistake."""
        return next((line.strip() for line in answer.split("\n") if line.lstrip().startswith(self.refused)), "")

    async def execute(self, line: str) -> None:
        """One line of the user's."""
        if line == "\x1a":
            await self.leave()
        elif line.strip() and not line.lstrip().startswith("#"):
            await self.run_line(line)

    async def leave(self) -> None:
        """To the user view, from wherever the user is."""
        self.path = []

    def complain(self, error: LineError) -> None:
        """A caret under the place, and the text."""
        self.terminal.write(f"{' ' * (len(self.prompt()) + error.column)}^\n{self.errors[error.kind]}\n")

    def may(self, match: Match) -> bool:
        """Levels 0 to 3 of commands; users of level 3 to 15 may do all (AR reference, “Setting Command Levels”)."""
        return int(match.rule.get("level", "0")) <= min(self.level, 3)

    def lacks(self, what: str, **names: str) -> Refusal:
        """A refusal in the vendor's words."""
        return Refusal(self.says[what].format(**names))

    # Moving about

    def do_system_view(self, _match: Match) -> None:
        """Into the system view."""
        self.terminal.write(f"{self.welcome}\n")
        self.path = [self.root]

    async def do_quit(self, _match: Match) -> None:
        """One view up, out of the user view to the door."""
        if not self.path:
            raise LogoutError
        if len(self.path) == 1:
            await self.leave()
        else:
            self.path = self.path[:-1]

    async def do_return_(self, _match: Match) -> None:
        """To the user view."""
        await self.leave()

    # Configuration with a meaning of its own

    def do_interface(self, match: Match) -> None:
        """A port that is there, or a logical interface, which is made."""
        self.put(match, match.words)
        self.changed()

    def do_undo_interface(self, match: Match) -> None:
        """Delete a logical interface."""
        entry = self.root.child("interface", match.words[2])
        if entry is None:
            raise self.lacks("interface")
        if entry.fixed:
            raise self.lacks("fixed")
        del self.root.children[entry.key]
        self.changed()

    def do_undo_view(self, match: Match) -> None:
        """Delete a process and everything in it."""
        self.root.remove(match.words[1:])
        self.changed()

    def do_undo_prefix(self, match: Match) -> None:
        """Delete every line that begins so."""
        self.here.remove(match.words[1:])
        for entry in self.here.children.values():
            if entry.rule is not None and entry.rule.get("view") == "bgp-family":
                entry.remove(match.words[1:])
        self.changed()

    def do_undo_on(self, match: Match) -> None:
        """Switch off what is on by default."""
        self.here.put(Entry(match.words, match.words, match.rule))
        self.changed()

    def do_ip_address(self, match: Match) -> None:
        """A second address replaces the first, `sub` adds one; no two interfaces may overlap."""
        here = self.here
        address = IPv4Interface(f"{match.words[2]}/{match.words[3]}")
        loopback = here.words[1].startswith("LoopBack")
        sub = match.words[-1] == "sub"
        if not usable(address) or (address.network.prefixlen == 32 and not loopback):
            raise self.lacks("address")
        present = addresses_of(here)
        primary = next((entry for entry in present if entry.words[-1] != "sub"), None)
        if sub and primary is None:
            raise self.lacks("primary")
        if not sub and primary is not None and primary.words == match.words:
            return
        self._refuse_overlap(match, address, None if sub else primary)
        key = match.words if sub else ("ip", "address")
        here.put(Entry(match.words, key, match.rule))
        self.changed()

    def _refuse_overlap(self, match: Match, address: IPv4Interface, replaced: Entry | None) -> None:
        """No network on two interfaces of one VPN instance, nor twice on one."""
        here = self.here
        instance = here.value("ip", "binding", "vpn-instance")
        for other in self.root.starting("interface"):
            if other.value("ip", "binding", "vpn-instance") != instance:
                continue
            for entry in addresses_of(other):
                if other is here and (entry.words == match.words or entry is replaced):
                    continue
                if IPv4Interface(f"{entry.words[2]}/{entry.words[3]}").network.overlaps(address.network):
                    raise self.lacks("overlap")

    def do_undo_ip_address(self, match: Match) -> None:
        """All addresses, or the one that is named: sub addresses go before the primary."""
        here = self.here
        words = match.words[1:]
        if len(words) == 2:
            here.remove(words)
        else:
            entry = next((entry for entry in addresses_of(here) if entry.words == words), None)
            if entry is None:
                raise self.lacks("no-address")
            if words[-1] != "sub" and len(addresses_of(here)) > 1:
                raise self.lacks("subs")
            del here.children[entry.key]
        self.changed()

    def do_binding(self, match: Match) -> None:
        """Binding an interface to a VPN instance takes away its Layer 3 features, “such as the IP address and routing
        protocol” (CloudEngine reference, “ip binding vpn-instance”). One that is bound is not bound to another one: so
        transcripts of Comware; for VRP it is unverified, and so is that either says so.
        """  # noqa: D205 - one sentence
        here = self.here
        if self.root.child("ip", "vpn-instance", match.words[-1]) is None:
            raise self.lacks("instance")
        bound = here.value("ip", "binding", "vpn-instance")
        if bound not in ("", match.words[-1]):
            raise self.lacks("bound")
        if not bound:
            self._unaddress()
            here.put(Entry(match.words, match.key, match.rule))
        self.changed()

    def do_undo_binding(self, match: Match) -> None:
        """Out of the VPN instance; the addresses go as well."""
        here = self.here
        bound = here.value("ip", "binding", "vpn-instance")
        if not bound or match.words[4:] not in ((), (bound,)):
            raise self.lacks("instance")
        here.remove(("ip", "binding", "vpn-instance"))
        self._unaddress()
        self.changed()

    def _unaddress(self) -> None:
        rest_on_ip = (("ip", "address"), ("ipv6",), ("ospf",), ("vrrp",), ("dhcp", "select"), ("dhcp", "relay"))
        if [line for words in rest_on_ip for line in self.here.remove(words)]:
            self.terminal.write(f"{self.says['unbound']}\n")

    def do_vpn_target(self, match: Match) -> None:
        """One or several targets, exported, imported or both."""
        if sum(":" in word for word in match.words) > targets.MOST:
            self.complain(LineError(Kind.TOO_MANY, match.columns[targets.MOST + 1]))
            return
        for way in targets.assign(self.here, match.rule, match.words):
            self.terminal.write(self.says["target"].format(way="EVT" if way == targets.EXPORT else "IVT"))
        self.changed()

    def do_undo_vpn_target(self, match: Match) -> None:
        """The targets that are named, in the directions that are named, or all."""
        if not targets.withdraw(self.here, match.words[1:]):
            raise self.lacks("no-target")
        self.changed()

    def do_shutdown(self, match: Match) -> None:
        """Administratively down."""
        self.here.put(Entry(match.words, match.words, match.rule))
        self.changed()

    def do_undo_shutdown(self, _match: Match) -> None:
        """Up again; a note if it was not down."""
        here = self.here
        if not here.remove(("shutdown",)):
            raise self.lacks("up", interface=here.words[1])
        self.changed()

    def do_acl_rule(self, match: Match) -> None:
        """A rule without a number gets the next step; one with the number of another replaces it."""
        here = self.here
        words = match.words
        rules = [entry for entry in here.starting("rule") if entry.words[2:3] != ("description",)]
        if not words[1].isdecimal():
            if any(entry.words[2:] == words[1:] for entry in rules):
                return
            step = int(here.value("step") or 5)
            last = max((int(entry.words[1]) for entry in rules), default=self.first_rule - step)
            words = ("rule", str((last // step + 1) * step), *words[1:])
        here.put(Entry(words, words[:2], match.rule))
        self.changed()

    def do_undo_rule(self, match: Match) -> None:
        """A rule by its number, with its description."""
        if not self.here.remove(match.words[1:]):
            raise self.lacks("rule")
        self.changed()

    def do_ospf_default(self, match: Match) -> None:
        """`ospf` alone is process 1."""
        words = ("ospf", "1", *match.words[1:])
        rule = next(rule for rule in self.device.views["system"].rules if rule.pattern.startswith("ospf <number"))
        self.put(Match(rule, words, 2), words)

    def do_bgp(self, match: Match) -> None:
        """One process, one AS number."""
        others = [entry for entry in self.root.starting("bgp") if entry.words != match.words]
        if others:
            raise self.lacks("bgp", number=others[0].words[1])
        self.put(match, match.words)

    def do_undo_acl(self, match: Match) -> None:
        """One ACL, or all."""
        number = match.words[-1]
        for entry in [each for each in self.root.starting("acl") if number == "all" or number in each.words[1:]]:
            del self.root.children[entry.key]
        self.changed()

    # Rebooting later

    async def do_schedule_reboot(self, match: Match) -> None:
        """After hh:mm or minutes, at most 720 hours (command references, `schedule reboot`)."""
        found = re.fullmatch(r"(?:(\d{1,3}):)?(\d{1,5})", match.words[3])
        if found is None:
            self.complain(LineError(Kind.WRONG, match.columns[3] if len(match.columns) > 3 else 0))
            return
        minutes = int(found[1] or 0) * 60 + int(found[2])
        if not 0 < minutes <= 720 * 60:
            raise self.lacks("delay")
        if await self.agrees(minutes, forced=match.words[-1] == "force"):
            self.device.timer("reboot").arm(minutes * 60, self.device.reboot)

    async def do_schedule_reboot_at(self, match: Match) -> None:
        """At a time of day."""
        hour, minute = (int(part) for part in match.words[3].split(":"))
        now = self.device.now()
        minutes = (hour * 60 + minute - now.hour * 60 - now.minute) % 1440 or 1440
        if await self.agrees(minutes, forced=False):
            self.device.timer("reboot").arm(minutes * 60, self.device.reboot)

    async def agrees(self, minutes: int, *, forced: bool) -> bool:
        """Say when, and ask unless it is forced."""
        raise NotImplementedError

    def do_unschedule(self, _match: Match) -> None:
        """Cancel the scheduled reboot."""
        if self.device.timer("reboot").cancel():
            self.terminal.write(f"{self.says['unscheduled']}\n")

    # Looking

    async def do_display_current(self, _match: Match) -> None:
        """The running configuration."""
        await self.terminal.page(self.device.show(self.device.running))

    async def do_display_current_interface(self, match: Match) -> None:
        """The interfaces of it, or one."""
        lines = ["#"]
        for entry in self.device.running.starting(*match.words[2:]):
            lines += [entry.text, *(" " * (depth + 1) + below.text for depth, below in entry.walk()), "#"]
        await self.terminal.page("\n".join([*lines, "return", ""]))

    async def do_display_current_part(self, match: Match) -> None:
        """The blocks of one kind."""
        lines = ["#"]
        for entry in self.device.running.starting(*match.words[3:]):
            if entry.rule is not None and entry.rule.get("view"):
                lines += [entry.text, *(" " * (depth + 1) + below.text for depth, below in entry.walk()), "#"]
        await self.terminal.page("\n".join([*lines, "return", ""]))

    def this(self) -> list[str]:
        """The lines of the view."""
        if len(self.path) > 1:
            return [self.path[-1].text, *(" " * (depth + 1) + below.text for depth, below in self.path[-1].walk())]
        if not self.path:
            return []
        return [
            " " + entry.text for entry in self.root.ordered() if entry.rule is not None and not entry.rule.get("view")
        ]

    def do_no_screen_length(self, _match: Match) -> None:
        """Back to a page of the usual height."""
        self.terminal.height = self.device.pager.height

    def answers(self, address: str) -> bool:
        """Whether a ping comes back: only its own addresses answer, for there are no packets here."""
        return any(str(own.ip) == address for port in self.device.ports() for own in port.addresses)


def usable(address: IPv4Interface) -> bool:
    """Whether a host may have an address: neither its network's ends, nor loopback, multicast or nothing."""
    ends = (address.network.network_address, address.network.broadcast_address)
    if address.ip.is_loopback or address.ip.is_multicast or address.ip.is_unspecified:
        return False
    return address.network.prefixlen >= 31 or address.ip not in ends


def yes(answer: str) -> bool:
    """Whether an answer is one."""
    return answer.strip().lower() in ("y", "yes")
