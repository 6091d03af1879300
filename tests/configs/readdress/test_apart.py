"""An address and its companion on another line are changed together or left to a person."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from configs.dialects import dialect
from configs.readdress import Action, Engine, Policy, Source
from ipplan.mapping import Entry, Mapping
from ipplan.mapping_file import by_length

POOL = """config system dhcp server
    edit 1
        set default-gateway 10.1.1.1
        set netmask 255.255.255.0
        config ip-range
            edit 1
                set start-ip 10.1.1.10
                set end-ip {end}
            next
        end
    next
end
"""
ROUTER = """configure {
    router "Base" {
        interface "a" {
            ipv4 {
                primary {
                    address 10.1.1.1
                    prefix-length 24
                }
            }
        }
    }
    filter {
        ip-filter "f" {
            entry 10 {
                match {
                    src-ip {
                        address 10.1.1.0
                        mask 255.255.255.0
                    }
                }
            }
        }
    }
}
"""


def run(platform, text, *rows):
    """The new text, and what became of each token."""
    entries = []
    for old, new in rows:
        before, after = ip_network(old), ip_network(new)
        entries.append(Entry("default", before, after, by_length(before, after)))
    speaker = dialect(platform)
    source = Source("x", platform, speaker.parse(text.encode()), speaker.places(), speaker.mask)
    result = Engine(Mapping(tuple(entries)), Policy()).run(source)
    return result.to_bytes().decode(), {token.text: (token.action, token.reason) for token in result.tokens()}


def test_range_moves():
    """Both ends of a range move with its subnet, and the mask stays."""
    text, tokens = run("fortinet", POOL.format(end="10.1.1.99"), ("10.1.1.0/24", "10.9.9.0/24"))
    assert "set start-ip 10.9.9.10\n" in text
    assert "set end-ip 10.9.9.99\n" in text
    assert tokens["255.255.255.0"] == (Action.KEPT, "mask-apart")


def test_range_over_two_subnets():
    """A range whose ends would go to different places is left alone."""
    text, tokens = run(
        "fortinet", POOL.format(end="10.1.2.99"), ("10.1.1.0/24", "10.9.9.0/24"), ("10.1.2.0/24", "10.8.8.0/24")
    )
    assert "set start-ip 10.1.1.10\n" in text
    assert "set end-ip 10.1.2.99\n" in text
    assert tokens["10.1.1.10"] == tokens["10.1.2.99"] == (Action.REVIEW, "apart")


def test_mask_of_another_size():
    """A mask on its own line is for a person when its subnet grows."""
    _, tokens = run("fortinet", POOL.format(end="10.1.1.99"), ("10.1.1.0/24", "10.9.8.0/23"))
    assert tokens["255.255.255.0"] == (Action.REVIEW, "apart")


@pytest.mark.parametrize(("new", "action"), [("10.9.9.0/24", Action.REWRITTEN), ("10.9.8.0/23", Action.REVIEW)])
def test_length_on_the_next_line(new, action):
    """An address whose length has a line of its own moves if the length may stay, and otherwise not."""
    text, tokens = run("nokia_sros", ROUTER, ("10.1.1.0/24", new))
    assert tokens["10.1.1.1"][0] is action
    assert tokens["10.1.1.0"][0] is action
    assert ("address 10.9.9.1\n" in text) == (action is Action.REWRITTEN)
    assert ("address 10.1.1.0\n" in text) == (action is Action.REVIEW)


@pytest.mark.parametrize(("new", "action"), [("10.9.9.0/24", Action.REWRITTEN), ("10.9.8.0/23", Action.REVIEW)])
def test_bounds_below_a_prefix(new, action):
    """A prefix list's rule whose bounds stand below it is for a person when its length changes."""
    rule = "edit 1\nset prefix 10.1.1.0 255.255.255.0\nset le 30\nnext\n"
    text = f"config router prefix-list\nedit p\nconfig rule\n{rule}end\nnext\nend\n"
    _, tokens = run("fortinet", text, ("10.1.1.0/24", new))
    assert tokens["10.1.1.0"][0] is action
