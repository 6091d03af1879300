"""How TOS's text is built, and where secrets stand in it."""

from __future__ import annotations

import re
from types import MappingProxyType

from configs.marks import marks
from configs.masking import Secrets
from configs.tree import Grammar, Words

# One command a line; in the form of later releases a word alone opens a submode and `end` leaves it. The one-line form
# never has such a word alone.
GRAMMAR = Grammar(
    comments=("#", "!"),
    noise=re.compile(r"[\w.-]+[#%](?: |$)"),
    words=Words(
        opens=re.compile(r"(?:define|firewall6?|nat|network|system|user|vpn|ha|log|vsys enter vsys-name \S+)$"),
        closes=MappingProxyType({"end": ""}),
    ),
)

MARKS = marks(
    (8, r"ID \d+ (?:define|firewall|nat) ", 2),
    (9, r"(?:define \w+ add name |firewall policy add |nat policy add |pf service add )", 2),
    (6, r"network (?:interface \S+ (?:ip add|switchport)|route add (?:family|dst)) "),
    (5, r"(?:ipv6_)?(?:host|subnet|range|area|group_address) add name ", 2),
    (5, r"policy add (?:name|action|orig|src) ?\S", 2),
)

_VALUE = r"(?:'(?=[^']*'))?+(?P<secret>(?<=')[^']++(?=')|(?<!')\S++)"
# A command's own word: outside quotes, and not what an object is called or a remark says.
_WORD = r"^(?:[^']*'[^']*')*?[^']*?(?<!name )(?<!comment )\b"

SECRETS = Secrets(
    rows=tuple(
        re.compile(row)
        for row in (
            # The administrators' log shows these with the password in base64.
            rf"{_WORD}new_password {_VALUE}",
            *(rf"{_WORD}{word} {_VALUE}" for word in ("passwd", "password", "pwd", "secret")),
            rf"{_WORD}(?:pre-?shared-?key|pre_shared_key|psk|shared-key|key_value) {_VALUE}",
            rf"{_WORD}community (?:add string |string )?(?!add\b|delete\b|modify\b|show\b){_VALUE}",
            rf"{_WORD}auth[_-](?:pass|passwd|password|key) {_VALUE}",
            rf"{_WORD}priv[_-](?:pass|passwd|password|key) {_VALUE}",
            rf"{_WORD}(?:authentication-key|message-digest-key \d+ md5) {_VALUE}",
        )
    ),
    hint=re.compile(r"pass|pwd|psk|key|community|secret"),
    stored=re.compile(r"(?!)"),
)
