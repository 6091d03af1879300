"""Which devices have a command line in front, and how they are come by. Plain data that travels as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class FrontSpec:
    """One device: `name` is also its namespace's.

    `text` is its whole configuration of today. `user` and `password` let somebody in with every right, besides whom the
    text lets in: the secrets of a real text cannot be read back. `management` is the interface by which it is managed,
    where the platform has to know. `boot` is how many seconds a reboot takes, `minute` how many a minute of its guards
    has (60; less in tests). `communities` may poll it besides those of the text. `ports` are physical ports that it has
    besides those of the text.
    """

    name: str
    platform: str
    text: str
    user: str = ""
    password: str = ""
    model: str = ""
    management: str = ""
    boot: float = 5.0
    minute: float = 60.0
    encoding: str = ""
    communities: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FrontsSpec:
    """All fronts of a lab. `loader` is `module:function`; the function gets `settings` and gives a `Loader`.

    `patience`: how many seconds an answer waits for its load at most. `seed` is what the host keys are made from.
    """

    devices: tuple[FrontSpec, ...]
    loader: str
    settings: Mapping[str, str] = field(default_factory=dict)
    seed: str = ""
    patience: float = 30.0

    def to_json(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self))


def from_json(text: str) -> FrontsSpec:
    """What `to_json` wrote."""
    document: dict[str, Any] = json.loads(text)
    devices = tuple(
        FrontSpec(
            **{
                **{each.name: one[each.name] for each in fields(FrontSpec)},
                "communities": tuple(one["communities"]),
                "ports": tuple(one["ports"]),
            }
        )
        for one in document["devices"]
    )
    return FrontsSpec(devices, document["loader"], document["settings"], document["seed"], document["patience"])
