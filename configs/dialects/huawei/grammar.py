"""How VRP's text is built, and where secrets stand in it."""

from __future__ import annotations

import re

from configs.masking import Secrets
from configs.tree import Block, Grammar

_HEADER = re.compile(r"header (?:login|shell) information (\S)")


def _opens(text: str) -> Block | None:
    """A login banner that does not end on its own line: the first character after `information` ends it."""
    match = _HEADER.match(text)
    if match is None:
        return None
    mark = match[1]
    if mark in text[match.end() :]:
        return None
    return Block(ends=lambda line: mark in line)


GRAMMAR = Grammar(
    separators=frozenset({"#"}),
    comments=("#", "!"),
    leaves=frozenset({"return", "quit"}),
    opens=_opens,
)

# Words that say how the following secret is written; they are never the secret.
_NO_KEYWORD = r"(?!(?:cipher|simple|plain|irreversible-cipher|hash)\b)"
_WORD = r"(?P<secret>\S++)"

SECRETS = Secrets(
    rows=tuple(
        re.compile(row)
        for row in (
            # Cipher text between its marks, wherever it stands (VRP 5 and 8; `%@%@` on WLAN, `%#%#` on USG).
            r"(?P<secret>%\^%#.*?%\^%#|%\$%\$.*?%\$%\$|%@%@.*?%@%@|%#%#.*?%#%#)",
            # `ssh server cipher aes256_ctr` lists algorithms.
            rf"(?<!\bserver )(?<!\bclient )\b(?:irreversible-)?cipher {_WORD}",
            rf"\b(?:password|key|authentication-mode|secret|community-name) (?:level \d+ )?simple {_NO_KEYWORD}{_WORD}",
            rf"\b(?:md5|hmac-\S+|simple|key-string|password|\d+) plain {_WORD}",
            rf"\bsnmp-agent community (?:read|write) {_NO_KEYWORD}{_WORD}",
            # With v3 the security name is a user's, not a community.
            rf"\bsnmp-agent target-host .*\bparams securityname {_NO_KEYWORD}{_WORD}(?! v3\b)",
            rf"\busm-user .*\bauthentication-mode (?:md5|sha\S*) (?!acl\b|privacy-mode\b){_NO_KEYWORD}{_WORD}",
            rf"\bsnmp-agent usm-user .*\bprivacy-mode (?:des\S*|3des\S*|aes\S*) (?!acl\b){_NO_KEYWORD}{_WORD}",
            rf"\b(?:pre-shared-key|shared-key|key-string|pass-phrase) {_NO_KEYWORD}{_WORD}",
            rf"\bauthentication-mode (?:md5|hmac-\S+) \d+ {_NO_KEYWORD}{_WORD}",
            rf"\bauthentication-mode md5 (?!nonstandard\b|usual\b|\d+\b|privacy-mode\b|acl\b){_NO_KEYWORD}{_WORD}",
            rf"\bntp-service authentication-keyid \d+ authentication-mode \S+ {_NO_KEYWORD}{_WORD}",
            rf"\bset authentication password {_NO_KEYWORD}{_WORD}",
            rf"\blocal-user \S+ password (?!expire\b|history\b|policy\b){_NO_KEYWORD}{_WORD}",
            rf"\bppp (?:chap|pap local-user \S+) password {_NO_KEYWORD}{_WORD}",
            rf"\bpeer \S+ password {_NO_KEYWORD}{_WORD}",
            rf"\bsa string-key \S+ \S+ {_NO_KEYWORD}{_WORD}",
        )
    ),
    hint=re.compile(
        r"cipher|simple|plain|%[\^$@#]%|community|securityname|authentication-mode|privacy-mode|password|key|pass-phrase"
    ),
    stored=re.compile(r"(?:%\^%#|%\$%\$|%@%@|%#%#).*|\$\d\w?\$.*|\S{22}!!|[0-9A-Fa-f]{32,}"),
)
