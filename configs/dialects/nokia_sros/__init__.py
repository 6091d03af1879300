"""Nokia SR OS: the classic form (blanks and `exit`) and the model-driven one (braces).

Read, masked and re-addressed; not rendered and not spoken to. Source: Nokia's system management guides and published
configurations; Oxidized's model for what is secret.
"""

from __future__ import annotations

from configs.dialects.nokia_sros.grammar import ENDINGS, MARKS, SECRETS, grammar
from configs.speaker import Speaker

DIALECT = Speaker(__name__, "nokia_sros", grammar=grammar, secrets=SECRETS, own=MARKS, endings=ENDINGS)
