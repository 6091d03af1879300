"""Commands that no row knows: what is in the mapping, or around it, is left for a person; nothing is skipped."""

from __future__ import annotations

import pytest

from configs.readdress.engine import Action
from ipplan import mapping_file

MAPPING = mapping_file.parse("old,new\n10.1.1.0/24,172.20.1.0/24\n2001:db8:1::/64,2001:db8:9::/64\n")
REVIEWED = {
    "an address": ("10.1.1.5", 1),
    "a range": ("10.1.1.5-10.1.1.9", 2),
    "a range in quotes": ('"10.1.1.5-10.1.1.9"', 2),
    "a range that ends outside": ("10.1.0.5-10.1.1.9", 1),
    "a prefix around it": ("10.0.0.0/8", 1),
    "a prefix around it, with a mask": ("10.1.0.0 255.255.0.0", 1),
    "a prefix around it, with a word and a mask": ("10.1.0.0 mask 255.255.0.0", 1),
    "a prefix of IPv6 around it": ("2001:db8::/32", 1),
}
KEPT = (
    "10.2.0.0/16",
    "10.2.0.0 255.255.0.0",
    "0.0.0.0/0",
    "10.2.1.5-10.2.1.9",
    "name-10.1.1.5",
    "10.1.1.5-name",
    "x10.1.1.5-10.1.1.9",
)


@pytest.mark.parametrize(("said", "count"), REVIEWED.values(), ids=list(REVIEWED))
def test_what_is_in_the_mapping_or_around_it_is_for_a_person(said, count, readdress):
    """It stays, and a person is told; today's text is not changed."""
    data = f"frobnicate with {said} now\n".encode()
    result = readdress(data, "cisco_ios", MAPPING)
    assert result.to_bytes() == data
    found = [token.reason for token in result.tokens() if token.action is Action.REVIEW]
    assert found == ["unknown-command"] * count


@pytest.mark.parametrize("said", KEPT)
def test_the_rest_is_kept(said, readdress):
    """What is outside of the mapping, and names."""
    data = f"frobnicate with {said} now\n".encode()
    result = readdress(data, "cisco_ios", MAPPING)
    assert result.to_bytes() == data
    assert {token.action for token in result.tokens()} == {Action.KEPT}
