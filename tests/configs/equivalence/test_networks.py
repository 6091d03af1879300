"""The proof over whole networks: silent where nothing is wrong, loud at the right line where something is."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest

from configs.equivalence.proof import prove
from configs.readdress_policy import Policy
from ipplan.mapping import Mapping

if TYPE_CHECKING:
    from pathlib import Path

    from configs.equivalence.proof import Document, Proof

pytestmark = pytest.mark.corpus
MODES = ("keep", "move", "grow", "shrink", "mixed")
KINDS = ("wrong octet", "range reversed", "wildcard widened", "peer forgotten", "next hop off-link")
WANTED = 10  # faults of each kind in the short form
# Scenarios with address ranges, which are rare.
RANGED = "*nat*"


def _folders(corpus: Path) -> list[Path]:
    return [folder for folder in sorted((corpus / "scenarios").iterdir()) if folder.is_dir()]


def _said(proof: Proof) -> list[tuple[str, str, int, str]]:
    return [
        (found.kind.value, str(found.message), place.line, place.text)
        for found in proof.counterexamples
        for place in (found.new or found.old)
    ]


def test_a_network_is_itself(corpus, bench):
    """No scenario differs from itself, with an empty mapping."""
    for folder in _folders(corpus)[::8]:
        documents = bench.read(folder)
        assert _said(prove(documents, documents, Mapping())) == [], folder.name


@pytest.mark.parametrize("mode", MODES)
def test_no_false_alarm(corpus, bench, mode):
    """What the engine writes is proven, whether subnets stay, move, grow or shrink; graphs included."""
    checked: Counter[str] = Counter()
    for number, folder in enumerate(_folders(corpus)[MODES.index(mode) :: 12]):
        _no_alarm(bench, folder, mode, number, checked)
    assert checked["links"] > 50
    assert checked["partners"] > 50


# Where every subnet stays there is nothing that a seed could choose.
EVERYWHERE = [("keep", 0), *((mode, seed) for seed in range(6) for mode in MODES[1:])]


@pytest.mark.soak
@pytest.mark.parametrize(("mode", "seed"), EVERYWHERE)
def test_no_false_alarm_in_any_network(corpus, bench, mode, seed):
    """Every scenario of the corpus, every kind of mapping, several seeds, both policies."""
    checked: Counter[str] = Counter()
    for folder in _folders(corpus):
        _no_alarm(bench, folder, mode, seed, checked)
    assert checked["files"] > 1000


def _no_alarm(bench: Any, folder: Path, mode: str, seed: int, checked: Counter[str]) -> None:
    documents = bench.read(folder)
    mapping = bench.mapping(documents, mode, seed)
    for policy in (Policy(), Policy(*[True] * 5)):
        right = bench.readdressed(documents, mapping, policy)
        proof = prove(documents, right, mapping, policy, bench.left)
        checked.update(proof.checked)
        assert _said(proof) == [], (folder.name, mode, seed, policy)


@pytest.mark.parametrize("kind", KINDS)
def test_seeded_faults_are_found_at_their_lines(corpus, bench, faults, texts, kind):
    """Ten faults of each kind, each in another network where there are enough: all found, each at its line."""
    folders = _folders(corpus)
    if kind == "range reversed":
        folders = sorted((corpus / "scenarios").glob(RANGED))
    found = 0
    for number, folder in enumerate(folders):
        found += _seed(bench, faults, texts, kind, folder, number, 2 if kind == "range reversed" else 1)
        if found >= WANTED:
            break
    assert found >= WANTED


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_seeded_faults_are_found_everywhere(corpus, bench, faults, texts, kind):
    """Five faults of each kind in every network of the corpus that has room for them."""
    found = sum(_seed(bench, faults, texts, kind, folder, number, 5) for number, folder in enumerate(_folders(corpus)))
    assert found >= WANTED


def _seed(bench: Any, faults: Any, texts: Any, kind: str, folder: Path, seed: int, most: int) -> int:
    documents: list[Document] = bench.read(folder)
    mapping = bench.mapping(documents, MODES[1 + seed % 4], seed)
    if not len(mapping):
        return 0
    right = bench.readdressed(documents, mapping)
    count = 0
    for fault in islice(faults.seeded(kind, texts(documents), texts(right), seed), most):
        wrong = bench.changed(right, fault.path, fault.line, fault.wrong)
        proof = prove(documents, wrong, mapping, Policy(), bench.left)
        places = {(place.path, place.line) for each in proof.counterexamples for place in each.new}
        assert (fault.path, fault.line) in places, (folder.name, fault, _said(proof))
        count += 1
    return count
