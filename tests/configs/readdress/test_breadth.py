"""The breadth of the languages: what is an address follows the mapping, what only looks like one stays.

`breadth/<platform>.conf` (and `<platform>.<form>.conf`) has a command of each kind. In it addresses of 10.1.0.0/16 and
2001:db8:1::/48 are to follow; 10.99.0.0/16 is in the mapping too, but stands where nothing may change: areas, router
ids, names, texts, secrets.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from configs.detect import detect
from configs.dialects import dialect
from configs.equivalence.proof import Document, prove
from configs.readdress.engine import Action, Engine, Source
from configs.readdress_policy import Policy
from ipplan import mapping_file

FILES = sorted((Path(__file__).parent / "breadth").glob("*.conf"))
FOLLOW, STAY = ("10.1.", "2001:db8:1:"), "10.99."
MOST_REVIEWED = 0.03
# Of the /24s of 10.1.0.0/16 that the texts speak of, what becomes of each.
SAME = [(n, f"172.20.{n}.0/24") for n in range(28)]
GROWN = [(n, f"172.20.{2 * n}.0/23") for n in range(28)]


def run(path, rows):
    """The result of re-addressing a file, the document before and after, and the mapping."""
    table = [f"10.1.{number}.0/24,{new}" for number, new in rows]
    mapping = mapping_file.parse(
        "\n".join(("old,new", *table, "10.99.0.0/16,172.28.0.0/16", "2001:db8:1::/48,2001:db8:9::/48", ""))
    )
    platform = path.name.partition(".")[0]
    speaker = dialect(platform)
    tree = speaker.parse(path.read_bytes())
    engine = Engine(mapping, Policy())
    source = Source(path.name, platform, tree, speaker.places(), speaker.mask)
    engine.learn([source])
    result = engine.run(source)
    after = Document(path.name, platform, speaker.parse(result.to_bytes()))
    return result, Document(path.name, platform, tree), after, mapping


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_token_has_its_class(path):
    """No command is unknown, no look-alike is rewritten, no address is left."""
    result = run(path, SAME)[0]
    tokens = list(result.tokens())
    assert len(tokens) > 20
    wrong = [
        (token.line, token.text, token.kind, token.reason)
        for token in tokens
        if (token.text.startswith(FOLLOW) and token.action is not Action.REWRITTEN)
        or (token.text.startswith(STAY) and token.action is not Action.KEPT)
        or token.action is Action.REVIEW
    ]
    assert wrong == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_language_is_recognised(path):
    """Each file is known for what it is."""
    assert detect(path.read_bytes()).platform == path.name.partition(".")[0]


@pytest.mark.parametrize("rows", [SAME, GROWN], ids=["same", "grown"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_proof_agrees(path, rows):
    """The second reader finds nothing against what was written, whether sizes stay or change; little is left."""
    result, old, new, mapping = run(path, rows)
    tokens = list(result.tokens())
    left = {(path.name, token.line) for token in tokens if token.action is Action.REVIEW}
    proof = prove([old], [new], mapping, Policy(), left)
    assert [(str(found.message), [place.line for place in found.new]) for found in proof.counterexamples] == []
    assert len(left) <= MOST_REVIEWED * len(tokens)
    assert {"no-reader", "no-filter-reader", "no-translation-reader"}.isdisjoint(row.reason for row in proof.outside)
