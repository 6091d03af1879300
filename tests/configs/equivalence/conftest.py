"""Networks for the proof: the corpus's scenarios, re-addressed by the engine with mappings made from themselves."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from configs import dialects
from configs.equivalence.proof import Document
from configs.readdress.engine import Engine, Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.readdress_policy import Policy
    from ipplan.mapping import Mapping

HERE = Path(__file__).parent


def _helper(path: Path) -> Any:
    """A helper module that lies beside tests: they are no packages."""
    name = f"helper_{path.parent.name}_{path.stem}"
    if name not in sys.modules:
        specification = importlib.util.spec_from_file_location(name, path)
        assert specification is not None
        assert specification.loader is not None
        module = importlib.util.module_from_spec(specification)
        sys.modules[name] = module
        specification.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def faults() -> Any:
    """The seeding of faults."""
    return _helper(HERE / "faults.py")


class Bench:
    """Reads, re-addresses and writes networks."""

    def __init__(self) -> None:
        self.left: set[tuple[str, int]] = set()  # the lines that the last run gave to a person
        self._mappings = _helper(HERE.parent / "readdress" / "mappings.py")

    def read(self, folder: Path, platform: str = "huawei") -> list[Document]:
        """A folder's configurations."""
        speak = dialects.dialect(platform)
        return [Document(path.name, platform, speak.parse(path.read_bytes())) for path in sorted(folder.glob("*.cfg"))]

    def mapping(self, documents: Sequence[Document], mode: str, seed: int) -> Mapping:
        """A mapping of all subnets of a network."""
        trees = [(each.tree, dialects.dialect(each.platform).places()) for each in documents]
        made: Mapping = self._mappings.make(trees, mode, seed)
        return made

    def readdressed(
        self, documents: Sequence[Document], mapping: Mapping, policy: Policy | None = None
    ) -> list[Document]:
        """The network re-addressed."""
        engine = Engine(mapping, policy)
        sources = []
        for each in documents:
            speak = dialects.dialect(each.platform)
            sources.append(Source(each.path, each.platform, each.tree, speak.places(), speak.mask))
        engine.learn(sources)
        self.left = set()
        found = []
        for source in sources:
            result = engine.run(source)
            parse = dialects.dialect(source.platform).parse
            found.append(Document(source.path, source.platform, parse(result.to_bytes())))
            self.left |= {(source.path, each.line) for each in result.tokens() if each.action == "review"}
        return found

    def changed(self, documents: Sequence[Document], path: str, line: int, text: str) -> list[Document]:
        """The network with one line replaced."""
        return [self._with(each, line, text) if each.path == path else each for each in documents]

    def _with(self, document: Document, line: int, text: str) -> Document:
        lines = list(document.tree.lines)
        lines[line - 1] = text + "\n"
        return Document(
            document.path,
            document.platform,
            dialects.dialect(document.platform).parse("".join(lines).encode(document.tree.encoding)),
        )


@pytest.fixture(scope="session")
def bench() -> Bench:
    """Reads, re-addresses and writes networks."""
    return Bench()


def texts(documents: Sequence[Document]) -> dict[str, list[str]]:
    """Lines without ends by path."""
    return {each.path: [line.rstrip("\r\n") for line in each.tree.lines] for each in documents}


@pytest.fixture(scope="session", name="texts")
def texts_() -> Any:
    """Lines without ends by path."""
    return texts
