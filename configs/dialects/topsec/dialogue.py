"""How TOS talks: no enable, no configuration mode, one command a line; success prints nothing.

Sources: other projects' notes and models of TOS 3 (prompts `#` and `%`, `--More--`, `error -27007 : …`). Nothing was
tried on a device.
"""

from __future__ import annotations

import re

from configs.dialogue import Dialogue

DIALOGUE = Dialogue(
    platform="topsec_tos",
    prompt=rb"NAME[#%]",
    privileged=re.compile(rb"[#%]$"),
    pager=re.compile(rb"--More--\s*$"),
    errors=(re.compile(rb"^\s*error -?\d+", re.IGNORECASE),),
    questions=(),
    login_questions=(),
    prepare=(),
    configure="",
    leave="",
    renames=re.compile(r"(?!)"),
    opens=re.compile(r"(?!)"),
    preamble=re.compile(rb"\s*$"),
    # There is no mark at the end of a dump; what ends like this is none.
    ending=re.compile(rb"(?!\s*error -?\d)"),
)
