"""Rules that an earlier one covers: exactly those, whatever the rules."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from configs.headers import Rule
from configs.intervals import ANYWHERE, AddressSet, Intervals, everything
from configs.meaning.covering import covered

SPANS = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 4)), min_size=1, max_size=2).map(
    lambda spans: Intervals.of((start, start + size) for start, size in spans)
)
ADDRESSES = st.one_of(
    st.just(ANYWHERE),
    st.builds(AddressSet, SPANS),
    st.builds(lambda found: AddressSet.single(6, found), SPANS),
    st.builds(AddressSet, SPANS, SPANS),
)
RULES = st.lists(
    st.builds(
        Rule,
        st.sampled_from(["permit", "deny"]),
        source=ADDRESSES,
        destination=ADDRESSES,
        protocols=st.sampled_from([everything(8), Intervals.one(6), Intervals.one(17)]),
        destination_ports=st.one_of(st.just(everything(16)), SPANS),
        conditions=st.sets(st.sampled_from(["zone a", "user b"]), max_size=2).map(frozenset),
    ),
    max_size=8,
).map(lambda rules: [Rule(**{**fields(rule), "line": number}) for number, rule in enumerate(rules, 1)])


def fields(rule: Rule) -> dict[str, object]:
    return {name: getattr(rule, name) for name in Rule.__dataclass_fields__}


def holds(earlier: Rule, rule: Rule, version: int) -> bool:
    return earlier.conditions <= rule.conditions and all(
        mine <= theirs for mine, theirs in zip(rule.box(version), earlier.box(version), strict=True)
    )


@settings(max_examples=150, deadline=None)
@given(RULES)
def test_a_rule_is_covered_if_one_earlier_rule_of_each_family_holds_all_its_packets(rules):
    """The same answer as comparing every rule with every earlier one."""
    expected = set()
    for index, rule in enumerate(rules):
        asked = [version for version in (4, 6) if all(rule.box(version))]
        if asked and all(any(holds(earlier, rule, version) for earlier in rules[:index]) for version in asked):
            expected.add(rule.line)
    assert {rule.line for rule, _ in covered(rules)} == expected


def test_a_line_with_several_services_is_covered_only_as_a_whole():
    """One service of a line that an earlier rule takes does not make the line superfluous."""
    web, mail = Intervals.one(443), Intervals.one(25)
    first = Rule("permit", 1, destination_ports=web)
    both = [Rule("deny", 2, destination_ports=web), Rule("deny", 2, destination_ports=mail)]
    assert covered([first, *both]) == []
    assert [rule.line for rule, _ in covered([first, Rule("permit", 3, destination_ports=mail), *both])] == [2]


def test_two_thousand_rules_are_compared_without_comparing_each_with_each():
    """Of 2,000 hosts and the network that holds them at the end, none is covered; at the beginning, all are."""
    hosts = [Rule("permit", number + 2, AddressSet(Intervals.one(number))) for number in range(2000)]
    whole = Rule("deny", 1, AddressSet(Intervals.inclusive(0, 5000)))
    assert covered([*hosts, whole]) == []
    assert len(covered([whole, *hosts])) == 2000
