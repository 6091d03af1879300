"""A prefix list's entry without bounds means one route: it is never cut into pieces, in no language."""

from __future__ import annotations

import pytest

from configs import dialects
from configs.equivalence.proof import Document, prove
from configs.readdress.engine import Action
from ipplan import mapping_file

# Platform, a text with one entry for 10.1.1.0/24, and whether the entry may stand there more than once.
TEXTS = {
    "ios": ("cisco_ios", "ip prefix-list P seq 5 permit {prefix}\n", True),
    "nxos": ("cisco_nxos", "ip prefix-list P seq 5 permit {prefix}\n", True),
    "eos": ("arista_eos", "ip prefix-list P\n   seq 10 permit {prefix}\n", True),
    "frr": ("frr", "ip prefix-list P seq 5 permit {prefix}\n", True),
    "ruijie": ("ruijie_os", "ip prefix-list P seq 5 permit {prefix}\n", True),
    "stoneos": ("hillstone_stoneos", "ip prefix-list P seq 5 permit {prefix}\n", True),
    "xr list": ("cisco_xr", "ipv4 prefix-list L\n 10 permit {prefix}\n!\n", True),
    "xr set": ("cisco_xr", "prefix-set P\n  {prefix},\n  192.0.2.0/24\nend-set\n", False),
    "xr policy": (
        "cisco_xr",
        "route-policy R\n  if destination in ({prefix}) then\n    pass\n  endif\nend-policy\n",
        False,
    ),
    "vrp": ("huawei", "ip ip-prefix P index 10 permit {address} {length}\n", True),
    "comware": ("hp_comware", "ip prefix-list P index 10 permit {address} {length}\n", True),
    "junos list": ("juniper_junos", "set policy-options prefix-list P {prefix}\n", True),
    "junos": (
        "juniper_junos",
        "set policy-options policy-statement S term 1 from route-filter {prefix} exact\n",
        True,
    ),
    "junos longer": (
        "juniper_junos",
        "set policy-options policy-statement S term 1 from route-filter {prefix} longer\n",
        True,
    ),
    "sros": (
        "nokia_sros",
        (
            'configure\n    router\n        policy-options\n            prefix-list "P"\n'
            "                prefix {prefix} exact\n            exit\n        exit\n    exit\n"
        ),
        True,
    ),
    "panos": (
        "paloalto_panos",
        "set network virtual-router V protocol bgp policy import rules E match address-prefix {prefix} exact yes\n",
        True,
    ),
    "fortios": (
        "fortinet",
        (
            'config router prefix-list\n    edit "P"\n        config rule\n            edit 1\n'
            "                set prefix {address} {mask}\n            next\n        end\n    next\nend\n"
        ),
        False,
    ),
}
# The parts of one subnet, each with a new one of its own.
PARTED = """old,new,mode,old_subnet,new_subnet
10.1.1.0/25,172.20.1.0/25,split,10.1.1.0/24,172.20.1.0/25
10.1.1.128/25,192.168.9.0/25,split,10.1.1.0/24,192.168.9.0/25
"""
UNSAID = {
    "rows for parts alone": "old,new\n10.1.1.0/25,172.20.1.0/25\n10.1.1.128/25,192.168.9.0/25\n",
    "parts of larger subnets": PARTED.replace(",172.20.1.0/25\n", ",172.20.1.0/24\n").replace(
        ",192.168.9.0/25\n", ",192.168.9.0/24\n"
    ),
    "a part of a subnet": "old,new,mode,old_subnet,new_subnet\n"
    "10.1.1.0/25,172.20.1.0/25,split,10.1.0.0/23,172.20.1.0/24\n"
    "10.1.1.128/25,192.168.9.0/25,split,10.1.0.0/23,192.168.9.0/24\n",
    "a host of it elsewhere": "old,new\n10.1.1.0/24,172.20.1.0/24\n10.1.1.5/32,192.168.9.9/32\n",
}


def _text(name, prefix="10.1.1.0/24", mask="255.255.255.0"):
    address, _, length = prefix.partition("/")
    return TEXTS[name][1].format(prefix=prefix, address=address, length=length, mask=mask).encode()


def _proof(platform, old, new, mapping):
    speak = dialects.dialect(platform)
    sides = [[Document("d", platform, speak.parse(data))] for data in (old, new)]
    return prove(*sides, mapping)


@pytest.mark.parametrize("mapping", UNSAID.values(), ids=list(UNSAID))
@pytest.mark.parametrize("name", TEXTS)
def test_a_route_without_rows_of_its_own_is_left_for_a_person(name, mapping, readdress):
    """Pieces of addresses are no routes; the text stays as it is."""
    result = readdress(_text(name), TEXTS[name][0], mapping_file.parse(mapping))
    assert result.to_bytes() == _text(name)
    (token,) = [token for token in result.tokens() if token.action is Action.REVIEW]
    assert token.reason == "one-route"


@pytest.mark.parametrize("name", TEXTS)
def test_a_route_that_the_mapping_parts_becomes_its_parts(name, readdress):
    """Where the rows say which subnets the subnet becomes, and the entry may be repeated."""
    mapping = mapping_file.parse(PARTED)
    result = readdress(_text(name), TEXTS[name][0], mapping)
    found = [token.reason for token in result.tokens() if token.action is Action.REVIEW]
    if not TEXTS[name][2]:
        assert found == ["several-places"]
        return
    assert found == []
    text = result.to_bytes().decode()
    assert text.count("172.20.1.0") == text.count("192.168.9.0") == 1
    assert "10.1.1." not in text
    assert _proof(TEXTS[name][0], _text(name), result.to_bytes(), mapping).ok


@pytest.mark.parametrize("name", [name for name, row in TEXTS.items() if row[2]])
def test_pieces_of_a_route_are_refuted(name, readdress):
    """The right addresses in other pieces than the plan's subnets: the proof sees that these are other routes."""
    mapping = mapping_file.parse(PARTED)
    right = readdress(_text(name), TEXTS[name][0], mapping).to_bytes()
    lines = right.splitlines(keepends=True)
    index = next(index for index, line in enumerate(lines) if b"192.168.9.0" in line)
    halves = [lines[index].replace(b"25", b"26"), lines[index].replace(b"9.0", b"9.64").replace(b"25", b"26")]
    proof = _proof(TEXTS[name][0], _text(name), b"".join((*lines[:index], *halves, *lines[index + 1 :])), mapping)
    assert any("means one route" in str(found.message) for found in proof.counterexamples)


def test_what_means_every_route_inside_is_still_a_list(readdress):
    """JunOS's `orlonger` is no single route: the parts together are what it means."""
    mapping = mapping_file.parse(UNSAID["rows for parts alone"])
    old = b"set policy-options policy-statement S term 1 from route-filter 10.1.1.0/24 orlonger\n"
    result = readdress(old, "juniper_junos", mapping)
    assert [line.split()[-2] for line in result.to_bytes().decode().splitlines()] == ["172.20.1.0/25", "192.168.9.0/25"]
    assert _proof("juniper_junos", old, result.to_bytes(), mapping).ok


def test_an_announced_network_is_a_route_of_the_plan(readdress):
    """BGP announces only what is a route: no pieces of the plan's subnets."""
    old = b"router bgp 1\n network 10.1.1.0 mask 255.255.255.0\n"
    right = readdress(old, "cisco_ios", mapping_file.parse(PARTED)).to_bytes().decode()
    assert [line.split()[1] for line in right.splitlines()[1:]] == ["172.20.1.0", "192.168.9.0"]
    left = readdress(old, "cisco_ios", mapping_file.parse(UNSAID["parts of larger subnets"]))
    assert left.to_bytes() == old
