"""How PAN-OS's text is built in both of its forms, what tells it from others, and where secrets stand in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.blocks import quoted
from configs.marks import marks
from configs.masking import VALUE, table
from configs.tree import Grammar

if TYPE_CHECKING:
    from collections.abc import Sequence

_NOISE = re.compile(r"(?:[\w.-]+@[\w.()-]+[>#]|\[edit[^\]]*\]$|lines \d+-\d+)")
_SET = Grammar(comments=("#",), opens=quoted, openers=('"',), noise=_NOISE)
_BRACES = Grammar(comments=("#",), leaves=frozenset({"}"}), opens=quoted, openers=('"',), braces=True, noise=_NOISE)


def grammar(lines: Sequence[str]) -> Grammar:
    """The grammar of the form that the lines have: commands unless a line opens a brace before the first of them."""
    for line in lines:
        text = line.strip()
        if text.endswith("{"):
            return _BRACES
        if text.startswith(("set ", "delete ")):
            return _SET
    return _SET


_TOPS = (
    r"(?:deviceconfig|mgt-config|rulebase|pre-rulebase|post-rulebase|zone|profiles|shared|vsys|import|setting|template)"
)

MARKS = marks(
    (12, r"\s*(?:deviceconfig|mgt-config|rulebase|pre-rulebase|post-rulebase|device-group|localhost\.localdomain) \{"),
    (
        6,
        r"\s*(?:virtual-router|ike-crypto-profiles|interface-management-profile|global-protect-app-crypto-profiles) \{",
    ),
    (8, r"set deviceconfig "),
    (7, rf"set (?:{_TOPS}|device-group) \S", 2),
    (6, r"set network (?:interface|virtual-router|profiles|ike|tunnel|dhcp|vlan|logical-router|virtual-wire) "),
    (5, r"set (?:address|address-group|service|service-group|tag|application-group|external-list) \S"),
    (2, r"set .* \[ .* \]$"),
    (-25, r"set (?:system|interfaces|protocols|policy-options|routing-options|firewall|version) "),
    (-8, r"sysname |hostname |!$|config system"),
)

# A word that is an object's name is none of a command: names follow what kind of thing they name.
_WORD = r"(?<!rules )(?<!address )(?<!service )(?<!group )(?<!tag )(?<!user )(?<!users )(?<!zone )(?<!certificate )\b"

SECRETS = table(
    rf"{_WORD}(?:phash|password-hash) {VALUE}",
    rf"{_WORD}(?:password|passphrase|secret|pre-shared-key key|api-key|auth-key|authpwd|privpwd|bind-password) {VALUE}",
    r"\b(?:authentication-key|private-key|pwd|key) (?!\"?-----BEGIN)(?P<secret>-AQ==\S+)",
    r"(?P<secret>-AQ==[^\s\"]+)",
    rf"{_WORD}snmp-community-string {VALUE}",
    rf"\bsnmp\S* .*\bcommunity {VALUE}",
    rf"\bmd5 \d+ key {VALUE}",
    rf"{_WORD}private-key (?!\"?-----BEGIN){VALUE}",
    stored=r"-AQ==\S+|\$[156]\$\S+",
)
