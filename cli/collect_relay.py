"""`govnet collect relay`: from Alertmanager to the robots of group chats."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.collect_serve import WebConfigOption  # noqa: TC001 - Typer reads it at run time
from cli.common import JsonOption, command, print_json, talk
from inventory.text import mark, tr


def register(group: typer.Typer) -> None:
    """Add the verb to `govnet collect`."""
    command(
        group,
        "relay",
        mark("Pass Alertmanager's messages on to robots of DingTalk, Feishu and WeCom, in the form that each takes."),
        ["govnet collect relay --config deploy/alertmanager/relay.yml --listen 127.0.0.1:9119"],
    )(relay)


def relay(
    config: Annotated[Path, typer.Option("--config", help=tr(mark("A relay.yml with the robots.")))],
    listen: Annotated[
        str, typer.Option("--listen", help=tr(mark("Address and port to listen on.")))
    ] = "127.0.0.1:9119",
    web_config: WebConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Parse, serve until SIGTERM or Ctrl-C."""
    from collectors import http  # noqa: PLC0415 - start-up time
    from collectors import relay as relaying  # noqa: PLC0415 - as above
    from collectors.web import Web  # noqa: PLC0415 - as above

    made = relaying.Relay(config, Web(web_config) if web_config is not None else None)
    sockets = http.listen(listen)
    host, port = sockets[0].getsockname()[:2]
    shown = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def ready() -> None:
        if as_json:
            print_json({"ok": True, "listen": shown, "robots": list(made.names)})
        else:
            talk().print(
                tr("serving on {address}", address=f"{'https' if made.tls is not None else 'http'}://{shown}/"),
                markup=False,
            )

    relaying.serve(made, sockets, ready)
    if not as_json:
        talk().print(tr("ended"), markup=False)
