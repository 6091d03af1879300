"""Cisco NX-OS: IOS's look, two blanks a level, `feature`, prefixes with lengths.

Read, masked and re-addressed; not rendered and not spoken to. Source: Cisco's NX-OS command references and published
configurations; Oxidized's model for what is secret.
"""

from __future__ import annotations

from configs.dialects.cisco_nxos.grammar import GRAMMAR, MARKS, SECRETS
from configs.speaker import Speaker

DIALECT = Speaker(__name__, "cisco_nxos", grammar=GRAMMAR, secrets=SECRETS, own=MARKS)
