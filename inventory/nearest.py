"""The name that somebody probably meant, found without comparing everything with everything."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

ALIKE: Final = 0.6  # difflib's ratio from which a name is worth suggesting
_PREFILTER_KEEPS = 200


def nearest(text: str, names: Iterable[str]) -> str:
    """The most similar name, empty if none is similar enough.

    A cheap comparison of the letters goes over all names; difflib, which is slow, only over the best of those.
    """
    folded = text.casefold()
    letters = set(folded)
    close: list[tuple[int, str]] = []
    for name in names:
        if abs(len(name) - len(folded)) > 1 + len(folded) // 2:
            continue
        other = name.casefold()
        if other == folded:
            return name
        different = len(letters.symmetric_difference(other))
        if different <= 1 + len(letters):
            close.append((different, name))
    close.sort()
    best, score = "", ALIKE
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(folded)
    for _, name in close[:_PREFILTER_KEEPS]:
        matcher.set_seq1(name.casefold())
        if matcher.real_quick_ratio() < score or matcher.quick_ratio() < score:
            continue
        ratio = matcher.ratio()
        if ratio > score or (ratio == score and not best):
            best, score = name, ratio
    return best


class Suggester:
    """`nearest` over one set of names, many times: it stops suggesting when that would take too long.

    Ten thousand wrong references against ten thousand names would be a hundred million comparisons; nobody reads
    ten thousand suggestions, so the work is bounded and the later complaints come without one.
    """

    def __init__(self, names: Iterable[str], budget: int = 200_000) -> None:
        self._names = names
        self._listed: list[str] | None = None
        self._budget = budget
        self._known: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        """The nearest name, empty if there is none or the work would be too much."""
        if text not in self._known:
            if self._budget <= 0:
                return ""
            if self._listed is None:
                self._listed = list(self._names)
            self._budget -= max(len(self._listed), 1)
            self._known[text] = nearest(text, self._listed)
        return self._known[text]
