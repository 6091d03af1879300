"""Networks of stand-ins that end with the test."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from lab.standin.running import start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from lab.standin.network import Network
    from lab.standin.running import Standing


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Callable[[Network], Standing]]:
    """Starts networks."""
    with ExitStack() as ends:
        yield lambda network: ends.enter_context(start(network, tmp_path / "log"))
