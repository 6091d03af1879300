"""What the workspace's files say beside its devices, as metrics for the exporter's page `/workspace`.

    the inventory   lines with their ends and rented bandwidths; how many devices nobody polls
    rollouts        those that are not over, and the newest: their phase, and how many devices are in which state
    the audit       the last self-check's report (the newest `audit.json` below `reports/`): verdicts, high risks, when

What cannot be read is said so (`govnet_workspace_readable` 0) and has no figures: unknown is not 0.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from collectors.exposition import gauge, page
from inventory.errors import GovnetError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collectors.exposition import Family
    from configs.rollout.bundle import Bundle
    from configs.rollout.store import Store
    from inventory.model import Inventory, Workspace

REPORTS = ("reports/audit.json", "reports/*/audit.json")
# Rollouts are looked through from the newest one; older ones are history.
_ROLLOUTS = 20
_SHOWN = 3


def text(workspace: Workspace) -> bytes:
    """The page. It reads files and the rollouts' database, so not in an event loop's thread."""
    families = [*lines(workspace.inventory), _polled(workspace.inventory)]
    readable = []
    for part, read in (("rollout", _rollouts), ("audit", _audit)):
        try:
            families.extend(read(workspace))
            reason = ""
        except FileNotFoundError:
            reason = "missing"
        except (OSError, ValueError, KeyError, TypeError, AttributeError, GovnetError):
            reason = "unreadable"
        readable.append(({"part": part, "reason": reason}, float(not reason)))
    help_text = "1 if the part of the workspace could be read; else there are no figures of it."
    return page([[*families, gauge("govnet_workspace_readable", help_text, readable)]])


def lines(inventory: Inventory) -> list[Family]:
    """Each end of a line, by the interface's name that the inventory has, and its bandwidth where that is known."""
    ends, sizes = [], []
    for line in inventory.lines.values():
        for name in line.devices:
            end, far = line.end_at(name), line.far_end(name)
            ends.append(
                (
                    {
                        "instance": name,
                        "ifDescr": end.interface,
                        "line": line.name,
                        "kind": line.kind.value,
                        "carrier": line.carrier,
                        "far": far.device if far is not None else "",
                    },
                    1.0,
                )
            )
            if line.mbps:
                sizes.append(({"instance": name, "line": line.name}, line.mbps * 1e6))
    return [
        gauge("govnet_line_info", "1 for each end of a line of the inventory.", ends),
        gauge("govnet_line_bandwidth_bits", "The line's rented bandwidth, in bits per second.", sizes),
    ]


def _polled(inventory: Inventory) -> Family:
    """How many devices can be polled, and how many cannot: without an address or an SNMP credential."""
    able = Counter(
        device.address is not None
        and device.credential in inventory.credentials
        and inventory.credentials[device.credential].snmp is not None
        for device in inventory.devices.values()
    )
    rows = [({"polled": "yes" if can else "no"}, float(able[can])) for can in (True, False)]
    return gauge("govnet_inventory_devices", "Devices of the inventory, by whether they can be polled.", rows)


def _rollouts(workspace: Workspace) -> list[Family]:
    from configs.rollout import bundle as bundles  # noqa: PLC0415 - start-up time

    names = bundles.names(workspace.root)[-_ROLLOUTS:]
    if not names:
        return []  # and no database is made for them
    from configs.rollout.store import Store, default_url  # noqa: PLC0415 - start-up time

    store = Store(workspace.settings.database or default_url(workspace.root))
    try:
        return _standing([bundles.read(workspace.root, name) for name in names], store)
    finally:
        store.close()


def _standing(found: list[Bundle], store: Store) -> list[Family]:
    from configs.rollout.store import Phase  # noqa: PLC0415 - start-up time

    phases, devices, begun = [], [], []
    for number, bundle in enumerate(reversed(found)):
        phase = store.standing(bundle.name).phase
        if number >= _SHOWN and phase in (Phase.PLANNED, Phase.ABORTED, Phase.DONE):
            continue
        named = {"rollout": bundle.name, "where": "lab" if bundle.lab else "network"}
        phases.append(({**named, "phase": phase.value}, 1.0))
        begun.append((named, bundle.begun.timestamp()))
        states = Counter((row.wave, row.state) for row in store.devices(bundle.name))
        devices += [
            ({**named, "wave": str(wave), "state": state}, float(count))
            for (wave, state), count in sorted(states.items())
        ]
    return [
        gauge("govnet_rollout_phase", "1 for the phase that the rollout is in.", phases),
        gauge("govnet_rollout_devices", "Devices of the rollout by wave and state.", devices),
        gauge("govnet_rollout_begun_timestamp_seconds", "When the rollout was planned.", begun),
    ]


def _audit(workspace: Workspace) -> list[Family]:
    found = [path for pattern in REPORTS for path in workspace.root.glob(pattern)]
    if not found:
        raise FileNotFoundError
    path = max(found, key=lambda each: each.stat().st_mtime)
    report: dict[str, Any] = json.loads(path.read_bytes())
    counts = report["counts"]
    level = {"level": str(report["level"])}
    unread = counts["devices_unread"]
    devices = {"yes": counts["devices"] - unread, "no": unread}
    return [
        gauge("govnet_audit_items", "Items of the last self-check by verdict.", _by("verdict", counts["items"], level)),
        gauge("govnet_audit_findings", "Its findings by verdict.", _by("verdict", counts["findings"], level)),
        gauge("govnet_audit_devices", "Devices by whether it could read them.", _by("read", devices, level)),
        gauge("govnet_audit_high_risks", "High-risk cases that it found.", [(level, float(counts["high_risk"]))]),
        gauge("govnet_audit_timestamp_seconds", "When its report was written.", [(level, path.stat().st_mtime)]),
    ]


def _by(label: str, numbers: dict[str, int], level: dict[str, str]) -> Iterator[tuple[dict[str, str], float]]:
    for key, number in numbers.items():
        yield {**level, label: key}, float(number)
