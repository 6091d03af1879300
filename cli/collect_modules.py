"""`govnet collect modules`: which SNMP modules there are and what they read."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.collect_poll import FileOption  # noqa: TC001 - Typer reads it at run time
from cli.common import JsonOption, command, print_json, print_table
from inventory.text import mark, tr


def register(group: typer.Typer) -> None:
    """Add the verb to `govnet collect`."""
    command(
        group,
        "modules",
        mark("List the SNMP modules, or one module's metrics."),
        ["govnet collect modules", "govnet collect modules if_mib"],
    )(modules)


def modules(
    name: Annotated[
        str, typer.Argument(help=tr(mark("A module's name; all modules if none is given.")), show_default=False)
    ] = "",
    file: FileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Parse, load, print."""
    from collectors.modules import find, load, shipped  # noqa: PLC0415 - start-up time

    names = list(shipped())
    for path in file or ():
        names.extend(other for other in load(path).modules if other not in names)
    found = find([name] if name else names, tuple(file or ()))
    if as_json:
        print_json(
            {
                "modules": {
                    key: {
                        "walk": list(module.walk),
                        "get": list(module.get),
                        "metrics": [
                            {
                                "name": metric.name,
                                "oid": metric.oid,
                                "type": metric.type,
                                "help": metric.help,
                                "unverified": metric.unverified,
                            }
                            for metric in module.metrics
                        ],
                    }
                    for key, module in found.items()
                }
            }
        )
        return
    if name:
        rows = [
            (metric.name, metric.type, metric.oid, tr("unverified") if metric.unverified else "")
            for metric in found[name].metrics
        ]
        print_table(name, (mark("metric"), mark("type"), "OID", ""), rows)
        return
    print_table(
        "",
        (mark("module"), mark("metrics"), mark("objects")),
        [(key, len(module.metrics), ", ".join((*module.walk, *module.get))) for key, module in found.items()],
    )
