"""H3C Comware 5 and 7: `#` between sections, one blank a level, `undo`, `return` at the end.

Read, masked and re-addressed; not rendered and not spoken to. Sources: Comware 7 command references and published
configurations; Oxidized's model for what is secret.
"""

from __future__ import annotations

from configs.dialects.hp_comware.grammar import ENDINGS, GRAMMAR, MARKS, SECRETS
from configs.speaker import Speaker

DIALECT = Speaker(__name__, "hp_comware", grammar=GRAMMAR, secrets=SECRETS, own=MARKS, endings=ENDINGS)
