"""`govnet audit canary`: a listener on the far side, so that a probe that reaches nothing proves something."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import JsonOption, command, page, print_json, talk
from inventory.errors import InputError, Problem
from inventory.text import Message, mark, tr

if TYPE_CHECKING:
    from audits.probes.canary import Visit
    from audits.probes.model import Aim


def register(group: typer.Typer) -> None:
    """Add `audit canary`."""

    @command(
        group,
        "canary",
        mark("Listen where probes must not come through, and tell who came. Ends after --seconds, or by Ctrl+C."),
        ["govnet audit canary --listen tcp/127.0.0.1:18443 --listen udp/127.0.0.1:18443 --seconds 1"],
    )
    def canary(
        listen: Annotated[
            list[str],
            typer.Option("--listen", help=tr(mark("Where to listen: tcp/ADDRESS:PORT or udp/ADDRESS:PORT."))),
        ],
        seconds: Annotated[
            float | None,
            typer.Option("--seconds", min=0.1, help=tr(mark("How long to listen.")), show_default=False),
        ] = None,
        as_json: JsonOption = False,
    ) -> None:
        from audits.probes import canary as listener  # noqa: PLC0415 - start-up time

        visits: list[Visit] = []

        def heard(visit: Visit) -> None:
            visits.append(visit)
            if not as_json:
                at, peer, to = visit
                page().print(tr("{at}: {peer} reached {to}", at=at, peer=peer, to=to), markup=False, soft_wrap=True)

        aims = [_aim(text) for text in listen]

        def ready() -> None:
            places = ", ".join(map(str, aims))
            talk().print(tr("listening at {places}", places=places), markup=False, soft_wrap=True)

        asyncio.run(listener.listen(aims, seconds, heard, ready))
        if as_json:
            print_json({"visits": [{"at": at, "from": peer, "to": to} for at, peer, to in visits]})


def _aim(text: str) -> Aim:
    """`tcp/10.3.0.10:8443`, `udp/[2001:db8::1]:8443`. InputError for anything else."""
    from ipaddress import ip_address  # noqa: PLC0415 - start-up time

    from audits.probes.model import Aim, Protocol  # noqa: PLC0415 - as above

    protocol, _, place = text.partition("/")
    host, _, port = place.rpartition(":")
    number = int(port) if port.isascii() and port.isdecimal() and len(port) < 6 else 0
    try:
        address = ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        address = None
    if address is not None and protocol in ("tcp", "udp") and 0 < number < 65536:
        return Aim(Protocol(protocol), address, number)
    raise InputError(
        [
            Problem(
                "bad-place",
                Message("“{text}” is no place to listen at", text=text),
                Message("write it like tcp/10.3.0.10:8443 or udp/[2001:db8::1]:8443"),
                column="--listen",
            )
        ]
    )
