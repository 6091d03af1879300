"""Old → new: what happens to each prefix and each single host of today, for people."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inventory.model import LineKind
from inventory.text import mark, tr
from ipplan.mapping import EDGE, HostRule, Mode
from ipplan.views.address_book import OWN_PLAN
from ipplan.views.csv_areas import table
from ipplan.views.material import File
from ipplan.views.sheets import Book, Column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inventory.model import Site
    from ipplan.mapping import Entry
    from ipplan.views.material import Material

MODES = {
    Mode.SAME_SIZE: mark("new prefix of the same size"),
    Mode.GROW: mark("new, larger prefix"),
    Mode.SHRINK: mark("new, smaller prefix"),
    Mode.SPLIT: mark("split into several prefixes"),
    Mode.MERGE: mark("merged with others into one prefix"),
    Mode.NAT_EDGE: mark("stays behind the unit's NAT; only the edge changes"),
    Mode.KEEP: mark("stays as it is"),
    Mode.RETIRE: mark("given up"),
    Mode.REFUSED: mark("no mapping found: see the note"),
}
HOST_RULES = {
    HostRule.OFFSET: mark("each address keeps its place in the prefix"),
    HostRule.TABLE: mark("only listed hosts have a place"),
    HostRule.GATEWAY: mark("gateway: takes the plan's gateway"),
    HostRule.HOST: mark("place from the host table"),
    HostRule.PLACED: mark("its own place is taken: another one"),
    HostRule.NONE: mark("has no place"),
}


@dataclass(frozen=True, slots=True)
class Move:
    """An entry of the mapping with the names that people know."""

    entry: Entry
    subject: str
    unit: str
    region: str


def whose(material: Material, owner: str) -> tuple[str, Site | None]:
    """What an owner of the plan is called, and its site: of a LAN its site, else the owner's own name."""
    inventory = material.inventory
    line = inventory.lines.get(owner)
    device = inventory.devices.get(line.a.device if line is not None else owner)
    site = inventory.sites.get(device.site if device is not None else owner)
    if line is None and device is not None:
        return owner, site  # a loopback is the device's own
    known = site is not None and (line is None or line.kind is LineKind.LAN)
    return ((site.title or site.name) if known and site is not None else owner), site


def moves(material: Material) -> Iterator[Move]:
    """The mapping's entries, in its order."""
    for entry in material.mapping or ():
        subject, site = whose(material, entry.owner)
        unit = material.inventory.units.get(site.unit) if site is not None else None
        region = material.region_below(site.region) if site is not None else ""
        yield Move(entry, subject, (unit.title or unit.name) if unit is not None else "", region)


def vrf_text(vrf: str) -> str:
    """A VRF's name; a LAN behind NAT says whose it is."""
    return tr(mark("behind the NAT of {name}"), name=vrf.removeprefix(EDGE)) if vrf.startswith(EDGE) else vrf


def _new_vrf(move: Move) -> str | None:
    return vrf_text(move.entry.new_vrf) if move.entry.new_vrf != move.entry.vrf else None


def _hosts(move: Move) -> str | None:
    """What becomes of the addresses in a prefix; of one that goes nowhere there is nothing to say."""
    return tr(HOST_RULES[move.entry.host_rule]) if move.entry.new is not None else None


PREFIXES: tuple[Column, ...] = (
    Column(mark("VRF"), 20, "long", lambda move: vrf_text(move.entry.vrf)),
    Column(mark("Old"), 22, "text", lambda move: str(move.entry.old)),
    Column(mark("New"), 22, "text", lambda move: str(move.entry.new) if move.entry.new else None),
    Column(mark("What happens"), 34, "text", lambda move: tr(MODES[move.entry.mode])),
    Column(mark("For"), 30, "text", lambda move: move.subject),
    Column(mark("Unit"), 22, "text", lambda move: move.unit),
    Column(mark("Region"), 30, "text", lambda move: move.region),
    Column(mark("Hosts"), 30, "text", _hosts),
    Column(mark("New VRF"), 14, "text", _new_vrf),
    Column(mark("Note"), 30, "long", lambda move: move.entry.note),
    Column(mark("Owner in the inventory"), 20, "text", lambda move: move.entry.owner),
)
HOSTS: tuple[Column, ...] = (
    Column(mark("VRF"), 16, "text", lambda move: vrf_text(move.entry.vrf)),
    Column(mark("Old"), 22, "text", lambda move: str(move.entry.old.network_address)),
    Column(mark("New"), 22, "text", lambda move: str(move.entry.new.network_address) if move.entry.new else None),
    Column(mark("Why there"), 34, "text", lambda move: tr(HOST_RULES[move.entry.host_rule])),
    Column(mark("In the old prefix"), 22, "text", lambda move: str(move.entry.old_subnet)),
    Column(mark("In the new prefix"), 22, "text", lambda move: str(move.entry.new_subnet or "")),
    Column(mark("For"), 30, "text", lambda move: move.subject),
    Column(mark("Unit"), 22, "text", lambda move: move.unit),
    Column(mark("Note"), 30, "long", lambda move: move.entry.note),
)
COUNTS: tuple[Column, ...] = (
    Column(mark("What happens"), 48, "text", lambda row: row[0]),
    Column(mark("Prefixes"), 12, "number", lambda row: row[1]),
)
_HEADING = mark("Old and new addresses")
_SUMMARY = mark("Summary")
_PREFIXES = mark("Prefixes, old → new")
_HOSTS = mark("Single hosts, old → new")


def files(material: Material) -> Iterator[File]:
    """`mapping/old-new.xlsx`, `mapping/prefixes.csv`, `mapping/hosts.csv`."""
    found = list(moves(material))
    prefixes = [move for move in found if not move.entry.single]
    hosts = [move for move in found if move.entry.single]
    whole = {(move.entry.mode, move.entry.vrf, move.entry.old_subnet) for move in prefixes}  # one in parts counts once
    counted = Counter(mode for mode, _, _ in whole)
    counts = [(tr(text), counted[mode]) for mode, text in MODES.items() if counted[mode]]
    made = Book(f"{material.title} {tr(_HEADING)}")
    contents = [
        (tr(_SUMMARY), tr(mark("how many prefixes what happens to"))),
        (tr(_PREFIXES), tr(mark("every prefix of today, and where it goes"))),
        (tr(_HOSTS), tr(mark("gateways, servers and others that do not keep their place in the prefix"))),
    ]
    made.cover(material.title, tr(_HEADING), [tr(OWN_PLAN)], contents, material.version)
    made.table(tr(_SUMMARY), COUNTS, counts)
    made.table(tr(_PREFIXES), PREFIXES, prefixes)
    made.table(tr(_HOSTS), HOSTS, hosts)
    yield File("mapping/old-new.xlsx", made.data())
    yield File("mapping/prefixes.csv", table(PREFIXES, prefixes))
    yield File("mapping/hosts.csv", table(HOSTS, hosts))
