"""How long a province's workspace takes to load and check, and how much memory: 40,000 sites, 60,000 devices and lines.

The peer is the floor of what any Python program must do with the same tables: csv.DictReader over every row and
`ipaddress` over every address, with no check at all.

The file is not called inventory.py: scripts beside it would import it in place of the package.
"""

from __future__ import annotations

import csv
import ipaddress
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from common import figure, median, report

SITES = 40_000
ROUNDS = 3
PEER = "csv.DictReader and ipaddress, no checks (the floor)"
SECONDS_BAR = 10.0
MEBIBYTES_BAR = 1024.0


def generate(root: Path, sites: int) -> dict[str, int]:
    """Write a clean workspace with `sites` sites, 1.5 devices a site and as many lines; returns the rows by table."""
    folder = root / "inventory"
    folder.mkdir(parents=True)
    (root / "govnet.yaml").write_text("title: benchmark\n", encoding="utf-8")
    townships = max(1, sites // 20)
    counties = max(1, townships // 20)
    regions = [["43", "某省", "province", ""], ["4301", "某市", "city", "43"]]
    regions += [[f"{430000 + number}", f"县{number}", "county", "4301"] for number in range(1, counties + 1)]
    regions += [
        [
            f"{430000 + 1 + number % counties}{number // counties:03d}",
            f"乡{number}",
            "township",
            f"{430000 + 1 + number % counties}",
        ]
        for number in range(townships)
    ]
    codes = [row[0] for row in regions[-townships:]]
    units = [[f"unit-{number}", f"单位{number}", codes[number % townships]] for number in range(sites // 2)]
    rows = [
        [f"site-{number}", f"站点{number}", codes[number % townships], f"unit-{number % len(units)}", str(number % 200)]
        for number in range(sites)
    ]
    devices, links = [], []
    base = int(ipaddress.IPv4Address("10.0.0.0"))
    for number in range(sites + sites // 2):
        # Management networks of /22: 1,000 devices in each.
        address = ipaddress.IPv4Address(base + (number // 1000) * 1024 + number % 1000 + 1)
        name = f"rt-{number}"
        devices.append(
            [
                name,
                f"site-{number % sites}",
                "township-router",
                "frr",
                "x86",
                f"{address}/22",
                "eth0",
                "22",
                "routers",
                "no",
            ]
        )
        if number:
            hub = f"rt-{number // 24}"
            links.append(
                [f"ln-{number}", "circuit", hub, f"eth{1 + number % 24}", "", name, "eth30", "", "", "100", "电信", ""]
            )
        else:
            links.append(
                ["isp", "internet", name, "eth31", "203.0.113.2/30", "", "", "", "203.0.113.1/30", "1000", "电信", ""]
            )
    systems = [
        [f"system-{number}", f"系统{number}", f"unit-{number}", "core", "2"] for number in range(len(units) // 10)
    ]
    tables = {
        "regions": (["code", "name", "level", "parent"], regions),
        "units": (["name", "title", "region"], units),
        "sites": (["name", "title", "region", "unit", "hosts"], rows),
        "devices": (
            [
                *("name", "site", "role", "platform", "model"),
                *("address", "management_interface", "port", "credential", "out_of_band"),
            ],
            devices,
        ),
        "links": (
            [
                *("name", "kind", "a_device", "a_interface", "a_address", "b_device", "b_interface", "b_address"),
                *("peer", "mbps", "carrier", "circuit"),
            ],
            links,
        ),
        "systems": (["name", "title", "unit", "zone", "level"], systems),
    }
    for name, (headings, content) in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows([headings, *content])
    (folder / "zones.yaml").write_text(
        'zones:\n  - {name: core, area: public, interfaces: ["rt-0:eth31"]}\n', encoding="utf-8"
    )
    (folder / "credentials.yaml").write_text(
        "credentials:\n  - {name: routers, username: govnet, password: env:PASSWORD}\n", encoding="utf-8"
    )
    return {name: len(content) for name, (_, content) in tables.items()}


def measure_ours(root: Path) -> dict[str, float]:
    """Load and check in this process: seconds, and its peak memory in MiB."""
    import inventory.schema  # noqa: F401, PLC0415 - as above
    from inventory.workspace import load  # noqa: PLC0415 - its import is not part of what is measured

    begin = time.perf_counter()
    workspace = load(root, platforms=frozenset({"frr"}))
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "mebibytes": peak, "devices": len(workspace.inventory.devices)}


def measure_peer(root: Path) -> dict[str, float]:
    """csv.DictReader and ipaddress over the same tables."""
    begin = time.perf_counter()
    kept = []
    for path in sorted((root / "inventory").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                for key in ("address", "a_address", "b_address", "peer"):
                    if row.get(key):
                        row[key] = ipaddress.ip_interface(row[key])  # type: ignore[assignment]  # a floor, not a model
                kept.append(row)
    seconds = time.perf_counter() - begin
    return {
        "seconds": seconds,
        "mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "rows": len(kept),
    }


def rounds(what: str, root: Path) -> dict[str, float]:
    """The medians of several rounds, each in a process of its own, whose peak memory is then its own."""
    found = []
    for _ in range(ROUNDS):
        command = [sys.executable, __file__, "--measure", what, str(root)]
        found.append(json.loads(subprocess.run(command, capture_output=True, check=True, timeout=600).stdout))
    return {key: median([each[key] for each in found]) for key in found[0]}


def main() -> None:
    """Generate, measure both, report."""
    if sys.argv[1:2] == ["--measure"]:
        measure = measure_ours if sys.argv[2] == "ours" else measure_peer
        print(json.dumps(measure(Path(sys.argv[3]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "workspace"
        generate(root, SITES)
        ours, peer = rounds("ours", root), rounds("peer", root)
    figures = []
    for name, key, unit, bar in (
        ("workspace-load-and-check-seconds", "seconds", "s", SECONDS_BAR),
        ("workspace-load-peak-memory", "mebibytes", "MiB", MEBIBYTES_BAR),
    ):
        floor = {"name": PEER, "value": round(peer[key], 3), "ratio": round(ours[key] / peer[key], 2)}
        figures.append(figure(name, ours[key], unit, bar, peer=floor))
    report("workspace", figures)


if __name__ == "__main__":
    main()
