"""Junos's prefix lists by who names them: addresses to filters, routes to policies."""

from __future__ import annotations

import pytest

from configs import dialects
from configs.equivalence.proof import Document, prove
from configs.readdress.engine import Action
from ipplan import mapping_file

PLATFORM = "juniper_junos"
HALVES = mapping_file.parse("old,new\n10.1.1.0/25,172.20.1.0/25\n10.1.1.128/25,192.168.9.0/25\n")
LIST = "set policy-options prefix-list P 10.1.1.0/24\n"
CUT = "set policy-options prefix-list P 172.20.1.0/25\nset policy-options prefix-list P 192.168.9.0/25\n"
POLICY = "set policy-options policy-statement S term 1 from "
FILTER = "set firewall family inet filter F term 1 from "
THEN = "set firewall family inet filter F term 1 then accept\n"
ADDRESSES = {
    "filter": FILTER + "source-prefix-list P\n" + THEN,
    "filter, taken out": FILTER + "prefix-list P except\n" + THEN,
    "every route inside": POLICY + "prefix-list-filter P orlonger\n",
    "SNMP": FILTER + "protocol tcp\n" + THEN + "set snmp community c client-list-name P\n",
    "nobody": POLICY + "protocol bgp\n",
}
ROUTES = {
    "policy": POLICY + "prefix-list P\n",
    "exact": POLICY + "prefix-list-filter P exact\n",
    "longer": POLICY + "prefix-list-filter P longer\n",
    "both": FILTER + "source-prefix-list P\n" + THEN + POLICY + "prefix-list P\n",
    "both, one of them inactive": FILTER + "source-prefix-list P\n" + THEN + "inactive: " + POLICY + "prefix-list P\n",
    "in a list": POLICY + "prefix-list [ Q P ]\n",
    "nobody in this text, which is a part": "",
}
BRACES = """policy-options {
    prefix-list P {
        10.1.1.0/24;
    }
}
firewall {
    family inet {
        filter F {
            term 1 {
                from {
                    source-prefix-list {
                        P;
                    }
                }
                then accept;
            }
        }
    }
}
"""


def _proof(old, new):
    parse = dialects.dialect(PLATFORM).parse
    return prove(*([Document("d", PLATFORM, parse(text.encode()))] for text in (old, new)), HALVES)


@pytest.mark.parametrize("rest", ADDRESSES.values(), ids=list(ADDRESSES))
def test_a_list_that_means_addresses_is_cut(rest, readdress):
    """Any of its prefixes: pieces mean the same, and the proof agrees; a forgotten piece it finds."""
    result = readdress((LIST + rest).encode(), PLATFORM, HALVES)
    assert result.to_bytes().decode() == CUT + rest
    assert _proof(LIST + rest, CUT + rest).ok
    assert not _proof(LIST + rest, CUT.splitlines(keepends=True)[0] + rest).ok


@pytest.mark.parametrize("rest", ROUTES.values(), ids=list(ROUTES))
def test_a_list_that_may_mean_routes_is_not(rest, readdress):
    """One mention as a route is enough; the proof refuses the pieces."""
    result = readdress((LIST + rest).encode(), PLATFORM, HALVES)
    assert [token.reason for token in result.tokens() if token.action is Action.REVIEW] == ["one-route"]
    assert result.to_bytes().decode() == LIST + rest
    assert any("means one route" in str(found.message) for found in _proof(LIST + rest, CUT + rest).counterexamples)


def test_in_braces_too(readdress):
    """The same list in the other form."""
    new = readdress(BRACES.encode(), PLATFORM, HALVES).to_bytes().decode()
    assert new == BRACES.replace("10.1.1.0/24;", "172.20.1.0/25;\n        192.168.9.0/25;")
    assert _proof(BRACES, new).ok
    policy = "policy-options {\n    policy-statement S {\n        from prefix-list P;\n    }\n}\n"
    assert readdress((BRACES + policy).encode(), PLATFORM, HALVES).to_bytes().decode() == BRACES + policy
