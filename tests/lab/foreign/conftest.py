"""The example cities, planned, each read and cast once for all tests of labs that other programs run."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ipplan import allocate, plan, policy_file
from lab import control, startup, topology

if TYPE_CHECKING:
    from inventory.model import Workspace
    from ipplan.plan import Plan
    from lab.topology import Topology

EXAMPLES = Path(__file__).parents[3] / "examples"


@dataclass
class City:
    """A copy of an example with its secrets and its plan."""

    name: str
    root: Path

    @cached_property
    def workspace(self) -> Workspace:
        return startup.with_invented_secrets(control.load_workspace(self.root))

    @cached_property
    def plan(self) -> Plan:
        return plan.read(self.root / "plan" / "plan.csv")

    def topology(self, backend: str, *devices: str) -> Topology:
        return topology.build(self.workspace, self.plan, backend=backend, devices=devices or None)


def _city(name: str, folder: Path) -> City:
    root = folder / name
    shutil.copytree(EXAMPLES / name, root, ignore=shutil.ignore_patterns(".lab", "secrets", "reports"))
    (root / "secrets").mkdir(mode=0o700)
    text = (root / "inventory" / "credentials.yaml").read_text(encoding="utf-8")
    for secret in set(re.findall(r"file:secrets/([\w-]+)", text)):
        (root / "secrets" / secret).write_text(f"Aa1-{secret}-Zz9\n", encoding="utf-8")
        (root / "secrets" / secret).chmod(0o600)
    loaded = control.load_workspace(root)
    made = allocate.make(loaded.inventory, policy_file.load(root / "plan" / "policy.yaml"), None)
    plan.write(made, root / "plan" / "plan.csv")
    return City(name, root)


@pytest.fixture(scope="package")
def lianyuan_city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """A county-level city: a switch, a firewall, 20 townships, 65 VPN terminals."""
    return _city("lianyuan", tmp_path_factory.mktemp("foreign"))


@pytest.fixture(scope="package")
def shangrao_city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """A prefecture-level city: 12 counties, 277 townships, three makes of routers."""
    return _city("shangrao", tmp_path_factory.mktemp("foreign"))


@pytest.fixture(scope="package")
def jiyuan_city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """A city without counties: 24 departments, 16 townships, 506 villages behind two VPN gateways."""
    return _city("jiyuan", tmp_path_factory.mktemp("foreign"))


@pytest.fixture(scope="package")
def suqian_city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """A prefecture-level city: 116 units, 109 townships, five makes."""
    return _city("suqian", tmp_path_factory.mktemp("foreign"))


@pytest.fixture(scope="package")
def wuwei_city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """A prefecture-level city: 80 departments behind access switches, 108 townships."""
    return _city("wuwei", tmp_path_factory.mktemp("foreign"))
