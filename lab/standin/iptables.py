"""Steps as iptables says them (iptables(8), iptables-extensions(8), ipset(8)), for a kernel whose nftables has no IP.

Each table is replaced at once (iptables-restore(8)), and sessions are kept. In a VRF the kernel tells the chains behind
routing that a packet came in by the VRF (Documentation/networking/vrf.rst); so each packet is marked with the number of
the port that it came in by, and the mark is asked for. A device's own packets leave a VRF's port in two passes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Final

from configs.forwarding.model import Left
from configs.headers import PORTS, PROTOCOLS
from configs.intervals import BITS, shown
from inventory.text import Message
from lab.standin.naming import LOOPBACK
from lab.standin.steps import Place, Put

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from configs.intervals import Intervals
    from lab.standin.steps import Chain, Packets, Ports, Step

_WHERE: Final = {
    Place.IN: ("mangle", "PREROUTING"),
    Place.OUT: ("mangle", "FORWARD"),
    Place.FORWARD: ("filter", "FORWARD"),
    Place.INPUT: ("filter", "INPUT"),
    Place.OUTPUT: ("filter", "OUTPUT"),
    Place.LEAVING: ("mangle", "POSTROUTING"),
    Place.DESTINATIONS: ("nat", "PREROUTING"),
    Place.SOURCES: ("nat", "POSTROUTING"),
}
_TABLES: Final = {
    "mangle": ("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"),
    "filter": ("INPUT", "FORWARD", "OUTPUT"),
    "nat": ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"),
}
_BEFORE: Final = frozenset({"PREROUTING"})
"""Where the port itself is known still."""
_WITH_PORTS: Final = (6, 17, 33, 132, 136)
"""Protocols whose ports can be asked for (`multiport`): TCP, UDP, DCCP, SCTP, UDP-Lite."""
_AT_ONCE: Final = 15
"""So many ports one rule asks for; a range counts twice."""
_ONE_BY_ONE: Final = 256
"""Addresses that are translated in order and are no prefix: a rule each, up to so many."""


@dataclass(frozen=True)
class Tables:
    """What iptables is told: sets of addresses by name, as `ipset restore` reads them, and each family's tables."""

    sets: Mapping[str, str] = field(default_factory=dict)
    families: Mapping[int, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.families)

    def prepare(self, old: Tables) -> str:
        """A shell's lines that ask whether it would be taken. The sets are there afterwards; nobody uses them yet."""
        new = "".join(text for name, text in self.sets.items() if name not in old.sets)
        lines = ["ipset restore -exist <<'END'", f"{new}END"] if new else []
        return "\n".join([*lines, *(self._restore(version, "--test") for version in (4, 6)), ""])

    def load(self, old: Tables) -> str:
        """Those that put it in the place of `old`. Nothing: an empty table lets everything pass."""
        gone = "".join(f"destroy {name}\n" for name in old.sets if name not in self.sets)
        lines = [self._restore(version, "--wait") for version in (4, 6)]
        return "\n".join([*lines, *(["ipset restore <<'END'", f"{gone}END"] if gone else []), ""])

    def _restore(self, version: int, how: str) -> str:
        program = "iptables-legacy-restore" if version == 4 else "ip6tables-legacy-restore"
        return f"{program} {how} <<'END'\n{self.families.get(version) or _tables(version, {})}END"


def write(chains: Sequence[Chain], ports: Iterable[str], vrfs: Iterable[str], left: list[Left]) -> Tables:
    """The tables; empty if nothing is filtered. `ports` are the device's interfaces, `vrfs` those of its VRFs."""
    if not chains:
        return Tables()
    writer = _Writer({port: number for number, port in enumerate(sorted({*ports} - {LOOPBACK}), 1)}, left)
    for version in (4, 6):
        for chain in chains:
            writer.write(chain, version, vrfs)
    return Tables(writer.sets, {version: _tables(version, writer.rules[version]) for version in (4, 6)})


def _tables(version: int, rules: Mapping[str, Mapping[str, Sequence[str]]]) -> str:
    """All tables of a family: what is not said is emptied."""
    text = []
    for table, hooks in _TABLES.items():
        if version == 6 and table == "nat":
            continue
        written = rules.get(table, {})
        text.append(f"*{table}")
        text += [f":{hook} ACCEPT [0:0]" for hook in hooks]
        text += [f":{hook} - [0:0]" for hook in written if hook not in hooks]
        text += [f"-A {hook} {rule}" for hook, lines in written.items() for rule in lines]
        text.append("COMMIT")
    return "\n".join([*text, ""])


@dataclass
class _Writer:
    """Rules by family, table and chain, as they come."""

    marks: Mapping[str, int]
    left: list[Left]
    sets: dict[str, str] = field(default_factory=dict)
    rules: dict[int, dict[str, dict[str, list[str]]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        marking = [f"-i {port} -j MARK --set-mark {number}" for port, number in self.marks.items()]
        self.rules = {version: {"mangle": {"PREROUTING": [*marking]}} for version in (4, 6)}

    def write(self, chain: Chain, version: int, vrfs: Iterable[str]) -> None:
        table, hook = _WHERE[chain.place]
        chains = self.rules[version].setdefault(table, {})
        if chain.place is Place.OUTPUT:
            # Asked again at the port.
            chains.setdefault(hook, []).extend(f"-o {vrf} -j ACCEPT" for vrf in vrfs)
        for number, step in enumerate(chain.steps):
            if version in step.packets.families and (version == 4 or table != "nat"):
                self._step(step, version, chains, hook, f"{chain.place}-{number}")

    def _step(self, step: Step, version: int, chains: dict[str, list[str]], hook: str, own: str) -> None:
        """A rule for each combination; several ports on a side are told apart once, in a chain of the step's own."""
        rules = list(self._rules(step, version, hook))
        into = [self._came_by(port, hook) for port in _each(step.packets.into)]
        out = [f"-o {port} " for port in _each(step.packets.out)]
        if len(into) > 1 and len(out) * len(rules) > 1:
            chains.setdefault(hook, []).extend(f"{port}-j {own}" for port in into)
            hook, into = own, [""]
        chains.setdefault(hook, []).extend("".join(parts) for parts in product(into or [""], out or [""], rules))

    def _came_by(self, port: str, hook: str) -> str:
        if hook in _BEFORE or port not in self.marks:
            return f"-i {port} "
        return f"-m mark --mark {self.marks[port]} "

    def _rules(self, step: Step, version: int, hook: str) -> Iterator[str]:
        """The step's rules without its ports."""
        packets = step.packets
        targets = list(_targets(step))
        headers = list(_headers(packets))
        if not targets or not headers:
            self.left.append(Left(step.line, Message("a rule that iptables cannot say"), _touches(step)))
            return
        text = "-m conntrack --ctstate ESTABLISHED,RELATED " if packets.answers else ""
        text += f"-m policy --dir {'in' if hook in _BEFORE else 'out'} --pol none " if packets.clear else ""
        text += self._side(packets.source, version, "s", "src") if packets.source is not None else ""
        text += self._side(packets.destination, version, "d", "dst") if packets.destination is not None else ""
        for header, target in product(headers, targets):
            yield f"{text}{header}{target}"

    def _side(self, found: Intervals, version: int, option: str, word: str) -> str:
        blocks = list(found.blocks(BITS[version]))
        if len(blocks) == 1:
            return f"-{option} {_prefix(blocks[0], version)} "
        if len(found.spans) == 1:
            return f"-m iprange --{word}-range {shown(found.first, version)}-{shown(found.last, version)} "
        # A set's name tells what is in it: one that stays the same is not touched.
        listed = [_prefix(block, version) for block in blocks]
        name = f"v{version}-{hashlib.sha256(' '.join(listed).encode()).hexdigest()[:20]}"
        head = f"create {name} hash:net family inet{'6' if version == 6 else ''} maxelem {max(len(listed), 64)}\n"
        self.sets[name] = head + "".join(f"add {name} {block}\n" for block in listed)
        return f"-m set --match-set {name} {word} "


def _each(ports: Ports) -> Sequence[str]:
    return ([ports] if ports else []) if isinstance(ports, str) else ports


def _asks_ports(packets: Packets) -> bool:
    return packets.source_ports != PORTS or packets.destination_ports != PORTS


def _headers(packets: Packets) -> Iterator[str]:
    """Protocols and ports, an alternative each; nothing if iptables knows no ports of such a protocol."""
    asks = _asks_ports(packets)
    if packets.protocols == PROTOCOLS and not asks:
        yield ""
        return
    numbers = (6, 17) if packets.protocols == PROTOCOLS else [n for span in packets.protocols for n in range(*span)]
    if asks and not set(numbers) <= set(_WITH_PORTS):
        return
    sources = list(_ports("--sports", packets.source_ports))
    destinations = list(_ports("--dports", packets.destination_ports))
    for number, source, destination in product(numbers, sources, destinations):
        yield f"-p {number} {source}{destination}"


def _ports(word: str, found: Intervals) -> Iterator[str]:
    if found == PORTS:
        yield ""
        return
    parts = [(str(start), 1) if stop - start == 1 else (f"{start}:{stop - 1}", 2) for start, stop in found.spans]
    while parts:
        taken, weight = 0, 0
        while taken < len(parts) and weight + parts[taken][1] <= _AT_ONCE:
            weight += parts[taken][1]
            taken += 1
        yield f"-m multiport {word} {','.join(text for text, _ in parts[:taken])} "
        parts = parts[taken:]


def _targets(step: Step) -> Iterator[str]:
    """What a rule does: one for each address where a translation is no prefix; nothing if there is no way."""
    put = step.what
    if not isinstance(put, Put):
        yield f"-j {put.upper()}"
        return
    if put.addresses is None:
        yield "-j MASQUERADE"
        return
    target = "-j SNAT --to-source" if put.source else "-j DNAT --to-destination"
    if put.instead_of is None:
        first, last = shown(put.addresses.first, 4), shown(put.addresses.last, 4)
        ports = f":{put.ports[0]}-{put.ports[1]}" if put.ports else ""
        yield f"{target} {first}-{last}{ports}"
        return
    blocks = list(put.addresses.blocks(32))
    if len(blocks) == 1 == len(list(put.instead_of.blocks(32))):
        yield f"-j NETMAP --to {_prefix(blocks[0], 4)}"
    elif put.addresses.size <= _ONE_BY_ONE:
        side = "src" if put.source else "dst"
        for number in range(put.addresses.size):
            old, new = shown(put.instead_of.first + number, 4), shown(put.addresses.first + number, 4)
            yield f"-m iprange --{side}-range {old}-{old} {target} {new}"


def _touches(step: Step) -> str:
    return "translations" if isinstance(step.what, Put) else "filters"


def _prefix(block: tuple[int, int], version: int) -> str:
    return f"{shown(block[0], version)}/{block[1]}"
