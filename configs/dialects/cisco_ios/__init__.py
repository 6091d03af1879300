"""Cisco IOS and IOS-XE: `!` between sections, one blank a level, `no`, banners between delimiters, `end`.

Sources: Cisco's public configuration guides and command references, and published configurations. What no page
confirmed is marked where it is used.
"""

from __future__ import annotations

from configs.dialects.cisco_ios.grammar import ENDINGS, GRAMMAR, MARKS, SECRETS
from configs.dialects.cisco_ios.language import LANGUAGE
from configs.speaker import Speaker

DIALECT = Speaker(
    __name__,
    "cisco_ios",
    grammar=GRAMMAR,
    secrets=SECRETS,
    own=MARKS,
    endings=ENDINGS,
    language=LANGUAGE,
    driver="CiscoIosDriver",
)
