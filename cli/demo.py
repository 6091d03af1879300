"""`govnet demo`: the main job, end to end, on virtual devices. Each step calls one package; the table at the end is the story."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.common import JsonOption, command, page, print_json, print_table, talk
from inventory.errors import ExitCode, GovnetError, RefusedError
from inventory.text import Message, language, mark, tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from configs.render import Rendered
    from configs.rollout import PushResult
    from inventory.model import Device, Workspace
    from ipplan.plan import Plan
    from lab.state import LabState
    from lab.topology import Topology

MARKER = ".govnet-demo"
STEPS = (
    ("workspace", mark("Copy the example workspace and check it")),
    ("plan", mark("Plan the addresses")),
    ("render", mark("Render the configurations")),
    ("lab", mark("Start the virtual devices")),
    ("compare", mark("Compare with what runs (dry run)")),
    ("push", mark("Push the configurations")),
    ("push-again", mark("Push again: nothing may change")),
    ("backup", mark("Archive the configurations")),
    ("network", mark("Look at the network: routes, reachability, tunnels")),
    ("poll", mark("Poll the devices by SNMP")),
    ("audit", mark("Audit the archived configurations")),
    ("end", mark("End the virtual devices")),
)


def register(root: typer.Typer) -> None:
    """Add `govnet demo` to the root command."""
    command(
        root,
        "demo",
        mark("Run the main job end to end on virtual devices: plan, render, push, poll, audit."),
        ["govnet demo", "govnet demo --lab netns --json"],
    )(demo)


@dataclass
class Step:
    """One line of the story. `detail` has stable English keys; `told` is the same for people."""

    name: str
    title: str
    ok: bool = False
    seconds: float = 0.0
    detail: dict[str, Any] = field(default_factory=dict)
    told: str = ""
    ran: bool = False
    code: ExitCode = ExitCode.DONE


@dataclass
class Demo:
    """What one step leaves for the next."""

    directory: Path
    source: Path
    backend: str
    level: int
    faults: tuple[str, ...]
    workspace: Workspace
    steps: dict[str, Step] = field(default_factory=dict)
    artifacts: dict[str, str] = field(default_factory=dict)
    plan: Plan | None = None
    topology: Topology | None = None
    state: LabState | None = None
    rendered: dict[str, Rendered] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def reports(self) -> Path:
        """Where the demo puts what it made."""
        return self.directory / "reports"
