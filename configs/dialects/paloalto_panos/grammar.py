"""How PAN-OS's `set` commands are built, what tells them from others, and where secrets stand in them."""

from __future__ import annotations

import re

from configs.blocks import quoted
from configs.marks import marks
from configs.masking import VALUE, table
from configs.tree import Grammar

GRAMMAR = Grammar(
    comments=("#",),
    opens=quoted,
    noise=re.compile(r"(?:[\w.-]+@[\w.()-]+[>#]|\[edit[^\]]*\]$|lines \d+-\d+)"),
)

_TOPS = (
    r"(?:deviceconfig|mgt-config|rulebase|pre-rulebase|post-rulebase|zone|profiles|shared|vsys|import|setting|template)"
)

MARKS = marks(
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
