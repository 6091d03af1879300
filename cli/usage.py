"""The command-line library's own words in the language in use: help pages and usage errors.

Typer writes them in English, in the code itself. Here a help page is written anew from what Typer knows, and an error
is recognised by its English text; what is not recognised stays as it is.
"""

from __future__ import annotations

import errno
import os
import re
import select
import signal
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from inventory.errors import ExitCode, GovnetError
from inventory.text import Message, mark, tr

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from typer.exceptions import TyperException

# What stands for a value in a help page, instead of a Python type.
_VALUES = {
    "<str>": "TEXT",
    "<list[str]>": "TEXT",
    "<int>": "N",
    "<int range>": "N",
    "<float>": "N",
    "<float range>": "N",
    "<path>": "PATH",
    "<list[Path]>": "PATH",
    "<list[path]>": "PATH",
}
# The library's sentences; a name in braces stands for whatever is there. The first that fits holds.
_ERRORS = (
    mark("No such option: {name} (Possible options: {names})"),
    mark("No such option: {name}"),
    mark("No such command {name}. Did you mean {names}?"),
    mark("No such command {name}."),
    mark("Missing command."),
    mark("Missing argument {name}."),
    mark("Missing option {name}."),
    mark("Invalid value for {name}: {why}"),
    mark("Option {name} requires an argument."),
    mark("Option {name} does not take a value."),
    mark("Got unexpected extra argument(s) ({words})"),
    mark("Input should be a valid integer, unable to parse string as an integer"),
    mark("Input should be a valid number, unable to parse string as a number"),
    mark("Input should be greater than or equal to {number}"),
    mark("Input should be less than or equal to {number}"),
)


class UsageError(GovnetError):
    """A command line that cannot be used."""


def usage_error(error: TyperException) -> UsageError:
    """The library's error as one of ours, in both languages, with the way to the help page."""
    context = getattr(error, "ctx", None)
    hint = Message("see: {command} --help", command=context.command_path if context else "govnet")
    return UsageError(_in_our_words(error.format_message()), hint)


def _in_our_words(text: str) -> Message:
    for template in _ERRORS:
        found = _pattern(template).fullmatch(text)
        if found:
            parts = found.groupdict()
            return Message(
                template, **{key: _in_our_words(part) if key == "why" else part for key, part in parts.items()}
            )
    return Message("{why}", why=text)


@cache
def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    return re.compile(
        "".join(f"(?P<{part}>.+)" if number % 2 else re.escape(part) for number, part in enumerate(parts)), re.DOTALL
    )


class Command(TyperCommand):
    """A command whose help page is in the language in use."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """The usage line."""
        _write_usage(self, ctx, formatter)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Arguments and options."""
        _write_options(self, ctx, formatter)


class Group(TyperGroup):
    """A group of commands whose help page is in the language in use."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """The usage line."""
        _write_usage(self, ctx, formatter)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Options, and commands, each with the whole first sentence of its help."""
        _write_options(self, ctx, formatter)
        rows = [
            (name, _first_sentence(command.short_help or command.help or ""))
            for name, command in self.commands.items()
            if not command.hidden
        ]
        with formatter.section(tr(mark("Commands"))):
            formatter.write_dl(rows)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Without a word the help page, as for a command line that cannot be used."""
        if not args and self.no_args_is_help:
            typer.echo(ctx.get_help(), err=True)
            raise typer.Exit(ExitCode.USAGE)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command. Ctrl-C is passed on to `main`, past the library's own handling."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Ended(signal.SIGINT) from None
        except BrokenPipeError as error:
            if not _nobody_reads():
                # Something else that it spoke to has ended. The library would take EPIPE for a reader that is gone.
                raise ConnectionAbortedError(errno.ECONNABORTED, error.strerror) from error
            # Nobody reads on. What is still in the buffer has nowhere to go; Python would say so at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            raise typer.Exit(ExitCode.DONE) from None


def _nobody_reads() -> bool:
    """Whether the other end of standard output or standard error is closed (poll(2): POLLERR, for a socket POLLHUP)."""
    asked = select.poll()
    for descriptor in (1, 2):
        asked.register(descriptor, 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in asked.poll(0))


class Ended(SystemExit):
    """Ended from outside, by a signal. The exit code is the one that shells give for it."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)


@contextmanager
def ending(*numbers: signal.Signals) -> Iterator[None]:
    """These signals raise `Ended` in the main thread, so that what was begun is cleaned up."""

    def handle(number: int, _frame: FrameType | None) -> None:
        raise Ended(number)

    before = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _write_usage(command: Any, ctx: Any, formatter: Any) -> None:
    words = " ".join(command.collect_usage_pieces(ctx))
    formatter.write_usage(ctx.command_path, words, prefix=tr(mark("Usage: ")))


def _write_options(command: Any, ctx: Any, formatter: Any) -> None:
    arguments, options = [], []
    for parameter in command.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if record is None:
            continue
        name, text = record[0], _extra(record[1])
        if parameter.param_type_name == "argument":
            arguments.append((parameter.metavar or parameter.name.upper(), text))
            continue
        for value, plain in _VALUES.items():
            name = name.replace(value, plain)
        options.append((name, text))
    for title, rows in ((tr(mark("Arguments")), arguments), (tr(mark("Options")), options)):
        if rows:
            with formatter.section(title):
                formatter.write_dl(rows)


def _extra(text: str) -> str:
    """An option's help, with what Typer adds to it: the default, whether it must be given."""
    if text == "Show this message and exit.":
        return tr(mark("Show this message and exit."))
    head, bracket, extra = text.rpartition("[")
    extra = re.sub(r"^default: ", lambda _: tr(mark("default: ")), extra)
    extra = re.sub(r"(?:^|(?<=; ))required(?=\])", lambda _: tr(mark("required")), extra)
    return head + bracket + extra


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.?!]) (?=[A-Z])|(?<=。)", text, maxsplit=1)[0]
