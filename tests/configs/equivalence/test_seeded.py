"""Faults put into re-addressed configurations of every vendor: all are found, each at its line; without one, silence.

Small configurations (`seeded/`, `vendors/`: one file is one network, its name is its platform) and the corpus's.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from configs import dialects
from configs.detect import detect
from configs.equivalence.align import skeleton
from configs.equivalence.proof import Document, prove
from configs.readdress_policy import Policy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.equivalence.proof import Proof

HERE = Path(__file__).parent
SMALL = sorted([*(HERE / "seeded").glob("*.cfg"), *(HERE / "vendors").glob("*.cfg")])
MODES = ("keep", "grow", "shrink", "move", "mixed")
KINDS = ("wrong octet", "range reversed", "wildcard widened", "mask widened", "peer forgotten", "next hop off-link")
WANTED = 10  # faults of each kind
LARGE = 5000  # lines


def _small(path: Path) -> Document:
    platform = path.name.split(".")[0]
    return Document(path.name, platform, dialects.dialect(platform).parse(path.read_bytes()))


def _corpus(corpus: Path) -> Iterator[Document]:
    """The configurations of all vendors but the one that has whole networks."""
    for path in sorted([*corpus.glob("configs/*/*"), *corpus.glob("audit/*/*")]):
        platform = detect(path.read_bytes()).platform
        if platform not in ("", None, "huawei"):
            document = Document(path.name, platform, dialects.dialect(platform).parse(path.read_bytes()))
            if len(document.tree.lines) <= LARGE:
                yield document


class Seeding:
    """One configuration with one mapping: silent as it is, loud with every fault. Counts what it has put in."""

    def __init__(self, bench: Any, faults: Any, texts: Any) -> None:
        self._bench, self._faults, self._texts = bench, faults, texts
        self.found: Counter[str] = Counter()

    def run(self, document: Document, mode: str, seed: int, most: int, kinds: tuple[str, ...] = KINDS) -> None:
        """At most so many faults of each kind."""
        mapping = self._bench.mapping([document], mode, seed)
        right = self._bench.readdressed([document], mapping)
        left = set(self._bench.left)
        proof = prove([document], right, mapping, Policy(), left)
        assert [str(found.message) for found in proof.counterexamples] == [], (document.path, mode)
        olds, news = self._texts([document]), self._texts(right)
        for kind in kinds:
            for fault in islice(self._faults.seeded(kind, olds, news, seed), most):
                wrong = self._bench.changed(right, fault.path, fault.line, fault.wrong)
                found = prove([document], wrong, mapping, Policy(), left)
                lines = {place.line for each in found.counterexamples for place in each.new}
                if fault.line not in lines and kind == "mask widened" and _is_wide(found, fault.right):
                    continue  # it still means no more than the wide prefix of today did
                assert fault.line in lines, (document.path, mode, fault)
                self.found[kind] += 1


def _is_wide(proof: Proof, text: str) -> bool:
    """Whether a line is of those that a wide one became, which the proof names as outside of it."""
    wide = {_unnumbered(each.site.text) for each in proof.outside if each.reason == "wider-than-mapped"}
    return _unnumbered(text) in wide


def _unnumbered(text: str) -> str:
    """A line without addresses, and without the number that tells the parts of an object from each other."""
    return re.sub(r"_@(?=[\s\"])", "", skeleton(text).strip())


@pytest.fixture
def seeding(bench, faults, texts):
    """Puts faults in."""
    return Seeding(bench, faults, texts)


@pytest.mark.parametrize("path", SMALL, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_small_configurations(seeding, path):
    """Ten faults of each kind that there is room for, over all kinds of mappings."""
    for seed, mode in enumerate(MODES):
        seeding.run(_small(path), mode, seed, 3)
    assert seeding.found["wrong octet"] >= WANTED
    assert seeding.found["mask widened"] + seeding.found["wildcard widened"] >= WANTED
    assert seeding.found["next hop off-link"] or seeding.found["peer forgotten"]


def test_every_kind_in_small_configurations(seeding):
    """Each kind in ten places at least, in five languages at least."""
    languages: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for path in SMALL:
        before = Counter(seeding.found)
        for seed, mode in enumerate(("grow", "shrink")):
            seeding.run(_small(path), mode, seed + 7, 2)
        for kind in KINDS:
            if seeding.found[kind] > before[kind]:
                languages[kind].add(path.name.split(".")[0])
    assert min(seeding.found[kind] for kind in KINDS) >= WANTED, seeding.found
    assert min(len(names) for names in languages.values()) >= 5, languages


@pytest.mark.corpus
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "range reversed"])
def test_the_corpus_of_other_vendors(corpus, seeding, kind):
    """Ten faults of each kind: no range stands on one line in these configurations."""
    for number, document in enumerate(_corpus(corpus)):
        seeding.run(document, MODES[1 + number % 3], number, 2, (kind,))
    assert seeding.found[kind] >= WANTED


@pytest.mark.soak
@pytest.mark.corpus
@pytest.mark.parametrize("mode", MODES)
def test_the_corpus_of_other_vendors_everywhere(corpus, seeding, mode):
    """Ten faults of each kind in every configuration that has room for them."""
    for number, document in enumerate(_corpus(corpus)):
        seeding.run(document, mode, number, 10)
    assert seeding.found["wrong octet"] >= 10 * WANTED
