"""`govnet collect traps`: receive SNMP notifications; store, count and pass them on."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from cli.collect_poll import LabOption, choose, network
from cli.collect_serve import WebConfigOption  # noqa: TC001 - Typer reads it at run time
from cli.common import HERE, JsonOption, WorkspaceOption, command, load_workspace, page, print_json, print_table, talk
from inventory.text import language, mark, tr

if TYPE_CHECKING:
    from pathlib import Path


def register(group: typer.Typer) -> None:
    """Add the verb to `govnet collect`."""
    command(
        group,
        "traps",
        mark("Receive SNMP traps and informs: write them down, count them, make alerts of them."),
        [
            "govnet collect traps --lab --listen 127.0.0.1:1162",
            "govnet collect traps --list",
            "govnet collect traps --setup rt-lantian --listen 10.1.0.5:162",
        ],
    )(traps)


def traps(
    listen: Annotated[
        list[str] | None,
        typer.Option(
            "--listen",
            help=tr(mark("Address and UDP port to receive on; can be repeated. Default: :162, all addresses.")),
        ),
    ] = None,
    web: Annotated[str, typer.Option("--web", help=tr(mark("Address and port for the metrics.")))] = "127.0.0.1:9117",
    web_config: WebConfigOption = None,
    alertmanager: Annotated[
        list[str] | None,
        typer.Option("--alertmanager", help=tr(mark("An Alertmanager to tell, http://HOST:9093; can be repeated."))),
    ] = None,
    rate: Annotated[
        float,
        typer.Option(
            "--rate", min=0.0, help=tr(mark("Lines a second for one kind from one sender in a storm; 0 damps nothing."))
        ),
    ] = 0.2,
    burst: Annotated[
        int, typer.Option("--burst", min=1, help=tr(mark("Lines for one kind from one sender before it is a storm.")))
    ] = 20,
    hold: Annotated[
        float,
        typer.Option("--hold", min=60.0, help=tr(mark("Seconds after which an alert ends that nothing has ended."))),
    ] = 86400.0,
    show: Annotated[
        bool, typer.Option("--list", help=tr(mark("List the notifications that have a name, and end.")))
    ] = False,
    setup: Annotated[
        list[str] | None,
        typer.Option(
            "--setup",
            metavar="DEVICE",
            help=tr(
                mark("Show what to enter on a device so that it sends its notifications here, and end; repeatable.")
            ),
        ),
    ] = None,
    lab: LabOption = False,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Parse, receive until SIGTERM or Ctrl-C."""
    if show:
        _list(as_json=as_json)
        return
    if setup:
        _setup(setup, workspace, (listen or [":162"])[0], lab=lab, as_json=as_json)
        return
    from collectors import http  # noqa: PLC0415 - start-up time
    from collectors.traps import service, sockets  # noqa: PLC0415 - as above
    from collectors.web import Web  # noqa: PLC0415 - as above

    loaded = load_workspace(workspace)
    endpoints, entered = network(workspace, lab=lab)
    settings = Web(web_config) if web_config is not None else None
    options = service.Options(tuple(alertmanager or ()), rate, burst, hold)
    made = service.Service(loaded, endpoints, options, web=settings, reread=lambda: load_workspace(workspace))
    # Opened before the lab's network is entered: Prometheus is outside it, the devices are inside.
    pages = http.listen(web)
    with entered:
        receiving = [sockets.listen(address) for address in listen or [f":{sockets.PORT}"]]

        def ready() -> None:
            addresses = [_shown(sock.getsockname()) for sock in receiving]
            page = _shown(pages[0].getsockname())
            if as_json:
                print_json({"ok": True, "listen": addresses, "web": page})
            else:
                talk().print(tr("receiving on {address}", address=", ".join(addresses)), markup=False)
                talk().print(tr("serving on {address}", address=f"http://{page}/metrics"), markup=False)

        service.serve(made, receiving, pages, ready)
    if not as_json:
        talk().print(tr("ended"), markup=False)


def _shown(address: tuple[str, int]) -> str:
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _setup(names: list[str], workspace: Path, listen: str, *, lab: bool, as_json: bool) -> None:
    """The devices' lines, with our address and port; nothing is sent."""
    from collectors.notifying import setup  # noqa: PLC0415 - start-up time

    loaded = load_workspace(workspace)
    endpoints, entered = network(workspace, lab=lab)
    with entered:
        found = [setup(loaded, device, endpoints, listen) for device in choose(loaded, names, "")]
    if as_json:
        print_json({"devices": [asdict(each) for each in found]})
        return
    out = page()
    for each in found:
        out.print(f"{each.device} ({each.platform}):", markup=False, soft_wrap=True)
        for line in each.commands:
            out.print(f"    {line}", markup=False, soft_wrap=True)
        note = each.note_zh if language() == "zh_CN" else each.note_en
        if note:
            out.print(f"  {note}", markup=False, soft_wrap=True)
        if each.source:
            out.print(tr("source: {source}", source=each.source), markup=False, soft_wrap=True)
        else:
            text = "the lines of the platform “{platform}” are not known here: see its manual"
            out.print(tr(text, platform=each.platform), markup=False, soft_wrap=True)


def _list(*, as_json: bool) -> None:
    """The kinds of notification that are known by name."""
    from collectors.notifications import shipped  # noqa: PLC0415 - start-up time

    names = shipped()
    kinds = sorted(names.kinds.values(), key=lambda kind: kind.name)
    if as_json:
        rows = [{**kind.model_dump(mode="json"), "source": names.sources[kind.name]} for kind in kinds]
        print_json({"notifications": rows})
        return
    columns = (mark("notification"), mark("meaning"), mark("severity"), mark("alert"), "OID", "")
    print_table(
        "",
        columns,
        [
            (
                kind.name,
                kind.zh if language() == "zh_CN" else kind.en,
                kind.severity,
                kind.raises or (", ".join(f"-{name}" for name in kind.clears)),
                kind.oid,
                tr("unverified") if kind.unverified else "",
            )
            for kind in kinds
        ],
    )
