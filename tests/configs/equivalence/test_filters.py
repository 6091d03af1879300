"""From dialects' rules to sets: ports, families, objects, and what stays a condition."""

from __future__ import annotations

import pytest

from configs import dialects
from configs.dialects.cisco_ios import meaning as ios
from configs.dialects.huawei import meaning as huawei
from configs.intervals import ANYWHERE, AddressSet, Intervals, prefix
from configs.meaning.filter_sets import UnclearError, rule_of
from configs.meaning.filters import Address, FilterRule, Ports


def _lists(platform: str, text: str) -> dict[str, tuple]:
    reader = {"huawei": huawei, "cisco_ios": ios}[platform]
    tree = dialects.dialect(platform).parse(text.encode())
    return {each.name: each.rules for each in reader.read(tree).filters}


def test_ports_but_one_are_two_ranges():
    """`neq` is a set like every other one."""
    rules = _lists("cisco_ios", "ip access-list extended A\n permit tcp any any neq 25\n")["A"]
    assert rules[0].destination_ports == Intervals(((0, 25), (26, 65536)))
    rules = _lists("huawei", "acl number 3000\n rule 5 permit tcp destination-port neq 25\n")["3000"]
    assert rules[0].destination_ports == Intervals(((0, 25), (26, 65536)))


def test_ipv6_rules_are_sets_of_ipv6():
    """`A/L` and `A L`, a host, any."""
    text = "acl ipv6 number 3000\n rule 5 permit ipv6 source 2001:db8::1/64 destination 2001:db8:1:: 48\n"
    (rule,) = _lists("huawei", text)["ipv6 3000"]
    assert rule.source == AddressSet.single(6, prefix(0x20010DB8 << 96, 64, 128))
    assert rule.destination == AddressSet.single(6, prefix((0x20010DB8 << 96) | (1 << 80), 48, 128))
    text = "ipv6 access-list A\n permit ipv6 host 2001:db8::1 any\n"
    (rule,) = _lists("cisco_ios", text)["A"]
    assert rule.source == AddressSet.single(6, Intervals.one((0x20010DB8 << 96) | 1))
    assert rule.destination == ANYWHERE


def test_object_groups_are_what_they_hold():
    """Groups of groups too; a group with something that is not understood stays a condition."""
    text = (
        "object-group network INNER\n host 10.0.0.1\n"
        "object-group network OUTER\n 10.1.0.0 255.255.0.0\n group-object INNER\n"
        "ip access-list extended A\n permit ip object-group OUTER any\n permit ip object-group NOWHERE any\n"
    )
    first, second = _lists("cisco_ios", text)["A"]
    assert first.source == AddressSet.single(4, Intervals.one(0x0A000001) | prefix(0x0A010000, 16, 32))
    assert second.source == ANYWHERE
    assert second.conditions == frozenset({"source object-group nowhere"})


def test_security_policies_are_sets_too():
    """Address sets, ranges and masks of a firewall's policy; a rule that is off is none."""
    text = (
        "ip address-set servers type object\n address 0 10.2.0.0 mask 24\n address 1 range 10.3.0.5 10.3.0.9\n#\n"
        "security-policy\n"
        " rule name one\n  source-zone trust\n  source-address 10.1.0.0 mask 255.255.0.0\n"
        "  destination-address address-set servers\n  service http\n  action permit\n"
        " rule name two\n  disable\n  action permit\n"
    )
    (rule,) = _lists("huawei", text)["security-policy"]
    assert rule.action == "permit"
    assert rule.source == AddressSet.single(4, prefix(0x0A010000, 16, 32))
    assert rule.destination == AddressSet.single(
        4, prefix(0x0A020000, 24, 32) | Intervals.inclusive(0x0A030005, 0x0A030009)
    )
    assert rule.conditions == frozenset({"source-zone trust", "service http"})


def test_what_is_not_understood_and_names_an_address_is_not_compared():
    """A condition may hold or not; an address in it could have moved."""
    assert rule_of(FilterRule(1, permit=True, conditions=frozenset({"established"}))).conditions
    with pytest.raises(UnclearError):
        rule_of(FilterRule(1, permit=True, conditions=frozenset({"time 10.1.1.1"})))
    with pytest.raises(UnclearError):
        rule_of(FilterRule(1, permit=True, source=Address(0, 0xFFFFFF00)))
    assert rule_of(FilterRule(1, permit=True, protocol="tcp", source_ports=Ports((), ("eq", "shell")))).conditions
