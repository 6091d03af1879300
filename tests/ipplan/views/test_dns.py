"""DNS zones: where they are cut, what stands in them, what BIND's own checker says."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from ipaddress import IPv4Network, ip_address, ip_interface, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.errors import InputError
from inventory.model import Area, Device, Vrf
from ipplan.mapping import Mapping
from ipplan.views import dns, dns_file, names, reverse
from ipplan.views.waves import Move, Moves
from tests.patience import PATIENCE

DNS = """
origin: city.example
serial: 2026112101
hostmaster: noc.team@city.example
name_servers: {ns1: [192.0.2.70], ns.other.example: []}
"""
DNS_OF_MIGRATION = DNS + "migration_ttl: 300\nservers: [{name: oa, lan: lan-core, host: 10, aliases: [www]}]\n"


@pytest.mark.parametrize(
    ("root", "zones"),
    [
        ("10.0.0.0/8", ["10.in-addr.arpa"]),
        ("10.20.0.0/15", ["20.10.in-addr.arpa", "21.10.in-addr.arpa"]),
        ("10.20.0.0/22", [f"{number}.20.10.in-addr.arpa" for number in range(4)]),
        ("192.0.2.0/24", ["2.0.192.in-addr.arpa"]),
        ("192.0.2.64/26", ["64/26.2.0.192.in-addr.arpa"]),
        ("192.0.2.5/32", ["5/32.2.0.192.in-addr.arpa"]),
        ("2001:db8::/32", ["8.b.d.0.1.0.0.2.ip6.arpa"]),
        ("2001:db8:8000::/35", ["8.8.b.d.0.1.0.0.2.ip6.arpa", "9.8.b.d.0.1.0.0.2.ip6.arpa"]),
    ],
)
def test_where_zones_are_cut(root, zones):
    """At the next octet (IPv4) or nibble (IPv6), RFC 2317 beyond a /24; never outside the prefix."""
    network = ip_network(root)
    length = reverse.cut_length(network)
    cuts = list(network.subnets(new_prefix=length))
    assert [reverse.zone_name(cut) for cut in cuts] == zones
    for cut in cuts:
        assert reverse.Cuts([network]).zone_of(cut.network_address) == cut


@given(st.integers(0, 2**32 - 1), st.integers(1, 32))
def test_owner_and_zone_together_are_the_address(number, length):
    """The labels before the zone's name and the zone's own give the address back."""
    root = ip_network((number >> (32 - length) << (32 - length), length))
    address = ip_address(number)
    cut = reverse.Cuts([root]).zone_of(address)
    assert cut is not None
    assert cut.subnet_of(root)
    whole = f"{reverse.owner_name(address, cut)}.{reverse.zone_name(cut)}"
    plain = re.sub(r"\d+/\d+\.", "", whole)
    assert plain == address.reverse_pointer


@given(st.integers(0, 2**128 - 1), st.integers(1, 128))
def test_the_same_in_ipv6(number, length):
    """At any length, also where a zone is a single address."""
    root = ip_network((number >> (128 - length) << (128 - length), length))
    address = ip_address(number) if number > 2**32 else ip_address(number + 2**64)
    cut = reverse.Cuts([root]).zone_of(address)
    if cut is None:
        assert address not in root
        return
    whole = f"{reverse.owner_name(address, cut)}.{reverse.zone_name(cut)}".removeprefix("@.")
    assert whole == address.reverse_pointer


def test_roots_that_touch_are_one_zone():
    """Two /25 of one /24 need no RFC 2317; a /25 alone does."""
    cuts = reverse.Cuts([IPv4Network("10.0.0.0/25"), IPv4Network("10.0.0.128/25"), IPv4Network("10.0.1.0/25")])
    assert reverse.zone_name(cuts.zone_of(ip_address("10.0.0.200"))) == "0.0.10.in-addr.arpa"
    assert reverse.zone_name(cuts.zone_of(ip_address("10.0.1.5"))) == "0/25.1.0.10.in-addr.arpa"
    assert cuts.zone_of(ip_address("10.0.1.200")) is None
    assert cuts.zone_of(ip_address("::1")) is None


def records(text: str) -> set[tuple[str, str, str]]:
    """Owner, type and data of a zone's records (SOA and NS left out)."""
    found = set()
    for line in text.splitlines():
        fields = line.split()
        if "IN" in fields and fields[fields.index("IN") + 1] not in ("SOA", "NS"):
            place = fields.index("IN")
            found.add((fields[0], fields[place + 1], fields[place + 2]))
    return found


def test_names_come_from_rules(make):
    """Loopback, interface, gateway, server with its alias; both families."""
    material = make(dns=True)
    files = {file.name: file.data.decode() for file in dns.files(material)}
    forward = records(files["dns/zones/city.example.zone"])
    loopback = {row.prefix.version: row.prefix.network_address for row in material.plan.of("core")}
    assert ("core", "A", str(loopback[4])) in forward
    assert ("core", "AAAA", str(loopback[6])) in forward
    lan = material.plan.of("lan-1")[0].prefix
    assert ("gw.lan-1", "A", str(lan.network_address + 1)) in forward
    line = material.plan.of("ln-1")[0].prefix
    assert ("ge0-1.core", "A", str(line.network_address + 1)) in forward
    assert ("ge0-0-1.rt-1", "A", str(line.network_address + 2)) in forward
    assert ("www", "CNAME", "oa.city.example.") in forward
    assert "SOA ns1.city.example. noc\\.team.city.example. (2026112101 " in files["dns/zones/city.example.zone"]


def test_forward_and_reverse_agree(make):
    """Each address in a pool has one PTR, and the name that it gives has this address."""
    material = make(dns=True)
    files = {file.name: file.data.decode() for file in dns.files(material) if file.name.startswith("dns/zones/")}
    own = {name: text for name, text in files.items() if name.count("/") == 2 and name.endswith(".zone")}
    forward = {
        (owner, data) for owner, kind, data in records(own["dns/zones/city.example.zone"]) if kind in ("A", "AAAA")
    }
    pointers = {}
    for text in own.values():
        zone = re.search(r"^\$ORIGIN (\S+)\.$", text, re.MULTILINE)[1]
        for owner, kind, data in records(text):
            if kind == "PTR":
                whole = re.sub(r"\d+/\d+\.", "", f"{owner}.{zone}")
                assert whole not in pointers
                pointers[whole] = data
    for name, address in forward:
        if name == "ns1":
            continue
        assert pointers[ip_address(address).reverse_pointer] == f"{name}.city.example."
    assert len(pointers) == len(forward) - 2, "the two addresses of ns1 are glue"


def test_a_vrf_has_zones_of_its_own(make):
    """Its addresses may be somebody else's too: the same reverse zone, another folder, another forward zone."""
    files = {file.name: file.data.decode() for file in dns.files(make(dns=True))}
    assert "dns/zones/medical/medical.city.example.zone" in files
    assert "dns/zones/medical/0.20.10.in-addr.arpa.zone" in files


def test_a_migration_has_three_states(make):
    """Before: today's addresses with low TTLs; switch: the new ones, low; after: as usual. Serials go up."""
    material = make(mapping=True, dns=True)
    files = {file.name: file.data.decode() for file in dns.files(material)}
    texts = [files[f"dns/{folder}/city.example.zone"] for folder in ("1-before", "2-switch", "3-after")]
    assert [re.search(r"\((\d+) ", text)[1] for text in texts] == ["2026112101", "2026112102", "2026112103"]
    new = material.plan.of("lan-0")[0].prefix.network_address + 1
    assert "gw.lan-0 300 IN A 172.16.0.1\n" in texts[0]
    assert f"gw.lan-0 300 IN A {new}\n" in texts[1]
    assert f"gw.lan-0 IN A {new}\n" in texts[2]
    assert "oa 300 IN A 19.1.0.5\n" in texts[0], "the server's own place is undone"
    assert "oa 300 IN A 192.0.2.74\n" in texts[1]
    kept = material.plan.of("lan-1")[0].prefix.network_address + 1
    assert all(f"gw.lan-1 IN A {kept}\n" in text for text in texts), "what stays keeps its TTL"
    old_zone = "0/26.0.16.172.in-addr.arpa".replace("/", "-")
    for folder, there in (("1-before", True), ("2-switch", True), ("3-after", False)):
        assert (f"dns/{folder}/{old_zone}.zone" in files) is there
    assert f"dns/1-before/parent-{'0.16.172.in-addr.arpa'}.txt" in files


def zones_of(material):
    """The forward zone's records in each state of a migration, with their TTLs (empty: the zone's own)."""
    files = {file.name: file.data.decode() for file in dns.files(material)}
    states = []
    for folder in ("1-before", "2-switch", "3-after"):
        found = {}
        for line in files[f"dns/{folder}/city.example.zone"].splitlines():
            match = re.fullmatch(r"(\S+) (\d+ )?IN (A|AAAA|CNAME) (\S+)", line)
            if match:
                key = (match[1], match[3], match[4])
                assert key not in found, line
                found[key] = (match[2] or "").strip()
        states.append(found)
    return states


def test_what_is_new_is_not_there_before(make):
    """Today's table has three LANs and no IPv6: everything else of the plan appears at the switch, its TTL low."""
    material = make(mapping=True, dns=True)
    before, switch, after = zones_of(material)
    planned = [row.prefix for row in material.plan.allocations]
    held = [entry.new for entry in material.mapping if entry.new is not None]
    for name, kind, data in before:
        if kind == "CNAME" or name == "ns1":
            continue
        address = ip_address(data)
        assert not any(address in prefix for prefix in planned if prefix not in held), (name, data)
        assert material.mapping.find(address) is not None
    assert not {key for key in before if key[1] == "AAAA" and key[0] != "ns1"}
    new = {key for key in switch if key not in before}
    assert {key[1] for key in new} == {"A", "AAAA"}
    assert {switch[key] for key in new} == {"300"}
    assert set(after) == set(switch)
    assert set(after.values()) == {""}


def test_reverse_zones_before_have_no_new_addresses(make):
    """What does not answer yet has no name."""
    material = make(mapping=True, dns=True)
    texts = {file.name: file.data.decode() for file in dns.files(material) if file.name.startswith("dns/1-before/")}
    pointers = [line for text in texts.values() for line in text.splitlines() if " PTR " in line]
    assert pointers
    names_ = {line.rsplit(" ", 1)[1].removesuffix(".city.example.") for line in pointers if "medical" not in line}
    before, _, _ = zones_of(material)
    assert names_ <= {name for name, _, _ in before}


def test_given_addresses_are_today_s(make):
    """A management address that the mapping does not know stays; one that it moves goes with it."""
    material = make(mapping=True, dns=True)
    inventory = material.inventory
    devices = {
        **inventory.devices,
        "rt-0": replace(inventory.devices["rt-0"], address=ip_interface("172.16.0.9/26"), management_interface="e1"),
        "rt-1": replace(inventory.devices["rt-1"], address=ip_interface("10.77.0.9/26"), management_interface="e1"),
    }
    workspace = replace(material.workspace, inventory=replace(inventory, devices=devices))
    before, switch, _ = zones_of(replace(material, workspace=workspace))
    new = material.plan.of("lan-0")[0].prefix.network_address + 9
    assert before["mgmt.rt-0", "A", "172.16.0.9"] == "300"
    assert switch["mgmt.rt-0", "A", str(new)] == "300"
    assert before["mgmt.rt-1", "A", "10.77.0.9"] == switch["mgmt.rt-1", "A", "10.77.0.9"] == ""


@pytest.mark.parametrize("written", ["19.1.0.6", "192.0.2.70"])
def test_the_name_servers_addresses_follow_the_state(make, written):
    """Whether dns.yaml has the one of today or the one of tomorrow."""
    text = re.sub(r"ns1: \[[^]]*\]", f"ns1: [{written}]", DNS_OF_MIGRATION)
    material = make(mapping=True, dns=True, dns_text=text)
    new = str(material.mapping.translate(ip_address("19.1.0.6")))
    assert new == "192.0.2.70"
    before, switch, after = zones_of(material)
    assert before["ns1", "A", "19.1.0.6"] == "300"
    assert ("ns1", "A", new) not in before
    assert switch["ns1", "A", new] == "300"
    assert after["ns1", "A", new] == ""


def test_a_name_server_that_is_only_new_is_said(make):
    """Without an address today the zone of today would not be one."""
    text = re.sub(r"ns1: \[[^]]*\]", "ns1: [192.0.2.74]", DNS_OF_MIGRATION)
    material = make(mapping=True, dns=True, dns_text=text)
    entries = [entry for entry in material.mapping if str(entry.old) != "19.1.0.5/32"]
    with pytest.raises(InputError) as caught:
        list(dns.files(replace(material, mapping=Mapping(tuple(entries)))))
    assert [problem.code for problem in caught.value.problems] == ["no-place"]


def test_an_alias_stands_once(make):
    """Of a server with addresses of both families, each with its own past."""
    for state in zones_of(make(mapping=True, dns=True)):
        assert len([key for key in state if key[1] == "CNAME"]) == 1


@pytest.mark.checkers
@pytest.mark.parametrize("mapping", [False, True])
def test_bind_loads_every_zone(make, tmp_path, mapping):
    """named-checkzone takes each zone under its name, named-checkconf the list; RFC 2317's lines fit into a parent."""
    checked = 0
    for file in dns.files(make(mapping=mapping, dns=True)):
        path = tmp_path / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    for path in tmp_path.rglob("named.conf.zones"):
        subprocess.run(["named-checkconf", path], check=True, cwd=path.parent, timeout=PATIENCE)
        for zone, file in re.findall(
            r'zone "([^"]+)" \{ type primary; file "([^"]+)"', path.read_text(encoding="utf-8")
        ):
            result = subprocess.run(
                ["named-checkzone", "-k", "fail", "-n", "fail", "-i", "local", zone, path.parent / file],
                capture_output=True, text=True, check=False, timeout=PATIENCE,
            )  # fmt: skip
            assert result.returncode == 0, result.stdout
            assert result.stdout.endswith("OK\n")
            assert len(result.stdout.splitlines()) == 2, f"a warning: {result.stdout}"
            checked += 1
    for path in tmp_path.rglob("parent-*.txt"):
        zone = path.stem.removeprefix("parent-")
        whole = path.with_suffix(".whole")
        soa = "$TTL 60\n@ IN SOA ns.example. host.example. (1 60 60 60 60)\n@ IN NS ns.example.\n"
        whole.write_text(soa + path.read_text(encoding="utf-8"), encoding="utf-8")
        subprocess.run(["named-checkzone", zone, whole], check=True, capture_output=True, timeout=PATIENCE)
        checked += 1
    assert checked > 10


@pytest.mark.checkers
def test_the_checker_would_see_a_fault(make, tmp_path):
    """The same call refuses a zone with an alias beside an address."""
    zone = next(file for file in dns.files(make(dns=True)) if file.name.endswith("/city.example.zone"))
    path = tmp_path / "bad.zone"
    path.write_bytes(zone.data + b"oa IN CNAME core\n")
    result = subprocess.run(
        ["named-checkzone", "city.example", path], capture_output=True, check=False, timeout=PATIENCE
    )
    assert result.returncode != 0


@pytest.mark.parametrize(
    ("text", "label"),
    [("GE0/0/1", "ge0-0-1"), ("eth1.100", "eth1-100"), ("a__b", "a-b"), ("涟源", None), ("-", None), ("x" * 64, None)],
)
def test_labels(text, label):
    """What is no label is never made one by leaving signs out."""
    assert names.label(text) == label


def test_a_name_that_is_no_label_is_said(make):
    """Chinese names need a label in dns.yaml; with it the zone is made."""
    material = make(dns=True)
    inventory = material.inventory
    devices = {**inventory.devices, "核心": Device("核心", "dc", "core", "frr")}
    lines = {**inventory.lines}
    lines["ln-1"] = replace(lines["ln-1"], a=replace(lines["ln-1"].a, device="核心"))
    workspace = replace(material.workspace, inventory=replace(inventory, devices=devices, lines=lines))
    with pytest.raises(InputError) as caught:
        list(dns.files(replace(material, workspace=workspace)))
    assert [problem.code for problem in caught.value.problems] == ["no-label"]
    assert "核心" in str(caught.value.problems[0].message)
    mended = (
        replace(material.dns, labels={"核心": "core-2"})
        if False
        else material.dns.model_copy(update={"labels": {"核心": "core-2"}})
    )
    files = list(dns.files(replace(material, workspace=workspace, dns=mended)))
    assert b"ge0-1.core-2 IN A" in files[0].data


def test_two_things_with_one_name(make):
    """A rule that gives one name to many is refused, once for each pair."""
    material = make(dns=True, dns_text=DNS + "names: {gateway: gw}\n")
    with pytest.raises(InputError) as caught:
        list(dns.files(material))
    assert {problem.code for problem in caught.value.problems} == {"name-twice"}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("origin: 涟源.example", "bad-domain"),
        ("origin: a..b", "bad-domain"),
        ("serial: 4294967296", "out-of-range"),
        ("serial: today", "bad-number"),
        ("hostmaster: 'a b@city.example'", "bad-mailbox"),
        ("names: {loopback: '{nothing}'}", "bad-name-rule"),
        ("names: {loopback: 'A_B'}", "bad-name-rule"),
        ("names: {loopback: '{device!r}'}", "bad-name-rule"),
        ("labels: {x: -a-}", "bad-label"),
        ("classless: point", "bad-choice"),
        ("reverse: [10.1.0.1/16]", "host-bits"),
        ("unknown: 1", "unknown-key"),
        ("servers: [{name: a, lan: lan-core, host: 0}]", "out-of-range"),
    ],
)
def test_faults_of_the_file_have_their_line(tmp_path, line, code):
    """Each with its code, the file and the line; never a traceback."""
    key = line.partition(":")[0]
    text = re.sub(rf"^{key}:.*\n", "", DNS, flags=re.MULTILINE) + line + "\n"
    path = tmp_path / "dns.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        dns_file.load(path, name="plan/dns.yaml")
    problem = caught.value.problems[0]
    assert problem.file == "plan/dns.yaml"
    assert problem.line == len(text.splitlines())
    assert problem.code == code


def test_a_server_without_a_place(make):
    """No such LAN, or a number beyond its prefix."""
    for server in (
        "{name: a, lan: nowhere, host: 5}",
        "{name: a, lan: lan-core, host: 31}",
        "{name: a, lan: ln-1, host: 1}",
    ):
        with pytest.raises(InputError) as caught:
            list(dns.files(make(dns=True, dns_text=DNS + f"servers: [{server}]\n")))
        assert [problem.code for problem in caught.value.problems] == ["no-place"]


def test_a_title_cannot_write_a_record(make):
    """A line break in the network's title stays in the comment."""
    material = make(dns=True)
    settings = replace(material.workspace.settings, title="x\nevil IN A 192.0.2.1")
    material = replace(material, workspace=replace(material.workspace, settings=settings))
    text = next(iter(dns.files(material))).data.decode()
    assert "\nevil" not in text


def test_vrfs_without_a_label(make):
    """A VRF with a Chinese name gets a zone name from its code points, or the one that dns.yaml gives."""
    settings = make(dns=True).dns
    assert names.is_label(dns.zone_origin(settings, "医疗").split(".")[0])
    named = settings.model_copy(update={"vrfs": {"医疗": "yl.city.example"}})
    assert dns.zone_origin(named, "医疗") == "yl.city.example"
    assert Vrf("医疗", "", Area.VPN).name == "医疗"


def in_waves(material, numbers):
    """The material with the stages of a migration: these sites move in these waves."""
    moves: dict[str, tuple[Move, ...]] = {}
    for device in material.inventory.devices.values():
        wave = numbers.get(device.site)
        lines = [line.name for line in material.inventory.lines_of(device.name)]
        entries = [entry for entry in material.mapping.prefixes if entry.owner in lines and entry.new is not None]
        if wave is not None:
            moves[device.name] = tuple(Move(wave, entry.vrf, entry.old, entry.new) for entry in entries)
    return replace(material, waves=numbers, moves=Moves(max(numbers.values()), moves))


def test_each_wave_has_a_set(make):
    """After a wave its sites have their new addresses and all others today's; serials go up; the last is the switch."""
    plain = make(mapping=True, dns=True)
    material = in_waves(plain, {"th-0": 1, "dc": 2, "th-2": 3})
    files = {file.name: file.data.decode() for file in dns.files(material)}
    folders = ["1-before", "2-wave-01", "2-wave-02", "2-wave-03", "3-after"]
    assert sorted({name.split("/")[1] for name in files}) == folders
    texts = [files[f"dns/{folder}/city.example.zone"] for folder in folders]
    assert [re.search(r"\((\d+) ", text)[1] for text in texts] == [str(2026112101 + step) for step in range(5)]
    new = material.plan.of("lan-0")[0].prefix.network_address + 1
    assert ["gw.lan-0 300 IN A 172.16.0.1\n" in text for text in texts] == [True, False, False, False, False]
    assert [f"gw.lan-0 300 IN A {new}\n" in text for text in texts] == [False, True, True, True, False]
    assert ["oa 300 IN A 19.1.0.5\n" in text for text in texts] == [True, True, False, False, False]
    assert ["oa 300 IN A 192.0.2.74\n" in text for text in texts] == [False, False, True, True, False]
    later = material.plan.of("lan-2")[0].prefix.network_address + 1
    assert [f"gw.lan-2 300 IN A {later}\n" in text for text in texts] == [False, False, False, True, False], "is new"
    switch = {file.name: file.data.decode() for file in dns.files(plain)}["dns/2-switch/city.example.zone"]
    assert records(texts[3]) == records(switch), "what is in no wave moves with the last one"


def test_one_wave_alone(make):
    """The same files as among all; a wave that does not exist is said."""
    material = in_waves(make(mapping=True, dns=True), {"th-0": 1, "dc": 2})
    every = {file.name: file.data for file in dns.files(material)}
    alone = {file.name: file.data for file in dns.files(replace(material, wave=2))}
    assert alone == {name: data for name, data in every.items() if name.startswith("dns/2-wave-02/")}
    for without in (replace(material, wave=3), replace(material, wave=1, moves=None)):
        with pytest.raises(InputError) as caught:
            list(dns.files(without))
        assert [problem.code for problem in caught.value.problems] == ["no-wave"]


def test_a_temporary_prefix_counts_until_the_last_one():
    """What goes to a temporary prefix first has its address there in between; other VRFs' moves are not its own."""
    old, between, new = ip_network("10.1.0.0/24"), ip_network("10.9.0.0/24"), ip_network("10.2.0.0/24")
    moves = Moves(
        3,
        {
            "b": (Move(1, "medical", old, ip_network("10.8.0.0/24")),),
            "a": (Move(1, "default", old, between), Move(3, "default", between, new)),
        },
    )
    before, planned = ip_address("10.1.0.7"), ip_address("10.2.0.9")
    found = [str(moves.after(wave, "a", "default", before, planned)) for wave in range(4)]
    assert found == ["10.1.0.7", "10.9.0.7", "10.9.0.7", "10.2.0.9"]
    assert moves.after(3, "b", "default", before, planned) == planned, "whoever has the address there"


@pytest.mark.checkers
def test_bind_loads_the_zones_of_each_wave(make, tmp_path):
    """named-checkzone takes every zone of every wave without a warning."""
    material = in_waves(make(mapping=True, dns=True), {"th-0": 1, "dc": 2, "th-2": 3})
    checked = 0
    for file in dns.files(material):
        path = tmp_path / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    for path in tmp_path.rglob("2-wave-*/**/named.conf.zones"):
        for zone, file in re.findall(r'zone "([^"]+)" \{ type primary; file "([^"]+)"', path.read_text("utf-8")):
            command = ["named-checkzone", "-k", "fail", "-n", "fail", "-i", "local", zone, path.parent / file]
            result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
            assert result.returncode == 0, result.stdout
            assert len(result.stdout.splitlines()) == 2, f"a warning: {result.stdout}"
            checked += 1
    assert checked > 15
