"""Interface names as Linux accepts them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.names import LONGEST, linux_names

VENDOR = st.one_of(
    st.text(min_size=1, max_size=40),
    st.builds(
        "{}{}/{}/{}".format,
        st.sampled_from(["GigabitEthernet", "XGigabitEthernet", "Ten-GigabitEthernet", "Eth-Trunk", "eth", "port"]),
        *[st.integers(0, 99)] * 3,
    ),
    st.sampled_from(["l", "a", "up", "lo", "dev", "type", "eth0", "ge0-0-1", "GE0/0/1", "接口1", "."]),
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("GigabitEthernet0/0/1", "ge0-0-1"),
        ("GigabitEthernet0/24", "ge0-24"),
        ("XGigabitEthernet1/0/3", "xe1-0-3"),
        ("Ten-GigabitEthernet1/0/49", "xe1-0-49"),
        ("GigabitEthernet0/0/1.100", "ge0-0-1.100"),
        ("Eth-Trunk1", "agg1"),
        ("Vlanif100", "vlan100"),
        ("eth0", "eth0"),
        ("feth0", "feth0"),
    ],
)
def test_known_words_become_short_and_valid_names_stay(name: str, expected: str) -> None:
    """Names that a person recognises; what Linux accepts already is not touched."""
    assert linux_names([name]) == {name: expected}


@given(st.sets(VENDOR, max_size=12))
def test_names_are_valid_and_injective(names: set[str]) -> None:
    """Whatever the vendor's names are: at most 15 characters, no slash or space, no keyword, no two the same."""
    short = linux_names(names)
    assert set(short) == names
    assert len(set(short.values())) == len(names)
    for name in short.values():
        assert 0 < len(name) <= LONGEST
        assert not set(name) & set("/ \t\n:%")
        assert name.isascii()
        assert name not in {"l", "a", "up", "lo", "dev", "type", "all", "default", ".", ".."}


@given(st.lists(VENDOR, max_size=12))
def test_order_does_not_matter(names: list[str]) -> None:
    """The same interfaces get the same names, in whatever order they are listed."""
    assert linux_names(names) == linux_names(reversed(names))
