"""The evidence of `govnet audit run` that no configuration gives: its options, and gathering it."""

from __future__ import annotations

from datetime import date as date_type
from datetime import datetime, time
from typing import TYPE_CHECKING, Annotated

import typer

from inventory.errors import InputError, Problem
from inventory.text import Message, mark, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from audits.evidence import Limits
    from audits.evidence.prometheus_api import Prometheus
    from audits.model import Document, Observed
    from inventory.model import Workspace
    from inventory.secrets import Secret

Evidence = Annotated[
    str,
    typer.Option(
        "--evidence",
        metavar="NAMES",
        help=tr(mark("What else of the workspace is looked at: archive, plan, rollout; or none.")),
    ),
]
PrometheusUrl = Annotated[
    str,
    typer.Option(
        "--prometheus",
        metavar="URL",
        help=tr(mark("The Prometheus that is asked for measurements; without it that of govnet.yaml, or none.")),
        show_default=False,
    ),
]
PrometheusSecret = Annotated[
    str,
    typer.Option(
        "--prometheus-secret",
        metavar="REFERENCE",
        help=tr(
            mark("Its user's password, or a token if the URL names no user: env:NAME, file:PATH, age:… or vault:….")
        ),
        show_default=False,
    ),
]
EVERYTHING = "archive,plan,rollout"
NONE = "none"


def observed(
    documents: Sequence[Document],
    workspace: Workspace | None,
    *,
    date: str = "",
    evidence: str = EVERYTHING,
    url: str = "",
    secret: str = "",
    limits: Limits | None = None,
) -> tuple[Observed, ...]:
    """What else is known of the documents' devices on the day `date` (empty: today); nothing without a workspace.

    InputError for sources that there are not, and for a server without a workspace.
    """
    from audits.evidence import gather  # noqa: PLC0415 - start-up time

    sources = _sources(evidence)
    if workspace is None:
        if url:
            raise _problem("no-workspace", "--prometheus", Message("its devices are those of a workspace"))
        return ()
    server = _server(workspace, url, secret)
    now = datetime.now().astimezone()
    end = end_of(date or now.date().isoformat())
    return gather(documents, workspace, end, sources=sources, limits=limits, metrics=server, measured=min(now, end))


def end_of(day: str) -> datetime:
    """The last second of a day by the local clock: on one day the files give one answer, whenever they are asked."""
    return datetime.combine(date_type.fromisoformat(day), time(23, 59, 59)).astimezone()


def _sources(names: str) -> tuple[str, ...]:
    from audits.evidence import SOURCES  # noqa: PLC0415 - start-up time

    chosen = tuple(name.strip() for name in names.split(",") if name.strip())
    unknown = [name for name in chosen if name not in (*SOURCES, NONE)]
    if unknown or (NONE in chosen and len(chosen) > 1):
        message = Message(
            "“{name}” is no evidence; there are {names}", name=", ".join(unknown or chosen), names=", ".join(SOURCES)
        )
        raise _problem("bad-evidence", "--evidence", message)
    return tuple(name for name in chosen if name != NONE)


def _server(workspace: Workspace, url: str, secret: str) -> Prometheus | None:
    from audits.evidence.prometheus_api import Prometheus  # noqa: PLC0415 - start-up time

    address = url or workspace.settings.prometheus
    if not address:
        return None
    return Prometheus(address, _secret(workspace, url, secret))


def _secret(workspace: Workspace, url: str, reference: str) -> Secret | None:
    """The secret that belongs to the address: that of govnet.yaml is not sent to a server that an option names."""
    from inventory.secrets import SecretRef  # noqa: PLC0415 - start-up time

    if reference:
        try:
            found = SecretRef.parse(reference)
        except ValueError:
            message = Message("this is no reference to a secret")
            hint = Message("put it into a variable or a file, and write env:NAME or file:PATH")
            raise InputError([Problem("bad-secret-reference", message, hint, column="--prometheus-secret")]) from None
        return found.resolve(workspace.root)
    stored = workspace.settings.prometheus_secret if not url else None
    return stored.resolve(workspace.root) if stored is not None else None


def _problem(code: str, option: str, message: Message) -> InputError:
    return InputError([Problem(code, message, Message("see `govnet audit run --help`"), column=option)])
