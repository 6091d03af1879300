"""An address and its companion on another line are changed together or left to a person."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from configs.dialects import dialect
from configs.readdress.engine import Action, Engine, Policy, Source
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
    """A mask on its own line follows the subnet of the gateway and the range beside it."""
    text, tokens = run("fortinet", POOL.format(end="10.1.1.99"), ("10.1.1.0/24", "10.9.8.0/23"))
    assert tokens["255.255.255.0"] == (Action.REWRITTEN, "mapped")
    assert "set netmask 255.255.254.0\n" in text


def test_mask_of_addresses_that_part():
    """A mask whose gateway and range go to subnets of different sizes is for a person."""
    text = POOL.format(end="10.1.1.99").replace("10.1.1.1\n", "10.1.2.1\n")
    _, tokens = run("fortinet", text, ("10.1.1.0/24", "10.9.8.0/23"), ("10.1.2.0/24", "10.9.7.0/24"))
    assert tokens["255.255.255.0"] == (Action.REVIEW, "apart")


def test_mask_without_its_address():
    """A mask beside nothing but a server's address may be another subnet's: for a person."""
    text = "config system dhcp server\nedit 1\nset dns-server1 10.1.1.53\nset netmask 255.255.255.0\nnext\nend\n"
    _, tokens = run("fortinet", text, ("10.1.1.0/24", "10.9.8.0/23"))
    assert tokens["255.255.255.0"] == (Action.REVIEW, "apart")


def test_mask_of_the_same_section():
    """In a language without views a mask goes with the address that its command begins like."""
    text = (
        "set deviceconfig system ip-address 10.1.1.1\n"
        "set deviceconfig high-availability interface ha1 ip-address 10.1.2.1\n"
        "set deviceconfig high-availability interface ha1 netmask 255.255.255.0\n"
        "set deviceconfig system netmask 255.255.255.0\n"
    )
    new, _ = run("paloalto_panos", text, ("10.1.1.0/24", "10.9.8.0/23"), ("10.1.2.0/24", "10.9.7.0/24"))
    assert new == (
        "set deviceconfig system ip-address 10.9.8.1\n"
        "set deviceconfig high-availability interface ha1 ip-address 10.9.7.1\n"
        "set deviceconfig high-availability interface ha1 netmask 255.255.255.0\n"
        "set deviceconfig system netmask 255.255.254.0\n"
    )


def test_mask_behind_a_range():
    """A pool's mask on the range's own line follows its subnet."""
    text = "ip local pool P 10.1.1.10-10.1.1.99 mask 255.255.255.0\n"
    new, _ = run("cisco_asa", text, ("10.1.1.0/24", "10.9.8.0/23"))
    assert new == "ip local pool P 10.9.8.10-10.9.8.99 mask 255.255.254.0\n"


@pytest.mark.parametrize(("new", "action"), [("10.9.9.0/24", Action.REWRITTEN), ("10.9.8.0/23", Action.REVIEW)])
def test_length_on_the_next_line(new, action):
    """An address whose length has a line of its own moves if the length may stay, and otherwise not."""
    text, tokens = run("nokia_sros", ROUTER, ("10.1.1.0/24", new))
    assert tokens["10.1.1.1"][0] is action
    assert ("address 10.9.9.1\n" in text) == (action is Action.REWRITTEN)


@pytest.mark.parametrize(("new", "mask"), [("10.9.9.0/24", "255.255.255.0"), ("10.9.8.0/23", "255.255.254.0")])
def test_prefix_with_its_mask_on_the_next_line(new, mask):
    """A network and its mask on the next line change together."""
    text, _ = run("nokia_sros", ROUTER, ("10.1.1.0/24", new))
    assert f"address {new.partition('/')[0]}\n                        mask {mask}\n" in text


@pytest.mark.parametrize(
    ("new", "bound", "action"),
    [
        ("10.9.9.0/24", "le 30", Action.REWRITTEN),
        ("10.9.8.0/23", "le 30", Action.REWRITTEN),
        ("10.9.8.0/23", "ge 24", Action.REVIEW),
    ],
)
def test_bounds_below_a_prefix(new, bound, action):
    """A prefix list's rule whose bounds stand below it is for a person when they would change."""
    rule = f"edit 1\nset prefix 10.1.1.0 255.255.255.0\nset {bound}\nnext\n"
    text = f"config router prefix-list\nedit p\nconfig rule\n{rule}end\nnext\nend\n"
    _, tokens = run("fortinet", text, ("10.1.1.0/24", new))
    assert tokens["10.1.1.0"][0] is action


@pytest.mark.parametrize(("new", "action"), [("10.9.9.0/24", Action.REWRITTEN), ("10.9.8.0/23", Action.REVIEW)])
@pytest.mark.parametrize(
    "text",
    [
        (
            'configure {\nrouter "Base" {\ninterface "a" {\nipv4 {\nprimary {\naddress 10.1.1.1\n}\n'
            "secondary 10.7.7.7 {\nprefix-length 30\n}\n}\n}\n}\n}\n"
        ).replace("address 10.1.1.1\n", "address 10.1.1.1\n# nearer than its own length\n\n\nprefix-length 24\n"),
        (
            'configure {\nrouter "Base" {\ninterface "a" {\nipv4 {\nprimary {\nprefix-length 24\n\n\n'
            "address 10.1.1.1\n}\nsecondary 10.7.7.7 {\nprefix-length 30\n}\n}\n}\n}\n}\n"
        ),
        (
            '/configure router "Base" interface "b" ipv4 primary prefix-length 30\n'
            '/configure router "Base" interface "a" ipv4 primary prefix-length 24\n'
            '/configure router "Base" interface "a" ipv4 primary address 10.1.1.1\n'
            '/configure router "Base" interface "c" ipv4 primary prefix-length 30\n'
        ),
    ],
)
def test_length_of_the_same_section(text, new, action):
    """An address has the length that its own section says, however near another section's stands."""
    _, tokens = run("nokia_sros", text, ("10.1.1.0/24", new))
    assert tokens["10.1.1.1"][0] is action


@pytest.mark.parametrize("vrfs", ["inside 10.1.2.0", "vpn-instance B inside 10.1.2.0 vpn-instance A"])
def test_translated_networks_of_one_size(vrfs):
    """Two networks that are translated into each other grow together, mask and all, or are left to a person."""
    text = f"nat static global 10.1.1.0 {vrfs} netmask 255.255.255.0\n"
    both, _ = run("huawei", text, ("10.1.1.0/24", "10.9.2.0/23"), ("10.1.2.0/24", "10.9.4.0/23"))
    assert both == text.replace("10.1.1.0", "10.9.2.0").replace("10.1.2.0", "10.9.4.0").replace("255.0\n", "254.0\n")
    one, tokens = run("huawei", text, ("10.1.1.0/24", "10.9.2.0/24"), ("10.1.2.0/24", "10.9.4.0/23"))
    assert one == text
    assert tokens["10.1.1.0"] == tokens["10.1.2.0"] == (Action.REVIEW, "sizes-differ")
