"""Arista EOS: IOS's look, three blanks a level, prefixes with lengths, `EOF` after longer texts.

Read, masked and re-addressed; not rendered and not spoken to. Source: Arista's EOS manual and published
configurations; Oxidized's model for what is secret.
"""

from __future__ import annotations

from configs.dialects.arista_eos.grammar import ENDINGS, GRAMMAR, MARKS, SECRETS
from configs.speaker import Speaker

DIALECT = Speaker(__name__, "arista_eos", grammar=GRAMMAR, secrets=SECRETS, own=MARKS, endings=ENDINGS)
