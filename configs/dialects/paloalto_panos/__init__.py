"""Palo Alto PAN-OS as `set` commands or with braces, texts in quotes over several lines.

Read, masked and re-addressed; not rendered and not spoken to; its XML form is not read. Source: Palo Alto's command
references and published configurations.
"""

from __future__ import annotations

from configs.dialects.paloalto_panos.grammar import MARKS, SECRETS, grammar
from configs.speaker import Speaker

DIALECT = Speaker(__name__, "paloalto_panos", grammar=grammar, secrets=SECRETS, own=MARKS)
