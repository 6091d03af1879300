"""How StoneOS talks.

Source: the command line manual of V5.5R12F2 (modes, paging, error marks, `save`); the questions of `save` in both
languages and the `[TRN]` of an open transaction: models of other projects and the manual's system chapter.
"""

from __future__ import annotations

import re

from configs.dialogue import Dialogue, question

DIALOGUE = Dialogue(
    platform="hillstone_stoneos",
    prompt=rb"NAME(?:\[[A-Z]+\])?(?:\([^()\r\n]+\))?[#>]",
    privileged=re.compile(rb"#$"),
    pager=re.compile(rb"-{2,} ?More ?-{2,}\s*$"),
    errors=(
        re.compile(rb"^\s*\^-----"),
        re.compile(rb"(?i)^\s*(?:Error\s*:|Failed |\xe9\x94\x99\xe8\xaf\xaf)"),  # the last is 错误
    ),
    questions=(
        question(r"save( all)?$", rb"are you sure\?\s*(?:\[y\]/n|y/\[n\])\s*:?", b"y\n"),
        question(
            r"save( all)?$", rb"\xe8\xaf\xb7\xe7\xa1\xae\xe8\xae\xa4\s*(?:\[y\]/n|y/\[n\])\s*:?", b"y\n"
        ),  # 请确认
    ),
    login_questions=(),
    prepare=("terminal length 0", "terminal width 512"),
    configure="configure",
    leave="end",
    renames=re.compile(r"\s*hostname\s+\"?([^\s\"]+)"),
    opens=re.compile(
        r"(?:interface|ip vrouter|admin user|zone|address|service|servgroup|schedule|rule|policy-global|password-policy"
        r"|aaa-server|isakmp|ipsec|tunnel|router|nat$|vsys)"
    ),
    preamble=re.compile(rb"\s*(?:$|Building configuration)"),
    ending=re.compile(rb"(?i)end\s*$"),
    configuring=re.compile(rb"\)#$"),
)
