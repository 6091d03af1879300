"""Which language a text is in: the dialects' evidence weighed against each other, and against none of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from configs import dialects, marks
from configs.encodings import decode

# Below this a guess is not made.
SURE = 0.8

# What no device prints at the beginning of a line: YAML, XML, HTML, JSON, Markdown, programs.
_OTHER = marks.marks(
    (20, r"- [\w-]+: *\S"),
    (20, r"[ \t]*[\w-]+: [|>]-?$"),
    (20, r"(?:<\?xml|<!DOCTYPE|<html|<config\b|\s*<[a-z][\w:-]*(?: [\w:-]+=\"[^\"]*\")*>)"),
    (20, r"\s*\"[^\"]+\": *[\"{\[\d]"),
    (8, r"(?:```|## \w|\* \w)", 2),
    (10, r"(?:import \w+|from \w+ import |def \w+\(|#include <|#!/)"),
)


@dataclass(frozen=True, slots=True)
class Detection:
    """What a text seems to be: `platform` is empty where nothing is sure enough.

    `sure` is the probability of the best platform (or of none of them, if that is the likeliest), `others` are the
    next best with theirs, the likelier first.
    """

    platform: str
    sure: float
    others: tuple[tuple[str, float], ...] = ()


@cache
def _languages() -> tuple[tuple[str, ...], tuple[marks.Marks, ...]]:
    """A platform of each language, and the language's marks."""
    platforms = tuple(sorted(dialects.languages()))
    return platforms, tuple(dialects.dialect(platform).marks for platform in platforms)


def detect(text: str | bytes) -> Detection:
    """The platform of a text; of none rather than of a wrong one. InputError if bytes cannot be decoded.

    Only the text speaks: a file's name and folder do not.
    """
    if isinstance(text, bytes):
        text, _ = decode(text)
    sample = marks.seen(text)
    platforms, languages = _languages()
    bits = dict(zip((*platforms, ""), marks.evidence(sample, (*languages, _OTHER)), strict=True))
    bits[""] += marks.UNKNOWN
    most = max(bits.values())
    weights = {platform: 2.0 ** (value - most) for platform, value in bits.items()}
    total = sum(weights.values())
    ranked = sorted(((weight / total, platform) for platform, weight in weights.items()), key=lambda row: -row[0])
    sure, best = ranked[0]
    others = tuple((platform, round(share, 4)) for share, platform in ranked if platform and share >= 0.001)
    if not best or sure < SURE:
        return Detection("", round(sure if not best else 1 - sure, 4), others[:3])
    return Detection(best, round(sure, 4), others[1:4])
