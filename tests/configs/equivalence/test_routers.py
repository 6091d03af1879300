"""The readers of routers' and switches' languages: what they read, silence where nothing is wrong, faults found.

One configuration for each language, in `vendors/`, has what its reader knows: filters with groups, prefix lists, static
routes in VRFs, NAT, tunnels, sessions.
"""

from __future__ import annotations

import re
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from configs import dialects
from configs.equivalence.proof import Document, prove
from configs.intervals import BITS, listed
from configs.readdress_policy import Policy
from ipplan import mapping_file

if TYPE_CHECKING:
    from configs.intervals import AddressSet
    from configs.meaning.statements import Meaning
    from ipplan.mapping import Mapping

FILES = sorted((Path(__file__).parent / "vendors").glob("*.cfg"))
MODES = ("keep", "move", "grow", "shrink", "mixed")
# Model-driven SR OS writes an address and its length on two lines: mappings made from interfaces know none of them.
BY_HAND = "old,new\n10.1.1.0/24,59.192.4.0/23\n10.1.2.0/24,59.192.6.0/24\n"
# What each reader finds: uses, filters, rules, prefix lists, routes, partners, translations, pools.
READ = {
    "arista_eos": (4, 2, 4, 2, 2, 1, 3, 1),
    "cisco_ios": (9, 2, 3, 1, 1, 1, 5, 1),
    "cisco_nxos": (5, 1, 3, 1, 3, 1, 5, 1),
    "cisco_xr": (5, 1, 4, 1, 3, 1, 0, 0),
    "frr": (3, 2, 3, 1, 3, 2, 0, 0),
    "hp_comware": (4, 3, 10, 1, 2, 3, 11, 1),
    "huawei": (8, 2, 4, 1, 2, 1, 3, 1),
    "juniper_junos": (6, 1, 3, 2, 4, 3, 0, 0),
    "juniper_junos.set": (4, 3, 4, 0, 2, 2, 5, 2),
    "nokia_sros": (3, 1, 2, 1, 2, 2, 0, 0),
    "nokia_sros.md": (2, 1, 2, 1, 1, 1, 0, 0),
    "ruijie_os": (3, 3, 5, 1, 2, 1, 3, 1),
}


def _platform(path: Path) -> str:
    return path.stem.partition(".")[0]


def _document(path: Path, text: str | None = None) -> Document:
    platform = _platform(path)
    data = path.read_bytes() if text is None else text.encode()
    return Document(path.name, platform, dialects.dialect(platform).parse(data))


def _meaning(path: Path, text: str | None = None) -> Meaning:
    document = _document(path, text)
    found: Meaning = import_module(f"configs.dialects.{document.platform}.meaning").read(document.tree)
    return found


def _mapping(bench: Any, document: Document, mode: str) -> Mapping:
    if document.path.endswith(".md.cfg"):
        return mapping_file.parse(BY_HAND)
    made: Mapping = bench.mapping([document], mode, MODES.index(mode))
    return made


def _set(found: AddressSet) -> str:
    return " ".join(filter(None, (listed(found.family(version), version, 9) for version in BITS)))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_everything_is_read(path):
    """Each reader reads all of its configuration that has addresses: nothing unread, filters and NAT known."""
    meaning = _meaning(path)
    counts = (
        len(meaning.uses),
        len(meaning.filters),
        sum(len(each.rules) for each in meaning.filters),
        len(meaning.prefix_lists),
        len(meaning.routes),
        len(meaning.partners),
        sum(len(each.rules) for each in meaning.translations),
        len(meaning.pools),
    )
    assert counts == READ[path.stem]
    assert meaning.filters_read
    assert meaning.unread == ()
    unclear = [line for each in meaning.filters for line in each.unclear]
    # `evaluate` is a list that packets make: no set.
    assert [_document(path).tree.line_text(line).split()[0] for line in unclear] == (
        ["evaluate"] if path.stem == "cisco_ios" else []
    )


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_false_alarm(bench, path, mode):
    """What the engine writes is proven."""
    document = _document(path)
    mapping = _mapping(bench, document, mode)
    right = bench.readdressed([document], mapping)
    proof = prove([document], right, mapping, Policy(), bench.left)
    assert [(str(found.message), found.new[:1]) for found in proof.counterexamples] == []
    assert proof.level in ("meaning", "lines")
    assert proof.checked["next_hops"] > 0


@pytest.mark.parametrize("mode", ["move", "mixed"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_seeded_faults_are_found_at_their_lines(bench, faults, texts, path, mode):
    """Ten faults of each kind, as far as the configuration has room for them."""
    document = _document(path)
    mapping = _mapping(bench, document, mode)
    right = bench.readdressed([document], mapping)
    tried = 0
    for kind in faults.KINDS:
        for fault in islice(faults.seeded(kind, texts([document]), texts(right), MODES.index(mode)), 10):
            wrong = bench.changed(right, fault.path, fault.line, fault.wrong)
            proof = prove([document], wrong, mapping, Policy(), bench.left)
            assert fault.line in {place.line for each in proof.counterexamples for place in each.new}, fault
            tried += 1
    assert tried >= 10


# A text before, and one that differs in meaning: what must be found, by its kind, at the line that differs.
CHANGES = [
    ("hp_comware", "less-equal 24", "less-equal 23", "prefix_list"),
    ("hp_comware", "network exclude 10.9.0.5", "network exclude 10.9.0.6", "filter"),
    ("hp_comware", "destination-port eq 22", "destination-port eq 23", "filter"),
    ("hp_comware", "service tcp destination eq 80", "service tcp destination eq 81", "filter"),
    ("hp_comware", "rule 0 append source-ip all", "rule 0 append source-ip any", "filter"),
    ("hp_comware", "address 203.0.113.10 203.0.113.20", "address 203.0.113.10 203.0.113.21", "translation"),
    ("hp_comware", "203.0.113.5 8080", "203.0.113.5 8081", "translation"),
    ("juniper_junos", "10.1.2.0/24 except", "10.1.3.0/24 except", "filter"),
    ("juniper_junos", "[ ssh 8022 ]", "[ ssh 8023 ]", "filter"),
    ("juniper_junos", "upto /28", "upto /27", "prefix_list"),
    ("juniper_junos", "10.1.2.0/24;", "10.1.3.0/24;", "filter"),
    ("juniper_junos", "next term", "accept", "filter"),
    ("juniper_junos.set", "address DMZ 10.2.2.0/24", "address DMZ 10.2.2.0/25", "filter"),
    ("juniper_junos.set", "address-set INSIDE address WEB", "address-set INSIDE address CLIENTS", "filter"),
    ("juniper_junos.set", "destination-port 8000-8100", "destination-port 8000-8101", "filter"),
    ("juniper_junos.set", "10.2.2.5/32 port 8080", "10.2.2.5/32 port 8081", "translation"),
    ("juniper_junos.set", "203.0.113.12/32", "203.0.113.13/32", "translation"),
    ("juniper_junos.set", "prefix 10.2.2.6/32", "prefix 10.2.2.7/32", "translation"),
    ("nokia_sros", "dst-port eq 22", "dst-port eq 23", "filter"),
    ("nokia_sros", "10.2.0.0 255.255.0.0", "10.2.0.0 255.254.0.0", "filter"),
    ("nokia_sros", "through 24", "through 25", "prefix_list"),
    ("nokia_sros", 'ip-prefix-list "L"\n', 'ip-prefix-list "M"\n', "filter"),
    ("nokia_sros.md", "type longer", "type exact", "prefix_list"),
    ("nokia_sros.md", "eq 22", "eq 23", "filter"),
    ("cisco_xr", "10.1.2.0 0.0.0.255 any", "10.1.2.0 0.0.0.127 any", "filter"),
    ("cisco_xr", "ge 24 le 28", "ge 25 le 28", "prefix_list"),
    ("cisco_xr", "eq ssh", "eq telnet", "filter"),
    ("cisco_nxos", "10 10.1.1.0 0.0.0.255", "10 10.1.1.0 0.0.1.255", "filter"),
    ("cisco_nxos", "range 5000 5010", "range 5000 5011", "filter"),
    ("cisco_nxos", "10.1.1.30 203.0.113.30", "10.1.1.31 203.0.113.30", "translation"),
    ("arista_eos", "eq 32", "eq 31", "prefix_list"),
    ("arista_eos", "range 203.0.113.10 203.0.113.20", "range 203.0.113.10 203.0.113.21", "translation"),
    ("arista_eos", "10 permit 10.1.2.0/24", "10 permit 10.1.2.0/25", "translation"),
    ("ruijie_os", "10 permit tcp host 10.1.1.5", "10 deny tcp host 10.1.1.5", "filter"),
    ("ruijie_os", "host 10.1.2.7", "host 10.1.2.8", "filter"),
    ("ruijie_os", "203.0.113.30 8080", "203.0.113.30 8081", "translation"),
    ("frr", "10.1.1.0 0.0.0.255 host 10.0.0.1", "10.1.1.0 0.0.0.127 host 10.0.0.1", "filter"),
    ("frr", "ge 24 le 28", "ge 24 le 29", "prefix_list"),
    ("huawei", "10.1.2.10 10.1.2.20", "10.1.2.10 10.1.2.21", "filter"),
    ("huawei", "section 0 203.0.113.10 203.0.113.20", "section 0 203.0.113.10 203.0.113.21", "translation"),
    ("cisco_ios", "le 28", "le 29", "prefix_list"),
]


@pytest.mark.parametrize(("name", "before", "after", "kind"), CHANGES)
def test_a_change_of_meaning_is_found(name, before, after, kind):
    """Whatever limits packets, routes and translations is compared, not only its addresses."""
    path = Path(__file__).parent / "vendors" / f"{name}.cfg"
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1, before
    wrong = text.replace(before, after)
    proof = prove([_document(path)], [_document(path, wrong)], mapping_file.parse("old,new\n"))
    assert kind in {found.kind.value for found in proof.counterexamples}


def test_junos_takes_exceptions_out_and_asks_on(bench):
    """`except` takes a longer prefix out of a wider one; a term with `next term` decides nothing."""
    del bench
    path = next(path for path in FILES if path.stem == "juniper_junos")
    (edge,) = _meaning(path).filters
    ssh, lans, rest = edge.rules
    assert _set(ssh.source) == "10.1.0.0/23, 10.1.3.0-10.1.255.255"
    assert ssh.destination_ports.spans == ((22, 23), (8022, 8023))
    assert (lans.action, _set(lans.source)) == ("accept", "10.1.1.0-10.1.2.255")
    assert rest.everything
    assert rest.action == "discard"


def test_sros_asks_its_entries_by_number():
    """Entries decide in the order of their numbers, not of their lines."""
    path = next(path for path in FILES if path.stem == "nokia_sros")
    (edge,) = _meaning(path).filters
    assert [rule.action for rule in edge.rules] == ["forward", "drop"]
    assert edge.default == "forward"


UNREAD = [
    ("cisco_nxos", "  30 permit udp 10.1.2.0 0.0.0.255 any range 5000 5010", "  30 frobnicate 10.1.2.0 0.0.0.255"),
    ("arista_eos", "   30 permit ip 10.1.2.0/24 any", "   30 evaluate 10.1.2.0/24"),
    ("hp_comware", "rule 5 permit tcp source object-group LAN-10", "rule 5 frobnicate 10.1.1.1"),
    ("huawei", " rule 10 permit tcp source 10.1.2.0 0.0.0.255", " rule 10 frobnicate 10.1.2.0"),
    ("nokia_sros", "dst-port eq 22", "frobnicate 10.1.1.1"),
    ("juniper_junos", "icmp-type [ echo-request echo-reply ]", "frobnicate 10.1.1.1"),
    ("juniper_junos", "upto /28", "through 10.1.0.0/16"),
    ("juniper_junos.set", "static-nat prefix 10.2.2.6/32", "static-nat frobnicate 10.2.2.6/32"),
    ("cisco_ios", "ip nat inside source static tcp 10.1.2.30", "ip nat inside frobnicate 10.1.2.30"),
]


@pytest.mark.parametrize(("name", "before", "after"), UNREAD)
def test_what_is_not_understood_is_named(name, before, after):
    """A rule, a route or a translation in a form that no reader knows is outside the proof, by its line."""
    path = Path(__file__).parent / "vendors" / f"{name}.cfg"
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1, before
    changed = text.replace(before, after)
    meaning = _meaning(path, changed)
    lists = (*meaning.filters, *meaning.translations)
    named = {line for each in lists for line in each.unclear} | set(meaning.unread)
    odd = changed[: changed.index(after)].count("\n") + 1
    assert named, name
    assert min(abs(line - odd) for line in named) <= 10
    assert re.search(r"\d", changed.split("\n")[odd - 1])
