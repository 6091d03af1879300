"""Topsec TOS 3 (NGFW4000) and NGTOS: one command a line, submodes in NGTOS, objects by name, GBK.

Only line shapes that public material shows are written (converters, generators and notes of other projects; no
vendor manual was available, and nothing was tried on a device). What is not documented is never made up: the
template says so in the notes.
"""

from __future__ import annotations

from configs.dialects.topsec.grammar import GRAMMAR, MARKS, SECRETS
from configs.dialects.topsec.language import LANGUAGE
from configs.speaker import Speaker

DIALECT = Speaker(
    __name__,
    "topsec_tos",
    grammar=GRAMMAR,
    secrets=SECRETS,
    own=MARKS,
    language=LANGUAGE,
    driver="TopsecDriver",
    encoding="gb18030",
)
