"""How VRP talks.

Sources: prompts, pager, messages: Huawei's command references (AR EDOC1100034066, S-series and NE8000 manuals);
questions: the save dialogue of the same manuals; `ESC[nD` in the pager's echo and the password question at login:
seen by others on S and AR devices (netmiko's and Oxidized's models of VRP). Not verified on a device: the two
questions of `undo … server enable`.
"""

from __future__ import annotations

import re
from dataclasses import replace

from configs.dialogue import Dialogue, question

DIALOGUE = Dialogue(
    platform="huawei",
    # `<H>` user view, `[H-view]`; `[~H]`/`[*H]` where changes are staged; HRP_M/HRP_S on a firewall in a pair.
    prompt=rb"(?:HRP_[MS])?(?:<|\[[~*]?)NAME(?:-[^\[\]<>\r\n]+)?[>\]]",
    privileged=re.compile(rb"[>\]]$"),
    pager=re.compile(rb"-{2,4} ?More ?-{2,4}\s*$"),
    errors=(
        re.compile(rb"^\s*Error\s*:"),
        re.compile(
            rb"^\s*(?:Unrecognized command|Incomplete command|Ambiguous command|Wrong parameter|Too many param)"
        ),
        re.compile(rb"^\s*Failed to "),
    ),
    questions=(
        question(r"save$", rb"are you sure to continue\s*\?\s*\[y/n\]\s*:?", b"y\n"),
        # AR routers ask so; S switches as above.
        question(r"save$", rb"are you sure to continue\s*\?\s*\(y/n\)\s*\[n\]\s*:?", b"y\n"),
        question(r"save$", rb"continue\s*\?\s*\[y/n\]\s*:?", b"y\n"),
        question(r"save$", rb"overwrite\s*\?\s*\[y/n\]\s*:?", b"y\n"),
        question(r"undo (?:stelnet|telnet) .*server", rb"continue\s*\?\s*\[y/n\]\s*:?", b"y\n"),
        # S and AR references, “schedule reboot”; the older Quidway asks without the time.
        question(r"schedule reboot ", rb"confirm\s*\?\s*\[y/n\]\s*:?", b"y\n"),
        question(r"schedule reboot ", rb"continue\s*\?\s*\[y/n\]\s*:?", b"y\n"),
    ),
    login_questions=(
        # A password near its end: the session goes on with the old one; changing it is a person's decision.
        question("", rb"change now\s*\?\s*\[y/n\]\s*:?", b"n\n"),
        # A saved file with secrets in an old form (netmiko issue 3311): saving here is nobody's order.
        question("", rb"are you sure to save now\s*\?\s*\[y/n\]\s*:?", b"n\n"),
    ),
    prepare=("screen-length 0 temporary",),
    configure="system-view",
    leave="return",
    renames=re.compile(r"\s*sysname\s+(\S+)"),
    opens=re.compile(
        r"(?:interface|acl|ospf|ospfv3|isis|rip|bgp|area|aaa$|user-interface|vlan \d+$|ip vpn-instance|ip pool"
        r"|ipv4-family|ipv6-family|ike |ipsec |traffic (?:classifier|behavior|policy)|route-policy|zone |policy"
        r"|security-policy|nat-policy|nat address-group|rule name|radius-server template|hwtacacs-server template"
        r"|domain |authentication-scheme|authorization-scheme|accounting-scheme|bfd |vrrp |nqa |eth-trunk)"
    ),
    preamble=re.compile(rb"(?!)"),
    ending=re.compile(rb"return\s*$"),
    configuring=re.compile(rb"\]$"),
    # Device management guide, “Information center”: time, name, `%%` with module/severity/mnemonic; traps with `#`.
    log=re.compile(rb"\s*#?[A-Z][a-z]{2} +\d+ \d{4} \d\d:\d\d:\d\d\S* .{1,246} ?(?:%%\d\d)?[A-Za-z0-9_]+/\d/"),
)

# VRP 8 (NE8000 command reference, “commit”, “abort trial”): lines wait for `commit`. Whoever leaves with lines that
# wait is asked what to do with them (netmiko issue 2625; the wording is unverified): they are thrown away, never
# committed by leaving.
STAGED_DIALOGUE = replace(
    DIALOGUE,
    platform="huawei_vrpv8",
    questions=(
        *DIALOGUE.questions,
        question(r"(?:return|quit)$", rb"\[y(?:\(yes\))?/n(?:\(no\))?/c(?:\(cancel\))?\]\s*:?", b"n\n"),
        question(r"abort trial", rb"continue\s*\?\s*\[y/n\]\s*:?", b"y\n"),
    ),
    staged=True,
)
