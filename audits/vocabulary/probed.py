"""Facts that only packets tell: what is really reached from where."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audits.vocabulary.meaning import FactMeaning

MEANINGS: tuple[FactMeaning, ...] = ()
