"""The seam between `lab.control` and a way to run devices: one small Protocol, and each back end's registry line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

from inventory.errors import GovnetError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from inventory.model import Device, Workspace
    from ipplan.plan import Plan
    from lab.state import LabState, Skipped, Substitution

# name → module with a class `BACKEND`
REGISTRY = {
    "containerlab": "lab.backends.containerlab.runner",
    "docker": "lab.backends.docker",
    "emulated": "lab.backends.emulated",
    "gns3": "lab.backends.gns3.runner",
    "netns": "lab.backends.netns",
    "uml": "lab.backends.uml",
}


class Fault(StrEnum):
    """What may be wrong with a virtual device, on demand."""

    DOWN = "down"  # it is switched off: nothing answers
    MUTE = "mute"  # it accepts connections and never says a word
    WRONG_PASSWORD = "wrong-password"  # noqa: S105 - a fault's name: it refuses the password that the inventory knows
    SLOW = "slow"  # it answers, after seconds


class Topology(Protocol):
    """What `lab.topology.build` gives a back end.

    `workspace` is the derived one: platforms that can run here, interface names that are valid here. `nodes` are the
    names of everything that is to run (devices, and hosts if the back end makes any).
    """

    @property
    def workspace(self) -> Workspace:
        """The derived workspace."""
        ...

    @property
    def plan(self) -> Plan:
        """The plan that belongs to it."""
        ...

    @property
    def nodes(self) -> Sequence[Any]:
        """What is to run; each has a `.name`."""
        ...

    @property
    def devices(self) -> tuple[Device, ...]:
        """The devices among them, as they are here."""
        ...

    @property
    def substitutions(self) -> tuple[Substitution, ...]:
        """Devices in whose place something else runs."""
        ...

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """Devices that do not run, and why."""
        ...


class Observer(Protocol):
    """Is told what happens while a lab is built. Printing stays outside."""

    def step(self, message: Message) -> None:
        """Something begins."""
        ...


class Quiet:
    """An observer that says nothing."""

    def step(self, message: Message) -> None:
        """Nothing to say."""


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """One device as it is now. `state` is stable and English: up, unreachable, down, mute, slow, wrong-password."""

    name: str
    state: str
    detail: str = ""


class Backend(Protocol):
    """A way to run virtual devices.

    `up` starts ONE background process that outlives its caller and cleans up, or hands the lab to a program that holds
    it (`LabState.held`) and writes the state first, so that what a killed `up` left can be ended.
    """

    name: str

    def missing(self) -> list[Message]:
        """What this machine lacks for it, each with what would mend it; empty if it can run."""
        ...

    def up(
        self,
        topology: Topology,
        directory: Path,
        observer: Observer,
        *,
        faults: Mapping[str, Fault],
        owned: bool = False,
    ) -> LabState:
        """Start the lab in `directory`, which exists; returns when every device is there. LabError if it cannot.

        An `owned` lab ends with the process that started it, however that one ends.
        """
        ...

    def exec(self, state: LabState, node: str, argv: Sequence[str]) -> int:
        """Run a command on a node, its output on this process's stdout; returns the command's exit status."""
        ...

    def status(self, state: LabState) -> tuple[NodeStatus, ...]:
        """Every node as it is now."""
        ...

    def down(self, state: LabState) -> None:
        """End the lab. Idempotent: a lab that is gone already is no error."""
        ...


def backend(name: str) -> Backend:
    """The back end of that name; GovnetError if there is none."""
    try:
        module = REGISTRY[name]
    except KeyError:
        raise GovnetError(
            Message("there is no lab back end “{name}”", name=name),
            Message("write one of: {names}", names=", ".join(sorted(REGISTRY))),
        ) from None
    return cast("Backend", import_module(module).BACKEND())
