"""Runs govnet with a model of Junos in the place of NAPALM's connection to one: `junos_model.py FOLDER COMMAND…`.

NAPALM's driver as far as ours calls it, over devices that are files in FOLDER, so that they outlive a process. What a
device does is what Juniper's guides say: a candidate beside the running configuration, merged or replaced as a whole;
`commit confirmed` for whole minutes, undone by the device unless another commit comes in time; a commit is what a
reboot comes back to. A device answers at the address that it runs, nowhere else. A device's `minute` lasts so many
seconds; `hold` is how many a login takes while a commit waits.
"""

from __future__ import annotations

import fcntl
import json
import re
import sys
import time
from contextlib import contextmanager
from ipaddress import ip_interface
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napalm.base.exceptions import CommitError, ConnectionException

from lab.state import loopback_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inventory.endpoints import Endpoint

_TOKEN = re.compile(r'\s*(?:("[^"]*"|[^\s;{}"]+)|([;{}]))')
Said = dict[str, Any]


def read(text: str) -> Said:
    """A text in braces as what it says: a name and what is in it, or a name and its value."""
    root: Said = {}
    inside, words = [root], []
    for word, mark in _TOKEN.findall("\n".join(line.partition("##")[0] for line in text.splitlines())):
        if word:
            words.append(word)
        elif mark == "{":
            inside.append(inside[-1].setdefault(" ".join(words), {}))
            words = []
        elif mark == ";":
            inside[-1][words[0]] = " ".join(words[1:])
            words = []
        else:
            inside.pop()
    return root


def written(said: Said, depth: int = 0) -> str:
    """The text as Junos shows it."""
    margin = "    " * depth
    return "".join(
        f"{margin}{name} {{\n{written(value, depth + 1)}{margin}}}\n"
        if isinstance(value, dict)
        else f"{margin}{name} {value};{' ## SECRET-DATA' if 'password' in name else ''}\n"
        for name, value in said.items()
    )


def merge(into: Said, said: Said) -> None:
    """What is said is so; everything else stays."""
    for name, value in said.items():
        if isinstance(value, dict) and isinstance(into.get(name), dict):
            merge(into[name], value)
        else:
            into[name] = value


@contextmanager
def kept(path: Path) -> Iterator[dict[str, Any]]:
    """A device's file, for one at a time; what was changed is written when it is let go."""
    with path.open("r+", encoding="utf-8") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        device = json.load(stream)
        try:
            yield device
        finally:
            stream.seek(0)
            json.dump(device, stream, ensure_ascii=False)
            stream.truncate()


class Model:
    """One connection to one device; `folder` is where the devices are."""

    folder: Path

    def __init__(self, name: str, endpoint: Endpoint) -> None:
        self.path, self.endpoint, self.candidate = self.folder / f"{name}.json", endpoint, None

    @contextmanager
    def _device(self) -> Iterator[dict[str, Any]]:
        """The device as it is now, kept when it is let go; ConnectionException where it is not at our address."""
        with kept(self.path) as device:
            if device["until"] and time.time() >= device["until"]:
                device |= {"running": device["before"], "until": 0, "events": [*device["events"], "rolled back"]}
            self._look(device)
            yield device

    def _look(self, device: dict[str, Any]) -> None:
        address = ip_interface(read(device["running"])["interfaces"]["fxp0"]["address"]).ip
        if self.endpoint.host != str(loopback_address(address)):
            raise ConnectionException(f"Cannot connect to {self.endpoint.host}")

    def open(self) -> None:
        with self._device() as device:
            hold = device["hold"] if device["until"] else 0
            device["events"].append("login")
        time.sleep(hold)

    def close(self) -> None:
        self.candidate = None

    def is_alive(self) -> dict[str, bool]:
        return {"is_alive": True}

    def get_config(self, retrieve: str) -> dict[str, str]:
        with self._device() as device:
            return {retrieve: device["running"]}

    def discard_config(self) -> None:
        self.candidate = None

    def load_merge_candidate(self, config: str) -> None:
        with self._device() as device:
            said = read(device["running"])
            merge(said, read(config))
            self.candidate = written(said)

    def load_replace_candidate(self, config: str) -> None:
        self.candidate = written(read(config))

    def compare_config(self) -> str:
        with self._device() as device:
            had, has = device["running"].splitlines(), (self.candidate or device["running"]).splitlines()
            diff = [f"-  {line}" for line in had if line not in has] + [f"+  {line}" for line in has if line not in had]
            return "\n".join(["[edit]", *diff, ""]) if diff else ""

    def commit_config(self, revert_in: int | None = None) -> None:
        if revert_in is not None and revert_in % 60:
            raise CommitError("For Junos devices revert_in must be a multiple of 60")
        with self._device() as device:
            if device["fails"]:
                raise CommitError(device["fails"])
            device["events"].append(f"commit {revert_in}" if revert_in else "commit")
            if not device["until"]:
                device["before"] = device["running"]
            device["until"] = time.time() + revert_in / 60 * device["minute"] if revert_in else 0
            device["running"] = self.candidate or device["running"]
            self.candidate = None
            time.sleep(0.3)
            self._look(device)  # the answer to a commit does not arrive where we are not reached any more

    def confirm_commit(self) -> None:
        with self._device() as device:
            device["events"].append("confirm")
            device["until"] = 0

    def has_pending_commit(self) -> bool:
        with self._device() as device:
            return bool(device["until"])


def main() -> None:
    """Put the model in its place, and run the command."""
    from configs.dialects.juniper_junos.driver import JunosDriver

    Model.folder = Path(sys.argv[1])
    JunosDriver._made = lambda self: Model(self.target.device, self.target.endpoint)  # type: ignore[method-assign]
    sys.argv[1:] = sys.argv[2:]
    from cli.main import main as govnet

    govnet()


if __name__ == "__main__":
    main()
