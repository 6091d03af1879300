"""Two folders of configurations, before and after, as networks to prove.

A folder that holds files is one network; a folder of folders is one network each. Files belong together by their
paths. A mapping is one table for all, or a folder with one table `<network>.csv` for each network.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from configs import detect, dialects
from configs.equivalence import hiding
from configs.equivalence.model import Document, Proof
from configs.equivalence.proof import Prover
from inventory.errors import InputError, Problem
from inventory.text import Message
from ipplan import mapping_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from configs.readdress_policy import Policy
    from ipplan.mapping import Mapping


@dataclass(frozen=True, slots=True)
class Compared:
    """The proofs of all networks together, and the files that could not be read."""

    proof: Proof
    problems: tuple[Problem, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Stable keys; texts in both languages."""
        return {**self.proof.as_json(), "problems": [problem.as_json() for problem in self.problems]}


def compare(
    old: Path,
    new: Path,
    mapping: Path,
    policy: Policy | None = None,
    platform: str = "",
    report: Path | None = None,
) -> Compared:
    """Prove every network below two folders (or two files). InputError if a folder or a mapping cannot be read.

    `report` is re-addressing's report: what it left for a person is outside the proof where it stayed as it was.
    """
    left = _left(report) if report is not None else None
    for path in (old, new):
        if not path.exists():
            raise InputError(
                [
                    Problem(
                        "no-such-source",
                        Message("there is no such file or folder"),
                        Message("name the folder before and the folder after re-addressing"),
                        str(path),
                    )
                ]
            )
    problems: list[Problem] = []
    proofs = []
    whole = mapping_file.read(mapping) if not mapping.is_dir() else None
    prover: Prover | None = None
    before, after = _networks(old, old.name), _networks(new, old.name)
    for name in sorted(before.keys() | after.keys()):
        chosen = whole or _mapping(mapping, name or old.resolve().name)
        platforms: dict[str, str] = {}
        first = _documents(before.get(name, {}), platform, platforms, problems)
        second = _documents(after.get(name, {}), platform, platforms, problems)
        # A file that could not be read is a problem of its own, not a missing one.
        unread = {problem.file for problem in problems}
        sides = [[each for each in side if each.path not in unread] for side in (first, second)]
        prover = prover if prover is not None and prover.mapping is chosen else Prover(chosen, policy)
        proofs.append(hiding.proof(prover.prove(sides[0], sides[1], left), platforms))
    return Compared(_together(proofs), tuple(problems))


def _left(report: Path) -> frozenset[tuple[str, int]]:
    """The lines (path, number) that a report of re-addressing leaves for a person."""
    try:
        files = json.loads(report.read_text(encoding="utf-8"))["files"]
        return frozenset(
            (str(each["path"]), int(token["line"]))
            for each in files
            for token in each["tokens"]
            if token["action"] == "review"
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = Message("this is no report of re-addressing that can be read")
        hint = Message("name the file that “govnet config readdress --report” wrote")
        raise InputError([Problem("no-report", message, hint, str(report))]) from error


def _networks(root: Path, label: str) -> dict[str, dict[str, Path]]:
    """Files by their path below `root`, by the folder in which they stand ("" for `root` itself).

    A single file is called `label`, whatever its name: before and after may have different ones.
    """
    if root.is_file():
        return {"": {label: root}}
    found: dict[str, dict[str, Path]] = {}
    for path in sorted(root.rglob("*")):
        inner = path.relative_to(root)
        if path.is_file() and not any(part.startswith(".") for part in inner.parts):
            folder = inner.parent.as_posix()
            found.setdefault("" if folder == "." else folder, {})[inner.as_posix()] = path
    return found


def _documents(
    files: dict[str, Path], platform: str, platforms: dict[str, str], problems: list[Problem]
) -> list[Document]:
    """The documents of one side. `platforms` remembers what each file was taken for on the other side."""
    found = []
    for name, path in files.items():
        try:
            data = path.read_bytes()
            chosen = platform or platforms.get(name) or detect.detect(data).platform
            if not chosen:
                message = Message("it is not clear which vendor's configuration this is")
                problems.append(Problem("unknown-platform", message, Message("name it with --platform"), name))
                continue
            platforms[name] = chosen
            found.append(Document(name, chosen, dialects.dialect(chosen).parse(data)))
        except InputError as error:
            problems += [Problem(each.code, each.message, each.hint, name, each.line) for each in error.problems]
        except OSError as error:
            message = Message("cannot be read: {reason}", reason=error.strerror or str(error))
            problems.append(Problem("unreadable", message, Message("look at the file's permissions"), name))
    return found


def _mapping(path: Path, network: str) -> Mapping:
    """The mapping of a network: its own in a folder of tables."""
    return mapping_file.read(path / f"{network.rpartition('/')[2]}.csv")


def _together(proofs: Sequence[Proof]) -> Proof:
    checked: Counter[str] = Counter()
    for proof in proofs:
        checked.update(proof.checked)
    return Proof(
        tuple(found for proof in proofs for found in proof.counterexamples),
        tuple(found for proof in proofs for found in proof.outside),
        dict(checked),
    )
