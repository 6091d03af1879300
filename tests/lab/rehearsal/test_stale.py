"""What texts ask for that the change has taken away, and what they give out that somebody else has."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Interface

import pytest

from lab.rehearsal.model import Home, Host
from lab.rehearsal.stale import given_twice, left_behind

HEAD = {
    "huawei": "sysname a\n#\ninterface GigabitEthernet0/0/1\n"
    " ip address {own} 255.255.255.0\n{port}#\n{more}\n#\nreturn\n",
    "hp_comware": "#\n sysname a\n#\ninterface GigabitEthernet0/1\n port link-mode route\n"
    " ip address {own} 255.255.255.0\n{port}#\n {more}\n#\nreturn\n",
    "cisco_ios": "hostname a\n!\ninterface GigabitEthernet0/1\n"
    " ip address {own} 255.255.255.0\n{port}!\n{more}\n!\nend\n",
    "frr": "frr version 8.4\nhostname a\n!\ninterface eth1\n ip address {own}/24\n{port}exit\n!\n{more}\n!\nend\n",
}


def text(platform: str, own: str, port: str = "", more: str = "") -> bytes:
    """A router with one network."""
    return HEAD[platform].format(own=own, port=f" {port}\n" if port else "", more=more).encode()


def found(platform: str, today: dict[str, bytes], now: dict[str, bytes]) -> list[tuple[str, str]]:
    """Devices and lines."""
    return [(one.device, one.line) for one in left_behind(dict.fromkeys(today, platform), today, now)]


@pytest.mark.parametrize(
    ("platform", "port", "more"),
    [
        ("huawei", "vrrp vrid 1 virtual-ip 10.1.0.254", ""),
        ("huawei", "dhcp relay server-ip 10.1.0.9", ""),
        ("huawei", "", "ip route-static 10.8.0.0 16 10.1.0.7"),
        ("hp_comware", "vrrp vrid 1 virtual-ip 10.1.0.254", ""),
        ("hp_comware", "", "ip route-static 10.8.0.0 16 10.1.0.7"),
        ("cisco_ios", "standby 1 ip 10.1.0.254", ""),
        ("cisco_ios", "ip helper-address 10.1.0.9", ""),
        ("cisco_ios", "", "ip route 10.8.0.0 255.255.0.0 10.1.0.7"),
        ("frr", "", "ip route 10.8.0.0/16 10.1.0.7"),
    ],
)
def test_what_stays_in_a_network_that_is_gone(platform: str, port: str, more: str) -> None:
    """It is told once the network is gone everywhere, and neither while one device still has it nor if it never was."""
    line = port or more
    today = {"a": text(platform, "10.1.0.1", port, more), "b": text(platform, "10.2.0.1")}
    now = today | {"a": text(platform, "10.3.0.1", port, more)}
    assert found(platform, today, now) == [("a", line)]
    assert found(platform, today, today) == []
    assert found(platform, today, now | {"b": text(platform, "10.1.0.2")}) == []
    assert found(platform, now, now) == []
    assert found(platform, today, now | {"a": text(platform, "10.3.0.1")}) == []


def test_another_devices_network_counts() -> None:
    """A relay whose server's LAN has moved."""
    relay = "dhcp relay server-ip 10.2.0.9"
    today = {"a": text("huawei", "10.1.0.1", relay), "b": text("huawei", "10.2.0.1")}
    [one] = left_behind({"a": "huawei", "b": "huawei"}, today, today | {"b": text("huawei", "10.9.0.1")})
    assert (one.device, one.line) == ("a", relay)
    assert "b has today" in one.told.in_language("en")


def test_filters_may_outlive_a_network() -> None:
    """What only matches packets does no harm."""
    more = "acl number 2000\n rule 5 permit source 10.1.0.0 0.0.0.255\n rule 6 permit source 10.1.0.9 0"
    assert not found("huawei", {"a": text("huawei", "10.1.0.1", "", more)}, {"a": text("huawei", "10.3.0.1", "", more)})


@pytest.mark.parametrize(("first", "last", "told"), [("10.2.0.100", "10.2.0.199", 1), ("10.3.0.1", "10.3.0.9", 0)])
def test_a_pool_in_somebodys_lan(first: str, last: str, told: int) -> None:
    """Unless it is the LAN of the device that translates."""
    lan = Home(IPv4Interface("10.2.0.128/24"), IPv4Address("10.2.0.1"))
    texts = {"a": text("huawei", "10.1.0.1", "", f"nat address-group 1 {first} {last}")}
    host = Host("pc-b", "b", "eth1", "lan-b", homes=(lan,))
    several = given_twice({"a": "huawei"}, [(host, lan.address.network)], texts)
    assert [one.device for one in several] == ["a"] * told
    own = Host("pc-a", "a", "eth1", "lan-a", homes=(lan,))
    assert not given_twice({"a": "huawei"}, [(own, lan.address.network)], texts)
