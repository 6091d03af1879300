"""A workspace of a few sites, a database, and somebody who changes sites at once or not at all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from configs.rollouts.bundle import Bundle, Planned
from configs.rollouts.policy import Policy
from configs.rollouts.store import Store, default_url
from configs.rollouts.waves import Stop, Wave

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty database."""
    opened = Store(default_url(tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def bundle(tmp_path: Path) -> Callable[..., Bundle]:
    """A rollout of waves that are given as lists of sites; a site has one device of its name."""

    def make(*waves: list[str], policy: Policy | None = None) -> Bundle:
        made = tuple(
            Wave(number, tuple(Stop(site, (f"rt-{site}",)) for site in sites)) for number, sites in enumerate(waves, 1)
        )
        devices = {name: Planned(name, "huawei", "0" * 64) for wave in made for name in wave.devices}
        return Bundle(
            "20261122-0900-0000",
            tmp_path,
            datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
            "li",
            "",
            policy or Policy(),
            made,
            devices,
        )

    return make
