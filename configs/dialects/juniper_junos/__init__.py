"""Juniper Junos, in braces and as `set` commands; which of the two, the text says itself.

Read, masked and re-addressed; not rendered and not spoken to. Source: Juniper's CLI user guide and published
configurations; Oxidized's model for what is secret.
"""

from __future__ import annotations

from configs.dialects.juniper_junos.grammar import MARKS, SECRETS, grammar
from configs.speaker import Speaker

DIALECT = Speaker(__name__, "juniper_junos", grammar=grammar, secrets=SECRETS, own=MARKS, driver="JunosDriver")
