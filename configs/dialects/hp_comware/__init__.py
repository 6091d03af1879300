"""H3C Comware 5 and 7: `#` between sections, one blank a level, `undo`, `return` at the end.

Sources: Comware 7 command references and published configurations; Oxidized's model for what is secret. The change
order and the driver are for Comware 7.
"""

from __future__ import annotations

from configs.dialects.hp_comware.grammar import ENDINGS, GRAMMAR, MARKS, SECRETS
from configs.dialects.hp_comware.language import LANGUAGE
from configs.speaker import Speaker

DIALECT = Speaker(
    __name__,
    "hp_comware",
    grammar=GRAMMAR,
    secrets=SECRETS,
    own=MARKS,
    endings=ENDINGS,
    language=LANGUAGE,
    driver="HpComwareDriver",
)
