"""Facts that no configuration tells: load, backups, the plan, who changed what."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audits.vocabulary.meaning import FactMeaning

MEANINGS: tuple[FactMeaning, ...] = ()
