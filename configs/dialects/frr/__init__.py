"""FRRouting: `frr.conf` as vtysh shows it: `!` and `exit` after a view, one blank a level, `no`, `end`.

Source: docs.frrouting.org, and `show running-config` of FRR 8.4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.dialects.frr.grammar import ENDINGS, GRAMMAR, MARKS, SECRETS
from configs.dialects.frr.language import LANGUAGE
from configs.speaker import Speaker

if TYPE_CHECKING:
    from configs import tree


class Frr(Speaker):
    """A dialect whose host takes a whole configuration."""

    @staticmethod
    def merged(running: tree.Tree, intended: tree.Tree) -> str:
        """The whole configuration after the change, as `frr-reload.py` takes it: running with `intended` merged in."""
        from configs.dialects.frr.merge import merged  # noqa: PLC0415 - only a push needs it

        return merged(running, intended)


DIALECT = Frr(
    __name__,
    "frr",
    grammar=GRAMMAR,
    secrets=SECRETS,
    own=MARKS,
    endings=ENDINGS,
    language=LANGUAGE,
    driver="FrrDriver",
)
