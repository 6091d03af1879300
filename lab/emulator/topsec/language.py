"""The language of TOS: one command a line, or the same in submodes; what its configuration commands mean."""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address, IPv4Interface
from typing import TYPE_CHECKING

from lab.emulator.shell import Refusal, Shell
from lab.emulator.topsec.device import FIRST_ID, TosBox
from lab.emulator.topsec.unknown import UNKNOWN, words_of
from lab.emulator.topsec.words import ORDER, ident, listed, rule_words, uses
from lab.emulator.tree import Entry

if TYPE_CHECKING:
    from lab.emulator.grammar import LineError, Match, Rule
    from lab.emulator.terminal import Terminal

INVALID = "error -8010 : 无效输入，分析"
MISSING = "error -27007 : 对象不存在"
# Words that alone on a line open a submode, in which lines go on without them; `end` leaves it.
NOUNS = ("define", "firewall", "nat", "network", "system", "pf", "ha")
_SERVICES = ("service", "orig_service", "trans_service")
_ADDRESSES = ("src", "dst", "orig_src", "orig_dst", "trans_src", "trans_dst")
_READS = ("show", "exit", "show_running", "show_running_all", "version", "time", "ha_status", "interfaces", "routes")


class TosLanguage(Shell):
    """Configuration: everything takes effect at once."""

    device: TosBox
    # Nothing is negated by a word in front: `delete` stands inside.
    negation = ""
    root_view = "tos"
    outer_view = "tos"
    no_room = "error -8010 : 无效输入，分析"  # what it says of a full disk is unverified

    def __init__(self, device: TosBox, terminal: Terminal, user: str, level: int) -> None:
        super().__init__(device, terminal, user, level)
        self.path = [device.running]
        self.noun = ""

    def prompt(self) -> str:
        """`TopsecOS# `; `%` for who may not change anything, and what a submode adds, are unverified."""
        submode = f".{self.noun}" if self.noun else ""
        return f"{self.device.name}{submode}{'#' if self.level >= 15 else '%'} "

    def greeting(self) -> str:
        """What is shown after the login."""
        return "\n"

    def refusal(self, answer: str) -> str:
        """The line that begins with `error`."""
        return next((line.strip() for line in answer.split("\n") if line.startswith("error")), "")

    async def execute(self, line: str) -> None:
        """One line of the user's."""
        text = line.strip()
        if not text or text == "\x1a":
            return
        if text in NOUNS and not self.noun:
            self.noun = text
        elif self.noun and text in ("end", "exit"):
            self.noun = ""
        else:
            await self.run_line(f"{self.noun} {text}" if self.noun else text)

    def complain(self, error: LineError) -> None:
        """One text for all, without saying where."""
        del error
        self.terminal.write(f"{INVALID}\n")

    def stored(self, match: Match) -> tuple[str, ...]:
        """As typed."""
        return match.words

    def may(self, match: Match) -> bool:
        """Who audits looks and leaves."""
        name = match.rule.get("do")
        return self.level >= 15 or name.endswith("_show") or name in _READS

    # The box

    def do_daemon(self, match: Match) -> None:
        """Start or stop a server."""
        root = self.device.running
        key = match.words[:2]
        if match.words[2] == "start":
            root.put(Entry(match.words, key, match.rule))
        else:
            root.children.pop(key, None)
        self.changed()

    def do_admin_add(self, match: Match) -> None:
        """An administrator; not in any dump."""
        name = match.words[4]
        if self.device.running.child("admin", name) is not None:
            raise Refusal(INVALID)
        self.device.running.put(Entry(("admin", match.words[6], match.words[8]), ("admin", name), match.rule))

    def do_admin_modify(self, match: Match) -> None:
        """Another password, also for who unpacked the box."""
        name = match.words[4]
        entry = self.device.running.child("admin", name)
        first = self.device.spec.login
        if entry is None and (first is None or first[0] != name):
            raise Refusal(MISSING)
        privilege = entry.words[2] if entry is not None else "config"
        self.device.running.put(Entry(("admin", match.words[6], privilege), ("admin", name), match.rule))

    def do_admin_delete(self, match: Match) -> None:
        """Who unpacked the box stays."""
        if self.device.running.children.pop(("admin", match.words[4]), None) is None:
            raise Refusal(MISSING)

    # Interfaces and routes

    def do_ip_add(self, match: Match) -> None:
        """One more address; no two interfaces may overlap (unverified)."""
        address = IPv4Interface(f"{match.words[5]}/{match.words[7]}")
        ends = (address.network.network_address, address.network.broadcast_address)
        if address.network.prefixlen < 31 and address.ip in ends:
            raise Refusal(INVALID)
        if address.ip.is_multicast or address.ip.is_loopback or address.ip.is_unspecified:
            raise Refusal(INVALID)
        for port in self.device.ports():
            for other in port.addresses:
                if other.ip == address.ip or (port.name != match.words[2] and other.network.overlaps(address.network)):
                    raise Refusal(INVALID)
        self.device.running.put(Entry(match.words, match.words, match.rule))
        self.changed()

    def do_ip_delete(self, match: Match) -> None:
        """One address."""
        words = (*match.words[:4], "add", *match.words[5:])
        if self.device.running.children.pop(words, None) is None:
            raise Refusal(MISSING)
        self.changed()

    def do_shutdown(self, match: Match) -> None:
        """Down (unverified)."""
        self._spell_out(match, "no shutdown")
        self.device.running.put(Entry(match.words, match.words, match.rule))
        self.changed()

    def do_no_shutdown(self, match: Match) -> None:
        """Up (unverified)."""
        self.device.running.children.pop((*match.words[:3], "shutdown"), None)
        root = self.device.running
        line = " ".join(match.words)
        if root.given is not None and line in root.given.below:
            # The text that was given said so.
            root.put(Entry((line,), ("", line), UNKNOWN))
        self.changed()

    def _spell_out(self, match: Match, state: str) -> None:
        """A text that was given may say of a port that it is up: not any more."""
        line = " ".join((*match.words[:3], state))
        root = self.device.running
        for entry in [one for one in root.children.values() if one.strange and one.text == line]:
            del root.children[entry.key]

    def do_route_add(self, match: Match) -> None:
        """Printed with metric, interface and a number of its own, as dumps show."""
        given = dict(zip(match.words[7::2], match.words[8::2], strict=True))
        gateway = IPv4Address(match.words[6])
        key = ("route", match.words[4], match.words[6])
        if self.device.running.children.get(key) is not None:
            raise Refusal(INVALID)
        taken = [
            int(entry.words[-1]) for entry in self.device.running.starting("network", "route") if "id" in entry.words
        ]
        out = given.get("dev") or self._towards(gateway)
        words = [*match.words[:7], "metric", given.get("metric", "1"), *(("dev", out) if out else ())]
        words += ["id", given.get("id") or str(max(taken, default=99) + 1)]
        self.device.running.put(Entry(tuple(words), key, match.rule))
        self.changed()

    def _towards(self, gateway: IPv4Address) -> str:
        ports = self.device.ports()
        return next((port.name for port in ports if any(gateway in a.network for a in port.addresses)), "")

    def do_null_add(self, match: Match) -> None:
        """Packets to it are thrown away."""
        self.device.running.put(Entry(match.words, ("route", match.words[4], match.words[5], "null"), match.rule))
        self.changed()

    def do_route_delete(self, match: Match) -> None:
        """By destination and gateway."""
        if self.device.running.children.pop(("route", match.words[4], match.words[6]), None) is None:
            raise Refusal(MISSING)
        self.changed()

    def do_null_delete(self, match: Match) -> None:
        """By destination."""
        if self.device.running.children.pop(("route", match.words[4], match.words[5], "null"), None) is None:
            raise Refusal(MISSING)
        self.changed()

    # Objects

    def do_define(self, match: Match) -> None:
        """`add` a new one, or `modify` one that is there: what is given replaces what was."""
        noun, verb, name = match.words[1], match.words[2], match.words[4]
        root = self.device.running
        present = self._same_name(noun, name)
        if (present is None) == (verb == "modify"):
            raise Refusal(MISSING if present is None else INVALID)
        if present is not None and (present.fixed or present.key[1] != noun):
            raise Refusal(INVALID)
        words = (*match.words[:2], "add", *match.words[3:])
        self._refuse_unknown(noun, words, name)
        if present is not None:
            present.words, present.rule = words, match.rule
        else:
            root.put(Entry(words, ("define", noun, name), match.rule, number=self.next_id()))
        self.changed()

    def _same_name(self, noun: str, name: str) -> Entry | None:
        """Addresses share their names, and so do services."""
        if noun in ("host", "subnet", "range", "group_address"):
            return self.device.address_object(name)
        kinds = ("service", "group_service") if noun in ("service", "group_service") else (noun,)
        return next((entry for kind in kinds if (entry := self.device.defined(kind, name)) is not None), None)

    def _refuse_unknown(self, noun: str, words: tuple[str, ...], name: str) -> None:
        device = self.device
        if noun == "area":
            known = all(device.exists(member.lower()) for member in listed(words[6]))
        elif noun == "host":
            known = all(_is_address(member) for member in listed(words[6]))
        elif noun == "range":
            known = IPv4Address(words[6]) <= IPv4Address(words[8])
        elif noun == "group_address":
            known = all(member != name and device.address_object(member) is not None for member in listed(words[6]))
        elif noun == "group_service":
            known = all(member != name and device.is_service(member) for member in listed(words[6]))
        else:
            known = True
        if not known:
            raise Refusal(INVALID if noun in ("host", "range") else MISSING)

    def next_id(self) -> int:
        """The number of the next object or rule."""
        return max((ident(entry) for entry in self.device.running.children.values()), default=FIRST_ID) + 1

    def do_define_delete(self, match: Match) -> None:
        """An object that nothing uses."""
        noun, name = match.words[1], match.words[4]
        entry = self.device.defined(noun, name)
        if entry is None:
            raise Refusal(MISSING)
        if entry.fixed or any(
            uses(other, name) for other in self.device.running.children.values() if other is not entry
        ):
            raise Refusal(INVALID)
        del self.device.running.children[entry.key]
        self.changed()

    # Who may talk to the box

    def do_pf_add(self, match: Match) -> None:
        """Open a service of the box's to an object, in an area."""
        device = self.device
        if device.defined("area", match.words[6]) is None:
            raise Refusal(MISSING)
        if match.words[7] == "addressname" and device.address_object(match.words[8]) is None:
            raise Refusal(MISSING)
        if device.running.child(*match.words) is not None:
            raise Refusal(INVALID)
        device.running.put(Entry(match.words, match.words, match.rule))
        self.changed()

    def do_pf_delete(self, match: Match) -> None:
        """Shut it again."""
        words = (*match.words[:2], "add", *match.words[3:])
        if self.device.running.children.pop(words, None) is None:
            raise Refusal(MISSING)
        self.changed()

    # Rules

    @staticmethod
    def fields(words: tuple[str, ...]) -> dict[str, str]:
        """The fields of a rule."""
        return dict(zip(words[::2], words[1::2], strict=True))

    def _rules(self, family: str) -> list[Entry]:
        found = [entry for key, entry in self.device.running.children.items() if key[:2] == ("rule", family)]
        return sorted(found, key=lambda entry: entry.number)

    def _rule(self, family: str, number: str) -> Entry:
        entry = self.device.running.child("rule", family, number)
        if entry is None:
            raise Refusal(MISSING)
        return entry

    def _refuse_unnamed(self, fields: dict[str, str]) -> None:
        """Every name of a rule must be there."""
        device = self.device
        for field, value in fields.items():
            for name in listed(value):
                if name in device.given_names or device.unknown_object(name):
                    known = True  # as the text that was given takes it
                elif field in _SERVICES:
                    known = device.is_service(name)
                elif field in _ADDRESSES:
                    known = device.address_object(name) is not None or (
                        field.startswith("trans_") and device.exists(name.lower())
                    )
                elif field in ("srcarea", "dstarea"):
                    known = device.defined("area", name) is not None
                else:
                    known = field != "schedule" or device.defined("schedule", name) is not None
                if not known:
                    raise Refusal(MISSING)

    def do_policy_add(self, match: Match) -> None:
        """At the end, or before another; the number is not told."""
        self._add_rule(match.words[0], self.fields(match.words[3:]), match.rule)

    def add_unknown_rule(self, line: str) -> bool:
        """A rule with fields that no table knows, but rules of the text that was given have them."""
        words = words_of(line)
        family, fields = words[0], dict(zip(words[3::2], words[4::2], strict=False))
        seen = {name for rule in self._rules(family) for name in self.fields(rule.words[3:])}
        model = next((rule.rule for rule in self._rules(family) if rule.strange), None)
        if len(words) % 2 == 0 or model is None or set(fields) - seen - set(ORDER[family]) - {"before"}:
            return False
        try:
            self._add_rule(family, fields, model)
        except Refusal as refusal:
            self.terminal.write(f"{refusal}\n")
        return True

    def _add_rule(self, family: str, fields: dict[str, str], rule: Rule) -> None:
        before = fields.pop("before", "")
        if (family == "firewall") != ("action" in fields) or not fields:
            raise Refusal(INVALID)
        self._refuse_unnamed({name: value for name, value in fields.items() if name in ORDER[family]})
        rules = self._rules(family)
        place = rules.index(self._rule(family, before)) if before else len(rules)
        entry = Entry(rule_words(family, fields), ("rule", family, str(self.next_id())), rule)
        self.device.running.put(entry)
        self._number([*rules[:place], entry, *rules[place:]])

    def do_policy_modify(self, match: Match) -> None:
        """A field that is given replaces what it was, lists whole; `enable yes` is not printed."""
        family = match.words[0]
        entry = self._rule(family, match.words[4])
        if len(entry.words) == 1:
            raise Refusal(INVALID)  # a rule of a text that was given, in a form of which nothing is known
        given = self.fields(match.words[5:])
        self._refuse_unnamed(given)
        entry.words = rule_words(family, {**self.fields(entry.words[3:]), **given})
        self.changed()

    def do_policy_move(self, match: Match) -> None:
        """To another place among the rules."""
        family = match.words[0]
        moved, other = self._rule(family, match.words[3]), self._rule(family, match.words[5])
        rules = [rule for rule in self._rules(family) if rule is not moved]
        if moved is not other:
            rules.insert(rules.index(other) + (match.words[4] == "after"), moved)
            self._number(rules)

    def do_policy_delete(self, match: Match) -> None:
        """By its number."""
        del self.device.running.children[self._rule(match.words[0], match.words[4]).key]
        self.changed()

    def _number(self, rules: list[Entry]) -> None:
        for place, rule in enumerate(rules, start=1):
            rule.number = place
        self.changed()


def _is_address(text: str) -> bool:
    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True
