"""What one module's poll has read, before anything is made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collectors.snmp.layout import Rows


@dataclass(slots=True, eq=False)
class Found:
    """Scalars by complete OID, columns by theirs."""

    scalars: dict[bytes, bytes] = field(default_factory=dict)
    columns: dict[bytes, Rows] = field(default_factory=dict)
