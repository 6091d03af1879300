"""Prefixes as people write them."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.cells import Fault
from ipplan.networks import block_of, network_of, parse_network


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)), st.integers(0, 128))
def test_what_the_library_writes_is_read(address: object, length: int) -> None:
    """Every prefix in canonical form comes back, as an object and through integers."""
    bits = 32 if str(address).count(".") == 3 and ":" not in str(address) else 128
    network = ip_network(f"{address}/{min(length, bits)}", strict=False)
    assert parse_network(str(network)) == network
    assert network_of(block_of(network), network.version) == network


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("10.020.0.0/16", "leading-zero", "write 10.20.0.0/16"),
        ("10.20.0.0/016", "leading-zero", "write 10.20.0.0/16"),
        ("010.000.0.0/8", "leading-zero", "write 10.0.0.0/8"),
        ("１０.20.0.0/16", "full-width", "write 10.20.0.0/16"),
        ("10。20。0。0/16", "full-width", "write 10.20.0.0/16"),
        ("10.20.0.0／16", "full-width", "write 10.20.0.0/16"),
        ("10.20.0.1/16", "host-bits", "write 10.20.0.0/16"),
        ("fd00::1/64", "host-bits", "write fd00::/64"),
        ("10.20.0.0", "no-prefix-length", "write a prefix with its length, as in 10.20.0.0/24"),
        ("10.20.0.0/33", "bad-prefix", "write a prefix with its length, as in 10.20.0.0/24"),
        ("10.20.0.0/255.255.0.0", "netmask", "write 10.20.0.0/16"),
        ("10.20.0/16", "bad-prefix", "write a prefix with its length, as in 10.20.0.0/24"),
        ("10.20.0.0/-1", "bad-prefix", "write a prefix with its length, as in 10.20.0.0/24"),
        ("10.20.0.0/16%eth0", "bad-prefix", "write a prefix with its length, as in 10.20.0.0/24"),
        ("10.20.0.0/16/16", "bad-prefix", "write a prefix with its length, as in 10.20.0.0/24"),
        ("乡镇", "no-prefix-length", "write a prefix with its length, as in 10.20.0.0/24"),
    ],
)
def test_what_is_no_prefix_is_explained(text: str, code: str, hint: str) -> None:
    """Each slip has its code and says what to write instead."""
    with pytest.raises(Fault) as caught:
        parse_network(text)
    assert (caught.value.code, str(caught.value.hint)) == (code, hint)


@given(st.text(max_size=30))
def test_any_text_is_a_prefix_or_a_fault(text: str) -> None:
    """Nothing else than a prefix or a fault comes out."""
    try:
        network: object = parse_network(text)
    except Fault:
        network = None
    assert network is None or isinstance(network, (IPv4Network, IPv6Network))
