"""Lines that lost their end or their beginning: facts are read all the same, and no line outside the text is cited."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from configs.dialects import dialect

HERE = Path(__file__).parent / "mutations"


def torn(text: str, dice: random.Random) -> str:
    """A text some of whose lines are cut off, doubled, or begin in their middle."""
    lines = []
    for line in text.splitlines():
        words = line.split(" ")
        kind = dice.randrange(8)
        if kind == 0:
            words = words[: dice.randrange(len(words) + 1)]
        elif kind == 1:
            words = words[dice.randrange(len(words)) :]
        elif kind == 2:
            words.insert(dice.randrange(len(words) + 1), dice.choice(["", "undo", "no", "any", "{", '"', "0"]))
        lines += [" ".join(words)] * (1 + (kind == 3))
    return "\n".join(lines)


@pytest.mark.parametrize("platform", sorted(path.stem for path in HERE.glob("*.cfg")))
def test_torn_lines_are_read_without_an_error(platform):
    """Whatever is left of a line, there is a fact for every name, and its lines are lines of the text."""
    text = (HERE / f"{platform}.cfg").read_text(encoding="utf-8")
    speaker = dialect(platform)
    names = set(speaker.facts(speaker.parse(text.encode())).facts)
    dice = random.Random(platform)  # noqa: S311 - lines to tear, no secret
    for _ in range(30):
        harmed = torn(text, dice)
        facts = speaker.facts(speaker.parse(harmed.encode())).facts
        assert set(facts) == names
        last = harmed.count("\n") + 1
        assert all(1 <= line <= last for fact in facts.values() for line in fact.lines)
