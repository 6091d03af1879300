"""A device's load summed up: from every vendor's own metrics; what a device does not say stays unknown."""

from __future__ import annotations

import pytest
from pysnmp.proto.api import v2c

from collectors.health import Health, health
from collectors.modules import shipped
from collectors.modules.platforms import modules_of
from collectors.poll import Access, Target, poll
from inventory.secrets import Secret

CISCO = "1.3.6.1.4.1.9.9"
FORTI = "1.3.6.1.4.1.12356.101.4.1"
CASES = {
    "pools of memory by used and free; the fullest counts": (
        ["cisco"],
        {
            f"{CISCO}.48.1.1.1.5.1": 30,
            f"{CISCO}.48.1.1.1.6.1": 70,
            f"{CISCO}.48.1.1.1.5.2": 9,
            f"{CISCO}.48.1.1.1.6.2": 1,
            f"{CISCO}.109.1.1.1.1.8.1": 12,
            f"{CISCO}.109.1.1.1.1.8.2": 40,
        },
        Health(cpu_percent=40, memory_percent=90),
    ),
    "sessions of IPv4 and IPv6 are added": (
        ["fortinet"],
        {f"{FORTI}.8.0": 1000, f"{FORTI}.15.0": 20, f"{FORTI}.3.0": 0, "1.3.6.1.4.1.12356.101.12.1.1.0": 7},
        Health(cpu_percent=0, sessions=1020, tunnels=7),
    ),
    "a pool that tells only what is used says nothing": (["cisco"], {f"{CISCO}.48.1.1.1.5.1": 30}, Health()),
    "a device that says nothing": (["huawei", "hillstone"], {}, Health()),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_device_says(name, agents, make_router, make_oid):
    """The numbers, and None for the rest."""
    modules, values, expected = CASES[name]
    objects = {make_oid(oid): v2c.Gauge32(value) for oid, value in values.items()}
    result = poll([agents(make_router(2) | objects).target()], modules=["system", *modules])[0]
    assert result.ok
    assert health(result, shipped()) == expected


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("name", "platform", "expected"),
    [
        ("comware", "hp_comware", Health(cpu_percent=21, memory_percent=20, temperature_celsius=58)),
        ("stoneos", "hillstone_stoneos", Health(cpu_percent=55, memory_percent=17.2, temperature_celsius=68)),
        ("fortios", "fortinet", Health(memory_percent=14.3)),
        ("junos_ex", "juniper_junos", Health(cpu_percent=94)),
        ("linux", "linux", Health(cpu_percent=3)),
    ],
)
def test_what_recordings_say(corpus, agents, name, platform, expected):
    """Of real devices."""
    if name not in corpus:
        pytest.skip(f"no recording {name}")
    result = poll([agents(corpus[name]).target()], modules=modules_of(platform))[0]
    assert health(result, shipped()) == expected


def test_a_real_agent_with_everything_that_linux_is_polled_with(snmpd):
    """net-snmp: memory, load, packets, disks; nothing fails."""
    target = Target("here", "127.0.0.1", snmpd, Access("2c", Secret("public")))
    result = poll([target], modules=modules_of("linux"), timeout=5.0)[0]
    assert result.ok, result.error
    assert result.value("memTotalReal") > 0
    assert result.values("laLoadInt")
    assert result.value("ipForwarding") in {1, 2}
    assert result.value("hrSystemUptime") > 0
    assert result.values("hrStorageUsed")
    # It knows the processors' load after a minute; until then that is unknown.
    assert health(result, shipped()).cpu_percent in {None, *result.values("hrProcessorLoad").values()}
