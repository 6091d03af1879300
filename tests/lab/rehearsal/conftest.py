"""A small town of FRR routers: a core, townships on a line each, a LAN at every router, all managed out of band."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from configs.dialects import platforms
from configs.render import Renderer
from inventory import filters, workspace
from ipplan import plan

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLE = Path(__file__).parents[3] / "examples" / "shangrao"
COUNTY = "old,new\n10.65.0.0/16,59.193.0.0/16\n10.254.6.0/24,59.192.6.0/24\n"
MAPPING = "old,new\n10.20.0.0/16,59.193.0.0/16\n10.254.0.0/24,59.192.0.0/24\n"


@dataclass(frozen=True)
class Town:
    """A workspace and today's texts."""

    root: Path

    @property
    def today(self) -> Path:
        """The folder of today's configurations."""
        return self.root / "today"

    def text(self, device: str) -> str:
        """What a device runs today."""
        return (self.today / f"{device}.cfg").read_text(encoding="utf-8")

    def mapping(self, text: str = MAPPING) -> Path:
        """A mapping as a file."""
        path = self.root / "mapping.csv"
        path.write_text(text, encoding="utf-8")
        return path

    def govnet(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run govnet to its end, as an operator runs it."""
        return subprocess.run(
            [sys.executable, "-c", "from cli.main import main; main()", *words, "-w", str(self.root)],
            capture_output=True,
            text=True,
            timeout=800,
            check=False,
            env={**os.environ, "LANG": "C.UTF-8", "NO_COLOR": "1", "GOVNET_OPERATOR": "li"},
        )

    def rehearse(self, change: Path, *words: str) -> dict[str, Any]:
        """What `lab rehearse` prints with --json, and how it ended. The routers' timers are short, so its own are."""
        timers = ("--late", "6", "--settle", "12")
        done = self.govnet("lab", "rehearse", str(self.today), "--change", str(change), "--json", *timers, *words)
        assert done.stdout, done.stderr
        document: dict[str, Any] = json.loads(done.stdout)
        assert "legs" in document, document
        return document | {"exit": done.returncode}


def router(name: str, number: int, ports: list[tuple[str, str, bool]], more: str = "") -> str:
    """A router's text: (interface, address, whether a router is at the other end). OSPF's timers are short ones."""
    lines = ["frr defaults traditional", f"hostname {name}", "service integrated-vtysh-config", "!"]
    lines += ["interface eth0", f" ip address 10.200.0.{number}/24", "exit", "!"]
    for port, address, circuit in ports:
        kind = (
            [" ip ospf dead-interval 4", " ip ospf hello-interval 1", " ip ospf network point-to-point"]
            if circuit
            else [" ip ospf passive"]
        )
        lines += [f"interface {port}", f" ip address {address}", " ip ospf area 0.0.0.0", *kind, "exit", "!"]
    lines += [*more.splitlines(), "router ospf", f" ospf router-id 10.255.0.{number}", "exit", "!", "end"]
    return "\n".join(lines) + "\n"


def make(root: Path, townships: int = 2, *, more: str = "") -> Town:
    """A town; `more` are lines that every router has beside the usual ones."""
    for folder in ("inventory", "plan", "secrets", "today"):
        (root / folder).mkdir(parents=True)
    head = "name,kind,a_device,a_interface,a_address,b_device,b_interface,b_address,peer,mbps,carrier,circuit"
    devices = ["name,site,role,platform,model,address,management_interface,port,credential,out_of_band"]
    sites, links = ["name,title,region,unit,hosts", "s0,中心,431382,office,10"], [head]
    regions = ["code,name,level,parent", "4313,试验市,city,", "431382,东县,county,4313"]
    devices.append("core,s0,core,frr,Linux/FRR,10.200.0.1/24,eth0,22,routers,yes")
    links.append("lan-core,lan,core,eth1,,,,,,1000,,")
    ports = [("eth1", "10.20.0.1/24", False)]
    texts = {}
    for number in range(1, townships + 1):
        name, line = f"r{number}", f"ln-r{number}"
        sites.append(f"s{number},乡镇{number},431382,office,10")
        devices.append(f"{name},s{number},township-router,frr,Linux/FRR,10.200.0.{number + 1}/24,eth0,22,routers,yes")
        links.append(f"{line},circuit,core,eth{number + 1},,{name},eth1,,,100,,")
        links.append(f"lan-{name},lan,{name},eth2,,,,,,1000,,")
        block = 4 * number
        ports.append((f"eth{number + 1}", f"10.254.0.{block + 1}/30", True))
        own = [("eth1", f"10.254.0.{block + 2}/30", True), ("eth2", f"10.20.{number}.1/24", False)]
        texts[name] = router(name, number + 1, own, more)
    texts["core"] = router("core", 1, ports, more)
    files = {
        "govnet.yaml": [
            *("title: 试验市", "lab: netns", "managers: [10.200.0.0/24]"),
            "services: {ntp: [10.200.0.250], syslog: [], snmp_manager: [10.200.0.250], dns: []}",
        ],
        "inventory/regions.csv": regions,
        "inventory/units.csv": ["name,title,region", "office,办公室,431382"],
        "inventory/sites.csv": sites,
        "inventory/devices.csv": devices,
        "inventory/links.csv": links,
        "inventory/credentials.yaml": [
            "credentials:",
            "  - {name: routers, username: govnet, password: file:secrets/password}",
        ],
        "plan/plan.csv": ["kind,area,vrf,pool,function,family,level,region,owner,prefix,rd,import_rt,export_rt,asn"],
        "rollout.yaml": ["waves: [rest]"],
    }
    for path, lines in files.items():
        (root / path).write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name, text in texts.items():
        (root / "today" / f"{name}.cfg").write_text(text, encoding="utf-8")
    return Town(root)


@pytest.fixture(scope="session")
def make_town() -> Callable[..., Town]:
    """How tests get a town."""
    return make


@pytest.fixture(scope="session")
def make_town_of() -> Callable[..., Town]:
    """A workspace that is there as a town."""
    return Town


def example(root: Path, where: str, *words: str) -> dict[str, Any]:
    """Rehearse a re-addressing of some devices, whose texts of today are what the plan gives."""
    shutil.copytree(EXAMPLE, root)
    loaded = workspace.load(root, platforms=platforms())
    renderer = Renderer(loaded, plan.read(root / "plan/plan.csv"))
    (root / "today").mkdir()
    for device in filters.select(loaded.inventory, where):
        (root / "today" / f"{device.name}.cfg").write_text(renderer.render(device.name).text, encoding="utf-8")
    (root / "mapping.csv").write_text(COUNTY, encoding="utf-8")
    (root / "rollout.yaml").write_text("waves: [rest]\nsites_in_flight: 4\n", encoding="utf-8")
    command = ["lab", "rehearse", str(root / "today"), "--change", str(root / "mapping.csv"), "--json"]
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from cli.main import main; main()",
            *command,
            "-w",
            str(root),
            "--where",
            where,
            *words,
        ],
        capture_output=True,
        text=True,
        timeout=1700,
        check=False,
        env={**os.environ, "LANG": "C.UTF-8", "NO_COLOR": "1", "GOVNET_OPERATOR": "li"},
    )
    assert done.stdout, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    assert "legs" in document, document
    return document


@pytest.fixture(scope="session")
def rehearse_example() -> Callable[..., dict[str, Any]]:
    """How tests rehearse a re-addressing of a part of the example 上饶."""
    return example
