"""`govnet doctor`: what this machine and the workspace have, what is missing, and what mends it."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cli.common import HERE, JsonOption, WorkspaceOption, page, print_json, print_table
from inventory.errors import NO_HINT, ExitCode, GovnetError, InputError
from inventory.text import Message, language, mark, tr

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OK, MISSING, OPTIONAL = "ok", "missing", "optional"
STATES = {OK: mark("ok"), MISSING: mark("missing"), OPTIONAL: mark("not installed")}

# Python package → what it is for, and what installs it.
PACKAGES = {
    "pyrage": (Message("secrets in age files"), "pip install 'govnet[age]'"),
    "scapy": (Message("active probes of the audit"), "pip install 'govnet[probes]'"),
    "ssh_audit": (Message("active probes of the audit"), "pip install 'govnet[probes]'"),
}
# Program of the netns lab → Debian package.
PROGRAMS = {
    "ip": "iproute2",
    "ping": "iputils-ping",
    "vtysh": "frr",
    "frr-reload.py": "frr-pythontools",
    "sshd": "openssh-server",
    "snmpd": "snmpd",
    "nft": "nftables",
    "swanctl": "strongswan-swanctl",
    "charon": "strongswan-charon",
}
# The same for the machine that a netns lab runs inside, whose kernel filters by iptables.
MACHINE = {
    "linux.uml": "user-mode-linux",
    "modprobe": "kmod",
    "iptables-legacy-restore": "iptables",
    "ipset": "ipset",
}
# Daemons stand outside an ordinary user's PATH.
PLACES = ("/usr/sbin", "/sbin", "/usr/lib/frr", "/usr/lib/ipsec", "/usr/libexec/ipsec", "/usr/bin", "/bin")


@dataclass(frozen=True, slots=True)
class Row:
    """One thing looked at. `state`: ok, missing (to be mended) or optional (not there; some commands need it)."""

    name: str
    state: str
    found: Message
    mend: Message = NO_HINT

    def as_json(self) -> dict[str, object]:
        """Stable keys; texts in both languages."""
        texts = {
            key: {"en": message.in_language("en"), "zh": message.in_language("zh_CN")}
            for key, message in (("found", self.found), ("mend", self.mend))
        }
        return {"name": self.name, "state": self.state, **texts}


def machine() -> Iterator[Row]:
    """Python, the language, optional packages, and what the labs need."""
    version = ".".join(map(str, sys.version_info[:3]))
    fits = sys.version_info >= (3, 11)
    yield Row(
        "python",
        OK if fits else MISSING,
        Message("version {version}", version=version),
        NO_HINT if fits else Message("install Python 3.11 or later"),
    )
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    utf8 = encoding == "utf8"
    yield Row(
        "terminal",
        OK if utf8 else MISSING,
        Message("encoding {encoding}, language {language}", encoding=encoding or "?", language=language()),
        NO_HINT if utf8 else Message("set a UTF-8 locale: export LANG=C.UTF-8"),
    )
    for package, (purpose, install) in PACKAGES.items():
        there = find_spec(package) is not None
        mend = NO_HINT if there else Message("install it: {command}", command=install)
        yield Row(package, OK if there else OPTIONAL, purpose, mend)
    yield _lab("lab-netns", PROGRAMS)
    yield _lab("lab-uml", MACHINE | {name: package for name, package in PROGRAMS.items() if name != "nft"})


def _lab(name: str, programs: Mapping[str, str]) -> Row:
    """A lab with real daemons: Linux, root, and its programs. The emulated lab needs nothing."""
    path = os.pathsep.join([os.environ.get("PATH", ""), *PLACES])
    absent = [program for program in programs if shutil.which(program, path=path) is None]
    if sys.platform != "linux":
        return Row(name, OPTIONAL, Message("needs Linux"), Message("use the emulated lab: --lab emulated"))
    if absent:
        packages = " ".join(sorted({programs[program] for program in absent}))
        return Row(
            name,
            OPTIONAL,
            Message("these programs are missing: {names}", names=", ".join(absent)),
            Message("as root, on Debian or Ubuntu: apt-get install {packages}", packages=packages),
        )
    if os.geteuid() != 0:
        return Row(name, OPTIONAL, Message("needs root"), Message("run it as root, or use --lab emulated"))
    return Row(name, OK, Message("all {count} programs are there", count=len(programs)))


def workspace(root: Path) -> Iterator[Row]:
    """The workspace: its files, and whether its secrets can be read. Nothing if `root` is no workspace."""
    from cli.common import load_workspace  # noqa: PLC0415 - start-up time

    if not (root / "govnet.yaml").exists():
        yield Row(
            "workspace",
            OPTIONAL,
            Message("{path} is not a workspace", path=str(root.resolve())),
            Message("name one with -w, or make one: govnet init DIR"),
        )
        return
    try:
        space = load_workspace(root)
    except GovnetError as error:
        yield Row("workspace", MISSING, error.message, Message("see them all: govnet inventory check"))
        return
    count = len(space.inventory.devices)
    yield Row("workspace", OK, Message("{count} devices, no problems", count=count))
    yield from _operations(space.root)
    from cli.init import references  # noqa: PLC0415 - start-up time

    for reference in dict.fromkeys(references(space)):
        try:
            reference.resolve(space.root)
        except GovnetError as error:
            yield Row(str(reference), MISSING, error.message, error.hint)
            continue
        yield _readable(space.root, reference.scheme, reference.path, str(reference))


def _operations(root: Path) -> Iterator[Row]:
    """The operations log: whether its chain is whole. Nothing if there is none."""
    from configs.operations import FILE, HEAD, Operations  # noqa: PLC0415 - start-up time

    if not (root / FILE).exists() and not (root / HEAD).exists():
        return
    try:
        count = sum(1 for _ in Operations(root).entries())
    except InputError as error:
        problem = error.problems[0]
        yield Row(f"{FILE}:{problem.line}", MISSING, problem.message, problem.hint)
        return
    yield Row(FILE, OK, Message("{count} lines, the chain is whole", count=count))


def _readable(root: Path, scheme: str, path: str, name: str) -> Row:
    """A secret that is there: whether others can read it too."""
    if scheme == "file":
        file = root / Path(path).expanduser()
        if file.stat().st_mode & (stat.S_IROTH | stat.S_IRGRP):
            return Row(name, OK, Message("others can read this file"), Message("chmod 600 {path}", path=str(file)))
    return Row(name, OK, Message("can be read"))


def register(root: typer.Typer) -> None:
    """Add `doctor`."""
    help_text = mark("Check this machine and the workspace; say what mends what is missing.")

    @root.command("doctor", help=tr(help_text), epilog=f"{tr(mark('Example:'))}\n\n  govnet doctor --json")
    def doctor(workspace_: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
        rows = [*machine(), *workspace(workspace_)]
        ok = all(row.state != MISSING for row in rows)
        if as_json:
            print_json({"ok": ok, "rows": [row.as_json() for row in rows]})
        else:
            columns = [mark("what"), mark("state"), mark("found"), mark("what mends it")]
            print_table("", columns, [(row.name, tr(STATES[row.state]), row.found, row.mend) for row in rows])
            text = mark("nothing that is needed is missing") if ok else mark("something is missing: see the table")
            page().print(tr(text), markup=False)
        raise typer.Exit(ExitCode.DONE if ok else ExitCode.FINDINGS)
