"""How SR OS's text is built in both of its forms, what tells it from others, and where secrets stand in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.blocks import quoted
from configs.completeness import ending
from configs.marks import marks
from configs.masking import table
from configs.tree import Grammar

if TYPE_CHECKING:
    from collections.abc import Sequence

_NOISE = re.compile(r"(?:\[[^\]]*\]$|(?:[AB]:)?[\w.-]+@[\w.-]+#|\*?[AB]:[\w.-]+(?:>[\w.>-]+)?#|Press any key)")
_BRACES = Grammar(comments=("#",), leaves=frozenset({"}"}), opens=quoted, openers=('"',), braces=True, noise=_NOISE)
_CLASSIC = Grammar(
    comments=("#", "echo "), leaves=frozenset({"exit", "exit all", "back"}), opens=quoted, openers=('"',), noise=_NOISE
)


def grammar(lines: Sequence[str]) -> Grammar:
    """The grammar of the form that the lines have: model-driven if a line opens a brace."""
    return _BRACES if any(line.rstrip().endswith("{") for line in lines) else _CLASSIC


MARKS = marks(
    (14, r"# TiMOS-"),
    (7, r"configure \{$|/configure |configure$"),
    (7, r"echo \"[\w /-]+ Configuration\""),
    (4, r"exit all$|#-{20,}$"),
    (4, r"\s+(?:router (?:Base|\"Base\")|card \d+|mda \d|sap \d\S*|port \d+/\d+/\d+|service-id|customer \d)"),
    (4, r"\s+(?:vprn|ies|vpls|epipe) \S+"),
    (3, r"\s+(?:ip-filter|qos|log-id|saps?|spoke-sdp) "),
    (-8, r"sysname |hostname |!$|config system|version \d+\.\S+;$|set "),
)

# `# Finished` with the time is the last line of both forms.
ENDINGS = (ending(r"# TiMOS-", r"# Finished .*", "# Finished"),)

_VALUE = r"\"?(?P<secret>[^\s\"]++)"

SECRETS = table(
    r"(?P<secret>\$2[aby]\$[^\s\"]+)",
    rf"\b(?:password|secret|authentication-key|auth-key|pre-shared-key|key-string|encryption-key|passphrase) {_VALUE}",
    rf"\bkey (?!chain\b|\d+$){_VALUE}(?= hash|\"?\s+hash|\"?$)",
    rf"\bmessage-digest-key \d+ md5 {_VALUE}",
    rf"\b(?:snmp .*)?community {_VALUE}(?=\"? (?:hash|r\b|rw|rwa|mgmt|version))",
    rf"\bauthentication (?:hash )?(?:md5|sha\S*|hmac-\S+) {_VALUE}\"? privacy",
    rf"\bprivacy (?:des\S*|aes\S*|cfb\S*) {_VALUE}",
    rf"\b(?:hello-|lsp-)?authentication-(?:key|password) {_VALUE}",
    rf"\btrap-target .*\bnotify-community {_VALUE}",
    rf"\bnotify-community {_VALUE}",
    stored=r"\$2[aby]\$\S+",
)
