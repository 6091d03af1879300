"""The errors of govnet. One tree; each message says what, where and what to do.

    GovnetError
    ├── InputError (ValueError)            files or arguments that cannot be used; carries every Problem   exit 2
    │   ├── TemplateError                  a configuration template cannot be rendered
    │   └── FindingsError                  what was to be checked is readable, and has faults                 exit 1
    ├── RefusedError                       doing it could lose a device or data                            exit 4
    │   └── MovesError (ipplan.changes)     a new address plan would move allocations that are in use
    ├── MissingToolError                   a program or an optional package is not there                   exit 2
    ├── ServiceError                       another system (NetBox …) did not answer or refused              exit 3
    ├── LabError                           the virtual lab could not do what it was asked                  exit 3
    └── DeviceError                        one device failed; carries its name                             exit 3
        ├── DeviceUnreachableError (ConnectionError)
        ├── DeviceTimeoutError (TimeoutError)
        ├── LoginError
        ├── HostKeyError
        ├── CommandError                   the device refused a line; carries the line and its answer
        │   └── NotBegunError              it refused to begin a change: nothing on it was changed
        └── SnmpError                      collectors: no or a wrong answer; carries a reason

Foreign errors (asyncssh, netmiko, pydantic, OSError …) are translated at the seam where they appear.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from inventory.text import Message, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable


class ExitCode(IntEnum):
    """What the process's exit status means, for every command."""

    DONE = 0
    FINDINGS = 1
    USAGE = 2
    DEVICES_FAILED = 3
    REFUSED = 4


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in an input: where it is, what it is, and what to write instead.

    Lines and columns are 1-based; 0 means "the file as a whole". `column` is a column's name in a table
    (`address`) or a path in a structured file (`vrfs[2].name`); empty where there is none.
    `code` is stable and English (`duplicate-name`), for programs.
    """

    code: str
    message: Message
    hint: Message
    file: str = ""
    line: int = 0
    column: str = ""

    def where(self, language: str = "en") -> str:
        """`file:line: column`, as far as they are known; a column that is only a number is called one."""
        place = self.file
        if self.line:
            place += f":{self.line}"
        column = shortened(self.column)
        if column.isdecimal():
            column = Message("column {number}", number=column).in_language(language)
        return ": ".join(part for part in (place, column) if part)

    def in_language(self, name: str) -> str:
        """The whole problem as text, the hint on a line of its own."""
        head = ": ".join(part for part in (self.where(name), self.message.in_language(name)) if part)
        hint = self.hint.in_language(name)
        label = "提示：" if name == "zh_CN" else "hint: "
        return f"{head}\n  {label}{hint}" if hint else head

    def as_json(self) -> dict[str, object]:
        """Stable keys; texts in both languages."""
        return {
            "code": self.code,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "message": {"en": self.message.in_language("en"), "zh": self.message.in_language("zh_CN")},
            "hint": {"en": self.hint.in_language("en"), "zh": self.hint.in_language("zh_CN")},
        }


NO_HINT = Message("")


class GovnetError(Exception):
    """Whatever govnet says it cannot do. `message` and `hint` can be shown in both languages."""

    exit_code = ExitCode.USAGE

    def __init__(self, message: Message, hint: Message = NO_HINT) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return str(self.message)

    def as_json(self) -> dict[str, object]:
        """Stable keys; texts in both languages."""
        return {
            "kind": type(self).__name__,
            "message": {"en": self.message.in_language("en"), "zh": self.message.in_language("zh_CN")},
            "hint": {"en": self.hint.in_language("en"), "zh": self.hint.in_language("zh_CN")},
        }


class InputError(GovnetError, ValueError):
    """Files or arguments that cannot be used. Carries every problem found, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(Message("problems in the input: {count}", count=len(self.problems)))

    def as_json(self) -> dict[str, object]:
        """The problems one by one, beside the keys of every error."""
        return {**super().as_json(), "problems": [problem.as_json() for problem in self.problems]}


class TemplateError(InputError):
    """A configuration template cannot be rendered for a device: undefined variable, syntax, unknown filter."""


class FindingsError(InputError):
    """What was to be checked could be read, and has faults: the check is done, and this is its result."""

    exit_code = ExitCode.FINDINGS


class RefusedError(GovnetError):
    """Doing it could lose a device or data. The hint says what would make it safe."""

    exit_code = ExitCode.REFUSED


class MissingToolError(GovnetError):
    """A program or an optional package is not installed. The hint names what to install."""


class ServiceError(GovnetError):
    """Another system (NetBox …) did not answer, or refused what it was asked."""

    exit_code = ExitCode.DEVICES_FAILED


class LabError(GovnetError):
    """The virtual lab could not do what it was asked."""

    exit_code = ExitCode.DEVICES_FAILED


class DeviceError(GovnetError):
    """One device failed. Other devices go on."""

    exit_code = ExitCode.DEVICES_FAILED

    def __init__(self, device: str, message: Message, hint: Message = NO_HINT) -> None:
        super().__init__(message, hint)
        self.device = device

    def as_json(self) -> dict[str, object]:
        """The device's name, beside the keys of every error."""
        return {**super().as_json(), "device": self.device}


class DeviceUnreachableError(DeviceError, ConnectionError):
    """No route, port closed, or the connection broke."""


class DeviceTimeoutError(DeviceError, TimeoutError):
    """The device did not answer in time."""


class LoginError(DeviceError):
    """The device refused the user name, the password or the key."""


class HostKeyError(DeviceError):
    """The device's SSH host key is not the recorded one."""


class CommandError(DeviceError):
    """The device refused a line. `line` is what was sent, `answer` what it said.

    `accepted` are the lines of the same change that the device took before it; `behind` are those that had been sent
    behind it before its answer came, whatever became of them.
    """

    def __init__(
        self,
        device: str,
        line: str,
        answer: str,
        hint: Message = NO_HINT,
        *,
        accepted: tuple[str, ...] = (),
        behind: tuple[str, ...] = (),
    ) -> None:
        super().__init__(device, Message("refused the line “{line}”: {answer}", line=line, answer=answer), hint)
        self.line = line
        self.answer = answer
        self.accepted = accepted
        self.behind = behind


class NotBegunError(CommandError):
    """The device refused to begin a change, because its configuration is locked, say: nothing was changed."""


class SnmpError(DeviceError):
    """A poll failed. `reason` is stable and English: timeout, closed, auth, decode …."""

    def __init__(self, device: str, reason: str, message: Message, hint: Message = NO_HINT) -> None:
        super().__init__(device, message, hint)
        self.reason = reason
