"""Objects of firewalls: groups of groups, what is left out, what holds no addresses, what nobody understood."""

from __future__ import annotations

import pytest

from configs.intervals import ANYWHERE
from configs.meaning.filter_sets import UnclearError
from configs.meaning.objects import Content, Policy, addresses, ranged, sized


@pytest.fixture
def book():
    """A LAN, a group that holds it, a name without addresses, a group of both."""
    found = addresses("address")
    found.put("lan", sized("10.1.1.0/24"), 1)
    found.put("group", "lan", 2)
    found.put("group", sized("10.2.0.0", "255.255.0.0"), 3)
    found.open("web 10.1.1.1", 4)
    found.put("mixed", "group", 5)
    found.put("mixed", "web 10.1.1.1", 5)
    return found


def test_groups_hold_groups(book):
    """A group is the union of its members, and knows the lines that say so."""
    content = book.content("group")
    assert content.found == sized("10.1.1.0/24") | sized("10.2.0.0/16")
    assert content.lines == (1, 2, 3)


def test_what_is_left_out(book):
    """An excluded range is not in the object."""
    book.put("some", "lan", 7)
    book.leave_out("some", ranged("10.1.1.10", "10.1.1.20"), 8)
    assert book.get("some") == sized("10.1.1.0/24") - ranged("10.1.1.10", "10.1.1.20")


def test_a_name_without_addresses_is_a_word(book):
    """It is a condition; one that looks like an address is known by its place, since names may follow the mapping."""
    content = book.content("mixed")
    assert content.found == book.get("group")
    assert content.words == ("#2",)
    assert book.get("mixed") is None
    assert book.content("predefined").words == ("predefined",)
    assert book.content("Host_10.1.1.1") is None


def test_circles_and_what_is_not_understood(book):
    """A group that holds itself, or a part that nobody understood, is unknown and never empty."""
    book.put("a", "b", 9)
    book.put("b", "a", 10)
    book.put("odd", None, 11)
    book.put("outer", "odd", 12)
    assert [book.content(name) for name in ("a", "b", "odd", "outer")] == [None] * 4
    assert ranged("10.0.0.9", "10.0.0.1") is None


def test_a_rule_of_sets_and_words(book):
    """A set and a word are two rules of one line; with negation both must not hold."""
    policy = Policy(20, "permit")
    policy.source(book.content("mixed"))
    rules = policy.rules()
    assert [(rule.source, rule.conditions) for rule in rules] == [
        (book.get("group"), frozenset()),
        (ANYWHERE, frozenset({"source #2"})),
    ]
    assert {rule.line for rule in rules} == {20}
    policy.without_sources = True
    assert [(rule.source, rule.conditions) for rule in policy.rules()] == [
        (ANYWHERE - book.get("group"), frozenset({"source not #2"}))
    ]


def test_a_rule_that_rests_on_something_unknown(book):
    """It is no set of packets: said, never guessed."""
    policy = Policy(20, "permit")
    policy.destination(None)
    with pytest.raises(UnclearError):
        policy.rules()
    policy = Policy(21, "permit", conditions={"user of 10.1.1.1"})
    with pytest.raises(UnclearError):
        policy.rules()
    policy = Policy(22)
    policy.destination(Content(book.get("lan")))
    assert policy.rules()[0].destination == book.get("lan")
