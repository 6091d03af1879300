"""A rehearsal's lab: how long until a slice of a city's devices stands and every pair of hosts answers, and its memory.

The devices are those of the example 上饶, of three makes, with the configurations that its plan gives them: real FRR,
and for the other makes stand-ins with the emulated command line in front. Time is the wall clock's, from the texts to
the first answer of the last pair that has to talk: compiling, namespaces, daemons, OSPF with short timers until all
neighbours are Full, and the usual ones given back. Memory is the proportional set size (PSS, proc(5), smaps_rollup) of
every process of the lab: nothing shared counts twice.
Other programs that do this need the vendors' images, so there is no peer to run beside it. Needs root.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from common import figure, report

if TYPE_CHECKING:
    from inventory.model import Workspace
    from inventory.text import Message
    from ipplan.plan import Plan

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "shangrao"
MANY, FEW = 50, 8
MANY_SECONDS, FEW_SECONDS, MANY_MIB = 60.0, 15.0, 2560.0
PATIENCE = 300.0


class Silent:
    """An observer that says nothing."""

    def step(self, message: Message) -> None:
        """Nothing to say."""


def chosen(workspace: Workspace, plan: Plan, count: int) -> dict[str, list[bytes]]:
    """The texts of the core and of whole counties, until there are enough devices; none of what is not planned."""
    from configs.render import Renderer  # noqa: PLC0415 - what is measured begins after it
    from inventory.errors import DeviceError  # noqa: PLC0415 - as above

    devices = workspace.inventory.devices
    place = {name: workspace.inventory.sites[device.site].region[:6] for name, device in devices.items()}
    order = ("core", "county-core", "township-router")
    wanted = [name for name, device in devices.items() if device.role in order]
    wanted.sort(key=lambda name: (devices[name].role != "core", place[name], order.index(devices[name].role)))
    renderer, texts = Renderer(workspace, plan), {}
    for name in wanted:
        if len(texts) < count:
            try:
                texts[name] = [renderer.render(name).text.encode()]
            except DeviceError:  # a farm or a factory: left out of the plan
                continue
    return texts


def memory(keeper: int) -> float:
    """MiB of all processes below a lab's first one."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry.name))
    total, waiting = 0, [keeper]
    while waiting:
        pid = waiting.pop()
        waiting += parents.get(pid, [])
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return total / 1024


def stand(count: int) -> tuple[float, float, int]:
    """Seconds until every pair answers, MiB then, and how many pairs that are. RuntimeError if one never does."""
    from configs.dialects import platforms  # noqa: PLC0415 - what is measured begins after it
    from inventory import workspace as workspaces  # noqa: PLC0415 - as above
    from ipplan import plan as plans  # noqa: PLC0415 - as above
    from lab.rehearsal import pairs, running, scratch  # noqa: PLC0415 - as above
    from lab.rehearsal.model import Wanted  # noqa: PLC0415 - as above
    from lab.rehearsal.traffic import Traffic  # noqa: PLC0415 - as above

    with tempfile.TemporaryDirectory(prefix="govnet-bench-") as folder:
        root = Path(folder) / "city"
        scratch.copy(EXAMPLE, root)
        workspace = workspaces.load(root, platforms=platforms())
        plan = plans.read(root / "plan" / "plan.csv")
        texts = chosen(workspace, plan, count)
        began = time.monotonic()
        try:
            lab = running.up(workspace, plan, set(texts), texts, Silent())
            with Traffic(lab.keeper, Path(folder) / "prober.log") as traffic:
                traffic.open(lab.hosts)
                names = {device.name for device in lab.topology.devices}
                found = pairs.pairs(lab.topology.workspace.inventory, names, lab.hosts)
                required = [pair for pair in found if pair.wanted is Wanted.REQUIRED]
                flows = pairs.flows(
                    required, {host.name: host for host in lab.hosts}, {host.name: (0,) for host in lab.hosts}
                )
                waiting = flows
                while waiting and time.monotonic() - began < PATIENCE:
                    answers = traffic.ask(waiting, count=1, wait=0.5)
                    waiting = [flow for flow, came in zip(waiting, answers, strict=True) if not came]
                seconds = time.monotonic() - began
                if waiting:
                    message = f"{len(waiting)} of {len(flows)} pairs never answered, {waiting[0].pair.name} among them"
                    raise RuntimeError(message)
            return seconds, memory(lab.state.pid), len(flows)
        finally:
            running.ended(root)


def main() -> None:
    """Measure and report."""
    few, _, _ = stand(FEW)
    many, mib, pairs = stand(MANY)
    report(
        "standing",
        [
            figure("8-devices-of-three-makes-converged-seconds", few, "s", FEW_SECONDS),
            figure(f"50-devices-of-three-makes-{pairs}-pairs-converged-seconds", many, "s", MANY_SECONDS),
            figure("50-devices-of-three-makes-memory-mib", mib, "MiB", MANY_MIB),
        ],
    )


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    main()
