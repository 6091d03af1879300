"""A TOS configuration that was given as a text: read line by line, and written as it was with what has changed since.

Lines that the table has mean what they mean; objects, rules, addresses and routes in forms that it does not have still
have a name or a number, so that they can be deleted and moved; all others are kept word for word. Commands may stand
in submodes (`define` … `end`), as later releases write them.

What a new line looks like goes by the text: if its lines have numbers (`ID 8001 … vsid 0`) new ones have them too.
"""

from __future__ import annotations

import re
from dataclasses import replace
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Final, Protocol

from lab.emulator.grammar import LineError, Rule, tokenize
from lab.emulator.parameters import Names
from lab.emulator.placing import in_places, placed
from lab.emulator.topsec.unknown import UNKNOWN, TosStrange, head_of
from lab.emulator.topsec.words import ident, listed, rule_words
from lab.emulator.tree import STRANGE, Entry, Given

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.emulator.grammar import View
    from lab.emulator.strange import Strange

_SUBMODE: Final = re.compile(r"(?:define|firewall6?|nat|network|system|user|vpn|pf|ha|log|vsys enter vsys-name \S+)$")
_NUMBER: Final = re.compile(r"ID (\d+) +")
_VSID: Final = re.compile(r" +vsid (\d+)$")
_PORTS: Final = re.compile(
    r"^\s*(?:(?:network )?interface (?!show\b)(\S+) |(?:ID \d+ )?(?:define )?area add name \S+ attribute '([^']*)')",
    re.MULTILINE,
)
_ADDRESS: Final = re.compile(r"network interface (\S+) ip add (\d\S*) mask (\S+)")
_ROUTE: Final = re.compile(r"network route add dst (\S+)(?: (?!gw )\S+)? gw (\S+)")
_OBJECT: Final = re.compile(r"define (\S+) add name (\S+)")
_RULE: Final = re.compile(r"(firewall|nat) policy add (?=\S)")
_LAST: Final = 1_000_000  # behind every line of a table
# What is no command: empty lines, remarks, the words of submodes. They stay where they stand.
_FILLER: Final = Rule("", "filler", _LAST, _LAST, {})
_STORED: Final = ("daemon", "ip_add", "shutdown", "route_add", "null_add", "define", "pf_add", "policy_add", "")


class Box(Names, Protocol):
    """The firewall. `given_ports` and `given_names` are ports and names that the text takes to be there."""

    running: Entry
    views: dict[str, View]
    strange: Strange | None
    given_ports: frozenset[str]
    given_names: frozenset[str]


def ports_in(text: str) -> tuple[str, ...]:
    """The interfaces that a text names, in the order in which they come."""
    found: dict[str, None] = {}
    for name, members in _PORTS.findall(text.replace("\r\n", "\n")):
        found.update(dict.fromkeys(one.lower() for one in (name or members).split()))
    return tuple(found)


def read_into(device: Box, text: str) -> None:
    """Make `text` what the device runs; what it has from the start stays, unshown, where the text does not say it."""
    root = device.running
    root.given = Given("", ())
    device.strange = strange = TosStrange()
    device.given_ports = frozenset(ports_in(text))
    rules = {"firewall": 0, "nat": 0}
    submodes: list[str] = []
    names: set[str] = set()
    for seat, raw in enumerate(text.split("\n"), start=1):
        line = raw.strip()
        if not line or line[0] in "#!" or _SUBMODE.match(line) or (submodes and line == "end"):
            root.put(_seated(Entry(("", line), ("filler", str(seat)), _FILLER), raw, seat))
            if line == "end" and submodes:
                submodes.pop()
            elif _SUBMODE.match(line):
                submodes.append(line)
            continue
        noun = submodes[-1] if submodes else ""
        owned = any(one.startswith("vsys ") for one in submodes)
        number, said, foreign = _bare(f"{noun} {line}" if noun and not owned else line, noun)
        entry = None if owned or foreign else _known(device, said, number) or _odd(device, said, number)
        if entry is None or (entry.key in root.children and not root.children[entry.key].fixed):
            entry = Entry((said,), ("", str(seat)), UNKNOWN, number=number)
        if entry.strange:
            strange.heads.add(head_of(said))
        if entry.key[0] == "rule":
            rules[entry.key[1]] += 1
            entry.number = rules[entry.key[1]]
            for value in entry.words[4::2]:
                names.update(listed(value))
        elif said.startswith("define "):
            names.update(word for one in entry.words for word in one.replace("'", " ").split())
        root.children.pop(entry.key, None)
        root.put(_seated(entry, raw, seat))
    # Services and the like that the device has without a line of its own.
    device.given_names = frozenset(names - {key[2] for key in root.children if key[0] == "define"})
    # What comes back comes back to its place, unless the device then gives it another number.
    below = {
        entry.text: entry.given
        for entry in root.children.values()
        if entry.given is not None and not _NUMBER.match(entry.given.raw.strip())
    }
    root.given = replace(root.given, below=below)


def _seated(entry: Entry, raw: str, seat: int) -> Entry:
    entry.given = Given(raw, entry.words, seat)
    return entry


def _bare(line: str, noun: str) -> tuple[int, str, bool]:
    """A command's number, itself without number and virtual system, and whether it belongs to another such system."""
    rest = line.removeprefix(f"{noun} ") if noun else line
    numbered = _NUMBER.match(rest)
    if numbered is not None:
        rest = rest[numbered.end() :]
    owner = _VSID.search(rest)
    if owner is not None:
        rest = rest[: owner.start()]
    said = f"{noun} {rest}" if noun and line != rest else rest
    return int(numbered[1]) if numbered else 0, said, owner is not None and owner[1] != "0"


def _known(device: Box, line: str, number: int) -> Entry | None:
    """The entry of a line that the table has."""
    try:
        match = device.views["tos"].match(line, device)
    except LineError:
        return None
    words, do = match.words, match.rule.get("do")
    if do not in _STORED or words[2:3] == ("modify",) or (do == "daemon" and words[-1] != "start"):
        return None
    if do == "policy_add":
        return _rule(device, words[0], dict(zip(words[3::2], words[4::2], strict=True)), match.rule, number)
    keys: dict[str, Callable[[], tuple[str, ...]]] = {
        "daemon": lambda: words[:2],
        "route_add": lambda: ("route", words[4], words[6]),
        "null_add": lambda: ("route", words[4], words[5], "null"),
        "define": lambda: ("define", words[1], words[4]),
        "": lambda: match.key,
    }
    key = keys.get(do, lambda: words)()
    return Entry(words, key, match.rule, number=(number or _next(device)) if do == "define" else 0)


def _odd(device: Box, line: str, number: int) -> Entry | None:
    """The entry of a line in a form that the table does not have, if it says what the line is about."""
    address = _ADDRESS.match(line)
    if address is not None:
        try:
            mask = str(IPv4Network(f"0.0.0.0/{address[3]}").netmask)
        except ValueError:
            return None
        return _known(device, f"network interface {address[1]} ip add {address[2]} mask {mask}", number)
    route, made, rule = _ROUTE.match(line), _OBJECT.match(line), _RULE.match(line)
    if route is not None:
        return Entry((line,), ("route", route[1], route[2]), UNKNOWN)
    if made is not None:
        return Entry((line,), ("define", made[1], made[2]), UNKNOWN, number=number or _next(device))
    return None if rule is None else _odd_rule(device, line, rule[1], number)


def _odd_rule(device: Box, line: str, family: str, number: int) -> Entry:
    words = [token.text for token in tokenize(line, quoted=True)][3:]
    known = next(one for one in device.views["tos"].rules if one.pattern.startswith(f"{family} policy add"))
    kind = replace(known, view=STRANGE)
    if len(words) % 2:
        return Entry((line,), ("rule", family, str(number or _next(device))), kind)
    return _rule(device, family, dict(zip(words[::2], words[1::2], strict=True)), kind, number)


def _rule(device: Box, family: str, fields: dict[str, str], rule: Rule, number: int) -> Entry:
    return Entry(rule_words(family, fields), ("rule", family, str(number or _next(device))), rule)


def _next(device: Box) -> int:
    return max((ident(entry) for entry in device.running.children.values()), default=8000) + 1


def laid_out(root: Entry, numbered: Callable[[Entry], str]) -> str:
    """The text; `numbered` writes a line as a device with numbers does. Unchanged it is what was given, whole."""
    assert root.given is not None  # noqa: S101 - asked of such configurations only
    shown = (one for one in root.children.values() if one.key[0] != "admin" and (one.given or not one.fixed))
    entries = _in_order(placed(shown, root.given.below, 3, lambda one: one.rule is not _FILLER))
    raws = [entry.given.raw for entry in entries if entry.given is not None]
    plain = not any(_NUMBER.match(raw.strip()) for raw in raws) and any(raw.strip() for raw in raws)
    lines: list[str] = []
    submodes: list[str] = []
    waiting: list[str] = []
    for entry in entries:
        given = entry.given
        if given is not None and entry.rule is _FILLER:
            lines.append(given.raw)
            if _SUBMODE.match(given.raw.strip()):
                submodes.append(given.raw.strip())
            elif submodes and given.raw.strip() == "end":
                submodes.pop()
            if not submodes:
                lines += waiting
                waiting = []
        elif given is not None and given.words == entry.words and _same_number(entry, given.raw):
            lines.append(given.raw)
        else:
            bare = plain if given is None else not _NUMBER.match(given.raw.strip())
            text = entry.text if bare else numbered(entry)
            if not submodes:
                lines.append(text)
            elif entry.text.startswith(f"{submodes[-1]} "):
                lines.append(_indent(lines) + text.replace(f"{submodes[-1]} ", "", 1))
            else:
                waiting.append(text)
    # The last line's end: a text that ends with one has an empty line behind it here.
    end = [""] if waiting and lines and not lines[-1] else []
    if end:
        lines.pop()
    return "\n".join([*lines, *waiting, *end])


def _same_number(entry: Entry, raw: str) -> bool:
    number = _NUMBER.match(raw.strip())
    return number is None or not ident(entry) or int(number[1]) == ident(entry)


def _in_order(entries: list[Entry]) -> list[Entry]:
    """Rules in the order in which they are looked at, in the places that rules have."""
    for family in ("firewall", "nat"):
        rules = [one for one in entries if one.key[:2] == ("rule", family)]
        entries = in_places(entries, sorted(rules, key=lambda entry: entry.number))
    return entries


def _indent(lines: list[str]) -> str:
    before = lines[-1] if lines else ""
    return "" if _SUBMODE.match(before.strip()) else before[: len(before) - len(before.lstrip())]
