"""Hillstone StoneOS: `exit` after a view, quoted names, rules with zones, address books.

Source: the command-line manual of StoneOS V5.5R12F2; how the device stores secrets was not found.
"""

from __future__ import annotations

from configs.dialects.hillstone_stoneos.grammar import GRAMMAR, MARKS, SECRETS
from configs.dialects.hillstone_stoneos.language import LANGUAGE
from configs.speaker import Speaker

DIALECT = Speaker(
    __name__,
    "hillstone_stoneos",
    grammar=GRAMMAR,
    secrets=SECRETS,
    own=MARKS,
    language=LANGUAGE,
    driver="StoneosDriver",
)
