"""The national plan: 300 cities × 8 counties × 16 townships × 6 functions = 230,400 blocks, beside NetBox's method.

What is planned: each township has a router with a loopback, a circuit and a LAN in four routing tables. The peer does
the allocation alone: `netaddr.IPSet(parent) - IPSet(children)`, first fit, which is what NetBox does for "next
available prefix", in an ideal tree of four levels, without database, names, records, VRFs or checks.

The file is not called ipplan.py: scripts beside it would import it in place of the package.
"""

from __future__ import annotations

import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from common import figure, median, report

CITIES, COUNTIES, TOWNSHIPS, FUNCTIONS = 300, 8, 16, 6
BLOCKS = CITIES * COUNTIES * TOWNSHIPS * FUNCTIONS
ROUNDS = 3
SHORT_ROUNDS = 9  # of what takes a tenth of a second: a neighbour's burst weighs much there
PEER = "netaddr IPSet difference, first fit, ideal tree, allocation alone"

ZONES = """vrfs:
  - {name: default, area: public}
  - {name: finance, area: vpn}
  - {name: video, area: vpn}
  - {name: health, area: vpn}
"""

# Every number is invented.
POLICY = """pools:
  - {name: loopbacks, area: management, prefixes: [10.240.0.0/12], summaries: [{level: city}]}
  - {name: circuits, area: interconnect, prefixes: [10.224.0.0/12], summaries: [{level: city}]}
  - name: office
    area: public
    prefixes: [10.0.0.0/9]
    summaries: [{level: city}, {level: county}, {level: township}]
  - {name: finance, area: vpn, vrf: finance, prefixes: [10.0.0.0/8], summaries: [{level: city}, {level: county}]}
  - {name: video, area: vpn, vrf: video, prefixes: [10.0.0.0/8], summaries: [{level: city}, {level: county}]}
  - {name: health, area: vpn, vrf: health, prefixes: [172.16.0.0/12], summaries: [{level: city}]}
functions:
  - {name: loopback, pool: loopbacks, for: loopback, ipv4: {length: 32}}
  - {name: circuit, pool: circuits, for: circuit, ipv4: {length: 31}}
  - {name: office, pool: office, for: lan, ipv4: {hosts: {growth: 1.5, minimum: 27, maximum: 22}}}
  - {name: finance, pool: finance, for: lan, ipv4: {hosts: {growth: 1.0, minimum: 27, maximum: 22}}, placement: sparse}
  - {name: video, pool: video, for: lan, ipv4: {length: 27}}
  - {name: health, pool: health, for: lan, ipv4: {length: 28}}
"""


def tables(cities: int) -> dict[str, list[list[str]]]:
    """The inventory of so many cities, as the rows of its tables."""
    regions = [["code", "name", "level", "parent"], ["10", "国", "province", ""]]
    sites = [["name", "title", "region", "unit", "hosts"]]
    devices = [["name", "site", "role", "platform", "address", "management_interface"]]
    links = [["name", "kind", "a_device", "a_interface", "b_device", "b_interface"]]
    for city in range(cities):
        city_code = f"{11 + city // 90}{city % 90 + 10}"
        regions.append([city_code, f"市{city}", "city", "10"])
        previous = ""
        for county in range(COUNTIES):
            county_code = f"{city_code}{county + 1:02}"
            regions.append([county_code, f"县{county}", "county", city_code])
            for township in range(TOWNSHIPS):
                code = f"{county_code}{township + 1:03}"
                number = len(sites) - 1
                regions.append([code, f"乡{township}", "township", county_code])
                sites.append([f"s{code}", f"{code}机关", code, "", str(20 + (number * 37) % 60)])
                address = f"100.{64 + number // 65536}.{number // 256 % 256}.{number % 256}/32"
                devices.append([f"rt-{code}", f"s{code}", "township-router", "frr", address, "eth0"])
                # A ring through each city: as many circuits as routers.
                ends = (
                    [f"rt-{previous}", "eth1"] if previous else [f"rt-{city_code}{COUNTIES:02}{TOWNSHIPS:03}", "eth1"]
                )
                links.append([f"ln-{code}", "circuit", f"rt-{code}", "eth2", *ends])
                links.append([f"lan-{code}", "lan", f"rt-{code}", "eth3", "", ""])
                previous = code
    return {"regions": regions, "sites": sites, "devices": devices, "links": links}


def generate(root: Path, cities: int) -> None:
    """Write a workspace with so many cities."""
    (root / "inventory").mkdir(parents=True)
    (root / "plan").mkdir()
    for name, rows in tables(cities).items():
        with (root / "inventory" / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(rows)
    (root / "govnet.yaml").write_text("title: benchmark\n", encoding="utf-8")
    (root / "inventory" / "zones.yaml").write_text(ZONES, encoding="utf-8")
    (root / "plan" / "policy.yaml").write_text(POLICY, encoding="utf-8")


def measure_memory(root: Path) -> dict[str, float]:
    """Plan and check in this process: seconds for both, and its peak memory in MiB, the inventory included."""
    from inventory.workspace import load  # noqa: PLC0415 - its import is not part of what is measured
    from ipplan import allocate, checks, policy_file  # noqa: PLC0415 - as above

    inventory = load(root).inventory
    rules = policy_file.load(root / "plan" / "policy.yaml")
    begin = time.perf_counter()
    plan = allocate.make(inventory, rules, None)
    made = time.perf_counter()
    problems = checks.check(plan, inventory, rules)
    end = time.perf_counter()
    if problems:
        raise SystemExit(str(problems[0]))
    return {
        "seconds": end - begin,
        "make": made - begin,
        "check": end - made,
        "blocks": len(plan.allocations),
        "mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def measure_command(root: Path) -> dict[str, float]:
    """`govnet plan make` from files to a file."""
    (root / "plan" / "plan.csv").unlink(missing_ok=True)
    begin = time.perf_counter()
    subprocess.run(
        [str(Path(sys.executable).with_name("govnet")), "plan", "make", "-w", str(root)],
        check=True,
        capture_output=True,
        timeout=600,
    )
    return {"seconds": time.perf_counter() - begin}


def measure_peer(cities: int) -> dict[str, float]:
    """NetBox's method: the parent without its children, the first piece that is large enough, level by level."""
    from netaddr import IPNetwork, IPSet  # noqa: PLC0415 - only the peer needs it

    def first_fit(parent: IPNetwork, children: list[IPNetwork], length: int) -> IPNetwork:
        for piece in (IPSet([parent]) - IPSet(children)).iter_cidrs():
            if piece.prefixlen <= length:
                child = next(iter(piece.subnet(length)))
                children.append(child)
                return child
        raise SystemExit("no space")

    begin = time.perf_counter()
    root, taken = IPNetwork("10.0.0.0/8"), []
    count = 0
    for _ in range(cities):
        city, counties = first_fit(root, taken, 17), []  # type: ignore[var-annotated]  # lists of networks
        for _ in range(COUNTIES):
            county, townships = first_fit(city, counties, 20), []  # type: ignore[var-annotated]  # as above
            for _ in range(TOWNSHIPS):
                township, functions = first_fit(county, townships, 24), []  # type: ignore[var-annotated]  # as above
                for _ in range(FUNCTIONS):
                    first_fit(township, functions, 27)
                    count += 1
    return {"seconds": time.perf_counter() - begin, "blocks": count}


MEASURES: dict[str, Any] = {"memory": measure_memory, "command": measure_command, "peer": measure_peer}


def rounds(count: int, *measured: tuple[str, object]) -> list[dict[str, float]]:
    """The medians of `count` rounds of each, in turn, each in a process of its own: its peak memory is its own."""
    found: list[list[dict[str, float]]] = [[] for _ in measured]
    for _ in range(count):
        for own, (what, argument) in zip(found, measured, strict=True):
            command = [sys.executable, __file__, "--measure", what, str(argument)]
            own.append(json.loads(subprocess.run(command, capture_output=True, check=True, timeout=900).stdout))
    return [{key: median([each[key] for each in own]) for key in own[0]} for own in found]


def main() -> None:
    """Generate, measure, report."""
    if sys.argv[1:2] == ["--measure"]:
        what, argument = sys.argv[2], sys.argv[3]
        print(json.dumps(MEASURES[what](int(argument) if what == "peer" else Path(argument))))
        return
    with tempfile.TemporaryDirectory() as folder:
        whole, tenth = Path(folder) / "nation", Path(folder) / "tenth"
        generate(whole, CITIES)
        generate(tenth, CITIES // 10)
        ours, little = rounds(SHORT_ROUNDS, ("memory", whole), ("memory", tenth))
        peer, command, small = rounds(ROUNDS, ("peer", CITIES), ("command", whole), ("command", tenth))
    if ours["blocks"] != BLOCKS:
        raise SystemExit(f"{ours['blocks']} blocks instead of {BLOCKS}")
    beside = {"name": PEER, "value": round(peer["seconds"], 3)}
    report(
        "plan",
        [
            figure("national-plan-seconds", ours["seconds"], "s", 3.0, peer=beside),
            figure("national-plan-peak-memory", ours["mebibytes"], "MiB", 1024.0),
            figure("times-faster-than-the-peer", peer["seconds"] / ours["seconds"], "×", 5.0, better="higher"),
            figure("plan-make-command-seconds", command["seconds"], "s", 12.0),
            figure("memory-time-for-ten-times-the-sites", ours["seconds"] / little["seconds"], "×", 12.0),
            figure("command-time-for-ten-times-the-sites", command["seconds"] / small["seconds"], "×", 12.0),
        ],
    )


if __name__ == "__main__":
    main()
