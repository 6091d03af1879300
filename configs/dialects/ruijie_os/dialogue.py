"""How RGOS talks.

Sources: the marks of refused lines and the prompts: scrapli's definition; the question at the login: netmiko issue
3640; `reload in`: as IOS has it, unverified on a device (an RGOS that does not know it refuses it, and then there is
no guard).
"""

from __future__ import annotations

import re

from configs.dialogue import Dialogue, question

DIALOGUE = Dialogue(
    platform="ruijie_os",
    prompt=rb"NAME(?:\([^()\r\n]+\))?[>#]",
    privileged=re.compile(rb"#$"),
    pager=re.compile(rb"-- ?More ?--\s*$"),
    errors=(
        re.compile(
            rb"^\s*%(?! ?[A-Z0-9_]+-(?:[A-Z0-9_]+-)?\d-)"
            rb"(?! ?(?:warning|note|info|interface [^%]* removed due to \w+ vrf))",
            re.IGNORECASE,
        ),
        re.compile(rb"(?i)^(?:(?:Command rejected|ERROR)\s*:|Command authorization failed|Bad mask )"),
    ),
    questions=(
        question(r"reload in ", rb"proceed with reload\s*\?\s*(?:\[(?:no|yes|confirm|y/n)\])?\s*:?", b"y\n"),
        question(r"reload in ", rb"save\s*\?\s*\[yes/no\]\s*:?", b"no\n"),
        question(r"write$", rb"overwrite [^?]*\?\s*\[(?:confirm|y/n|yes/no)\]\s*:?", b"y\n"),
    ),
    login_questions=(
        # A password near its end: the session goes on with the old one; changing it is a person's decision.
        question("", rb"change the password\s*\(yes/no\)\s*:?", b"no\n"),
    ),
    prepare=("terminal length 0", "terminal width 256"),
    configure="configure terminal",
    leave="end",
    enable="enable",
    renames=re.compile(r"\s*hostname\s+(\S+)"),
    opens=re.compile(
        r"(?:interface|router|line|ip access-list|ipv6 access-list|vlan \d|vrf |ip vrf |address-family|class-map"
        r"|policy-map|class |crypto |ip dhcp pool|route-map|aaa group|key chain|key \d|track |banner )"
    ),
    preamble=re.compile(rb"\s*(?:$|Building configuration\.\.\.|Current configuration\s*:)"),
    ending=re.compile(rb"end\s*$"),
    text_begins=re.compile(rb"^Enter TEXT message"),
    configuring=re.compile(rb"\)#$"),
    log=re.compile(rb"\s*(?:\d+: )?(?:[*.]?[^%]{1,40}: )?%[A-Z0-9_]+-(?:[A-Z0-9_]+-)?[0-7]-[A-Z0-9_]+:"),
)
