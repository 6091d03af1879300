"""All of 涟源 at once: 20 townships, the core, the firewall and 65 unit gateways on one machine."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lab import checks, control
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.lab


def memory_of(pid: int) -> int:
    """Proportional memory, in KiB, of a process and of every one below it."""
    parents: dict[int, int] = {}
    sizes: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with suppress(OSError, StopIteration):
            status = (entry / "status").read_text(encoding="utf-8", errors="replace")
            parents[int(entry.name)] = int(status.partition("PPid:")[2].split()[0])
            text = (entry / "smaps_rollup").read_text(encoding="utf-8")
            sizes[int(entry.name)] = next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    below = {pid}
    while more := {child for child, parent in parents.items() if parent in below} - below:
        below |= more
    assert len(below) > 65 * 2, "a gateway has more than two processes"
    return sum(sizes.get(one, 0) for one in below)


def test_eighty_seven_devices_and_sixty_five_tunnels(tmp_path: Path, make_workspace: Callable[[Path], Path]) -> None:
    """They start in less than 2.5 GB; every unit's tunnel comes up and carries its pings."""
    root = make_workspace(tmp_path / "lianyuan")
    state = control.up(root, backend_name="netns")
    try:
        tunnels = checks.wait_tunnels(state, PATIENCE)
        assert sum(tunnel.installed > 0 for tunnel in tunnels["fw-border"].values()) == 65
        assert len(tunnels) == 66
        _, nodes = control.status(root)
        assert [node for node in nodes if node.state != "up"] == []
        server = state.nodes["srv-servers"].address
        units = [name for name in state.nodes if name.startswith("pc-un-")]
        assert len(units) == 65
        assert [name for name in units if not checks.ping(state, name, server, count=1)] == []
        assert memory_of(state.pid) < 2.5 * 1024 * 1024
    finally:
        control.down(root)
