"""`govnet audit template`: write the document's template, for a unit that wants to hand in its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.common import JsonOption, command, print_json, talk
from inventory.errors import InputError, Problem
from inventory.text import Message, language, mark, tr


def register(group: typer.Typer) -> None:
    """Add `audit template`."""

    @command(
        group,
        "template",
        mark(
            "Write the DOCX template of the report, to be changed. As audits/report.docx of a workspace it is used by "
            "itself. A file that is there is not overwritten."
        ),
        ["govnet audit template audits/report.docx"],
    )
    def template(
        path: Annotated[Path, typer.Argument(metavar="FILE", help=tr(mark("The file to write; its folder is made.")))],
        as_json: JsonOption = False,
    ) -> None:
        from audits.report import docx_template  # noqa: PLC0415 - start-up time
        from audits.report.wording import Wording  # noqa: PLC0415 - as above

        data = docx_template.build(Wording(language()))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as stream:
                stream.write(data)
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputError(
                [
                    Problem(
                        code="cannot-write",
                        message=Message("cannot write to {path}: {reason}", path=path, reason=reason),
                        hint=Message("choose another name, or move what is there"),
                        file=str(path),
                    )
                ]
            ) from None
        if as_json:
            print_json({"ok": True, "file": str(path)})
        else:
            talk().print(tr("written: {path}", path=path), markup=False, soft_wrap=True)
