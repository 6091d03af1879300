"""The `govnet` command: the nouns, loaded when they are used, and the one place where errors end."""

from __future__ import annotations

import logging
import re
import sys
from importlib import import_module, metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inventory.errors import ExitCode, GovnetError
from inventory.text import canonical_language, environment_language, mark, set_language, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

# name → (module with `register(root)`, one line of help). A module is imported only when its name is used.
COMMANDS = {
    "init": ("cli.init", mark("Make a new workspace.")),
    "doctor": ("cli.doctor", mark("Check this machine and the workspace; say what mends what is missing.")),
    "demo": ("cli.demo", mark("Run the main job end to end on virtual devices.")),
    "inventory": ("cli.inventory", mark("What do we have? Regions, units, sites, devices, lines.")),
    "plan": ("cli.plan", mark("Which addresses should it have? The address plan.")),
    "config": ("cli.config", mark("How do the devices get there? Render, compare, push, back up.")),
    "collect": ("cli.collect", mark("Is it working? SNMP polling and the Prometheus exporter.")),
    "audit": ("cli.audit", mark("Is it compliant? Facts, findings and reports for 等级保护.")),
    "lab": ("cli.lab", mark("Virtual devices to rehearse on.")),
}


def build(names: Sequence[str] = tuple(COMMANDS)) -> typer.Typer:
    """The root command. Only the commands in `names` are imported; the others are there with their help line."""
    root = typer.Typer(
        name="govnet",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        help=tr(mark("Plan, re-address, configure, watch and audit a city's e-government networks.")),
        epilog=tr(mark("Example:")) + " govnet demo",
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @root.callback()
    def options(
        verbose: Annotated[
            int, typer.Option("--verbose", "-v", count=True, help=tr(mark("Say more; twice for debugging.")))
        ] = 0,
        lang: Annotated[str, typer.Option("--lang", help=tr(mark("Language: zh or en.")), metavar="LANG")] = "",
        version: Annotated[bool, typer.Option("--version", help=tr(mark("Print the version.")), is_eager=True)] = False,
    ) -> None:
        del lang  # taken from the arguments before the help texts were built
        levels = (logging.WARNING, logging.INFO, logging.DEBUG)
        logging.basicConfig(level=levels[min(verbose, 2)], format="%(levelname)s %(name)s: %(message)s")
        if version:
            sys.stdout.write(metadata.version("govnet") + "\n")
            raise typer.Exit

    for name, (module, help_text) in COMMANDS.items():
        if name in names:
            import_module(module).register(root)
        else:
            root.command(name, help=tr(help_text))(_not_loaded)
    return root


def _not_loaded() -> None:
    """Stands in for a command that this call does not use."""


def choose_language(arguments: Sequence[str]) -> None:
    """`--lang`, else the environment, else the workspace's govnet.yaml, else English.

    The choice is made before Typer is built, because help texts are part of what it builds.
    """
    asked = _option(arguments, "--lang")
    if asked:
        set_language(asked)
        return
    root = Path(_option(arguments, "--workspace") or _option(arguments, "-w") or ".")
    try:
        text = (root / "govnet.yaml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        text = ""
    found = re.search(r"^language:\s*[\"']?(\w+)", text, re.MULTILINE)
    set_language(canonical_language(found[1]) if found else environment_language())


def _option(arguments: Sequence[str], name: str) -> str:
    for index, argument in enumerate(arguments):
        if argument == name and index + 1 < len(arguments):
            return arguments[index + 1]
        if argument.startswith(name + "="):
            return argument[len(name) + 1 :]
    return ""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run govnet and exit with an `ExitCode`. A user's mistake never shows a traceback."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    choose_language(given)
    as_json = "--json" in given
    named = [argument for argument in given if argument in COMMANDS][:1]
    try:
        build(named)(given, standalone_mode=True)
    except GovnetError as error:
        from cli.common import fail  # noqa: PLC0415 - start-up time

        sys.exit(fail(error, as_json=as_json))
    except KeyboardInterrupt:
        sys.stderr.write(tr("interrupted\n"))
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(ExitCode.DONE)
