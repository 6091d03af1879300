"""Kea's configuration: who gets an address, who never does, and what Kea's own checker says."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.errors import InputError
from inventory.model import Area, End, Level, Line, LineKind
from ipplan.plan import Allocation
from ipplan.views import kea, kea_file
from tests.patience import PATIENCE


def settings(tmp_path, text):
    path = tmp_path / "dhcp.yaml"
    path.write_text(text, encoding="utf-8")
    return kea_file.load(path, name="plan/dhcp.yaml")


def documents(material):
    return {file.name: json.loads(file.data) for file in kea.files(material)}


def subnet(document, line):
    top = next(iter(document.values()))
    found = top.get("subnet4") or top.get("subnet6")
    return next(item for item in found if item["user-context"]["line"] == line)


@given(st.integers(0, 12), st.sets(st.integers(0, 300), max_size=20), st.integers(22, 30))
def test_a_pool_never_holds_what_is_taken(static, excluded, length):
    """The ranges are all addresses behind the static ones without the holes, in order, and nothing else."""
    network = ip_network((0x0A140000, length))
    row = Allocation(Area.PUBLIC, "default", "p", "f", Level.TOWNSHIP, "1", "lan", network)
    lan = kea.Lan(Line("lan", LineKind.LAN, End("d", "e")), row, str(network.network_address + 1), 1)
    found = kea.ranges(lan, excluded, static)
    offsets = [
        number - int(network.network_address)
        for first, last in found
        for number in range(int(ip_address(first)), int(ip_address(last)) + 1)
    ]
    assert offsets == [number for number in range(static + 1, network.num_addresses - 1) if number not in excluded]


def test_what_a_lan_gets(make):
    """Its own router as gateway and relay, the services of govnet.yaml, a number that is its first address."""
    material = make(dns=True)
    found = documents(material)
    assert sorted(found) == ["kea/dhcp4-medical.conf", "kea/dhcp4.conf", "kea/dhcp6.conf"]
    four = found["kea/dhcp4.conf"]
    prefix = material.plan.of("lan-1")[0].prefix
    lan, gateway = subnet(four, "lan-1"), str(prefix.network_address + 1)
    assert lan["id"] == int(prefix.network_address)
    assert lan["relay"] == {"ip-addresses": [gateway]}
    assert lan["option-data"] == [{"name": "routers", "data": gateway}]
    assert lan["pools"] == [{"pool": f"{prefix.network_address + 11} - {prefix.broadcast_address - 1}"}]
    options = {item["name"]: item["data"] for item in four["Dhcp4"]["option-data"]}
    assert options == {"domain-name-servers": "10.9.9.9", "ntp-servers": "10.9.9.8", "domain-name": "city.example"}
    six = found["kea/dhcp6.conf"]
    options = {item["name"]: item["data"] for item in six["Dhcp6"]["option-data"]}
    assert options == {"dns-servers": "2001:db8::53", "sntp-servers": "2001:db8::123", "domain-search": "city.example"}
    assert len(subnet(six, "lan-1")["pools"]) == 1


def test_what_is_left_out(make, tmp_path):
    """LANs without DHCP, VRRP routers, reservations, servers of dns.yaml, single hosts of the mapping."""
    text = """
static: 1
without: [lan-2]
virtual: {lan-1: [2, 3]}
reservations: [{lan: lan-1, mac: 02-00-00-00-00-0A, host: 20, name: printer}]
migration_lifetime: 600
"""
    material = replace(make(mapping=True, dns=True), dhcp=settings(tmp_path, text))
    found = documents(material)["kea/dhcp4.conf"]
    lan = subnet(found, "lan-1")
    base = material.plan.of("lan-1")[0].prefix.network_address
    assert lan["pools"][0] == {"pool": f"{base + 4} - {base + 19}"}
    assert lan["pools"][1]["pool"].startswith(f"{base + 21} - ")
    assert lan["reservations"] == [
        {"hw-address": "02:00:00:00:00:0a", "ip-address": str(base + 20), "hostname": "printer"}
    ]
    with pytest.raises(StopIteration):
        subnet(found, "lan-2")
    servers = subnet(found, "lan-core")
    assert not [pool for pool in servers["pools"] if _holds(pool["pool"], "192.0.2.74")]
    assert subnet(found, "lan-0")["valid-lifetime"] == 600, "it moves"
    assert "valid-lifetime" not in lan, "it stays"


def _holds(pool, address):
    first, last = (int(ip_address(part)) for part in pool.split(" - "))
    return first <= int(ip_address(address)) <= last


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("without: [nothing]\n", "unknown-lan"),
        ("virtual: {ln-1: [2]}\n", "unknown-lan"),
        ("virtual: {lan-core: [31]}\n", "no-place"),
        ("reservations: [{lan: lan-1, mac: '02:00:00:00:00:01', host: 4000}]\n", "ok"),
        ("reservations: [{lan: lan-1, mac: '02:00:00:00:01', host: 4}]\n", "bad-mac"),
        ("lifetime: 5\n", "out-of-range"),
        ("static: 0\n", "out-of-range"),
        ("lifetimes: 5\n", "unknown-key"),
    ],
)
def test_faults_of_the_file(make, tmp_path, text, code):
    """Lines that are no LANs, hosts beyond their LAN, values out of range; each by its code."""
    if code == "ok":  # it fits into the IPv6 prefix of the same LAN
        assert list(kea.files(replace(make(), dhcp=settings(tmp_path, text))))
        return
    with pytest.raises(InputError) as caught:
        list(kea.files(replace(make(), dhcp=settings(tmp_path, text))))
    assert [problem.code for problem in caught.value.problems] == [code]
    assert caught.value.problems[0].file == "plan/dhcp.yaml"


@pytest.mark.checkers
def test_kea_takes_the_configuration(make, tmp_path):
    """`kea-dhcp4 -t` and `kea-dhcp6 -t` accept each file; the same call refuses a broken one."""
    text = "reservations: [{lan: lan-1, mac: '02:00:00:00:00:01', host: 20, name: printer}]\nmigration_lifetime: 600\n"
    material = replace(make(townships=12, mapping=True, dns=True), dhcp=settings(tmp_path, text))
    for file in kea.files(material):
        path = tmp_path / file.name.replace("/", "-")
        path.write_bytes(file.data)
        program = "kea-dhcp4" if "dhcp4" in file.name else "kea-dhcp6"
        result = subprocess.run([program, "-t", path], capture_output=True, text=True, check=False, timeout=PATIENCE)
        assert result.returncode == 0, result.stdout + result.stderr
        assert "ERROR" not in result.stdout + result.stderr
        path.write_bytes(file.data.replace(b'"pool": "', b'"pool": "9.', 1))
        assert subprocess.run([program, "-t", path], capture_output=True, check=False, timeout=PATIENCE).returncode != 0


def test_two_exports_are_the_same(make):
    """The same bytes, and Chinese stays readable."""
    first, second = (list(kea.files(make())) for _ in range(2))
    assert first == second
    assert "乡镇1机关".encode() in first[0].data + first[1].data
