"""Ruijie RGOS: IOS's look with its own interfaces and services.

Sources: published configurations and Oxidized's model;
that a running configuration ends with `end` is known from its saved answers only.
"""

from __future__ import annotations

from configs.dialects.ruijie_os.grammar import ENDINGS, GRAMMAR, MARKS, SECRETS
from configs.dialects.ruijie_os.language import LANGUAGE
from configs.speaker import Speaker

DIALECT = Speaker(
    __name__,
    "ruijie_os",
    grammar=GRAMMAR,
    secrets=SECRETS,
    own=MARKS,
    endings=ENDINGS,
    language=LANGUAGE,
    driver="RuijieDriver",
)
