"""How IOS and IOS-XE talk.

Sources: Cisco's configuration fundamentals and configuration management guides (prompts, `configure terminal revert
timer`, `[confirm]`); the prompt that is cut at 20 characters in configuration mode: netmiko's Cisco driver. A line
that starts with `%` and is neither a log message nor a notice counts as a refusal, because IOS has no other mark;
three refusals have none at all (they stand in Ansible's and netmiko's models of IOS too).
"""

from __future__ import annotations

import re

from configs.dialogue import Dialogue, question

# What IOS says with a `%` of a line that it has taken: seen in many people's transcripts.
_NOTICES = (
    rb"warning|generating|note|info|the key modulus|access vlan does not exist\. creating|applying vlan changes"
    rb"|interface \S+ (?:ip|ipv4|ipv6) disabled and address\(es\) removed|ospf: reference bandwidth is changed"
    rb"|interface [^%]* removed due to \w+ vrf"
    rb"|default route without gateway|portfast (?:has been|will be) configured"
)

DIALOGUE = Dialogue(
    platform="cisco_ios",
    prompt=rb"NAME(?:\([^()\r\n]+\))?[>#]",
    privileged=re.compile(rb"#$"),
    pager=re.compile(rb"-- ?More ?--\s*$"),
    errors=(
        re.compile(rb"^\s*%(?! ?[A-Z0-9_]+-(?:[A-Z0-9_]+-)?\d-)(?! ?(?:" + _NOTICES + rb"))", re.IGNORECASE),
        re.compile(rb"^(?:Command rejected|ERROR)\s*:"),
        re.compile(rb"^(?:Command authorization failed|Bad mask |Configuration mode is locked)"),
    ),
    questions=(
        question(r"write memory$", rb"overwrite the previous nvram configuration\s*\?\s*\[confirm\]", b"\n"),
        question(r"no username ", rb"do you want to continue\s*\?\s*\[confirm\]", b"\n"),
        question(r"reload in ", rb"save\s*\?\s*\[yes/no\]\s*:?", b"no\n"),
        question(r"reload in ", rb"proceed with reload\s*\?\s*\[confirm\]", b"\n"),
        # Configuration Fundamentals command reference, “copy”; that a file of that name is overwritten so: unverified.
        question(r"copy running-config flash:", rb"destination filename\s*\[[^\]]*\]\s*\?", b"\n"),
        question(r"copy running-config flash:", rb"over ?write\s*\?\s*\[confirm\]", b"\n"),
    ),
    login_questions=(),
    prepare=("terminal length 0", "terminal width 511"),
    configure="configure terminal",
    leave="end",
    enable="enable",
    renames=re.compile(r"\s*hostname\s+(\S+)"),
    opens=re.compile(
        r"(?:interface|router|line|ip access-list|ipv6 access-list|vlan \d|vrf |ip vrf |address-family|archive"
        r"|class-map|policy-map|class |crypto (?:isakmp policy|map|ipsec profile|keyring)|ip dhcp pool|route-map"
        r"|aaa group|key chain|key \d|track |ip sla|event manager applet |banner )"
    ),
    preamble=re.compile(rb"\s*(?:$|Building configuration\.\.\.|Current configuration\s*:)"),
    ending=re.compile(rb"end\s*$"),
    text_begins=re.compile(rb"^Enter TEXT message"),
    configuring=re.compile(rb"\)#$"),
    # System message logging guide: sequence number and time, each as configured, then `%facility-severity-MNEMONIC:`.
    log=re.compile(rb"\s*(?:\d+: )?(?:[*.]?[^%]{1,40}: )?%[A-Z0-9_]+-(?:[A-Z0-9_]+-)?[0-7]-[A-Z0-9_]+:"),
    name_cut=20,
)
