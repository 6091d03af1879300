"""Whatever stands in a text: nothing is lost and every token has a class."""

from __future__ import annotations

from pathlib import Path

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from configs.readdress_policy import Policy
from inventory.errors import InputError
from ipplan import mapping_file

TEXTS = [
    case["old"]
    for path in sorted((Path(__file__).parent / "cases").glob("huawei.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]
PIECES = [
    "",
    "0",
    "255",
    ".",
    ":",
    "/",
    " ",
    "\n",
    "-",
    "10.1.1.1",
    "10.1.1.0 0.0.0.255",
    "999",
    "\t",
    "::1",
    '"',
    "核",
]
EVERYTHING = mapping_file.parse("old,new\n0.0.0.0/0,0.0.0.0/0\n::/0,::/0\n")
SCATTERED = mapping_file.parse(
    "old,new,vrf\n10.0.0.0/8,11.0.0.0/9,default\n10.1.1.0/24,59.192.0.0/23,default\n10.0.0.0/8,12.0.0.0/8,A\n"
    "2001:db8::/32,240e::/33,default\n172.16.0.0/12,,default\n"
)
ALL = Policy(router_id=True, isis_net=True, rd_rt=True, names=True, descriptions=True)


@st.composite
def mutated(draw):
    """A text of the cases with pieces put in and characters taken out."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(0, 8))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(PIECES)) + text[at + draw(st.integers(0, 3)) :]
    return text.encode()


@settings(max_examples=150, deadline=None)
@given(mutated())
def test_a_mapping_of_everything_to_itself_changes_nothing(readdress, data):
    """The very bytes, and every token is kept or for a person."""
    for policy in (Policy(), ALL):
        result = readdress(data, "huawei", EVERYTHING, policy)
        assert result.to_bytes() == data
        assert all(token.kind and token.reason and not token.new for token in result.tokens())


@settings(max_examples=150, deadline=None)
@given(mutated())
def test_a_scattering_mapping_changes_only_lines_with_addresses(readdress, data):
    """Nothing raises; every changed line had a rewritten token, every other line is as it was."""
    for policy in (Policy(), ALL):
        try:
            result = readdress(data, "huawei", SCATTERED, policy)
        except InputError:
            return
        rewritten = {token.line for token in result.tokens() if token.action.value == "rewritten"}
        assert set(result.changed) == rewritten
