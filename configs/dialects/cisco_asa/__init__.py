"""Cisco ASA and PIX: IOS's look, `:` remarks, `nameif`, masks where IOS has wildcards.

Read, masked and re-addressed; not rendered and not spoken to. Source: Cisco's ASA command references and published
configurations; Oxidized's model for what is secret.
"""

from __future__ import annotations

from configs.dialects.cisco_asa.grammar import ENDINGS, GRAMMAR, MARKS, SECRETS
from configs.speaker import Speaker

DIALECT = Speaker(__name__, "cisco_asa", grammar=GRAMMAR, secrets=SECRETS, own=MARKS, endings=ENDINGS)
