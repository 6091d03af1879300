"""Three Linux gateways, each with a tunnel to both others: packets go through all of them."""

from __future__ import annotations

import re
from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from configs.dialects import platforms
from configs.dialects.linux import sections
from configs.render import render
from inventory import workspace
from ipplan import plan
from lab import checks, control
from lab.netns import gateway
from tests.lab.netns import three_gateways
from tests.patience import PATIENCE, until

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.lab
SWANCTL = "/etc/swanctl/swanctl.conf"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The workspace with its plan."""
    return three_gateways.make(tmp_path / "three")


def test_exactly_one_end_opens_a_tunnel(root: Path) -> None:
    """Whichever has as many tunnels as the other; who only answers has started before anybody calls."""
    found = workspace.load(root, platforms=platforms())
    planned = plan.read(root / "plan" / "plan.csv")
    opened: dict[str, list[str]] = {}
    for name in ("gw-a", "gw-b", "gw-m"):
        files = sections(render(found, planned, name).text)
        blocks = re.findall(r"\t\t\t(vpn-\w+) \{\n(?:.*\n)*?\t\t\t\}", files[SWANCTL])
        actions = re.findall(r"(start|close|dpd)_action = (\w+)", files[SWANCTL])
        assert len(blocks) == 2
        assert len(actions) == 6
        for number, block in enumerate(blocks):
            said = dict(actions[3 * number : 3 * number + 3])
            assert said in (
                {"start": "start", "close": "start", "dpd": "restart"},
                {"start": "none", "close": "none", "dpd": "clear"},
            )
            opened.setdefault(block, []).append(said["start"])
    ends = {block: sorted(several) for block, several in opened.items()}
    assert ends == {block: ["none", "start"] for block in ("vpn-ab", "vpn-bm", "vpn-ma")}


@pytest.mark.parametrize(("action", "waits"), [("none", True), ("start", False), ("trap|start", False), ("trap", True)])
def test_who_waits_to_be_called(action: str, waits: bool) -> None:
    """Connections of which none is opened from here; a gateway without any has nothing to wait for."""
    text = f"connections {{\n x {{\n remote_addrs = 192.0.2.1\n children {{ x {{\n start_action = {action}\n}}}}}}}}\n"
    assert gateway.answers_only({SWANCTL: text}) is waits
    assert not gateway.answers_only({})


def test_packets_pass_all_tunnels(root: Path) -> None:
    """Each host reaches the two others, and both tunnels of its gateway count it."""
    state = control.up(root, backend_name="netns")
    try:
        checks.wait_tunnels(state, PATIENCE)
        before = {end: checks.tunnels(state, f"gw-{end}") for end in "abm"}
        assert {end: sorted(each) for end, each in before.items()} == {
            "a": ["vpn-ab", "vpn-ma"], "b": ["vpn-ab", "vpn-bm"], "m": ["vpn-bm", "vpn-ma"],
        }  # fmt: skip
        for one, other in permutations("abm", 2):
            address = state.nodes[f"pc-{other}"].address
            until(
                lambda one=one, to=address: checks.ping(state, f"pc-{one}", to).received,
                f"pc-{one} does not reach pc-{other}",
            )
        for end, tunnels in before.items():
            after = checks.tunnels(state, f"gw-{end}")
            for name, tunnel in tunnels.items():
                assert after[name].packets_out > tunnel.packets_out, (end, name)
                assert after[name].packets_in > tunnel.packets_in, (end, name)
    finally:
        control.down(root)
