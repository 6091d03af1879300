"""Cisco IOS XR: IOS's look, `!` at every depth, policies and sets with their own end words.

Read, masked and re-addressed; not rendered and not spoken to. Source: Cisco's IOS XR command references and published
configurations; Oxidized's model for what is secret.
"""

from __future__ import annotations

from configs.dialects.cisco_xr.grammar import ENDINGS, GRAMMAR, MARKS, SECRETS
from configs.speaker import Speaker

DIALECT = Speaker(__name__, "cisco_xr", grammar=GRAMMAR, secrets=SECRETS, own=MARKS, endings=ENDINGS)
