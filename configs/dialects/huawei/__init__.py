"""Huawei VRP 5 and 8 and USG: `#` between sections, one blank a level, `undo`, `return` at the end.

Sources: the shapes collected from published configurations and Huawei's own manuals (NE40E V800R012C10, AR
command references EDOC1100203224 and EDOC1100034066). What no page confirmed is marked where it is used.
"""

from __future__ import annotations

from configs.dialects.huawei.grammar import ENDINGS, GRAMMAR, MARKS, SECRETS
from configs.dialects.huawei.language import LANGUAGE
from configs.speaker import Speaker

DIALECT = Speaker(
    __name__,
    "huawei",
    grammar=GRAMMAR,
    secrets=SECRETS,
    own=MARKS,
    endings=ENDINGS,
    language=LANGUAGE,
    driver="HuaweiDriver",
)

# VRP 8 writes as VRP 5 does; what differs is how it is spoken to.
VARIANTS = {
    "huawei_vrpv8": Speaker(
        __name__,
        "huawei_vrpv8",
        grammar=GRAMMAR,
        secrets=SECRETS,
        own=MARKS,
        endings=ENDINGS,
        language=LANGUAGE,
        driver="HuaweiVrp8Driver",
    )
}
