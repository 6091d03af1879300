"""Facts about controls that items of the standard ask for: two factors, port admission, zones, spare devices."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audits.vocabulary.meaning import FactMeaning

MEANINGS: tuple[FactMeaning, ...] = ()
