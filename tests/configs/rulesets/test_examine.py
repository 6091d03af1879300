"""What is said of a rule set is what asking every packet shows: against an oracle over a small universe."""

from __future__ import annotations

import random
import time
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configs.headers import PORTS, PROTOCOLS, Rule
from configs.intervals import ANYWHERE, EMPTY, AddressSet, Intervals
from configs.meaning.filters import ANY, ANY_PORTS, Address, FilterRule, Ports
from configs.meaning.statements import FilterKind
from configs.rulesets.examine import Covered, Merge, examine, look
from configs.rulesets.model import RuleSet, Zones

ADDRESSES = range(4)
PORT_NUMBERS = range(3)
# What rules name, and one that none of them names.
ZONES = ("in", "out", "elsewhere")
# Packets of the small universe: source, destination, port, whether a condition holds, zone it comes from.
PACKETS = tuple(product(ADDRESSES, ADDRESSES, PORT_NUMBERS, (False, True), ZONES))


def v4(values):
    """Addresses of the small universe; all of them stand for any."""
    return AddressSet(Intervals.of((one, one + 1) for one in values), EMPTY)


parts = st.frozensets(st.sampled_from(ADDRESSES), min_size=1)
ports = st.frozensets(st.sampled_from(PORT_NUMBERS), min_size=1)
rows = st.lists(
    st.tuples(
        st.sampled_from(("permit", "deny")),
        parts,
        parts,
        ports,
        st.booleans(),
        st.sampled_from(((), ("in",), ("out",))),
    ),
    max_size=6,
)


def rule_set(found, kind=FilterKind.SECURITY_POLICY):
    """Rows of the small universe as a rule set; line n is row n, from 1."""
    boxes = tuple(
        Rule(
            action, line, v4(source), v4(destination), Intervals.one(6), PORTS,
            Intervals.of((one, one + 1) for one in port), frozenset({"timed"} if timed else ()),
        )
        for line, (action, source, destination, port, timed, _) in enumerate(found, 1)
    )  # fmt: skip
    zones = {line: Zones(frozenset(row[5])) for line, row in enumerate(found, 1)}
    return RuleSet(kind, "x", 1, boxes, zones=zones)


def matching(found, packet):
    """The lines that match a packet, in order."""
    source, destination, port, timed, zone = packet
    return [
        line
        for line, row in enumerate(found, 1)
        if source in row[1]
        and destination in row[2]
        and port in row[3]
        and (timed or not row[4])
        and zone in (row[5] or ZONES)
    ]


@settings(max_examples=150, deadline=None)
@given(rows)
def test_never_and_redundant_are_what_every_packet_shows(found):
    """A rule is idle if no packet ever comes to it, redundant if each of its packets meets one that does the same."""
    examined = examine(rule_set(found))
    hits = {packet: matching(found, packet) for packet in PACKETS}
    decided = {
        line: [packet for packet, lines in hits.items() if lines[:1] == [line]] for line in range(1, len(found) + 1)
    }
    actions = {line: row[0] for line, row in enumerate(found, 1)}
    never = {line for line, packets in decided.items() if not packets}
    said = {one.line for one in examined.never}
    assert said <= never
    # A condition may hold or not: one that two rules share is taken for the same thing, nothing else is.
    assert said == never
    for one in examined.never:
        without = [row for line, row in enumerate(found, 1) if line in one.by]
        assert all(matching(without, packet) for packet in PACKETS if one.line in hits[packet])
        assert one.same == ({actions[line] for line in one.by} == {actions[one.line]})
    for line in set(actions) - never:
        # What never decides is taken for gone.
        left = {packet: [one for one in lines if one not in never] for packet, lines in hits.items()}
        follows = all(len(left[packet]) > 1 and actions[left[packet][1]] == actions[line] for packet in decided[line])
        if line in {one.line for one in examined.redundant}:
            assert follows
        elif follows and not any(row[4] for row in found):
            pytest.fail(f"{line} changes nothing")


@settings(max_examples=100, deadline=None)
@given(rows)
def test_rules_that_could_be_one_are(found):
    """Two neighbours that are said to be one differ in one part, and one rule in their place takes the same packets."""
    for merge in examine(rule_set(found)).merges:
        one, other = found[merge.line - 1], found[merge.other - 1]
        assert merge.other == merge.line + 1
        assert (one[0], one[4], one[5]) == (other[0], other[4], other[5])
        both = [a | b if isinstance(a, frozenset) else a for a, b in zip(one, other, strict=True)]
        assert {p for p in PACKETS if matching([both], p)} == {p for p in PACKETS if matching([one, other], p)}


addresses = st.sampled_from(
    [ANY, *(Address(value, 0) for value in range(4)), Address(0, 1), Address(2, 1), Address(0, 3)]
)
written = st.lists(
    st.builds(
        FilterRule,
        line=st.just(0),
        permit=st.booleans(),
        protocol=st.sampled_from(("", "tcp", "6", "udp")),
        source=addresses,
        destination=addresses,
        source_ports=st.just(ANY_PORTS),
        destination_ports=st.sampled_from((ANY_PORTS, Ports(((1, 1),)), Ports(((2, 2),)), Ports(((1, 2),)))),
        conditions=st.sampled_from((frozenset(), frozenset({"established"}))),
    ),
    max_size=7,
)


@settings(max_examples=150, deadline=None)
@given(written)
def test_the_quick_look_misses_nothing(rules):
    """Where the rules as written look harmless, the sets find nothing either."""
    lines = tuple(rule._replace(line=number) for number, rule in enumerate(rules, 1))
    one = RuleSet(FilterKind.ACCESS_LIST, "x", 1, written=lines)
    whole = examine(RuleSet(FilterKind.ACCESS_LIST, "x", 1, one.rules))
    if not look(lines).overlaps:
        assert not whole.never
        assert not whole.redundant
    assert examine(one) == whole


def test_a_protocol_by_name_and_by_number_is_one():
    """Neighbours that say `tcp` and `6` and differ in their sources could be one rule."""
    first = FilterRule(1, permit=True, protocol="tcp", source=Address(0, 0))
    rules = (first, first._replace(line=2, protocol="6", source=Address(1, 0)))
    assert examine(RuleSet(FilterKind.ACCESS_LIST, "x", 1, written=rules)).merges == (Merge(1, 2, "source"),)


def acl(*texts):
    """An access list from `permit 10.0.0.0/25 80`."""
    rules = []
    for line, text in enumerate(texts, 1):
        action, source, *port = text.split()
        value, _, length = source.partition("/")
        spans = Intervals.of([(int(value), int(value) + (1 << (32 - int(length))))])
        rest = EMPTY if int(length) else ANYWHERE.v6
        found = Intervals.inclusive(int(port[0]), int(port[-1])) if port else PORTS
        protocols = Intervals.one(6) if port else PROTOCOLS
        rules.append(Rule(action, line, AddressSet(spans, rest), protocols=protocols, destination_ports=found))
    return examine(RuleSet(FilterKind.ACCESS_LIST, "x", 1, tuple(rules)))


def test_entries_of_a_list_are_one_only_if_one_entry_says_it():
    """Two halves of a prefix, two ranges that touch; not two ends of a list, and not 3 of 4 quarters."""
    assert acl("permit 0/25", "permit 128/25").merges == (Merge(1, 2, "source"),)
    assert acl("permit 128/25", "permit 256/25").merges == ()
    assert acl("permit 0/25 80", "permit 0/25 81 90").merges == (Merge(1, 2, "service"),)
    assert acl("permit 0/25 80", "permit 0/25 82").merges == ()
    assert acl("permit 0/25", "deny 128/25").merges == ()


def test_several_earlier_rules_together_shadow():
    """Two halves permit what the whole is denied afterwards; with a gap they do not."""
    found = acl("permit 0/25", "permit 128/25", "deny 0/24")
    assert [(one.line, one.by, one.same) for one in found.never] == [(3, (1, 2), False)]
    assert acl("permit 0/25", "permit 128/26", "deny 0/24").never == ()


def test_an_unreadable_rule_between_leaves_redundancy_open():
    """What may decide otherwise before the later rule is not passed over."""
    rules = (Rule("permit", 1, v4({1})), Rule("permit", 3, v4({0, 1, 2})))
    assert [one.line for one in examine(RuleSet(FilterKind.ACCESS_LIST, "x", 1, rules)).redundant] == [1]
    assert examine(RuleSet(FilterKind.ACCESS_LIST, "x", 1, rules, unread=(2,))).redundant == ()
    assert examine(RuleSet(FilterKind.ACCESS_LIST, "x", 1, rules, unread=(4,))).redundant != ()


def test_a_rule_that_takes_everything_makes_none_before_it_redundant():
    """It is a default in writing: the narrow rules are those to keep."""
    assert acl("deny 0/25", "deny 0/24", "deny 0/0").redundant == (Covered(1, (2,), same=True),)
    assert acl("permit 0/25", "permit 0/0").redundant == ()


@pytest.mark.soak
@pytest.mark.parametrize("crowded", [False, True])
def test_two_thousand_rules_take_less_than_a_second(crowded):
    """Whether the rules meet each other seldom or all the time."""
    dice = random.Random(5)  # noqa: S311 - rules, no secret
    rules = []
    for line in range(1, 2001):
        size = 1 << dice.randrange(8, 24 if crowded else 10)
        first, second = (dice.randrange(1 << 24) // size * size for _ in range(2))
        port = dice.randrange(1, 60000)
        rules.append(
            Rule(
                dice.choice(("permit", "deny")), line,
                AddressSet(Intervals(((first, first + size),)), EMPTY),
                AddressSet(Intervals(((second, second + size),)), EMPTY),
                Intervals.one(6), PORTS, Intervals.inclusive(port, port + (3000 if crowded else 0)),
            )
        )  # fmt: skip
    began = time.process_time()
    examine(RuleSet(FilterKind.ACCESS_LIST, "x", 1, tuple(rules)))
    assert time.process_time() - began < 3
