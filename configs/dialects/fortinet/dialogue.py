"""How FortiOS talks.

Sources: prompts and the banner's question: Oxidized's model; marks of refused lines: Fortinet's CLI reference and its
Ansible collection's issues. Paging is answered, not switched off: that would be a change of the configuration.
"""

from __future__ import annotations

import re

from configs.dialogue import Dialogue, question

DIALOGUE = Dialogue(
    platform="fortinet",
    prompt=rb"NAME(?: \([^()\r\n]+\))? [#$]",
    privileged=re.compile(rb"[#$]$"),
    pager=re.compile(rb"--More--\s*$"),
    errors=(
        re.compile(rb"(?i)^\s*(?:Command fail|command parse error|Unknown action|value parse error|node_check_object)"),
        re.compile(rb"(?i)^\s*(?:object set operator error|attribute set operator error|entry not found)"),
        re.compile(rb"(?i)^\s*(?:incomplete command|ambiguous command|The entry is used|No permission)"),
    ),
    questions=(),
    login_questions=(question("", rb"\(press 'a' to accept\)\s*:?", b"a"),),
    prepare=(),
    configure="",
    leave="",
    abandon="abort",
    renames=re.compile(r"\s*set hostname \"?([^\s\"]+)"),
    opens=re.compile(r"(?:config|edit|next|end)\b"),
    preamble=re.compile(rb"\s*$"),
    ending=re.compile(rb"end\s*$"),
)
