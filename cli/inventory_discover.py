"""`govnet inventory discover`: today's address table from the devices' configurations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.audit_common import ARCHIVE, Platform, gather
from cli.common import HERE, SHOWN, JsonOption, WorkspaceOption, command, page, print_json, print_table, talk
from inventory.errors import ExitCode, InputError, Problem
from inventory.text import Message, mark, tr

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audits.model import Document
    from configs.discover import Used
    from configs.model import NotUnderstood
    from inventory.model import Inventory
    from ipplan.current import Row

NAMES = 12  # files or devices named in one line
Sources = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SRC…",
        help=tr(mark("Files or folders with configurations, or archive: (the workspace's archive, the default).")),
        show_default=False,
    ),
]


def register(group: typer.Typer) -> None:
    """Add `inventory discover`."""

    @command(
        group,
        "discover",
        mark(
            "Read today's addresses from configurations: interfaces, VRFs, virtual addresses, routes, NAT, DHCP. "
            "With --out they are written as the table that plan map reads. Exit 3 if a configuration could not be "
            "read; devices that are not in the archive are only listed."
        ),
        ["govnet inventory discover configs/", "govnet inventory discover archive: --out plan/current.csv"],
    )
    def discover(
        sources: Sources = None,
        out: Annotated[
            Path | None,
            typer.Option(
                "--out",
                help=tr(
                    mark("The table to write (CSV)."),
                ),
                metavar="FILE",
            ),
        ] = None,
        force: Annotated[bool, typer.Option("--force", help=tr(mark("Replace a table that is there.")))] = False,
        platform: Platform = "",
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from configs import discover as discovery  # noqa: PLC0415 - start-up time
        from ipplan import current  # noqa: PLC0415 - as above

        if out is not None and out.exists() and not force:
            message = Message("there is a table already")
            hint = Message("write another name, or --force if it may be replaced")
            raise InputError([Problem("exists", message, hint, str(out))])
        inventory = _inventory(workspace)
        documents, _ = gather(sources, platform, workspace)
        absent = [document.name for document in documents if document.absent]
        if len(absent) == len(documents):
            raise InputError([_nothing_archived()])
        read = [_Read(document, inventory) for document in documents if not document.absent]
        rows = discovery.rows([entry.used for entry in read if entry.used is not None], inventory)
        if out is not None:
            current.write(rows, out)
        if as_json:
            print_json(
                {
                    "ok": all(entry.used for entry in read),
                    "file": str(out) if out else None,
                    **_document(rows, read),
                    "not_archived": absent,
                }
            )
        else:
            _tell(rows, read, out)
            if absent:
                _list(tr("not in the archive, {count} devices", count=len(absent)), absent)
        if any(entry.used is None for entry in read):
            raise typer.Exit(ExitCode.DEVICES_FAILED)


class _Read:
    """One configuration: what it uses, or why it could not be read; and the lines that were not understood."""

    def __init__(self, document: Document, inventory: Inventory | None) -> None:
        from audits.reading import recognise  # noqa: PLC0415 - start-up time
        from configs import dialects  # noqa: PLC0415 - as above
        from configs.discover import Used  # noqa: PLC0415 - as above
        from configs.tree import decode  # noqa: PLC0415 - as above
        from inventory.errors import GovnetError  # noqa: PLC0415 - as above

        self.file = document.path
        self.used: Used | None = None
        self.problem: Message | None = document.problem
        self.strange: tuple[NotUnderstood, ...] = ()
        if self.problem is not None:
            return
        try:
            text, _ = decode(document.content, document.path)
            platform = document.platform or recognise(text)
            if not platform:
                self.problem = Message("no dialect recognises this text; name it with --platform")
                return
            dialect = dialects.dialect(platform)
            found = dialect.addresses(dialect.parse(document.content))
        except GovnetError as error:
            problems = getattr(error, "problems", ())
            self.problem = problems[0].message if problems else error.message
            return
        if found is None:
            self.problem = Message("addresses cannot be read from the platform “{platform}” yet", platform=platform)
            return
        self.strange = found.not_understood
        self.used = Used(_device(document, inventory), document.path, found.uses)


def _device(document: Document, inventory: Inventory | None) -> str:
    """The device's name: the archive's, else the one that a part of the path has in the inventory, else the file's."""
    if document.device:
        return document.device
    path = Path(document.path)
    for part in (path.stem, *reversed(path.parts[:-1])):
        if inventory is not None and part in inventory.devices:
            return part
    return path.stem


def _inventory(root: Path) -> Inventory | None:
    """The workspace's inventory, if the folder is a workspace."""
    from configs.dialects import platforms  # noqa: PLC0415 - start-up time
    from inventory import workspace  # noqa: PLC0415 - as above

    if not (root / "govnet.yaml").exists():
        return None
    return workspace.load(root, platforms=platforms()).inventory


def _document(rows: Iterable[Row], read: Iterable[_Read]) -> dict[str, Any]:
    return {
        "rows": [
            {
                "prefix": str(row.prefix),
                "vrf": row.vrf,
                "owner": row.owner,
                "function": row.function,
                "gateway": str(row.gateway) if row.gateway is not None else None,
                "hosts": [str(address) for address in row.hosts.addresses] if row.hosts.addresses is not None else None,
                "evidence": row.evidence,
                "note": row.note,
            }
            for row in rows
        ],
        "not_read": [
            {
                "file": entry.file,
                "reason": {"en": entry.problem.in_language("en"), "zh": entry.problem.in_language("zh_CN")},
            }
            for entry in read
            if entry.problem is not None
        ],
        "not_understood": [
            {"file": entry.file, "line": strange.line, "text": strange.text}
            for entry in read
            for strange in entry.strange
        ],
    }


def _tell(rows: list[Row], read: list[_Read], out: Path | None) -> None:
    columns = (mark("prefix"), mark("VRF"), mark("owner"), mark("gateway"), mark("evidence"))
    if out is None:
        print_table("", columns, ((row.prefix, row.vrf, row.owner, row.gateway or "", row.evidence) for row in rows))
    strange = [(entry.file, line) for entry in read for line in entry.strange]
    for file, line in strange[:SHOWN]:
        text = tr("{file}:{line}: the address cannot be read: {text}", file=file, line=line.line, text=line.text)
        talk().print(text, style="yellow", markup=False, soft_wrap=True)
    if len(strange) > SHOWN:
        talk().print(tr("… and {count} more; --json shows all", count=len(strange) - SHOWN), markup=False)
    unread: dict[str, list[str]] = {}
    for entry in read:
        if entry.problem is not None:
            unread.setdefault(str(entry.problem), []).append(entry.file)
    for reason, files in unread.items():
        _list(reason, files, style="yellow")
    page().print(
        tr(
            "{count} prefixes from {files} configurations",
            count=len(rows),
            files=sum(1 for entry in read if entry.used),
        ),
        markup=False,
    )
    if out is not None:
        talk().print(tr("written: {file}", file=out), markup=False, soft_wrap=True)


def _list(what: str, names: list[str], *, style: str = "") -> None:
    """One line: what it is about, and the names behind it; --json has those that are too many for a line."""
    shown, more = ", ".join(names[:NAMES]), len(names) - NAMES
    if more > 0:
        text = tr("{what}: {names} … and {count} more; --json shows all", what=what, names=shown, count=more)
    else:
        text = tr("{what}: {names}", what=what, names=shown)
    talk().print(text, style=style, markup=False, soft_wrap=True)


def _nothing_archived() -> Problem:
    message = Message("no device of the inventory has a configuration in the archive")
    hint = Message("run `govnet config backup` first, or name files or folders with configurations")
    return Problem("not-in-archive", message, hint, ARCHIVE)
