"""The language of Comware 7: what its configuration commands mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from lab.emulator.grammar import Kind, LineError, Match
from lab.emulator.shell import Refusal
from lab.emulator.tree import Entry
from lab.emulator.undo import UndoSession

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.emulator.comware.device import ComwareBox


class ComwareLanguage(UndoSession):
    """Views and configuration."""

    device: ComwareBox
    refused = "%"
    welcome = "System View: return to User View with Ctrl+Z."
    first_rule = 0
    no_room = "%Not enough space on the storage medium."  # unverified wording
    # C7 command references and netmiko-h3c transcripts for the first five; see also gnetcli's issue 320.
    errors: ClassVar[Mapping[Kind, str]] = {
        Kind.UNRECOGNIZED: " % Unrecognized command found at '^' position.",
        Kind.WRONG: " % Wrong parameter found at '^' position.",
        Kind.INCOMPLETE: " % Incomplete command found at '^' position.",
        Kind.AMBIGUOUS: " % Ambiguous command found at '^' position.",
        Kind.TOO_MANY: " % Too many parameters found at '^' position.",
    }
    # Unverified wordings, as no page gives them.
    says: ClassVar[Mapping[str, str]] = {
        "interface": "%Error: The interface does not exist.",
        "fixed": "%Error: This interface cannot be deleted.",
        "address": "%Error: Invalid IP address.",
        "primary": "%Error: Please configure the primary address first.",
        "overlap": "%Error: The IP address you entered overlaps with another interface.",
        "no-address": "%Error: The IP address does not exist.",
        "subs": "%Error: Please delete the sub address first.",
        "instance": "%Error: The VPN instance does not exist.",
        "bound": "%Error: The interface is associated with another VPN instance.",
        "target": "",
        "no-target": "%Error: The route target does not exist.",
        "unbound": "Some configurations on the interface are removed.",
        "up": "The interface {interface} is not shut down.",
        "rule": "%Error: The rule does not exist.",
        "bgp": "%Error: BGP process {number} is running.",
        "delay": "%Error: The delay is out of range.",
        "unscheduled": "Scheduled reboot canceled.",
    }

    def denied(self) -> None:
        """What a role may not do."""
        self.terminal.write("Permission denied.\n")

    def greeting(self) -> str:
        """As an MSR greets, with the model's own remark in place of the copyright."""
        return (
            "\n******************************************************************************\n"
            "* An emulated device of govnet's lab, not H3C's software.                    *\n"
            "******************************************************************************\n\n"
        )

    def view_prompt(self, entry: Entry, parent: Entry) -> str:
        """The part of the prompt that names a view."""
        words = entry.words
        if words[:2] == ("line", "vty"):
            return "line-vty" + "-".join(words[2:])
        if words[0] == "area":
            return f"ospf-{parent.words[1]}-area-{words[1]}"
        if words[0] == "acl":
            return f"acl-ipv4-{'basic' if words[1] == 'basic' else 'adv'}-{words[-1]}"
        if words[0] == "local-user":
            return f"luser-{words[3]}-{words[1]}"
        return super().view_prompt(entry, parent)

    def stored(self, match: Match) -> tuple[str, ...]:
        """Every secret as a cipher text."""
        words = list(match.words)
        for place in match.secrets:
            words[place] = self.device.vault.comware_cipher(words[place])
            if words[place - 1] == "simple":
                words[place - 1] = "cipher"
        return tuple("cipher" if word == "simple" and match.secrets else word for word in words)

    # Configuration with a meaning of its own

    def do_one(self, match: Match) -> None:
        """One time zone, its offset written with seconds."""
        offset = ":".join(f"{int(part):02d}" for part in (match.words[4] + ":00").split(":")[:3])
        self.root.remove(("clock", "timezone"))
        self.root.put(Entry((*match.words[:4], offset), ("clock", "timezone"), match.rule))
        self.changed()

    def do_switch(self, match: Match) -> None:
        """A service on."""
        self.root.put(Entry(match.words, match.words, match.rule))
        self.changed()

    def do_public_key(self, _match: Match) -> None:
        """The host key is there from the start; making it again only says so."""
        self.terminal.write("Create the key pair successfully.\n")

    def do_acl(self, match: Match) -> None:
        """By number or name."""
        self.put(match, match.words)
        self.changed()

    def do_acl_number(self, match: Match) -> None:
        """The older word for both kinds."""
        number = int(match.words[2])
        line = f"acl {'basic' if number < 3000 else 'advanced'} {number}"
        self.do_acl(self.device.views["system"].match(line, self.device))

    def do_line(self, match: Match) -> None:
        """Lines as they are grouped: settings of a part of a group are those of the group here."""
        words = match.words
        kind = "con" if words[1].startswith("con") else words[1]
        groups = self.root.starting("line", kind)
        first, last = int(words[2]), int(words[-1])
        for group in groups:
            if int(group.words[2]) <= first <= last <= int(group.words[-1]):
                self.path, self.twins = [self.root, group], []
                return
        raise Refusal("%Error: The lines are not those of one group.")  # unverified wording

    # Users

    def do_local_user(self, match: Match) -> None:
        """A user is of the class manage unless it is said otherwise; a new one is told to the terminal."""
        kind = match.words[3] if len(match.words) > 2 else "manage"
        present = self.root.child("local-user", match.words[1])
        words = ("local-user", match.words[1], "class", kind)
        if present is None:
            self.terminal.write("New local user added.\n")
        self.put(Match(match.rule, words, 2), words)
        if present is None:
            role = self.device.views["local-user"].match(
                "authorization-attribute user-role network-operator", self.device
            )
            self.here.put(Entry(role.words, role.words, role.rule))
        self.changed()

    def do_undo_user(self, match: Match) -> None:
        """A user and all that belongs to him."""
        if not self.root.remove(match.words[1:3]):
            raise Refusal("%Error: The local user does not exist.")  # unverified wording
        self.changed()

    def do_user_password(self, match: Match) -> None:
        """Kept as a hash."""
        kind, text = match.words[1], match.words[2]
        stored = text if kind == "hash" else self.device.vault.comware_hash(text)
        self.here.put(Entry(("password", "hash", stored), ("password",), match.rule))
        self.changed()

    def do_service_type(self, match: Match) -> None:
        """Services add up."""
        before = self.here.value("service-type").split()
        words = ("service-type", *dict.fromkeys([*before, *match.words[1:]]))
        self.here.put(Entry(words, ("service-type",), match.rule))
        self.changed()

    def do_state(self, match: Match) -> None:
        """Active is the default and not shown."""
        self.here.remove(("state",))
        if match.words[1] == "block":
            self.here.put(Entry(match.words, ("state",), match.rule))
        self.changed()

    # SNMP

    def do_snmp(self, match: Match) -> None:
        """Any of its commands switches the agent on."""
        words = self.stored(match)
        view = self.device.views["system"]
        mac = self.device.vault.irreversible(self.device.spec.name).encode().hex()[10:22].upper()
        for line in ("snmp-agent", f"snmp-agent local-engineid 800063A280{mac}00000001"):
            found = view.match(line, self.device)
            if self.root.children.get(found.key) is None:
                self.root.put(Entry(found.words, found.key, found.rule))
        self.root.put(Entry(words, words[: match.identity], match.rule))
        self.changed()

    def do_snmp_community(self, match: Match) -> None:
        """Shown as a cipher text, whether the word was given or not."""
        words = match.words
        if match.secrets[0] == 3:
            words = (*words[:3], "simple", *words[3:])
        self.do_snmp(Match(match.rule, words, 5, (4,)))

    # Scheduling

    def do_time_once(self, match: Match) -> None:
        """When a schedule runs; the timer starts now."""
        schedule = self.here.words[2]
        words = match.words
        if words[2] == "delay":
            minutes = _minutes(words[3])
            if minutes is None:
                self.complain(LineError(Kind.WRONG, match.columns[3]))
                return
        else:
            clock = next(word for word in words if ":" in word)
            hour, minute = (int(part) for part in clock.split(":"))
            now = self.device.now()
            minutes = (hour * 60 + minute - now.hour * 60 - now.minute) % 1440 or 1440
        self._time(match, schedule)
        self.device.timer(f"schedule {schedule}").arm(minutes * 60, lambda: self.device.start(schedule))

    def do_time_repeating(self, match: Match) -> None:
        """A schedule that runs again and again."""
        minutes = _minutes(match.words[3])
        if not minutes:
            self.complain(LineError(Kind.WRONG, match.columns[3]))
            return
        device, schedule = self.device, self.here.words[2]
        timer = device.timer(f"schedule {schedule}")

        def again() -> None:
            if device.running.child("scheduler", "schedule", schedule) is not None:
                timer.arm(minutes * 60, again)
                device.start(schedule)

        self._time(match, schedule)
        timer.arm(minutes * 60, again)

    def _time(self, match: Match, schedule: str) -> None:
        self.device.timer(f"schedule {schedule}").cancel()
        self.here.remove(("time",))
        self.here.put(Entry(match.words, ("time",), match.rule))
        self.changed()

    def negate(self, match: Match) -> None:
        """A schedule that is taken away does not run any more; a user's password goes whole."""
        super().negate(match)
        if match.words[:2] == ("scheduler", "schedule"):
            self.device.timer(f"schedule {match.words[2]}").cancel()


def _minutes(text: str) -> int | None:
    """Minutes of `hh:mm` or `mm`."""
    found = re.fullmatch(r"(?:(\d{1,3}):)?(\d{1,5})", text)
    return int(found[1] or 0) * 60 + int(found[2]) if found else None
