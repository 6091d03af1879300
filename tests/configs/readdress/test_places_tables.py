"""The tables of places, one folder of cases a language: `places/<platform>.yaml`.

A case is a command (`line`), the views it stands in (`view`, outer ones first), other commands there (`beside`) and
what the table says of it (`means`): a kind and what is written, `/` and the size, ` to ` and a range's end, ` ge` and
` le`, ` @` and the VRF where it is not the default one. Only what has tokens counts. A token that no row may speak of
is under `loose`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from configs.dialects import dialect
from configs.places import tokens
from configs.places.lines import survey
from configs.readdress.engine import Engine, Source
from configs.tree import Outline, Tree

CASES = Path(__file__).with_name("places")
QUOTES = "\"'"
CORPUS = {
    "arista_eos": ("configs/arista",),
    "cisco_asa": ("configs/cisco-asa",),
    "cisco_ios": ("configs/cisco-ios", "audit/cisco"),
    "cisco_nxos": ("configs/cisco-nxos",),
    "cisco_xr": ("configs/cisco-iosxr",),
    "fortinet": ("configs/fortinet", "audit/fortinet"),
    "hillstone_stoneos": ("configs/hillstone",),
    "hp_comware": ("audit/h3c",),
    "juniper_junos": ("configs/juniper",),
    "nokia_sros": ("configs/nokia",),
    "paloalto_panos": ("configs/paloalto",),
}
# Of what could be an address, so much may stand where no row speaks of it.
MOST_LOOSE = {"cisco_ios": 0.01, "hp_comware": 0.01}


def cases():
    """Every case of every file."""
    for path in sorted(CASES.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            where = " > ".join([*case.get("view", []), case["line"]])
            yield pytest.param(path.stem, case, id=f"{path.stem}: {where}")


def read(platform, case):
    """The case's line as the table reads it."""
    view = case.get("view", [])
    beside = case.get("beside", [])
    texts = (*view, case["line"], *beside)
    parents = [min(number, len(view)) for number in range(len(texts))]
    tree = Tree(tuple(f"{text}\n" for text in texts), Outline(parents, texts, {}))
    return next((line for line in survey(tree, dialect(platform).places()) if line.number == len(view) + 1), None)


def written(line, place):
    """A place as the cases write it."""

    def at(span):
        return line.text[slice(*span)]

    text = f"{place.kind} {line.text[place.start : place.end].strip(QUOTES)}"
    if place.size is not None:
        text += (
            f"/{at(place.size)}" if place.form.value in ("length", "mask") else f" {place.form.value} {at(place.size)}"
        )
    for name, span in (("to", place.last), ("ge", place.ge), ("le", place.le)):
        text += f" {name} {at(span)}" if span is not None else ""
    if place.vrf != "default" and place.shape.value not in ("fixed", "text", "name"):
        text += f" @{place.vrf or '*'}"
    return text


@pytest.mark.parametrize(("platform", "case"), list(cases()))
def test_case(platform, case):
    """A command says what the table says it says, and nothing else."""
    line = read(platform, case)
    assert line is not None, "the line has no tokens"
    spans = [(token.start, token.end) for token in tokens.scan(line.text)]
    means = [
        written(line, place)
        for place in line.places
        if any(low < place.end and place.start < high for low, high in spans)
    ]
    assert means == case.get("means", [])
    assert [token.text for token in line.loose] == case.get("loose", [])


@pytest.mark.corpus
@pytest.mark.parametrize("platform", sorted(CORPUS))
def test_corpus(platform, corpus):
    """In published configurations no row is missing for more than 1 or 3 % of what could be an address."""
    seen = loose = 0
    speaker = dialect(platform)
    for folder in CORPUS[platform]:
        for path in sorted((corpus / folder).iterdir()):
            for line in survey(speaker.parse(path.read_bytes()), speaker.places()):
                seen += len(tokens.scan(line.text))
                loose += len(line.loose)
    assert seen
    assert loose <= MOST_LOOSE.get(platform, 0.03) * seen


@pytest.mark.corpus
@pytest.mark.parametrize("platform", sorted(CORPUS))
def test_engine_on_corpus(platform, corpus, mappings):
    """With a mapping of every subnet no token is without a class, and hardly a command is unknown."""
    speaker = dialect(platform)
    places = speaker.places()
    files = [path for folder in CORPUS[platform] for path in sorted((corpus / folder).iterdir())]
    sources = [Source(path.name, platform, speaker.parse(path.read_bytes()), places, speaker.mask) for path in files]
    engine = Engine(mappings.make([(source.tree, source.places) for source in sources], "move", seed=1))
    found = [token for source in sources for token in engine.run(source).tokens()]
    assert all(token.kind and token.reason for token in found)
    unknown = [token for token in found if token.reason == "unknown-command"]
    assert len(unknown) <= MOST_LOOSE.get(platform, 0.03) * len(found), unknown
