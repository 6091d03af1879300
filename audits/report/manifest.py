"""What a set of reports is made of: checksums of the files, of the configurations that were read, and of the rules."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from audits.model import Report

SCHEMA = "govnet-audit-manifest-1"
NAME, SUMS = "manifest.json", "SHA256SUMS"
_FORM = re.compile(r"audit\.[a-z]+")


def files(report: Report, made: Mapping[str, bytes], rules: Iterable[Path] = ()) -> dict[str, bytes]:
    """`manifest.json` and `SHA256SUMS` for the files that were made; `sha256sum -c SHA256SUMS` checks all of them."""
    text = json.dumps(document(report, made, rules), ensure_ascii=False, indent=2) + "\n"
    listed = dict(made) | {NAME: text.encode()}
    sums = "".join(f"{_checksum(data)}  {name}\n" for name, data in sorted(listed.items()))
    return {NAME: listed[NAME], SUMS: sums.encode()}


def document(report: Report, made: Mapping[str, bytes], rules: Iterable[Path] = ()) -> dict[str, Any]:
    """The manifest as plain data. The checksum of an input is that of its bytes as they were read, secrets included."""
    from importlib.metadata import version  # noqa: PLC0415 - start-up time

    return {
        "schema": SCHEMA,
        "self_assessment": True,
        "title": report.title,
        "generated": report.generated or None,
        "level": report.level,
        "made_by": {"name": "govnet", "version": version("govnet")},
        "pack": {
            "name": report.pack.name,
            "standard": report.pack.standard,
            "verified": report.pack.verified,
            "files": [{"name": path.name, "sha256": _checksum(path.read_bytes())} for path in rules],
        },
        "counts": {
            "devices": len(report.devices),
            "items": report.item_counts(),
            "findings": report.finding_counts(),
            "high_risk": len(report.high_risks),
        },
        "files": [{"name": name, "bytes": len(data), "sha256": _checksum(data)} for name, data in sorted(made.items())],
        "inputs": [
            {
                "device": device.name,
                "path": device.document.path,
                "platform": device.facts.platform or None,
                "bytes": None if device.document.absent else len(device.document.content),
                "sha256": None if device.document.absent else _checksum(device.document.content),
            }
            for device in report.devices
        ],
        "evidence_files": [
            {"item": entry.item, "file": entry.file, "sha256": entry.sha256 or None, "state": entry.state}
            for entry in report.attestations
            if entry.file
        ],
    }


def unchanged(folder: Path) -> list[str]:
    """The names of an earlier run's files in a folder that are as its manifest says; none if there is no manifest."""
    try:
        listed = json.loads((folder / NAME).read_bytes())["files"]
        known = {entry["name"]: entry["sha256"] for entry in listed}
    except (OSError, ValueError, KeyError, TypeError):
        return []
    paths = {name: folder / name for name in known if isinstance(name, str) and _FORM.fullmatch(name)}
    return [name for name, path in paths.items() if path.is_file() and _checksum(path.read_bytes()) == known[name]]


def _checksum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
