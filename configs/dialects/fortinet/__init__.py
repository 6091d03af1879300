"""Fortinet FortiOS: `config`/`edit`/`set`/`next`/`end`, texts in quotes over several lines.

Source: Fortinet's CLI references and published
configurations; Oxidized's model for what is secret.
"""

from __future__ import annotations

from configs.dialects.fortinet.grammar import GRAMMAR, MARKS, SECRETS, without_communities
from configs.dialects.fortinet.language import LANGUAGE
from configs.speaker import Speaker


class Fortinet(Speaker):
    """A dialect in which a community is a name like any other but for the table it stands in."""

    def mask(self, text: str) -> str:
        """The text without its secrets."""
        return super().mask(without_communities(text))


DIALECT = Fortinet(
    __name__,
    "fortinet",
    grammar=GRAMMAR,
    secrets=SECRETS,
    own=MARKS,
    language=LANGUAGE,
    driver="FortinetDriver",
)
