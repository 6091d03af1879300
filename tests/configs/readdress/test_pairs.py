"""A translation of one address for one, whose two sides change their sizes differently: refused, and refuted."""

from __future__ import annotations

import pytest

from configs import dialects
from configs.equivalence.proof import Document, prove
from configs.readdress.engine import Action
from ipplan import mapping_file

# Platform and text; {i} is the inside network, {o} the outside one, with length, mask and last address behind them.
TEXTS = {
    "ios": ("cisco_ios", "ip nat inside source static network {i} {o} /{il}\n"),
    "asa 8.2": ("cisco_asa", "static (inside,outside) {o} {i} netmask {im}\n"),
    "asa object": (
        "cisco_asa",
        (
            "object network IN\n subnet {i} {im}\nobject network OUT\n subnet {o} {om}\n"
            "object network IN\n nat (inside,outside) static OUT\n"
        ),
    ),
    "asa object and address": (
        "cisco_asa",
        "object network IN\n subnet {i} {im}\n nat (inside,outside) static {o}\n",
    ),
    "asa twice": (
        "cisco_asa",
        (
            "object network IN\n subnet {i} {im}\nobject network OUT\n subnet {o} {om}\n"
            "nat (inside,outside) source static IN OUT\n"
        ),
    ),
    "vrp": ("huawei", "interface GigabitEthernet0/0/1\n nat static global {o} inside {i} netmask {im}\n"),
    "vrp firewall": (
        "huawei",
        (
            "destination-nat address-group g\n section {i} {ie}\nnat-policy\n rule name a\n"
            "  destination-address {o} {ol}\n  action destination-nat static address-to-address address-group g\n"
        ),
    ),
    "comware": ("hp_comware", "nat static outbound net-to-net {i} {ie} global {o} {ol}\n"),
    "comware policy": (
        "hp_comware",
        "nat global-policy\n rule name a\n  source-ip subnet {i} {il}\n  action snat static subnet {o} {ol}\n",
    ),
    "junos": (
        "juniper_junos",
        (
            "set security nat static rule-set S from zone u\n"
            "set security nat static rule-set S rule A match destination-address {o}/{ol}\n"
            "set security nat static rule-set S rule A then static-nat prefix {i}/{il}\n"
        ),
    ),
    "junos names": (
        "juniper_junos",
        (
            "set security address-book global address IN {i}/{il}\n"
            "set security address-book global address OUT {o}/{ol}\n"
            "set security nat static rule-set S from zone u\n"
            "set security nat static rule-set S rule A match destination-address-name OUT\n"
            "set security nat static rule-set S rule A then static-nat prefix-name IN\n"
        ),
    ),
    "panos": (
        "paloalto_panos",
        (
            "set rulebase nat rules N source {i}/{il}\nset rulebase nat rules N destination any\n"
            "set rulebase nat rules N source-translation static-ip translated-address {o}/{ol}\n"
            "set rulebase nat rules N source-translation static-ip bi-directional yes\n"
        ),
    ),
    "panos objects": (
        "paloalto_panos",
        (
            "set address IN ip-netmask {i}/{il}\nset address OUT ip-netmask {o}/{ol}\n"
            "set rulebase nat rules N source IN\nset rulebase nat rules N destination any\n"
            "set rulebase nat rules N source-translation static-ip translated-address OUT\n"
        ),
    ),
    "panos destination": (
        "paloalto_panos",
        (
            "set rulebase nat rules N source any\nset rulebase nat rules N destination {o}/{ol}\n"
            "set rulebase nat rules N destination-translation translated-address {i}/{il}\n"
        ),
    ),
    "stoneos both ways": ("hillstone_stoneos", "nat\n  bnatrule id 1 virtual ip {o}/{ol} real ip {i}/{il}\nexit\n"),
    "stoneos source": (
        "hillstone_stoneos",
        "nat\n  snatrule id 1 from {i}/{il} to any service any trans-to {o}/{ol} mode static\nexit\n",
    ),
    "stoneos destination": (
        "hillstone_stoneos",
        "nat\n  dnatrule id 1 from any to {o}/{ol} service any trans-to {i}/{il}\nexit\n",
    ),
    "stoneos book": (
        "hillstone_stoneos",
        (
            'address "IN"\n  ip {i}/{il}\nexit\naddress "OUT"\n  ip {o}/{ol}\nexit\nip vrouter "trust-vr"\n'
            '  snatrule id 3 from "IN" to "any" service "any" trans-to address-book "OUT" mode static\nexit\n'
        ),
    ),
    "tos": (
        "topsec_tos",
        (
            "define subnet add name IN ipaddr {i} mask {im}\ndefine subnet add name OUT ipaddr {o} mask {om}\n"
            "nat policy add orig-dst 'OUT' trans-dst IN\n"
        ),
    ),
}
# With ranges, which keep their sizes whatever the subnets around them do.
RANGED = ("vrp firewall", "comware")
INSIDE = {"i": "10.1.1.0", "il": 24, "im": "255.255.255.0", "ie": "10.1.1.255"}
OUTSIDE = {"o": "203.0.113.0", "ol": 24, "om": "255.255.255.0"}
GROWN = {"i": "172.20.2.0", "il": 23, "im": "255.255.254.0", "ie": "172.20.2.255"}
MOVED = {"o": "198.18.2.0", "ol": 23, "om": "255.255.254.0"}
GROW = "10.1.1.0/24,172.20.2.0/23\n"
ONE_SIDED = {
    "inside grows": GROW,
    "inside shrinks": "10.1.1.0/24,172.20.2.0/25\n",
    "inside goes to two places": "10.1.1.0/25,172.20.2.0/25\n10.1.1.128/25,192.168.9.128/25\n",
    "a part of it moves": "10.1.1.0/25,172.20.2.0/25\n",
    "outside grows": "203.0.113.0/24,198.18.2.0/23\n",
}


def _proof(platform, old, new, mapping, left=()):
    speak = dialects.dialect(platform)
    sides = [[Document("d", platform, speak.parse(data))] for data in (old, new)]
    return prove(*sides, mapping, left=left)


# What is exact although one side alone changes its size: ranges; an outer address whose size is the inner one's.
EXACT = {("vrp firewall", "inside grows"), ("comware", "inside grows"), ("asa object and address", "outside grows")}
CHANGES = [(name, rows) for name in TEXTS for rows in ONE_SIDED if (name, rows) not in EXACT]


@pytest.mark.parametrize(("name", "rows"), CHANGES)
def test_one_side_alone_is_left_for_a_person(name, rows, readdress):
    """With a reason, the text as it was; what stays is not proven but told."""
    platform, text = TEXTS[name]
    mapping = mapping_file.parse("old,new\n" + ONE_SIDED[rows])
    old = text.format(**INSIDE, **OUTSIDE).encode()
    result = readdress(old, platform, mapping)
    assert result.to_bytes() == old
    found = [token for token in result.tokens() if token.action is Action.REVIEW]
    assert {token.reason for token in found} <= {"sizes-differ", "several-places", "no-place"}
    proof = _proof(platform, old, old, mapping, {("d", token.line) for token in found})
    assert (proof.ok, proof.level) == (True, "lines")


@pytest.mark.parametrize("name", [name for name in TEXTS if name not in RANGED])
def test_both_sides_together_are_rewritten(name, readdress):
    """Where both get the same new size each address keeps its partner; a wrong one is refuted."""
    platform, text = TEXTS[name]
    mapping = mapping_file.parse("old,new\n" + GROW + ONE_SIDED["outside grows"])
    old = text.format(**INSIDE, **OUTSIDE).encode()
    result = readdress(old, platform, mapping)
    assert result.to_bytes() == text.format(**GROWN, **MOVED).encode()
    assert _proof(platform, old, result.to_bytes(), mapping).ok


@pytest.mark.parametrize("name", [name for name in TEXTS if name not in RANGED])
def test_a_text_with_one_side_grown_is_refuted(name):
    """The proof finds it without the rewriter."""
    platform, text = TEXTS[name]
    old, wrong = (text.format(**inside, **OUTSIDE).encode() for inside in (INSIDE, GROWN))
    proof = _proof(platform, old, wrong, mapping_file.parse("old,new\n" + GROW))
    assert any(found.kind.value in ("translation", "address") for found in proof.counterexamples)


@pytest.mark.parametrize(("name", "rows"), sorted(EXACT))
def test_one_side_alone_may_be_exact(name, rows, readdress):
    """A range keeps its size, and so does what takes its size from its partner."""
    platform, text = TEXTS[name]
    mapping = mapping_file.parse("old,new\n" + ONE_SIDED[rows])
    old = text.format(**INSIDE, **OUTSIDE).encode()
    new = readdress(old, platform, mapping).to_bytes()
    sides = {**INSIDE, **OUTSIDE} | (GROWN if rows == "inside grows" else MOVED)
    assert new == text.format(**sides).encode()
    assert _proof(platform, old, new, mapping).ok
