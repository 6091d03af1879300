"""The frame of a dialect: a folder fills it in with a grammar, a table of secrets and the marks of its language.

What else a folder has is found by its name: `facts.py`, `addresses.py`, `places.py` and `driver.py` beside the
grammar. A folder without them still reads, masks and recognises.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from configs import change, completeness, tree
from configs.marks import UNKNOWN, Marks, evidence, seen
from configs.model import Facts, NotUnderstood
from inventory.errors import GovnetError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from napalm.base.base import NetworkDriver

    from configs.change import Change, Language
    from configs.masking import Secrets
    from configs.model import Addresses
    from configs.places.table import Places
    from inventory.errors import Problem
    from inventory.model import Interface


class Speaker:
    """A dialect, as `configs.model.Dialect` asks.

    `package` is the folder's dotted name, `platform` netmiko's device type. `grammar` may be chosen by the lines, where
    a language has two forms. `encoding` is how a text is written for the device. `driver` names the class in
    `driver.py`; it is imported when it is asked for, because NAPALM is heavy.
    """

    def __init__(
        self,
        package: str,
        platform: str,
        *,
        grammar: tree.Grammar | Callable[[Sequence[str]], tree.Grammar],
        secrets: Secrets,
        own: Marks,
        endings: tuple[completeness.Ending, ...] = (),
        language: Language | None = None,
        driver: str = "",
        encoding: str = "utf-8",
    ) -> None:
        self.name = package.rpartition(".")[2]
        self.platforms: tuple[str, ...] = (platform,)
        self.encoding = encoding
        self._package = package
        self._grammar = grammar
        self._secrets = secrets
        self._marks = own
        self._endings = endings
        self._language = language
        self._driver = driver

    @property
    def templates(self) -> Path:
        """The folder of its templates; it need not exist."""
        return Path(cast("str", import_module(self._package).__file__)).parent / "templates"

    def parse(self, text: bytes, decoded: tuple[str, str] | None = None) -> tree.Tree:
        """The configuration as a tree."""
        return tree.parse(text, self._grammar, decoded=decoded)

    @property
    def marks(self) -> Marks:
        """What speaks for this language in a text."""
        return self._marks

    def recognises(self, tree_text: str) -> float:
        """How sure it is that the text is its own, as if no other language were known."""
        return float(1 / (1 + 2 ** (UNKNOWN - evidence(seen(tree_text), (self._marks,))[0])))

    def lacking(self, tree: tree.Tree, file: str = "") -> tuple[Problem, ...]:
        """What says that the text was cut off."""
        return completeness.lacking(tree, self._endings, file)

    def change(self, running: tree.Tree, intended: tree.Tree, *, management: Interface | None = None) -> Change:
        """The commands from one to the other. GovnetError if this language is only read."""
        if self._language is None:
            raise GovnetError(
                Message("changes are not computed for the platform “{platform}”", platform=self.platforms[0]),
                Message("its configurations are read, masked and re-addressed; change the device by hand"),
            )
        return change.compute(running, intended, self._language, management)

    @property
    def language(self) -> Language | None:
        """How it is changed; None if it is only read."""
        return self._language

    def mask(self, text: str) -> str:
        """The text without its secrets."""
        return self._secrets.mask(text)

    def facts(self, tree: tree.Tree) -> Facts:
        """The device's facts; every line as not understood where the folder reads none."""
        module = self._part("facts")
        if module is None:
            lines = tuple(NotUnderstood(node.line, node.text) for _, node in tree.walk())
            return Facts(self.name, tree.encoding, {}, lines)
        return cast("Facts", module.read(tree))

    def addresses(self, tree: tree.Tree) -> Addresses | None:
        """Where the device uses addresses; None where the folder does not read them."""
        module = self._part("addresses")
        return None if module is None else cast("Addresses", module.read(tree))

    def places(self) -> Places | None:
        """Where addresses stand in its commands; None where the folder does not say."""
        module = self._part("places")
        return None if module is None else cast("Places", module.places())

    def driver(self) -> type[NetworkDriver] | None:
        """The NAPALM driver; None where the platform is not spoken to."""
        if not self._driver:
            return None
        return cast("type[NetworkDriver]", getattr(self._part("driver"), self._driver))

    def _part(self, name: str) -> Any:
        full = f"{self._package}.{name}"
        return import_module(full) if find_spec(full) is not None else None
