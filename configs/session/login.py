"""From the first byte to a prompt that may configure: banners, questions, the enable dialogue."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.channel import expired
from configs.dialogue import QUESTION_SHAPE
from configs.session.exchange import UNKNOWN_QUESTION
from configs.session.screen import readable
from inventory.errors import CommandError, DeviceUnreachableError, LoginError
from inventory.text import Message

if TYPE_CHECKING:
    from configs.session.prompts import Prompts
    from configs.session.terminal import Terminal

_PASSWORD = re.compile(rb"(?i)password:$")
# A password that must be changed before anything else, or was never set; the wording differs from vendor to vendor.
_NEW_PASSWORD = re.compile(rb"(?i)(?:password|\xe5\xaf\x86\xe7\xa0\x81)[^:?>\]#]{0,40}[:?]\s*$")  # the second is 密码


async def greet(terminal: Terminal, prompts: Prompts, deadline: float) -> None:
    """Wait for the first prompt, learn the device's name from it, raise the privilege if it is too low."""
    prompt = await _first_prompt(terminal, prompts, deadline)
    if not terminal.dialogue.privileged.search(prompt):
        await _raise_privilege(terminal, prompts, deadline)
    prompts.certain = False


async def _first_prompt(terminal: Terminal, prompts: Prompts, deadline: float) -> bytes:
    """Read the banner up to something like a prompt, and learn the name from it."""
    said = b""
    overtaken = False
    while True:
        while (line := terminal.next_line()) is not None:
            said = line if line.strip() else said
            overtaken = overtaken or prompts.stands(line)
        tail = terminal.tail().rstrip()
        if prompts.recognize(tail):
            return tail
        if await terminal.turn_page() or await terminal.reply_to(terminal.dialogue.login_questions, ""):
            continue
        hidden = overtaken and not tail
        shaped = QUESTION_SHAPE.search(tail) is not None
        try:
            if await terminal.more(deadline, "login", questionable=shaped or hidden):
                continue
        except DeviceUnreachableError as error:
            raise _dismissed(terminal, said or tail, error) from error
        if hidden:
            await terminal.wake()
            continue
        terminal.broken = True
        if _NEW_PASSWORD.search(tail):
            raise expired(terminal.target)
        raise CommandError(terminal.target.device, "login", readable([tail]), UNKNOWN_QUESTION)


def _dismissed(terminal: Terminal, said: bytes, error: DeviceUnreachableError) -> DeviceUnreachableError:
    """The error for a session that ends before it begins, with the device's last words: it may say why."""
    words = readable([said])
    if not (words and terminal.hung_up):
        return error
    return DeviceUnreachableError(
        terminal.target.device,
        Message("the device closed the session: “{answer}”", answer=terminal.mask(words)),
        error.hint,
    )


async def _raise_privilege(terminal: Terminal, prompts: Prompts, deadline: float) -> None:
    """The enable dialogue: the password is asked for and not echoed; a refusal asks again or says so."""
    dialogue, login = terminal.dialogue, terminal.target.login
    if not dialogue.enable or login.enable is None:
        raise LoginError(
            terminal.target.device,
            Message("the login of {user} may not configure", user=login.username),
            Message("give “enable” in inventory/credentials.yaml, or a user with the privilege"),
        )
    await terminal.reply(dialogue.enable.encode("ascii") + dialogue.newline)
    heard = asked = False
    while True:
        while (line := terminal.next_line()) is not None:
            heard = heard or line.rstrip().endswith(dialogue.enable.encode("ascii"))
        tail = terminal.tail().rstrip()
        if prompts.stands(tail):
            if dialogue.privileged.search(tail):
                return
            if heard:
                break
        if _PASSWORD.search(tail):
            if asked:
                break
            asked = True
            await terminal.reply(login.enable.reveal().encode() + dialogue.newline)
            continue
        await terminal.more(deadline, dialogue.enable, questionable=False)
    raise LoginError(
        terminal.target.device,
        Message("the device refused the enable secret"),
        Message("look at “enable” in inventory/credentials.yaml"),
    )
