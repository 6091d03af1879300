"""`govnet init`: a new workspace, from commented example files or as a copy of a whole example."""

from __future__ import annotations

import secrets
import shutil
import string
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import JsonOption, page, print_json
from inventory.errors import GovnetError, InputError, Problem, RefusedError
from inventory.text import Message, mark, tr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inventory.model import Workspace
    from inventory.secrets import SecretRef

# Written beside the state of a lab or by a run; a copy of an example begins without them.
LEFT_OUT = frozenset({"secrets", ".lab", ".demo", "reports", "archive", "state.db", "__pycache__"})
_HERE = Path(__file__).parent


def example_root() -> Path:
    """The folder of the examples: in a wheel beside this file, in a checkout at its root."""
    for folder in (_HERE / "examples", _HERE.parent / "examples"):
        if folder.is_dir():
            return folder
    raise GovnetError(
        Message("the examples are not part of this installation"), Message("install govnet again from its wheel")
    )


def examples() -> dict[str, Path]:
    """The examples by name."""
    return {folder.name: folder for folder in sorted(example_root().iterdir()) if (folder / "govnet.yaml").is_file()}


def make(target: Path, example: str = "") -> list[Path]:
    """Make a workspace in `target`; returns its files. RefusedError if there is something already."""
    try:
        taken = target.exists() and (not target.is_dir() or any(target.iterdir()))
    except OSError as error:
        raise _unwritable(target, error) from None
    if taken:
        raise RefusedError(
            Message("{path} is not empty", path=str(target)),
            Message("name a folder that does not exist yet: nothing is ever overwritten"),
        )
    origin = _HERE / "starter"
    if example:
        found = examples()
        if example not in found:
            hint = Message("write one of: {names}", names=", ".join(found))
            message = Message("there is no example “{name}”", name=example)
            raise InputError([Problem("unknown-example", message, hint, file="--from")])
        origin = found[example]
    try:
        shutil.copytree(
            origin,
            target,
            dirs_exist_ok=True,
            ignore=lambda _folder, names: LEFT_OUT.intersection(names),
            copy_function=shutil.copyfile,
        )
        starter = target / "gitignore"
        if starter.exists():
            starter.rename(target / ".gitignore")
        elif not (target / ".gitignore").exists():
            shutil.copyfile(_HERE / "starter" / "gitignore", target / ".gitignore")
    except OSError as error:
        raise _unwritable(target, error) from None
    return sorted(path for path in target.rglob("*") if path.is_file())


def _unwritable(path: Path, error: OSError) -> GovnetError:
    # copytree gathers the reasons of all files and has none of its own
    reason = error.strerror or (str(error.args[0][0][2]) if isinstance(error, shutil.Error) else str(error))
    return GovnetError(
        Message("{path} cannot be written: {reason}", path=str(path), reason=reason),
        Message("name a folder that you can write into"),
    )


def invent_secrets(workspace: Workspace) -> list[Path]:
    """Make up the secrets of an example: a random one in each file that a `file:` reference names and that is missing.

    For examples and labs only. Returns the files written, which only their owner can read.
    """
    written = []
    for reference in references(workspace):
        path = workspace.root / reference.path
        if reference.scheme != "file" or path.exists():
            continue
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(_random_secret() + "\n", encoding="utf-8")
        except OSError as error:
            raise _unwritable(path, error) from None
        written.append(path)
    return written


def references(workspace: Workspace) -> Iterator[SecretRef]:
    """Every reference to a secret in the workspace's credentials."""
    for credential in workspace.inventory.credentials.values():
        snmp = credential.snmp
        named = [credential.password, credential.enable, *credential.secrets.values()]
        if snmp is not None:
            named += [snmp.community, snmp.auth_password, snmp.priv_password]
        yield from (reference for reference in named if reference is not None)


def _random_secret() -> str:
    """20 characters of the four kinds that devices ask for, without those that a command line reads as its own."""
    kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "-_@")
    letters = "".join(kinds[:3])
    text = [secrets.choice(kind) for kind in kinds[:3]] + [secrets.choice(letters) for _ in range(15)]
    secrets.SystemRandom().shuffle(text)
    # A sign inside: some devices refuse one at the beginning, some cut one off at the end.
    return f"{''.join(text[:9])}{secrets.choice(kinds[3])}{''.join(text[9:])}"


def register(root: typer.Typer) -> None:
    """Add `init`."""
    lines = "\n\n".join(f"  {line}" for line in ("govnet init mynet", "govnet init lianyuan --from lianyuan"))

    @root.command("init", help=tr(mark("Make a new workspace.")), epilog=f"{tr(mark('Examples:'))}\n\n{lines}")
    def init(
        directory: Annotated[Path, typer.Argument(help=tr(mark("A new or empty folder.")), metavar="DIR")],
        example: Annotated[
            str, typer.Option("--from", help=tr(mark("Copy a whole example instead.")), metavar="NAME")
        ] = "",
        as_json: JsonOption = False,
    ) -> None:
        from configs.dialects import platforms  # noqa: PLC0415 - start-up time
        from inventory import workspace  # noqa: PLC0415 - start-up time

        files = make(directory, example)
        made = workspace.load(directory, platforms=platforms())
        invented = invent_secrets(made) if example else []
        if as_json:
            print_json(
                {
                    "workspace": str(directory),
                    "files": [str(file.relative_to(directory)) for file in files],
                    "invented_secrets": [str(file.relative_to(directory)) for file in invented],
                }
            )
            return
        console = page()
        for file in files:
            console.print(str(file), markup=False, soft_wrap=True)
        if invented:
            console.print(
                tr(
                    "{count} secrets of the example were made up at random in {folder}",
                    count=len(invented),
                    folder=directory / "secrets",
                ),
                markup=False,
                soft_wrap=True,
            )
        console.print(tr("next: govnet inventory check -w {path}", path=directory), markup=False, soft_wrap=True)
