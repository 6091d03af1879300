"""How the text of several files is built, and where secrets stand in them."""

from __future__ import annotations

import re

from configs.marks import marks
from configs.masking import Secrets
from configs.tree import Grammar

SECTION = re.compile(r"### (?P<path>/\S+)$")

GRAMMAR = Grammar(comments=("#",), leaves=frozenset({"}"}), braces=True, section=SECTION)

MARKS = marks((14, r"### /etc/"))


def _rows(*pairs: str) -> tuple[re.Pattern[str], ...]:
    """Rows whose value may be quoted become two: one with quotes, one without."""
    rows = []
    for pair in pairs:
        if pair.endswith("VALUE"):
            head = pair.removesuffix("VALUE")
            rows.append(re.compile(head + r'"(?P<secret>[^"]*)"'))
            rows.append(re.compile(head + r'(?P<secret>[^\s"]++)'))
        else:
            rows.append(re.compile(pair))
    return tuple(rows)


SECRETS = Secrets(
    rows=_rows(
        # swanctl.conf(5): `secret = …` in ike, eap, ppk, private and token sections; `pin` of a token.
        r"^\s*(?:secret|pin) ?= ?VALUE",
        # See ipsec.secrets(5).
        r": (?:PSK|XAUTH|EAP|NTLM|RSA \S+) VALUE",
        # See snmpd.conf(5) and snmpusm(8).
        r"^\s*(?:createUser|usmUser) (?:-e \S+ )?\S+ (?:MD5|SHA\S*) VALUE",
        r"^\s*createUser (?:-e \S+ )?\S+ (?:MD5|SHA\S*) \S+ (?:DES|AES\S*) VALUE",
        r"^\s*r[ow]community6? VALUE",
        r"^\s*com2sec6? (?:-Cn \S+ )?\S+ \S+ VALUE",
        r"^\s*trap(?:2)?sink \S+ VALUE",
        # See wg(8).
        r"^\s*(?:PrivateKey|PresharedKey) ?= ?VALUE",
        # shadow(5): name:hash:…
        r"^[\w.-]+:(?P<secret>[$!*][^:]+):\d*:",
        # See chrony.keys(5).
        r"^\s*\d+ (?:MD5|SHA\d+|AES\d+) VALUE",
    ),
    hint=re.compile(r"secret|pin|PSK|XAUTH|EAP|NTLM|RSA|User|community|com2sec|sink|Key|:|MD5|SHA|AES"),
    stored=re.compile(r"(?!)"),
)


def sections(text: str) -> dict[str, str]:
    """The files of a rendered text: path → content, in the text's order."""
    found: dict[str, str] = {}
    path = ""
    for line in text.splitlines(keepends=True):
        match = SECTION.match(line.strip())
        if match is not None:
            path = match["path"]
            found[path] = ""
        elif path:
            found[path] += line
    return found
