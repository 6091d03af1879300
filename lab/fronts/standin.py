"""Stand-ins with their vendors' command lines in front."""

from __future__ import annotations

import pickle
import subprocess
from base64 import b64decode, b64encode
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from inventory.errors import LabError
from inventory.text import Message
from lab.fronts.sockets import ports_down
from lab.fronts.spec import FrontsSpec
from lab.netns.entering import inside
from lab.standin.loading import Loader, Ran

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lab.fronts.loader import Loaded
    from lab.fronts.spec import FrontSpec
    from lab.standin.network import Network

LOADER: Final = "lab.fronts.standin:loader"
_TIMEOUT: Final = 60.0
# Every daemon ends and begins with the command line that it had, zebra first, then reads what is stored.
_ANEW: Final = """\
cd /run/frr
pids=$(cat zebra.pid; ls *.pid | grep -v '^zebra' | xargs -r cat)
for pid in $pids; do tr '\\0' ' ' </proc/$pid/cmdline; echo; done >begin
kill $pids
for pid in $pids; do while [ -d /proc/$pid ]; do sleep 0.02; done; done
while read -r line; do $line || exit 1; done <begin
rm begin
vtysh -b
"""


def with_fronts(network: Network, fronts: Iterable[FrontSpec], seed: bytes = b"") -> Network:
    """The network, to be started with a command line in front of the devices that are named.

    A device's `FrontSpec.text` is the one from which its stand-in was compiled.
    """
    # Its reader is a process that the keeper starts for this lab, from what it gets from us alone.
    # A loader reads each new text itself: what was understood of the old rules it needs no more.
    plain = replace(network, devices={name: replace(device, rules=None) for name, device in network.devices.items()})
    settings = {"network": b64encode(pickle.dumps(plain)).decode()}
    orders = FrontsSpec(tuple(fronts), LOADER, settings, seed.hex())
    return replace(network, spec=replace(network.spec, fronts=orders.to_json()))


@dataclass(frozen=True)
class Standins:
    """The loader of `lab.standin`; a reboot also begins every daemon anew, with no memory and no timer of before."""

    loader: Loader

    def load(self, device: str, text: str) -> Loaded:
        """By difference."""
        return self.loader.load(device, text)

    def restart(self, device: str, text: str) -> Loaded:
        """Loaded with the ports down, then begun anew, then the ports up that the text does not shut."""
        ports_down(device)
        loaded = self.loader.load(device, text)
        links = self.loader.built[device].links
        up = [name for name, link in links.items() if not link.make and name != "lo" and link.up]
        self._do(device, ["sh", "-c", _ANEW])
        self._do(device, ["ip", "-batch", "-"], "".join(f"link set dev {name} up\n" for name in up))
        return loaded

    def _do(self, device: str, argv: Sequence[str], text: str = "") -> None:
        ran = self.loader.run(device, argv, text)
        if ran.status:
            raise LabError(
                Message("the stand-in of “{device}” did not boot: {said}", device=device, said=ran.said[-600:])
            )


def loader(settings: Mapping[str, str]) -> Standins:
    """The loader of a network's stand-ins, inside the keeper's namespaces."""
    return Standins(Loader(pickle.loads(b64decode(settings["network"])), _run))  # noqa: S301 - see `with_fronts`


def _run(node: str, argv: Sequence[str], text: str = "") -> Ran:
    try:
        done = subprocess.run(
            inside(1, node, argv), input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
            timeout=_TIMEOUT, errors="replace",
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Ran(124, f"nothing within {_TIMEOUT:g} s")
    return Ran(done.returncode, done.stdout)
