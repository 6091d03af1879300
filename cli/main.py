"""The `govnet` command: the nouns, loaded when they are used, and the one place where errors end."""

from __future__ import annotations

import io
import logging
import re
import signal
import sys
from importlib import import_module, metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.exceptions import TyperException

from cli.usage import Command, Ended, Group, usage_error
from inventory.errors import ExitCode, GovnetError, InputError, Problem
from inventory.text import Message, canonical_language, environment_language, mark, set_language, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

log = logging.getLogger(__name__)
LANGUAGES = ("zh", "en")
# name → (module with `register(root)`, one line of help). A module is imported only when its name is used.
COMMANDS = {
    "init": ("cli.init", mark("Make a new workspace.")),
    "doctor": ("cli.doctor", mark("Check this machine and the workspace; say what mends what is missing.")),
    "demo": ("cli.demo", mark("Run the main job end to end on virtual devices.")),
    "inventory": ("cli.inventory", mark("What do we have? Regions, units, sites, devices, lines.")),
    "plan": ("cli.plan", mark("Which addresses should it have? The address plan.")),
    "config": ("cli.config", mark("How do the devices get there? Render, compare, push, back up.")),
    "rollout": ("cli.rollout", mark("How are hundreds of devices changed? In waves, safely and durably.")),
    "collect": (
        "cli.collect",
        mark("Is it working? SNMP polling, reachability, notifications, the Prometheus exporter."),
    ),
    "audit": ("cli.audit", mark("Is it compliant? Facts, findings and reports for 等级保护.")),
    "lab": ("cli.lab", mark("Virtual devices to rehearse on.")),
}


def build(names: Sequence[str] = tuple(COMMANDS)) -> typer.Typer:
    """The root command. Only the commands in `names` are imported; the others are there with their help line."""
    root = typer.Typer(
        name="govnet",
        cls=Group,
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
        version: Annotated[
            bool,
            typer.Option("--version", help=tr(mark("Print the version.")), is_eager=True, callback=_print_version),
        ] = False,
    ) -> None:
        del lang, version  # taken from the arguments before the help texts were built; done by its callback
        levels = (logging.WARNING, logging.INFO, logging.DEBUG)
        logging.basicConfig(level=levels[min(verbose, 2)], format="%(levelname)s %(name)s: %(message)s")

    for name, (module, help_text) in COMMANDS.items():
        if name in names:
            import_module(module).register(root)
        else:
            root.command(name, cls=Command, help=tr(help_text))(_not_loaded)
    return root


def _print_version(asked: bool) -> None:
    if asked:
        sys.stdout.write(metadata.version("govnet") + "\n")
        raise typer.Exit


def _not_loaded() -> None:
    """Stands in for a command that this call does not use."""


def choose_language(arguments: Sequence[str]) -> list[str]:
    """`--lang`, else the environment, else the workspace's govnet.yaml, else English; returns the other arguments.

    The choice is made before Typer is built, because help texts are part of what it builds. `--lang` may stand
    anywhere before a `--`. InputError for a language that there is not.
    """
    own, rest = _until_dashes(arguments)
    root = Path(_option(own, "--workspace") or _option(own, "-w") or ".")
    try:
        text = (root / "govnet.yaml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, ValueError):
        text = ""
    found = re.search(r"^language:\s*[\"']?(\w+)", text, re.MULTILINE)
    set_language(canonical_language(found[1]) if found else environment_language())
    left: list[str] = []
    words = iter(own)
    for word in words:
        name, equals, value = word.partition("=")
        if name != "--lang":
            left.append(word)
            continue
        asked = value if equals else next(words, "")
        if asked not in LANGUAGES:
            raise InputError(
                [
                    Problem(
                        "bad-language",
                        Message("“{text}” is no language of govnet", text=asked),
                        Message("write --lang zh or --lang en"),
                        column="--lang",
                    )
                ]
            )
        set_language(asked)
    return left + rest


def _until_dashes(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """What is govnet's own, and what stands behind `--`, which is passed on."""
    every = list(arguments)
    end = every.index("--") if "--" in every else len(every)
    return every[:end], every[end:]


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
    as_json = "--json" in _until_dashes(given)[0]
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        # A file's name may hold what no encoding can; a result is not lost for that.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        left = choose_language(given)
        named = [argument for argument in left if argument in COMMANDS][:1]
        code = build(named)(left, standalone_mode=False) or ExitCode.DONE
    except KeyboardInterrupt:
        code = _interrupted(Ended(signal.SIGINT), as_json=as_json)
    except Ended as error:
        code = _interrupted(error, as_json=as_json)
    except (GovnetError, TyperException, OSError, UnicodeError) as error:
        code = _failed(error, as_json=as_json)
    sys.exit(code)


def _failed(error: GovnetError | TyperException | OSError | UnicodeError, *, as_json: bool) -> ExitCode:
    """Say what went wrong; returns the exit code."""
    from cli.common import fail  # noqa: PLC0415 - start-up time

    if isinstance(error, GovnetError):
        return fail(error, as_json=as_json)
    log.debug("%s", error, exc_info=error)
    if isinstance(error, TyperException):
        context = getattr(error, "ctx", None)
        if context is not None and not as_json:
            sys.stderr.write(context.get_usage() + "\n")
        return fail(usage_error(error), as_json=as_json)
    from cli.faults import from_encoding, from_system  # noqa: PLC0415 - as above

    if isinstance(error, OSError):
        return fail(from_system(error), as_json=as_json)
    return fail(from_encoding(error), as_json=as_json)


def _interrupted(ended: Ended, *, as_json: bool) -> int:
    """Say that it did not come to its end; returns the exit code."""
    if as_json:
        from cli.common import print_json  # noqa: PLC0415 - start-up time

        error = GovnetError(Message(mark("interrupted"))).as_json()
        print_json({"ok": False, "error": {**error, "kind": "Interrupted"}})
    else:
        sys.stderr.write(tr("interrupted") + "\n")
    return int(str(ended.code))
