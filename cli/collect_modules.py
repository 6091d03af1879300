"""`govnet collect modules`: which SNMP modules there are and what they read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.collect_poll import FileOption  # noqa: TC001 - Typer reads it at run time
from cli.common import JsonOption, command, print_json, print_table, talk
from inventory.text import mark, tr

if TYPE_CHECKING:
    from collectors.modules.schema import Metric


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
    from collectors.modules.platforms import known  # noqa: PLC0415 - as above

    names = list(shipped())
    for path in file or ():
        names.extend(other for other in load(path).modules if other not in names)
    found = find([name] if name else names, tuple(file or ()))
    platforms = {key: [name for name, entry in known().items() if key in entry.modules] for key in found}
    if as_json:
        print_json(
            {
                "modules": {
                    key: {
                        "source": module.source,
                        "platforms": platforms[key],
                        "walk": list(module.walk),
                        "get": list(module.get),
                        "metrics": [
                            {
                                "name": metric.name,
                                "oid": metric.oid,
                                "type": metric.type,
                                "help": metric.help,
                                "unverified": metric.unverified,
                                "measures": metric.measures,
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
            (metric.name, metric.type, metric.oid, tr("unverified") if metric.unverified else "", _help(metric))
            for metric in found[name].metrics
        ]
        print_table(name, (mark("metric"), mark("type"), "OID", "", mark("meaning")), rows)
        talk().print(tr("OIDs from: {source}", source=found[name].source or "-"), markup=False, soft_wrap=True)
        return
    print_table(
        "",
        (mark("module"), mark("metrics"), mark("unverified"), mark("OIDs from"), mark("polled by default on")),
        [
            (
                key,
                len(module.metrics),
                sum(metric.unverified for metric in module.metrics) or "",
                module.source,
                ", ".join(platforms[key]) or "-",
            )
            for key, module in found.items()
        ],
    )


def _help(metric: Metric) -> str:
    """A metric's help text without the OID behind it."""
    return metric.help.removesuffix(f" - {metric.oid}")
