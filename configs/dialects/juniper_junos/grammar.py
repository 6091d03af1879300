"""How Junos's text is built in both of its forms, what tells it from others, and where secrets stand in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.blocks import quoted
from configs.marks import marks
from configs.masking import table
from configs.tree import Grammar

if TYPE_CHECKING:
    from collections.abc import Sequence

# Prompts, the routing engine's role above them, the place in the hierarchy.
_NOISE = re.compile(r"(?:[\w.-]+@[\w.-]+[>#%]|\{[\w-]+(?::\w+)?(?:\[edit\])?\}$|\[edit[^\]]*\]$|---\(more)")
_BRACES = Grammar(
    comments=("#", "/*"), leaves=frozenset({"}"}), opens=quoted, openers=('"',), braces=True, noise=_NOISE
)
_SET = Grammar(comments=("#", "/*"), opens=quoted, openers=('"',), noise=_NOISE)
_COMMAND = re.compile(r"\s*(?:set|delete|activate|deactivate|annotate|protect|insert|rename) \S")


def grammar(lines: Sequence[str]) -> Grammar:
    """The grammar of the form that the lines have: commands unless a line opens a brace."""
    for line in lines:
        text = line.strip()
        if text.endswith("{"):
            return _BRACES
        if _COMMAND.match(line) and not text.endswith(";"):
            return _SET
    return _BRACES


_TOPS = (
    r"(?:system|interfaces|protocols|policy-options|routing-options|security|firewall|vlans|chassis|snmp|groups"
    r"|routing-instances|applications|forwarding-options|class-of-service|ethernet-switching-options|access|services"
    r"|bridge-domains|logical-systems|event-options|switch-options|poe|virtual-chassis|apply-groups)"
)

MARKS = marks(
    (9, r"## Last (?:commit|changed)"),
    (6, r"(?:set )?version \d+\.\d+[A-Z]\d\S*;?$"),
    (6, rf"(?:inactive: |replace: )?{_TOPS} \{{", 3),
    (5, rf"(?:set|delete|deactivate) {_TOPS} \S", 3),
    (5, r".*\bfamily (?:inet6?|mpls|ethernet-switching|bridge|iso)\b"),
    (5, r"\s*(?:unit \d+|[gx]e-\d/\d/\d|et-\d/\d/\d|reth\d+|lo0|fxp0|irb|ae\d+) \{|.* unit \d+ "),
    (2, r".*;$"),
    (3, r"\s*(?:host-name|apply-groups|encrypted-password|from-zone|routing-instance|policy-statement) "),
    (-25, r"set interfaces (?:ethernet|bonding|loopback|bridge) |set (?:deviceconfig|rulebase|mgt-config|network) ", 1),
    (-20, r"\s*(?:ethernet|bonding|loopback) \w+ \{|# TiMOS|configure \{|ltm |http \{|server \{|table \w+ \S+ \{"),
    (-8, r"sysname |hostname |!$|config (?:system|firewall)"),
)

_VALUE = r"\"?(?P<secret>(?<=\")[^\"]++(?=\")|[^\s\";]++)"

SECRETS = table(
    r"(?P<secret>\$[89]\$[^\s\";]+)",
    r"(?P<secret>\$(?:1|5|6|sha1|2[aby])\$[^\s\";]+)",
    rf"\b(?:encrypted-password|plain-text-password-value|simple-password) {_VALUE}",
    rf"\b(?:authentication|privacy)-password {_VALUE}",
    rf"\bauthentication-key (?:\d+ (?:type \S+ )?value )?(?!\d+ (?:type|value)\b){_VALUE}",
    rf"^\s*value {_VALUE};",
    rf"\blicense keys key {_VALUE}",
    rf"\b(?:secret|hello-authentication-key|chap-secret|pap-password|default-chap-secret) {_VALUE}",
    rf"\bpre-shared-key (?:ascii-text|hexadecimal) {_VALUE}",
    rf"\bkey (?:ascii-text|hexadecimal) {_VALUE}",
    rf"\bmd5 \d+ key {_VALUE}",
    rf"\bsnmp (?:.* )?(?:community|trap-group) {_VALUE}(?!.*\bmembers\b)",
    # In braces: a community of routes is one statement, one of SNMP opens a brace.
    rf"^\s*community {_VALUE}\"? \{{",
    rf"\b(?:authentication-(?:md5|sha\S*|none)|privacy-\w+) \{{ ?authentication-(?:key|password) {_VALUE}",
    rf"\b(?:radius|tacplus)-server \S+ secret {_VALUE}",
    rf"\bpassword (?!\]){_VALUE}(?:\"?;|\"?$)",
    stored=r"\$[1-9]\w*\$\S+",
)
