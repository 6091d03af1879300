"""The proof on single configurations of many vendors: silent on the engine's work, loud on faults."""

from __future__ import annotations

import random
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest

from configs import dialects
from configs.detect import detect
from configs.equivalence.proof import Document, prove
from configs.readdress_policy import Policy
from ipplan.mapping import Mapping

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.corpus
MODES = ("move", "grow", "shrink", "mixed")
LARGE = 5000  # lines


def _documents(corpus: Path) -> Iterator[Document]:
    """Every configuration whose language is recognised; none of them is alone in its network, but each is one here."""
    for path in sorted([*corpus.glob("configs/*/*"), *corpus.glob("audit/*/*")]):
        platform = detect(path.read_bytes()).platform
        if platform:
            yield Document(path.name, platform, dialects.dialect(platform).parse(path.read_bytes()))


def test_no_false_alarm_and_no_fault_missed(corpus, bench, faults, texts):
    """Every vendor's files: proven as they are and re-addressed; faults of every kind are found at their lines."""
    seen: dict[str, int] = {}
    for document in _documents(corpus):
        assert prove([document], [document], Mapping()).ok, document.path
        if len(document.tree.lines) > LARGE:
            continue
        for seed, mode in enumerate(MODES):
            mapping = bench.mapping([document], mode, seed)
            if not len(mapping):
                break
            right = bench.readdressed([document], mapping)
            proof = prove([document], right, mapping, Policy())
            assert [str(found.message) for found in proof.counterexamples] == [], (document.path, mode)
            for kind in faults.KINDS:
                _faults(bench, faults.seeded(kind, texts([document]), texts(right), seed), document, right, mapping)
                seen[document.platform] = seen.get(document.platform, 0) + 1
    assert len(seen) >= 8


def _faults(bench: Any, found: Any, document: Document, right: list[Document], mapping: Mapping) -> None:
    for fault in islice(found, 1):
        wrong = bench.changed(right, fault.path, fault.line, fault.wrong)
        proof = prove([document], wrong, mapping, Policy())
        lines = {place.line for each in proof.counterexamples for place in each.new}
        assert fault.line in lines, (document.path, fault)


def test_any_changed_digit_is_found(corpus, bench):
    """One digit of one line with an address in it, anywhere: found at its line."""
    chance = random.Random(5)  # noqa: S311 - a test's reproducible choice
    folders = [folder for folder in sorted((corpus / "scenarios").iterdir()) if folder.is_dir()]
    tried = 0
    for number, folder in enumerate(chance.sample(folders, 30)):
        documents = bench.read(folder)
        mapping = bench.mapping(documents, MODES[number % 4], number)
        right = bench.readdressed(documents, mapping)
        for _ in range(4):
            document = chance.choice(right)
            places = [
                (line, column)
                for line, text in enumerate(document.tree.lines)
                for column, character in enumerate(text)
                if character.isdecimal() and ("." in text or ":" in text)
            ]
            if not places:
                continue
            line, column = chance.choice(places)
            text = document.tree.lines[line].rstrip("\r\n")
            digit = str((int(text[column]) + chance.randrange(1, 10)) % 10)
            wrong = bench.changed(right, document.path, line + 1, text[:column] + digit + text[column + 1 :])
            proof = prove(documents, wrong, mapping, Policy())
            found = {(place.path, place.line) for each in proof.counterexamples for place in each.new}
            assert (document.path, line + 1) in found, (folder.name, text, digit)
            tried += 1
    assert tried > 80
