"""How a platform's command line talks, as data: prompts, paging, errors, questions and their answers.

Patterns work on bytes, because a device's name may be GBK and a character may arrive in two pieces. No pattern
may need more than one line. Each dialect folder has its own in `dialogue.py`; `configs.session` uses it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# The second byte of a GBK character may be a bracket.
ANY_NAME = rb"(?:[^\s<>\[\]()#]|[\x81-\xfe][\x40-\x7e]){1,246}"

# What the end of a question looks like, whoever asks: used to notice one that no table knows.
QUESTION_SHAPE = re.compile(rb"(?i)([\[(]\s*(?:y|yes|n|no)\s*/\s*(?:y|yes|n|no)\s*[\])]|\[confirm\]|[?:])[\s:]*$")


@dataclass(frozen=True, slots=True)
class Question:
    """What a device may ask, and what it is told.

    `line` matches the lines after which this answer may be given; `pattern` is searched in the unfinished last line.
    """

    line: re.Pattern[str]
    pattern: re.Pattern[bytes]
    answer: bytes


def question(line: str, pattern: bytes, answer: bytes) -> Question:
    """A question by two regular expressions; letters' case does not matter."""
    return Question(re.compile(line), re.compile(pattern + rb"\s*$", re.IGNORECASE), answer)


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One platform's way of talking.

    `prompt` is a regular expression in which `NAME` stands for the device's name; `privileged` matches a prompt
    from which the configuration can be reached, `enable` is what leads there. `name_cut` is the length at which a
    prompt cuts the name, 0 for never. `renames` matches a line that gives the device a new name (group 1).
    `opens` matches lines that enter a view: nothing is sent behind one until it is known to have worked. Nothing
    is sent either behind a line that a question of the table belongs to. `configuring` matches a prompt at which
    configuration lines are taken. `log` matches a message that the device shows at any time, between its answers or in
    the middle of one. `login_questions` are those between the
    login and the first prompt. `prepare` are the first lines of every session. `preamble` matches what the device
    prints before a configuration, `ending` the last line of a complete one. `text_begins` matches what it says when a
    command goes on as text over several lines (a banner). `untypable` are bytes that a terminal would take as keys.
    `configure` and `leave` are empty where there is no configuration mode; `abandon` is what leaves after a refused
    line, if that is not `leave`. `staged` says that lines wait for a commit: a new name in the prompt may be the old
    one again later.
    """

    platform: str
    prompt: bytes
    privileged: re.Pattern[bytes]
    pager: re.Pattern[bytes]
    errors: tuple[re.Pattern[bytes], ...]
    questions: tuple[Question, ...]
    login_questions: tuple[Question, ...]
    prepare: tuple[str, ...]
    configure: str
    leave: str
    renames: re.Pattern[str]
    opens: re.Pattern[str]
    preamble: re.Pattern[bytes]
    ending: re.Pattern[bytes]
    text_begins: re.Pattern[bytes] = re.compile(rb"(?!)")
    configuring: re.Pattern[bytes] = re.compile(rb"")
    log: re.Pattern[bytes] = re.compile(rb"(?!)")
    enable: str = ""
    name_cut: int = 0
    pager_key: bytes = b" "
    newline: bytes = b"\n"
    untypable: bytes = b"?\t\x1b\x03\x1a"
    staged: bool = False
    abandon: str = ""

    def prompt_for(self, names: frozenset[bytes]) -> re.Pattern[bytes]:
        """A prompt's pattern, with one of `names` or, if there are none, with any name. Group `name` is the name."""
        if not names:
            name = ANY_NAME
        else:
            known = set(names) | ({name[: self.name_cut] for name in names} if self.name_cut else set())
            name = b"|".join(re.escape(one) for one in sorted(known, key=len, reverse=True))
        return re.compile(self.prompt.replace(b"NAME", rb"(?P<name>" + name + rb")"))

    def error_in(self, lines: list[bytes]) -> bytes | None:
        """The first line that says that the device refused, None if none does."""
        return next((line for line in lines if any(pattern.search(line) for pattern in self.errors)), None)

    def asks(self, line: str) -> bool:
        """Whether a line is known to ask something."""
        return any(question.line.match(line) for question in self.questions)
