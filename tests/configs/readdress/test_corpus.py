"""Real configurations: nothing is lost, nothing is skipped, little is left for a person."""

from __future__ import annotations

import difflib
import time
from collections import Counter

import pytest

from configs import dialects
from configs.equivalence.proof import Document, prove
from configs.readdress.engine import Action, Engine, Source
from configs.readdress.run import Input, read
from ipplan.mapping import Mapping

pytestmark = pytest.mark.corpus
MOST_REVIEWED = 0.01
LEAST_LINES_A_SECOND = 20_000  # a shared machine; benchmarks/readdress.py measures the bar
# Wide prefixes become covers or lists: what stood there before is not written anywhere any more.
ONE_WAY = ("covered", "still-covers")


def networks(corpus):
    """The Huawei networks as parsed sources."""
    language = dialects.dialect("huawei")
    places = language.places()
    for folder in sorted(path for path in (corpus / "scenarios").iterdir() if path.is_dir()):
        yield (
            folder.name,
            [
                (
                    path.read_bytes(),
                    Source(path.name, "huawei", language.parse(path.read_bytes()), places, language.mask),
                )
                for path in sorted(folder.glob("*.cfg"))
            ],
        )


@pytest.mark.parametrize("mode", ["keep", "move", "grow", "shrink"])
def test_every_token_has_a_class_and_few_are_left_for_a_person(corpus, mappings, mode):
    """0 without a class; review at most one in a hundred; an identity mapping gives the same bytes."""
    actions: Counter[Action] = Counter()
    for name, files in networks(corpus):
        engine = Engine(mappings.make([(source.tree, source.places) for _, source in files], mode, seed=1))
        for data, source in files:
            result = engine.run(source)
            tokens = list(result.tokens())
            assert all(token.kind and token.reason for token in tokens), name
            actions.update(token.action for token in tokens)
            if mode == "keep":
                assert result.to_bytes() == data, f"{name}/{source.path}"
    assert actions[Action.REVIEW] <= MOST_REVIEWED * sum(actions.values()), actions


@pytest.mark.parametrize("mode", ["move", "grow", "shrink", "mixed"])
def test_objects_of_the_firewall_become_groups(corpus, mappings, mode):
    """PAN-OS: an object such as 10.0.0.0/8 that moves in part is no longer left for a person, and that is proven."""
    (path,) = sorted((corpus / "configs" / "paloalto").glob("*.set"))
    ready, _ = read(Input(path.name, "", path.read_bytes()))
    mapping = mappings.make([(ready.tree, ready.places)], mode, seed=1)
    result = Engine(mapping).run(ready)
    new = Document(path.name, ready.platform, dialects.dialect(ready.platform).parse(result.to_bytes()))
    proof = prove([Document(path.name, ready.platform, ready.tree)], [new], mapping)
    assert [token for token in result.tokens() if token.action is Action.REVIEW] == []
    assert (proof.ok, proof.level) == (True, "meaning")
    assert b"set address-group GBL_RFC1918-10 static [" in result.to_bytes()


def test_a_mapping_followed_by_its_inverse_gives_the_same_bytes(corpus, mappings):
    """Wherever sizes are equal and no wide prefix had to be covered anew."""
    language = dialects.dialect("huawei")
    back_and_forth = 0
    for name, files in networks(corpus):
        mapping = mappings.make([(source.tree, source.places) for _, source in files], "move", seed=1)
        there, back = Engine(mapping), Engine(mapping.inverse())
        for data, source in files:
            result = there.run(source)
            if any(token.reason in ONE_WAY or " " in token.new for token in result.tokens()):
                continue
            moved = source._replace(tree=language.parse(result.to_bytes()))
            assert back.run(moved).to_bytes() == data, f"{name}/{source.path}"
            back_and_forth += 1
    assert back_and_forth > 1400


def test_what_does_not_come_back_is_what_was_wide(corpus, mappings):
    """The other files of that mapping: each line that was not covered, cut or kept as wide is there again."""
    language = dialects.dialect("huawei")
    one_way = 0
    for name, files in networks(corpus):
        mapping = mappings.make([(source.tree, source.places) for _, source in files], "move", seed=1)
        there, back = Engine(mapping), Engine(mapping.inverse())
        for _data, source in files:
            result = there.run(source)
            wide = {token.line for token in result.tokens() if token.reason in ONE_WAY or " " in token.new}
            if not wide:
                continue
            moved = source._replace(tree=language.parse(result.to_bytes()))
            again = language.parse(back.run(moved).to_bytes()).lines
            steps = difflib.SequenceMatcher(None, source.tree.lines, again, autojunk=False).get_opcodes()
            lost = {line + 1 for kind, low, high, _, _ in steps if kind != "equal" for line in range(low, high)}
            assert lost <= wide, f"{name}/{source.path}"
            one_way += bool(lost)
    assert 0 < one_way < 40


def test_identity_on_every_file_that_is_read(corpus):
    """The other vendors' files too: without a mapping the very bytes come back."""
    engine = Engine(Mapping())
    for path in sorted((*(corpus / "configs").rglob("*.*"), *(corpus / "audit").rglob("*.*"))):
        ready, done = read(Input(path.name, "", path.read_bytes()))
        if ready is None:
            assert done.problems, path
            continue
        result = engine.run(ready)
        assert result.to_bytes() == path.read_bytes(), path
        assert all(token.action is Action.KEPT for token in result.tokens()), path


def test_it_is_quick(corpus, mappings):
    """A guard against a slip of an order of magnitude."""
    files = [file for _, found in networks(corpus) for file in found]
    engine = Engine(mappings.make([(source.tree, source.places) for _, source in files[:200]], "move", seed=1))
    begin = time.process_time()
    for _, source in files:
        engine.run(source).to_bytes()
    seconds = time.process_time() - begin
    assert sum(len(source.tree.lines) for _, source in files) / seconds > LEAST_LINES_A_SECOND
