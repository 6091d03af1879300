"""ASA's address translation: twice NAT, network object NAT, and the forms before 8.3.

Forms as in Cisco's "ASA Series Command Reference" (nat, https://www.cisco.com/c/en/us/td/docs/security/asa/
asa-cli-reference/I-R/asa-command-ref-I-R/n-commands.html; object network) and "ASA Series Firewall CLI Configuration
Guide" (NAT rule order: twice NAT, then network object NAT with static rules first, those of fewer addresses before
others, then twice NAT with `after-auto`); "PIX Firewall Command Reference", version 6.3 (global, nat, static).
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from configs.addressing import address_of
from configs.dialects.cisco_asa.objects import Objects, ports
from configs.headers import PORTS, PROTOCOLS, Rule
from configs.intervals import ANYWHERE, BITS, NOWHERE_AT_ALL, AddressSet, Intervals
from configs.meaning.filter_sets import UnclearError
from configs.meaning.objects import host, protocol_set, ranged, sized
from configs.meaning.statements import Pool, Translated, Translation, TranslationList
from configs.meaning.translations import both_ways

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from configs.dialects.cisco_asa.filters import AccessLists
    from configs.reading import Command, Reading

# Words behind a translation that put nothing in another's place.
_OPTIONS: Final = (
    "dns", "no-proxy-arp", "route-lookup", "net-to-net", "round-robin", "extended", "flat", "include-reserve",
    "block-allocation", "unidirectional", "norandomseq", "ipv6", "outside", "tcp", "udp",
)  # fmt: skip


_T = TypeVar("_T")


class _Found(NamedTuple):
    """Translations of one line, and where they stand in the order of network object NAT."""

    line: int
    rules: tuple[Translation, ...]
    order: tuple[int, int, int, str] = (0, 0, 0, "")


class Translations:
    """Everything that translates addresses. `unread` are lines of it that are not understood."""

    def __init__(self, reading: Reading, objects: Objects, lists: AccessLists) -> None:
        self._objects = objects
        self._lists = lists
        self._sections: dict[str, list[_Found]] = {}
        self._unclear: dict[str, list[int]] = {}
        self._globals: dict[str, list[tuple[str, Translated, int]]] = {}
        self.unread = [command.line for command in reading.find("alias") if not command.negated]
        for command in reading.find("global"):
            if not command.negated:
                self._global(command)
        for command in reading.top:
            if not command.negated and command.folded[0] in ("nat", "static"):
                self._command(command)
        for command in reading.find("object", "network"):
            for inner in command.inside:
                if not inner.negated and inner.folded[0] == "nat" and len(command.words) > 2:
                    self._under("nat of objects", inner, partial(self._of_object, inner, command.words[2]))

    def lists(self) -> Iterator[TranslationList]:
        """The orders in which the device asks."""
        for name in dict.fromkeys((*self._sections, *self._unclear)):
            found, unclear = self._sections.get(name, []), tuple(self._unclear.get(name, ()))
            if name == "nat of objects":
                found = sorted(found, key=lambda one: one.order)
            line = min((*(one.line for one in found), *unclear))
            yield TranslationList(name, line, tuple(rule for one in found for rule in one.rules), unclear)

    def pools(self) -> Iterator[Pool]:
        """The addresses that `global` gives."""
        for number, rows in self._globals.items():
            for interface, given, line in rows:
                if given.addresses:
                    yield Pool(f"global {interface} {number}", (line,), given.addresses)

    def _under(self, name: str, command: Command, read: Callable[[], _Found]) -> None:
        try:
            self._sections.setdefault(name, []).append(read())
        except UnclearError:
            self._unclear.setdefault(name, []).append(command.line)

    def _command(self, command: Command) -> None:
        words = command.words
        if command.folded[0] == "static":
            self._under("static", command, lambda: self._static(command))
        elif "source" in command.folded or "destination" in command.folded:
            if "inactive" not in command.folded:
                late = "nat after objects" if "after-auto" in command.folded else "nat"
                self._under(late, command, lambda: self._twice(command))
        elif len(words) > 2:
            exempt = words[2] == "0"
            self._under("nat 0" if exempt else "nat before 8.3", command, lambda: self._hidden(command))

    # ---- 8.3 and later

    def _mapped(self, word: str) -> tuple[AddressSet, tuple[int, ...]]:
        """An object, or an address by itself, with the lines that say it."""
        networks = self._objects.networks
        if word.lower() == "any":
            return ANYWHERE, ()
        if word in networks:
            return _known(networks.get(word)), networks.lines(word)
        return _known(host(address_of(self._objects.plain(word)))), ()

    def _twice(self, command: Command) -> _Found:
        words, conditions = _interfaces(command.words[1:])
        while words and (words[0].isdecimal() or words[0].lower() == "after-auto"):
            words = words[1:]
        parts = _split(words)
        source, destination, service = (parts.get(name, ()) for name in ("source", "destination", "service"))
        if any(map(address_of, service)):
            raise UnclearError("service")
        if service:
            conditions |= {f"service {service[0]}"}
        real, given = self._source(source, f"service {service[1]}" if len(service) > 1 else "")
        wanted, target = self._destination(destination)
        rule = Rule("translate", command.line, real, wanted, conditions=frozenset(conditions))
        forward = Translation(rule, source=given, destination=target)
        back = None
        if source[:1] == ("static",) and "unidirectional" not in command.folded and given is not None:
            back = _reversed(rule, given, target)
        return _Found(command.line, (forward, back) if back is not None else (forward,))

    def _source(self, words: tuple[str, ...], says: str) -> tuple[AddressSet, Translated | None]:
        """`static REAL MAPPED`, `dynamic REAL {MAPPED | interface | pat-pool MAPPED}`."""
        if not words:
            return ANYWHERE, None
        given, rest = _pat_pool(words[2:])
        if not rest or any(address_of(word) for word in rest[1:]):
            raise UnclearError("source")
        real, lines = self._mapped(words[1])
        if rest[0].lower() == "interface":
            return real, Translated(NOWHERE_AT_ALL, words=_said(given, *rest, says), lines=lines)
        mapped, more = self._mapped(rest[0])
        static = words[0].lower() == "static"
        text = _said(given, *rest[1:], says)
        return real, Translated(mapped, in_order=static, words=text, lines=_lines(lines, more))

    def _destination(self, words: tuple[str, ...]) -> tuple[AddressSet, Translated | None]:
        """`static MAPPED REAL`: what packets are sent to, and where they go."""
        if not words:
            return ANYWHERE, None
        if len(words) < 3 or words[0].lower() != "static":
            raise UnclearError("destination")
        real, lines = self._mapped(words[2])
        if words[1].lower() == "interface":
            return ANYWHERE, Translated(real, in_order=True, words="interface", lines=lines)
        mapped, more = self._mapped(words[1])
        return mapped, Translated(real, in_order=True, lines=_lines(lines, more))

    def _of_object(self, command: Command, name: str) -> _Found:
        """`nat [(REAL,MAPPED)] {static | dynamic} …` below an object."""
        words, conditions = _interfaces(command.words[1:])
        given, rest = _pat_pool(words[1:])
        real = _known(self._objects.networks.get(name))
        protocols, inside, outside, options = _service(rest[1:])
        if not rest or any(address_of(word) for word in options):
            raise UnclearError("nat")
        static = words[0].lower() == "static"
        spans = real.family(4 if real.v4 else 6)
        order = (not static, spans.size, spans.first, name)
        says = _said(given, *options)
        lines = self._objects.networks.lines(name)
        if rest[0].lower() == "interface":
            rule = Rule("translate", command.line, real, ANYWHERE, protocols, inside, PORTS, frozenset(conditions))
            changed = None if outside == PORTS else outside
            own = Translated(NOWHERE_AT_ALL, ports=changed, words=_said("interface", says), lines=lines)
            rules = [Translation(rule, source=own)]
            if static and changed is not None:
                target = Translated(real, in_order=True, ports=inside, lines=lines)
                rules.append(_to_interface(command.line, protocols, outside, conditions, target))
            return _Found(command.line, tuple(rules), order)
        mapped, more = self._of_size(rest[0], real)
        lines = _lines(lines, more)
        if static:
            pair = both_ways(
                command.line, real, mapped, protocols=protocols, inside_ports=inside, outside_ports=outside,
                conditions=conditions, words=says, lines=lines,
            )  # fmt: skip
            return _Found(command.line, pair, order)
        rule = Rule("translate", command.line, real, ANYWHERE, conditions=frozenset(conditions))
        return _Found(command.line, (Translation(rule, source=Translated(mapped, words=says, lines=lines)),), order)

    def _of_size(self, word: str, real: AddressSet) -> tuple[AddressSet, tuple[int, ...]]:
        """A mapped object; an address by itself begins as many addresses as the real object has."""
        if word in self._objects.networks:
            return self._mapped(word)
        first = address_of(self._objects.plain(word))
        size = real.family(first.version).size if first is not None else 0
        if first is None or not size or int(first) + size > 1 << BITS[first.version]:
            raise UnclearError(word)
        return AddressSet.single(first.version, Intervals(((int(first), int(first) + size),))), ()

    # ---- before 8.3

    def _global(self, command: Command) -> None:
        """`global (IF) N {A-B | A | interface} [netmask M]`."""
        if len(command.words) < 4:
            return
        interface, number, text = command.words[1].strip("()"), command.words[2], command.words[3]
        if text.lower() == "interface":
            given = Translated(NOWHERE_AT_ALL, words="interface")
        else:
            low, _, high = text.partition("-")
            found = ranged(self._objects.plain(low), self._objects.plain(high or low))
            if found is None:
                self.unread.append(command.line)
                return
            given = Translated(found, lines=(command.line,))
        self._globals.setdefault(number, []).append((interface, given, command.line))

    def _hidden(self, command: Command) -> _Found:
        """`nat (IF) N {A M | access-list L} [outside] …`: N is the pool, 0 is none."""
        words = command.words
        inside = f"from {words[1].strip('()')}"
        if len(words) > 4 and words[3].lower() == "access-list":
            permitted = self._lists.permitted(words[4])
            if permitted is None:
                raise UnclearError(words[4])
            rules = [replace(rule, action="translate", line=command.line) for rule in permitted]
        else:
            network = self._objects.plain(words[3]) if len(words) > 3 else ""
            size = words[4] if len(words) > 4 and (words[4] == "0" or address_of(words[4])) else "255.255.255.255"
            if network in _ZERO:
                size = _ZERO[1]
            found = sized(_ZERO[1] if network in _ZERO else network, _ZERO[1] if size in _ZERO else size)
            rules = [Rule("translate", command.line, _known(found))]
        if words[2] == "0":
            return _Found(command.line, tuple(Translation(_also(rule, inside)) for rule in rules))
        pools = self._globals.get(words[2], []) or [("", Translated(NOWHERE_AT_ALL, words="no pool"), 0)]
        return _Found(
            command.line,
            tuple(
                Translation(_also(rule, inside, f"to {interface}"), source=given)
                for interface, given, _ in pools
                for rule in rules
            ),
        )

    def _static(self, command: Command) -> _Found:
        """`static (REAL,MAPPED) [tcp|udp] {MAPPED | interface} [PORT] {REAL [PORT] | access-list L} [netmask M]`."""
        words, conditions = _interfaces(command.words[1:])
        words = tuple(map(self._objects.plain, words))
        protocols, inside, outside = PROTOCOLS, PORTS, PORTS
        if len(words) > 4 and words[0].lower() in ("tcp", "udp"):
            protocols = _known(protocol_set(words[0]))
            outside, inside = (_known(ports(("eq", word))[0]) for word in (words[2], words[4]))
            words = (words[1], words[3], *words[5:])
        if len(words) < 2 or words[1].lower() == "access-list":
            raise UnclearError("static")
        mask = words[words.index("netmask") + 1] if "netmask" in words[:-1] else "255.255.255.255"
        real = _known(sized(words[1], mask))
        if words[0].lower() == "interface":
            target = Translated(real, in_order=True, ports=None if inside == PORTS else inside)
            return _Found(command.line, (_to_interface(command.line, protocols, outside, conditions, target),))
        pair = both_ways(
            command.line, real, _known(sized(words[0], mask)), protocols=protocols, inside_ports=inside,
            outside_ports=outside, conditions=conditions,
        )  # fmt: skip
        return _Found(command.line, pair)


_ZERO: Final = ("0", "0.0.0.0")  # noqa: S104 - both mean any address


def _known(found: _T | None) -> _T:
    if found is None:
        raise UnclearError("nat")
    return found


def _lines(*found: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted({line for lines in found for line in lines}))


def _said(*words: str) -> str:
    return " ".join(word for word in words if word)


def _also(rule: Rule, *conditions: str) -> Rule:
    return replace(rule, conditions=rule.conditions | set(conditions))


def _pat_pool(words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Whether `pat-pool` stands before the pool, and the words from the pool on."""
    return ("pat-pool", words[1:]) if words[:1] == ("pat-pool",) else ("", words)


def _to_interface(
    line: int, protocols: Intervals, outside: Intervals, conditions: set[str], target: Translated
) -> Translation:
    """What comes to the address that the mapped interface has."""
    held = frozenset(conditions | {"to the interface"})
    return Translation(Rule("translate", line, ANYWHERE, ANYWHERE, protocols, PORTS, outside, held), destination=target)


def _reversed(rule: Rule, given: Translated, target: Translated | None) -> Translation | None:
    """What comes back: static NAT works both ways."""
    if not given.addresses:
        return None
    back = replace(
        rule,
        source=target.addresses if target is not None else rule.destination,
        destination=given.addresses,
        conditions=rule.conditions | {"back"},
    )
    return Translation(
        back,
        source=replace(target, addresses=rule.destination) if target is not None else None,
        destination=replace(given, addresses=rule.source),
    )


def _interfaces(words: tuple[str, ...]) -> tuple[tuple[str, ...], set[str]]:
    """What stands behind `(REAL,MAPPED)`, and that as a condition."""
    if words and words[0].startswith("("):
        end = next((number for number, word in enumerate(words) if word.endswith(")")), 0)
        return words[end + 1 :], {f"interfaces {''.join(words[: end + 1])}"}
    return words, set()


def _split(words: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The words behind `source`, `destination` and `service`, up to the next of them; options are left out."""
    found: dict[str, list[str]] = {}
    part: list[str] = []
    for word in words:
        folded = word.lower()
        if folded == "description":
            break
        if folded in ("source", "destination", "service") and folded not in found:
            part = found.setdefault(folded, [])
        else:
            part.append(word)
    return {name: tuple(word for word in part if word.lower() not in _OPTIONS) for name, part in found.items()}


def _service(words: tuple[str, ...]) -> tuple[Intervals, Intervals, Intervals, tuple[str, ...]]:
    """`service {tcp | udp} REAL MAPPED`: protocols, real and mapped port; the other words."""
    folded = tuple(word.lower() for word in words)
    if "service" not in folded:
        return PROTOCOLS, PORTS, PORTS, words
    at = folded.index("service")
    rest = words[at + 1 : at + 4]
    if len(rest) < 3:
        raise UnclearError("service")
    inside, outside = (_known(ports(("eq", word))[0]) for word in rest[1:])
    return _known(protocol_set(rest[0])), inside, outside, (*words[:at], *words[at + 4 :])
