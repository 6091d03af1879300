"""The language of RGOS: what is its own among the modes and configuration commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.emulator.enable import EnableSession
from lab.emulator.grammar import LineError, Match
from lab.emulator.parameters import dotted
from lab.emulator.ruijie.device import MOST_LINES
from lab.emulator.shell import Refusal
from lab.emulator.tree import Entry

if TYPE_CHECKING:
    from lab.emulator.ruijie.device import RgosBox

SHORT = "% User doesn't have sufficient privilege to execute this command."


class RgosLanguage(EnableSession):
    """Modes and configuration."""

    device: RgosBox
    ping_begins = "Press Ctrl+C to stop."
    no_room = "%Error opening flash:config.text (No space left on device)"  # unverified wording

    def mode(self, entry: Entry) -> str:
        """`if-GigabitEthernet 0/1`; others as the table says."""
        return f"if-{entry.words[1]}" if entry.words[0] == "interface" else super().mode(entry)

    def complain(self, error: LineError) -> None:
        """What another level could do is not called invalid."""
        if not self.path and self.level < 15 and self._privileged():
            self.terminal.write(f"{SHORT}\n")
            return
        super().complain(error)

    def _privileged(self) -> bool:
        try:
            self.device.views["privileged"].match(self._line, self.device)
        except LineError:
            return False
        return True

    def stored(self, match: Match) -> tuple[str, ...]:
        """Keys hidden when the device encrypts, else as they are."""
        words = list(match.words)
        for place in reversed(match.secrets):
            if self.device.encrypts and words[place - 1] != "7":
                words[place : place + 1] = ["7", self.type7(words[place])]
        return tuple(words)

    def type7(self, clear: str) -> str:
        """Ruijie's type 7 in shape: in small letters. That it is Cisco's table is not said anywhere."""
        return self.device.vault.type7(clear).lower()

    def long_enough(self, clear: str) -> None:
        """`password policy min-size`; the wording is unverified."""
        least = int(self.device.running.value("password", "policy", "min-size") or 0)
        if len(clear) < least:
            raise Refusal(f"% The password must have at least {least} characters.")

    def do_enable_secret(self, match: Match) -> None:
        """The secret of level 15, hashed; that of another level is taken and has no effect here."""
        words = match.words[2:]
        level: tuple[str, ...] = ()
        if words[0] == "level":
            level, words = words[:2], words[2:]
        if level in ((), ("level", "15")):
            super().put(match, ("enable", "secret", *self.secret(words)))
            return
        key = ("enable", "secret", *level)
        self.here.put(Entry((*key, *self.secret(words)), key, match.rule))

    # Interfaces

    def do_ip_prefix(self, match: Match) -> None:
        """`ip address A/L` is `ip address A M`."""
        self.do_ip_address(self._masked(match))

    def do_no_ip_prefix(self, match: Match) -> None:
        """As `no ip address A M`."""
        self.do_no_ip_address(self._masked(match))

    def _masked(self, match: Match) -> Match:
        address, _, length = match.words[2].partition("/")
        line = " ".join(("ip", "address", address, dotted(int(length)), *match.words[3:]))
        return self.device.views["interface"].match(line, self.device)

    def do_gateway(self, match: Match) -> None:
        """The management port's own gateway; other interfaces have none."""
        if not self.here.words[1].startswith("Mgmt"):
            raise Refusal("% Only a management port has a gateway.")  # unverified wording
        self.put(match, match.words)
        self.device.changed()

    def do_allowed_vlans(self, match: Match) -> None:
        """`only` is the whole list; `add` and `remove` change what is there."""
        if match.words[4] == "only":
            for entry in (self.here, *self.twins):
                entry.put(Entry(match.words, match.words[:4], match.rule))
            return
        for entry in (self.here, *self.twins):
            present = numbers(entry.value("switchport", "trunk", "allowed", "vlan", "only") or "1-4094")
            given = numbers(match.words[5])
            left = present | given if match.words[4] == "add" else present - given
            words = (*match.words[:4], "only", ranges(left))
            entry.put(Entry(words, match.words[:4], match.rule))

    # Access lists

    def shown(self, number: int, words: tuple[str, ...]) -> tuple[str, ...]:
        """With its number in front."""
        return (str(number), *words)

    def do_access_list(self, match: Match) -> None:
        """A line of a numbered list is kept as one of a named one (unverified)."""
        kind = "standard" if int(match.words[1]) < 100 else "extended"
        root, view = self.device.running, self.device.views["config"]
        block = view.match(f"ip access-list {kind} {match.words[1]}", self.device)
        entry = root.put(Entry(block.words, block.words, block.rule))
        line = self.device.views[f"acl-{kind}"].match(" ".join(match.words[2:]), self.device)
        self.path, self.twins = [root, entry], []
        try:
            self.do_entry(line)
        finally:
            self.path = [root]

    def do_no_access_list(self, match: Match) -> None:
        """`no access-list N …` takes the whole list away."""
        for kind in ("standard", "extended"):
            self.device.running.remove(("ip", "access-list", kind, match.words[1]))
        self.device.changed()

    # SNMP

    def do_community(self, match: Match) -> None:
        """Read-only if nothing is said; hidden when the device encrypts."""
        name = self.device.community(match.words[2:])
        rest = list(match.words[4 if match.words[2] in ("0", "7") and len(match.words) > 3 else 3 :])
        view: list[str] = []
        if rest[:1] == ["view"]:
            view, rest = rest[:2], rest[2:]
        access = rest.pop(0) if rest[:1] in (["ro"], ["rw"]) else "ro"
        shown = ["7", self.type7(name)] if self.device.encrypts else [name]
        words = ("snmp-server", "community", *shown, *view, access, *rest)
        self.device.running.put(Entry(words, ("snmp-server", "community", name), match.rule))
        self.device.changed()

    def do_no_community(self, match: Match) -> None:
        """By its name, whatever else the line says."""
        name = self.device.community(match.words[2:])
        self.device.running.children.pop(("snmp-server", "community", name), None)
        self.device.changed()

    def do_snmp_user(self, match: Match) -> None:
        """Shown with keys that were made from the passwords (“配置指南-网管与监控”, 1.4.1)."""
        words = list(match.words)
        made = "encrypted" in words
        for word, lengths in (("auth", {"md5": 16, "sha": 20}), ("priv", {"des56": 16})):
            if word in words and not made:
                place = words.index(word)
                words[place + 2] = self.device.vault.digest(words[place + 2], f"snmp {word}", lengths[words[place + 1]])
        if not made and "auth" in words:
            words.insert(5, "encrypted")
        self.device.running.put(Entry(tuple(words), tuple(words[:3]), match.rule))
        self.device.changed()

    def do_no_snmp_user(self, match: Match) -> None:
        """The user goes."""
        self.device.running.children.pop(match.words[:3], None)
        self.device.changed()

    # Terminal lines

    def do_line(self, match: Match) -> None:
        """Lines as they are grouped; numbers beyond those that are there make new ones, 36 at most."""
        root = self.device.running
        if match.words[1] != "vty":
            self.path, self.twins = [root, root.children[match.words]], []
            return
        first, last = int(match.words[2]), int(match.words[-1])
        if last < first:
            raise Refusal("% Bad line number")  # unverified wording
        there = self.device.session_limit
        if last >= there:
            made = Match(match.rule, ("line", "vty", str(there), str(last)), 4)
            root.put(Entry(made.words, made.words, match.rule))
        groups = [line for line in self.device.terminals if _overlaps(line, first, last)]
        self.path, self.twins = [root, groups[0]], groups[1:]
        self.device.changed()

    def do_no_line(self, match: Match) -> None:
        """`no line vty N`: N and all above go; the first five stay."""
        first = max(int(match.words[2]), 5)
        for line in self.device.terminals:
            low, high = int(line.words[2]), int(line.words[-1])
            if low >= first and not line.fixed:
                del self.device.running.children[line.key]
            elif low < first <= high < MOST_LINES:
                line.words = ("line", "vty", str(low), str(first - 1))
        self.device.changed()

    def do_crypto_key(self, match: Match) -> None:
        """The host key is there from the start; making it again only says so (the dialogue is unverified)."""
        kind = match.words[3].upper()
        self.terminal.write(f"% You already have {kind} keys.\n% Generating 1024 bit {kind} keys ...[ok]\n")


def _overlaps(line: Entry, first: int, last: int) -> bool:
    return int(line.words[2]) <= last and first <= int(line.words[-1])


def numbers(text: str) -> set[int]:
    """`1,10-12` as numbers."""
    found: set[int] = set()
    for part in text.split(","):
        low, _, high = part.partition("-")
        found |= set(range(int(low), int(high or low) + 1))
    return found


def ranges(found: set[int]) -> str:
    """Numbers as `1,10-12`."""
    parts: list[str] = []
    for number in sorted(found):
        if number - 1 in found and parts:
            parts[-1] = f"{parts[-1].partition('-')[0]}-{number}"
        else:
            parts.append(str(number))
    return ",".join(parts)
