"""A small city in real namespaces: two townships, the core, the border firewall, two units, a server, the internet."""

from __future__ import annotations

import asyncio
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING

import asyncssh
import pytest

from configs.dialects import platforms
from configs.render import render
from inventory import filters, workspace
from ipplan import allocate, plan, policy_file
from lab import checks, control, topology
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lab.state import LabState
    from lab.topology import Topology

EXAMPLE = Path(__file__).parents[3] / "examples" / "lianyuan"
# One township router of each make: one runs as it is, for the other FRR stands in.
WHERE = "name in (core-city, fw-border, rt-lantian, rt-anping, vg-zfb, vg-fgj)"
SECRETS = (
    *("routers-password", "core-password", "core-enable", "firewall-password", "vpn-units-password"),
    *("snmp-auth", "snmp-priv", "snmp-community", "ipsec-psk"),
)
RELOAD = "/usr/lib/frr/frr-reload.py"


@dataclass(frozen=True)
class City:
    """A workspace with a plan, its topology, and the lab that runs it."""

    root: Path
    topology: Topology
    state: LabState

    def address(self, host: str) -> str:
        """The address of a host."""
        return str(self.topology.node(host).address)

    def lans(self) -> set[object]:
        """The planned prefixes of the township LANs that run."""
        return {
            allocation.prefix
            for node in self.topology.of_kind(topology.NodeKind.HOST)
            if not node.line.startswith("lan-un-")
            for allocation in self.topology.plan.of(node.line)
        }

    def ssh(
        self, device: str, *commands: str, user: str = "govnet", text: str = ""
    ) -> list[asyncssh.SSHCompletedProcess]:
        """Run commands one after the other over one SSH connection, from the management station."""
        inventory = self.topology.workspace.inventory
        secret = inventory.credentials[inventory.devices[device].credential].password
        assert secret is not None
        endpoint = self.state.endpoints().ssh(inventory.devices[device])

        async def session() -> list[asyncssh.SSHCompletedProcess]:
            async with asyncssh.connect(
                endpoint.host,
                endpoint.port,
                username=user,
                password=secret.resolve(self.root).reveal(),
                known_hosts=None,
                client_keys=None,
                config=None,
            ) as connection:
                # Only a command that reads gets an input: another would close it before it is written.
                return [
                    await connection.run(
                        command, input=text if command.startswith("cat >") or not command else None, timeout=PATIENCE
                    )
                    for command in commands
                ]

        with self.state.entered():
            return asyncio.run(session())

    def push(self, device: str) -> None:
        """Give a router its rendered configuration, the way the driver does: a file, then frr-reload."""
        text = render(self.topology.workspace, self.topology.plan, device).reveal()
        folder = "/var/tmp/govnet"
        done = self.ssh(device, f"mkdir -p {folder}", f"cat > {folder}/frr.conf", f": > {folder}/vtysh.conf", text=text)
        done += self.ssh(device, f"{RELOAD} --confdir {folder} --reload {folder}/frr.conf")
        assert [ran.exit_status for ran in done] == [0] * 4, done[-1].stderr


def make_workspace(root: Path) -> Path:
    """A copy of the example, planned, with invented secrets."""
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns(".lab", "archive", "reports"))
    for name in SECRETS:
        path = root / "secrets" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"lab-{name}-1\n", encoding="utf-8")
        path.chmod(0o600)
    loaded = workspace.load(root, platforms=platforms())
    made = allocate.make(loaded.inventory, policy_file.load(root / "plan" / "policy.yaml"), None)
    plan.write(made, root / "plan" / "plan.csv")
    return root


def make_topology(root: Path, where: str = WHERE) -> Topology:
    """The topology that `control.up` builds."""
    loaded = workspace.load(root, platforms=platforms())
    names = {device.name for device in filters.select(loaded.inventory, where)}
    return topology.build(loaded, plan.read(root / "plan" / "plan.csv"), backend="netns", devices=names)


@pytest.fixture(name="make_workspace", scope="session")
def _make_workspace() -> Callable[[Path], Path]:
    """How tests get a planned workspace of their own."""
    return make_workspace


@pytest.fixture(name="make_topology", scope="session")
def _make_topology() -> Callable[..., Topology]:
    """How tests get the topology of a workspace."""
    return make_topology


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a plan; read it only."""
    return make_workspace(tmp_path_factory.mktemp("netns") / "lianyuan")


@pytest.fixture(scope="session")
def booted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """The lab as it comes up: routers with their day-0 text only."""
    root = make_workspace(tmp_path_factory.mktemp("netns") / "lianyuan")
    state = control.up(root, backend_name="netns", where=WHERE)
    try:
        yield City(root, make_topology(root), state)
    finally:
        control.down(root)


@pytest.fixture(scope="session")
def city(booted: City) -> City:
    """The same lab with every router configured and converged."""
    routers = [device.name for device in booted.topology.devices if device.platform == "frr"]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(booted.push, routers))
    checks.wait_ospf_full(booted.state, PATIENCE)
    wanted = {*booted.lans(), ip_network("0.0.0.0/0")}
    checks.wait_routes(booted.state, dict.fromkeys(routers, wanted), PATIENCE)
    checks.wait_tunnels(booted.state, PATIENCE)
    return booted
