"""`govnet collect serve`: the exporter that Prometheus asks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.collect_poll import DeviceRateOption, FileOption, LabOption, RateOption, network
from cli.collect_reach import only
from cli.common import HERE, JsonOption, WorkspaceOption, command, load_workspace, print_json, talk
from inventory.text import mark, tr

if TYPE_CHECKING:
    from inventory.model import Workspace

WebConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--web-config",
        help=tr(mark("A web.yml: TLS and passwords, as Prometheus' exporters read it.")),
        show_default=False,
    ),
]


def register(group: typer.Typer) -> None:
    """Add the verb to `govnet collect`."""
    command(
        group,
        "serve",
        mark("Serve the inventory's devices to Prometheus: /snmp?target=NAME, as snmp_exporter does."),
        ["govnet collect serve --lab --listen 127.0.0.1:9116", "govnet collect serve --lab --every 60 --reach 60"],
    )(serve)


def serve(
    listen: Annotated[
        str, typer.Option("--listen", help=tr(mark("Address and port to listen on.")))
    ] = "127.0.0.1:9116",
    file: FileOption = None,
    web_config: WebConfigOption = None,
    every: Annotated[
        float,
        typer.Option(
            "--every",
            min=0.0,
            max=86400,
            help=tr(mark("Poll all devices every so many seconds and answer from memory; 0: poll when asked.")),
        ),
    ] = 0.0,
    reach: Annotated[
        float,
        typer.Option(
            "--reach",
            min=0.0,
            max=86400,
            help=tr(mark("Probe devices, lines and paths every so many seconds and serve /reach; 0: do not.")),
        ),
    ] = 0.0,
    reach_what: Annotated[
        list[str] | None,
        typer.Option(
            "--reach-what", help=tr(mark("Only these: device, line or path; can be repeated.")), show_default=False
        ),
    ] = None,
    reach_rate: Annotated[
        float,
        typer.Option("--reach-rate", min=1, max=100000, help=tr(mark("Probes a second to all targets together."))),
    ] = 500.0,
    any_target: Annotated[
        bool, typer.Option("--any-target", help=tr(mark("Also ask targets that are not in the inventory.")))
    ] = False,
    parallel: Annotated[int, typer.Option("--parallel", min=1, help=tr(mark("Requests on their way at once.")))] = 64,
    rate: RateOption = 0.0,
    device_rate: DeviceRateOption = 100.0,
    lab: LabOption = False,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Parse, serve until SIGTERM or Ctrl-C."""
    from collectors import exporter, http  # noqa: PLC0415 - start-up time
    from collectors.web import Web  # noqa: PLC0415 - as above

    loaded = load_workspace(workspace)
    endpoints, entered = network(workspace, lab=lab)
    web = Web(web_config) if web_config is not None else None
    watched = None
    if reach:
        from collectors.reach import model, targets, watch  # noqa: PLC0415 - as above

        def probes(found: Workspace) -> list[model.Probe]:
            every = targets.everything(found, endpoints, model.Train())
            wanted = only(every, reach_what, "--reach-what")
            return [probe for probe in wanted if not (lab and probe.problem is model.Reason.NOT_HERE)]

        watched = exporter.Reach(watch.Watch(reach, reach_rate), probes)
    made = exporter.Exporter(
        loaded,
        endpoints,
        files=tuple(file or ()),
        any_target=any_target,
        parallel=parallel,
        web=web,
        every=every,
        reread=lambda: load_workspace(workspace),
        rate=rate,
        device_rate=device_rate,
        reach=watched,
    )
    # Opened before the lab's network is entered: Prometheus is outside it.
    sockets = http.listen(listen)
    host, port = sockets[0].getsockname()[:2]
    shown = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    address = f"{'https' if web is not None and web.tls is not None else 'http'}://{shown}/"

    def ready() -> None:
        if as_json:
            print_json({"ok": True, "listen": shown, "devices": len(loaded.inventory.devices)})
        else:
            talk().print(tr("serving on {address}", address=address), markup=False)

    with entered:
        exporter.serve(made, sockets, ready)
    if not as_json:
        talk().print(tr("ended"), markup=False)
