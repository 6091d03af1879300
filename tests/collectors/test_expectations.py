"""Recordings of real devices against what another program found on them (the .json beside each recording).

That program is LibreNMS of 2018. Where the two differ, the recording decides, and the test says so.
"""

from __future__ import annotations

import json

import pytest

from collectors.modules.platforms import modules_of
from collectors.poll import poll

pytestmark = pytest.mark.corpus
PLATFORMS = {
    "comware": "hp_comware",
    "fortios": "fortinet",
    "iosxe": "cisco_ios",
    "junos_ex": "juniper_junos",
    "linux": "linux",
    "stoneos": "hillstone_stoneos",
}
# The metric that shows a sensor's column, and the labels that the rest of its OID is.
ENTITY = ("entPhysicalIndex",)
JUNOS = ("jnxOperatingContentsIndex", "jnxOperatingL1Index", "jnxOperatingL2Index", "jnxOperatingL3Index")
SHOWN = {
    "1.3.6.1.4.1.25506.2.6.1.1.1.1.6": ("hh3cEntityExtCpuUsage", ENTITY),
    "1.3.6.1.4.1.25506.8.35.9.1.1.1.2": ("hh3cDevMFanStatus", ("hh3cDevMFanNum",)),
    "1.3.6.1.4.1.25506.8.35.9.1.2.1.2": ("hh3cDevMPowerStatus", ("hh3cDevMPowerNum",)),
    "1.3.6.1.4.1.2636.3.1.13.1.8": ("jnxOperatingCPU", JUNOS),
    "1.3.6.1.2.1.25.3.3.1.2": ("hrProcessorLoad", ("hrDeviceIndex",)),
    "1.3.6.1.4.1.28557.2.2.1.3": ("sysCPU", ()),
    "1.3.6.1.4.1.28557.2.27.1.2.1.3": ("hillstonePowerState", ("hillstonePowerIndex",)),
    "1.3.6.1.4.1.28557.2.28.1.2.1.3": ("hillstoneTemperatureValue", ("hillstoneTemperatureIndex",)),
}
PEER = {
    "bgpPeerState": "State",
    "bgpPeerInUpdates": "InUpdates",
    "bgpPeerOutUpdates": "OutUpdates",
    "bgpPeerInTotalMessages": "InTotalMessages",
    "bgpPeerOutTotalMessages": "OutTotalMessages",
    "bgpPeerFsmEstablishedTime": "FsmEstablishedTime",
}


@pytest.fixture
def polled(corpus, agents):
    """A recording polled with its platform's modules."""

    def run(name):
        if name not in corpus:
            pytest.skip(f"no recording {name}")
        agent = agents(corpus[name])
        result = poll([agent.target()], modules=modules_of(PLATFORMS[name]), timeout=5.0)[0]
        assert result.ok, result.error
        return result

    return run


def expected(corpus_folder, name, part):
    """What the .json says of a part after polling: its rows by kind."""
    document = json.loads((corpus_folder / f"{name}.json").read_text(encoding="utf-8")).get(part, {})
    polled = document.get("poller")
    return document.get("discovery", {}) if polled == "matches discovery" else polled or {}


def shown(result, oid):
    """The value of the metric that reads an OID's column, at the OID's row."""
    column = next(column for column in SHOWN if oid == column or oid.startswith(column + "."))
    metric, labels = SHOWN[column]
    index = oid[len(column) + 1 :].split(".")
    return result.value(metric, **dict(zip(labels, index, strict=False)))


@pytest.mark.parametrize("name", ["comware", "junos_ex", "linux", "stoneos"])
def test_processors(polled, corpus_folder, name):
    """Every processor with its load, and no other."""
    result = polled(name)
    rows = expected(corpus_folder, name, "processors")["processors"]
    for row in rows:
        assert shown(result, row["processor_oid"].strip(".")) == float(row["processor_usage"])
    metric = SHOWN[next(c for c in SHOWN if rows[0]["processor_oid"].strip(".").startswith(c))][0]
    assert len(result.values(metric)) == len(rows)


@pytest.mark.parametrize("name", ["comware", "stoneos"])
def test_sensors(polled, corpus_folder, corpus, make_oid, name):
    """Fans, power supplies and temperatures. The .json was written at discovery: the recording says the value."""
    result = polled(name)
    document = json.loads((corpus_folder / f"{name}.json").read_text(encoding="utf-8"))
    rows = document["sensors"]["discovery"]["sensors"]
    assert rows
    for row in rows:
        oid = row["sensor_oid"].strip(".")
        assert shown(result, oid) == float(corpus[name][make_oid(oid)])
        if row["sensor_current"] is not None:
            assert shown(result, oid) == float(row["sensor_current"])


@pytest.mark.parametrize("name", ["comware", "stoneos"])
def test_ports(polled, corpus_folder, name):
    """As many interfaces, of the same names and states."""
    rows = expected(corpus_folder, name, "ports")["ports"]
    result = polled(name)
    states = {dict(labels)["ifIndex"]: number for labels, number in result.values("ifOperStatus").items()}
    words = {1: "up", 2: "down", 3: "testing", 4: "unknown", 5: "dormant", 6: "notPresent", 7: "lowerLayerDown"}
    names = {dict(labels)["ifIndex"]: dict(labels)["ifDescr"] for labels in result.values("ifOperStatus")}
    assert len(states) == len(rows)
    for row in rows:
        assert names[row["ifIndex"]] == row["ifDescr"]
        assert words[states[row["ifIndex"]]] == row["ifOperStatus"]


def test_memory_of_a_fortimanager(polled, corpus_folder):
    """Used and total: its own numbers and those of HOST-RESOURCES."""
    result = polled("fortios")
    pools = {row["mempool_descr"]: row for row in expected(corpus_folder, "fortios", "mempools")["mempools"]}
    assert result.value("fmSysMemUsed") * 1024 == float(pools["Main Memory"]["mempool_used"])
    assert result.value("fmSysMemCapacity") * 1024 == float(pools["Main Memory"]["mempool_total"])
    for name in ("Physical Memory", "Swap Memory"):
        unit = result.value("hrStorageAllocationUnits", hrStorageDescr=name)
        assert result.value("hrStorageUsed", hrStorageDescr=name) * unit == float(pools[name]["mempool_used"])
        assert result.value("hrStorageSize", hrStorageDescr=name) * unit == float(pools[name]["mempool_total"])


def test_memory_of_a_stoneos_firewall(polled, corpus_folder):
    """Used and total. At discovery the .json says 0, the recording does not: the recording decides."""
    result = polled("stoneos")
    pool = expected(corpus_folder, "stoneos", "mempools")["mempools"][0]
    assert result.value("sysTotalMemory") == 8388608
    assert result.value("sysCurMemory") == 1444687
    assert result.value("sysTotalMemory") * 1024 == float(pool["mempool_total"])
    assert result.value("sysCurMemory") * 1024 == float(pool["mempool_used"])


@pytest.mark.parametrize("name", ["comware", "junos_ex"])
def test_bgp_peers(polled, corpus_folder, name):
    """Every peer with its AS, state and counters."""
    result = polled(name)
    document = expected(corpus_folder, name, "bgp-peers")
    assert result.value("bgpLocalAs") == float(document["devices"][0]["bgpLocalAs"])
    rows = document["bgpPeers"]
    assert len(result.values("bgpPeerState")) == len(rows)
    for row in rows:
        labels = {"bgpPeerRemoteAddr": row["bgpPeerIdentifier"], "bgpPeerRemoteAs": row["bgpPeerRemoteAs"]}
        assert row["bgpPeerState"] == "established"
        assert result.value("bgpPeerState", **labels) == 6
        for metric in PEER:
            if metric != "bgpPeerState":
                assert result.value(metric, **labels) == float(row[metric]), metric


def test_bgp_peers_and_prefixes_of_ios(polled, corpus_folder):
    """IPv4 and IPv6 peers by CISCO-BGP4-MIB, and their prefixes by address family."""
    result = polled("iosxe")
    document = expected(corpus_folder, "iosxe", "bgp-peers")
    peers = {}
    for labels, number in result.values("cbgpPeer2State").items():
        peers[dict(labels)["cbgpPeer2RemoteAddr"].replace(":", "").lower()] = (number, dict(labels))
    assert len(peers) == len(document["bgpPeers"]) == 4
    for row in document["bgpPeers"]:
        number, labels = peers[flat(row["bgpPeerIdentifier"])]
        assert number == 6
        assert labels["cbgpPeer2RemoteAs"] == row["bgpPeerRemoteAs"]
        for metric in ("InUpdates", "OutUpdates", "InTotalMessages", "FsmEstablishedTime"):
            address = labels["cbgpPeer2RemoteAddr"]
            assert result.value(f"cbgpPeer2{metric}", cbgpPeer2RemoteAddr=address) == float(row[f"bgpPeer{metric}"])
    for row in document["bgpPeers_cbgp"]:
        if row["afi"] == "ipv4":
            for key in ("AcceptedPrefixes", "AdvertisedPrefixes", "WithdrawnPrefixes"):
                found = result.value(f"cbgpPeer{key}", bgpPeerRemoteAddr=row["bgpPeerIdentifier"])
                assert found == float(row[key])


def flat(address):
    """An address as the labels have it, without its colons."""
    from ipaddress import ip_address

    parsed = ip_address(address)
    return parsed.exploded.replace(":", "") if parsed.version == 6 else str(parsed)


def test_what_devices_do_not_have_gives_no_sample(polled):
    """65535 degrees, a laser at 21474836.47 mA, a port's processor at 0 percent: not one of them is shown."""
    result = polled("comware")
    temperatures = set(result.values("hh3cEntityExtTemperature").values())
    assert temperatures
    assert max(temperatures) < 120
    assert min(temperatures) > 0
    assert len(result.values("hh3cEntityExtCpuUsage")) == len(result.values("hh3cEntityExtMemUsage")) == 11
    powers = result.values("hh3cTransceiverCurTXPower").values()
    assert powers
    assert all(-40 < power < 10 for power in powers)


def test_neighbours_are_counted_by_interface(corpus, agents, make_oid):
    """ARP entries: as many as the recording has, each at its interface."""
    if "comware" not in corpus:
        pytest.skip("no recording comware")
    column = make_oid("1.3.6.1.2.1.4.22.1.2")
    expected: dict[str, int] = {}
    for name in corpus["comware"]:
        if name[: len(column)] == column:
            expected[str(name[len(column)])] = expected.get(str(name[len(column)]), 0) + 1
    result = poll([agents(corpus["comware"]).target()], modules=["arp"], timeout=5.0)[0]
    assert result.ok
    found = {dict(labels)["ifIndex"]: number for labels, number in result.values("ipNetToMediaEntries").items()}
    assert found == expected
    assert len(expected) > 1
