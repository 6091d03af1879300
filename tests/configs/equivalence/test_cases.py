"""Pairs of texts with what the proof must say of them: a case is a YAML file in `cases/`, adding one needs no code.

`old` and `right` are texts by file, `right` is what the mapping asks for and must be proven. Each of `wrong` changes
lines of `right` (`edits`: file, line, text) and names what must be found: kind, file, line of the new text (of the old
one where the new one has none). `outside`: reason, file, line of what the right pair leaves out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from configs import dialects
from configs.equivalence.proof import Document, Proof, prove
from configs.readdress_policy import Policy
from ipplan import mapping_file

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))


def _case(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def _wrong() -> list[Any]:
    return [
        pytest.param(path, number, id=f"{path.stem}: {each['name']}")
        for path in CASES
        for number, each in enumerate(_case(path)["wrong"])
    ]


def _proof(case: dict[str, Any], new: dict[str, str]) -> Proof:
    speak = dialects.dialect(case["platform"])
    sides = [
        [Document(path, case["platform"], speak.parse(text.encode())) for path, text in texts.items()]
        for texts in (case["old"], new)
    ]
    policy = Policy(**case["policy"]) if "policy" in case else None
    return prove(sides[0], sides[1], mapping_file.parse(case["mapping"]), policy)


def _found(proof: Proof) -> set[tuple[str, str, int]]:
    return {
        (found.kind.value, place.path, place.line)
        for found in proof.counterexamples
        for place in (found.new or found.old)
    }


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_right_text_is_proven(path):
    """No false alarm; what is left out is said."""
    case = _case(path)
    proof = _proof(case, case["right"])
    assert [str(found.message) for found in proof.counterexamples] == []
    outside = {(row.reason, row.site.path, row.site.line) for row in proof.outside}
    assert outside == {tuple(row) for row in case.get("outside", [])}


@pytest.mark.parametrize(("path", "number"), _wrong())
def test_the_wrong_text_is_refuted(path, number):
    """Everything that is named is found, at its line, and nothing else."""
    case = _case(path)
    wrong = case["wrong"][number]
    new = dict(case["right"])
    for file, line, text in wrong["edits"]:
        lines = new[file].split("\n")
        lines[line - 1 : line] = [] if text is None else text.split("\n")
        new[file] = "\n".join(lines)
    proof = _proof(case, new)
    assert not proof.ok
    assert _found(proof) == {tuple(row) for row in wrong["finds"]}
    document = proof.as_json()
    assert document["ok"] is False
    for found in proof.counterexamples:
        assert "{" not in found.message.in_language("en") + found.message.in_language("zh_CN")
