"""Stand-ins with their vendors' command lines in front."""

from __future__ import annotations

import pickle
import subprocess
from base64 import b64decode, b64encode
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from lab.fronts.spec import FrontsSpec
from lab.netns.entering import inside
from lab.standin.loading import Loader, Ran

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lab.fronts.spec import FrontSpec
    from lab.standin.network import Network

LOADER: Final = "lab.fronts.standin:loader"
_TIMEOUT: Final = 60.0


def with_fronts(network: Network, fronts: Iterable[FrontSpec], seed: bytes = b"") -> Network:
    """The network, to be started with a command line in front of the devices that are named.

    A device's `FrontSpec.text` is the one from which its stand-in was compiled.
    """
    # Its reader is a process that the keeper starts for this lab, from what it gets from us alone.
    settings = {"network": b64encode(pickle.dumps(network)).decode()}
    orders = FrontsSpec(tuple(fronts), LOADER, settings, seed.hex())
    return replace(network, spec=replace(network.spec, fronts=orders.to_json()))


def loader(settings: Mapping[str, str]) -> Loader:
    """The loader of a network's stand-ins, inside the keeper's namespaces."""
    return Loader(pickle.loads(b64decode(settings["network"])), _run)  # noqa: S301 - see `with_fronts`


def _run(node: str, argv: Sequence[str], text: str = "") -> Ran:
    try:
        done = subprocess.run(
            inside(1, node, argv), input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
            timeout=_TIMEOUT, errors="replace",
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Ran(124, f"nothing within {_TIMEOUT:g} s")
    return Ran(done.returncode, done.stdout)
