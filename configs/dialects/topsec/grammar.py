"""How TOS's text is built, and where secrets stand in it."""

from __future__ import annotations

import re

from configs.masking import Secrets
from configs.tree import Grammar

# Lines stay flat: in the submode form of later releases (`define` … `end`) nothing but a word shows the depth.
GRAMMAR = Grammar(comments=("#", "!"))

_VALUE = r"(?P<secret>\S++)"

SECRETS = Secrets(
    rows=tuple(
        re.compile(row)
        for row in (
            # The administrators' log shows these with the password in base64.
            rf"\bnew_password {_VALUE}",
            rf"(?<!name )\b(?:passwd|password|pwd) {_VALUE}",
            rf"\b(?:preshared-key|presharedkey|psk|pre-shared-key|shared-key) {_VALUE}",
            rf"\bcommunity (?:string )?{_VALUE}",
            rf"\b(?:auth|priv)[_-](?:pass|passwd|password|key) {_VALUE}",
        )
    ),
    hint=re.compile(r"pass|pwd|psk|key|community"),
    stored=re.compile(r"(?!)"),
)
