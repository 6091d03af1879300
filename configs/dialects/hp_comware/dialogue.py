"""How Comware 7 talks.

Sources: H3C's Comware 7 command references (CLI, login, configuration files: the questions of `save`); the prompts of
a pair (`RBM_P`, `RBM_S`) and the pager: netmiko's and Oxidized's models. A line that begins with `%` is a refusal
unless it is a log message (`%Sep  9 10:00:00:000 2026 H3C SHELL/5/…`, `%@…`).
"""

from __future__ import annotations

import re

from configs.dialogue import Dialogue, question

DIALOGUE = Dialogue(
    platform="hp_comware",
    prompt=rb"(?:RBM_[PS])?[<\[]NAME(?:-[^\[\]<>\r\n]+)?[>\]]",
    privileged=re.compile(rb"[>\]]$"),
    pager=re.compile(rb"-{2,4} ?More ?-{2,4}\s*$"),
    errors=(
        re.compile(rb"^\s*%(?!@|[A-Z][a-z]{2}\s+\d|\s*$)"),
        re.compile(rb"^\s*(?:Unrecognized command|Incomplete command|Ambiguous command|Wrong param|Too many param)"),
        re.compile(rb"(?i)^\s*(?:Permission denied|Error\s*:|Failed to |The operation (?:failed|completed unsuccess))"),
    ),
    questions=(
        question(r"save ", rb"(?:continue|are you sure)\s*\?\s*\[y/n\]\s*:?", b"y\n"),
        question(r"save ", rb"overwrite\s*\?\s*\[y/n\]\s*:?", b"y\n"),
        question(r"delete /unreserved ", rb"(?:continue|are you sure|delete [^?]*)\s*\?\s*\[y/n\]\s*:?", b"y\n"),
        question(r"undo (?:ssh|telnet) server", rb"(?:continue|are you sure)\s*\?\s*\[y/n\]\s*:?", b"y\n"),
        question(r"undo interface ", rb"(?:continue|are you sure)\s*\?\s*\[y/n\]\s*:?", b"y\n"),
    ),
    login_questions=(
        question("", rb"press y or enter to continue, n to exit\.?", b"\n"),
        # A password near its end: the session goes on with the old one; changing it is a person's decision.
        question("", rb"change (?:it |the password )?now\s*\?\s*\[y/n\]\s*:?", b"n\n"),
    ),
    prepare=("screen-length disable",),
    configure="system-view",
    leave="return",
    renames=re.compile(r"\s*sysname\s+(\S+)"),
    opens=re.compile(
        r"(?:interface|acl|ospf|ospfv3|isis|rip|bgp|area|line|user-interface|vlan \d+$|ip vpn-instance|local-user"
        r"|address-family|ike |ipsec |traffic (?:classifier|behavior|policy)|route-policy|security-zone|domain |role "
        r"|user-group|object-group|object-policy|zone-pair|security-policy|rule \d+ name|radius scheme|hwtacacs scheme"
        r"|nat address-group|dhcp server ip-pool|scheduler (?:job|schedule) |vrrp |nqa |track )"
    ),
    preamble=re.compile(rb"(?!)"),
    ending=re.compile(rb"return\s*$"),
    configuring=re.compile(rb"\]$"),
    # Network management guide, “Information center”: `%` or `#`, time, name, module/severity/mnemonic.
    log=re.compile(rb"\s*[%#](?:@\d+[%#]?)?[A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d:\d{3} \d{4} .{1,64} ?[A-Z0-9_]+/\d/"),
)
