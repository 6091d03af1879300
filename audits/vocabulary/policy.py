"""Facts that rule sets tell: rules that do nothing, rules that do too much."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audits.vocabulary.meaning import FactMeaning

MEANINGS: tuple[FactMeaning, ...] = ()
