"""What real devices do at any time: messages over a prompt, notices, refusals without a mark, demands at login."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from configs.channel_fake import FakeChannel
from configs.dialects.cisco_ios.dialogue import DIALOGUE as IOS
from configs.dialects.hp_comware.dialogue import DIALOGUE as COMWARE
from configs.dialects.huawei.dialogue import DIALOGUE as VRP
from configs.dialects.ruijie_os.dialogue import DIALOGUE as RGOS
from configs.session import Session
from configs.session.screen import shown
from inventory.errors import CommandError, DeviceUnreachableError, LoginError, NotBegunError
from inventory.secrets import Secret

LOG = b"*Mar  1 00:02:11.907: %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to up\r\n"
H3C_LOG = b"%Apr 26 12:00:13:104 2026 SW1 SHELL/5/SHELL_LOGIN: govnet logged in from 10.0.0.9.\r\n"
VRP_LOG = (
    b"Dec  1 2025 10:00:00+08:00 RT1 %%01IFNET/4/LINK_STATE(l)[0]:The line protocol IP has entered the UP state.\r\n"
)
BROADCAST = b"\r\n***\r\n*** --- SHUTDOWN in 0:05:00 ---\r\n***\r\n"


class Script:
    """Answers each line, in order, with exactly these bytes; whatever else is typed it echoes with a prompt."""

    def __init__(self, greeting, prompt, **answers):
        self.greeting = greeting
        self.prompt = prompt
        self.answers = {line.replace("_", " ").encode(): list(said) for line, said in answers.items()}
        self.received = []
        self.hang_up = False
        self._typed = bytearray()

    def greet(self):
        return self.greeting

    def receive(self, data):
        self._typed += data
        said = b""
        while b"\n" in self._typed:
            line, _, rest = bytes(self._typed).partition(b"\n")
            self._typed[:] = rest
            self.received.append(line)
            waiting = self.answers.get(line)
            said += waiting.pop(0) if waiting else line + b"\r\n" + self.prompt
        if self.hang_up:
            raise EOFError
        return said


class Ios(Script):
    """A device with the prompts of IOS."""

    def __init__(self, greeting=b"\r\nR1#", **answers):
        super().__init__(greeting, b"R1(config)#", **answers)
        self.answers.setdefault(b"end", [b"end\r\nR1#"] * 3)


def talk(peer, work, target, dialogue, piece=0):
    """Open a session to `peer` and do `work` with it."""

    async def run():
        session = await Session.open(FakeChannel(peer, piece=piece), dialogue, target)
        try:
            return await work(session)
        finally:
            await session.close()

    return asyncio.run(run())


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    monkeypatch.setattr("configs.session.terminal.QUIET", 0.1)


@pytest.mark.parametrize("piece", [0, 1, 7])
@pytest.mark.parametrize(
    "between",
    [
        pytest.param(b"\r\n" + LOG, id="the prompt is not shown again"),
        pytest.param(b"\r\n" + LOG + b"R1(config)#", id="it is shown again"),
        pytest.param(LOG, id="on the line of the prompt"),
        pytest.param(BROADCAST, id="a broadcast of no known form"),
    ],
)
def test_a_message_between_a_prompt_and_the_next_line(target, between, piece):
    """The echo of the next line comes without a prompt: it is found nevertheless, and the message is no answer."""
    peer = Ios(
        a=[b"a\r\nR1(config)#" + between],
        c=[b"c\r\n% Invalid input detected at '^' marker.\r\n\r\nR1(config)#"],
    )

    async def work(session):
        with pytest.raises(CommandError) as caught:
            await session.configure(["a", "b", "c", "d"])
        return caught.value

    error = talk(peer, work, target(platform="cisco_ios"), IOS, piece)
    assert (error.line, error.accepted) == ("c", ("a", "b"))


@pytest.mark.parametrize("piece", [0, 1, 7])
@pytest.mark.parametrize(
    ("dialogue", "prompt", "message"),
    [
        (IOS, b"R1#", b"\r\n" + LOG),
        (IOS, b"R1#", BROADCAST),
        (COMWARE, b"<SW1>", H3C_LOG),
        (VRP, b"<RT1>", b"\r\n" + VRP_LOG),
    ],
)
def test_a_message_over_the_last_prompt(target, dialogue, prompt, message, piece):
    """The device waits and shows no prompt: an empty line brings it back, and the answer is what it was."""
    peer = Script(b"\r\n" + prompt, prompt, show=[b"show\r\none\r\ntwo\r\n" + prompt + message])
    peer.answers[b""] = [b"\r\n" + prompt]

    async def work(session):
        return await session.command("show"), await session.command("more")

    assert talk(peer, work, target(), dialogue, piece) == (b"one\ntwo\n", b"")
    assert peer.received.count(b"") == 1


def test_a_pause_in_a_text_that_shows_a_prompt(target):
    """The empty line that is typed then changes nothing: the text is whole, and the next answer is the next one's."""
    text = b"banner motd ^C\r\nR1#\r\nkeep out ^C\r\n", b"hostname R1\r\nend\r\n"
    peer = Script(b"\r\nR1#", b"R1#", show=[b"show\r\n" + text[0]])
    peer.answers[b""] = [text[1] + b"R1#\r\nR1#"]

    async def work(session):
        return await session.command("show", ending=IOS.ending), await session.command("more")

    assert talk(peer, work, target(), IOS) == (b"".join(text).replace(b"\r\n", b"\n"), b"")


@pytest.mark.parametrize("piece", [0, 1, 7])
@pytest.mark.parametrize(
    "rest", [b"p route 10.1.0.0 255.255.0.0 Null0\r\n", b"R1(config)#ip route 10.1.0.0 255.255.0.0 Null0\r\n"]
)
def test_a_message_in_the_middle_of_an_echo(target, rest, piece):
    """The rest of the line comes behind the message, or the whole once more; lost bytes are still seen."""
    line = "ip route 10.1.0.0 255.255.0.0 Null0"

    def peer(rest):
        made = Ios()
        made.answers[line.encode()] = [b"i\r\n" + LOG + rest + b"R1(config)#"]
        return made

    async def work(session):
        return [one.line for one in await session.configure(["a", line, "b"])]

    assert talk(peer(rest), work, target(platform="cisco_ios"), IOS, piece) == ["a", line, "b"]

    async def lossy(session):
        with pytest.raises(CommandError) as caught:
            await session.configure(["a", line])
        return caught.value, session.broken

    error, broken = talk(peer(b"% Incomplete command.\r\n\r\n"), lossy, target(platform="cisco_ios"), IOS, piece)
    assert (error.line, broken) == (line, True)


def test_a_message_in_the_middle_of_a_configuration_is_not_part_of_it(target):
    """Where a whole text is read, messages of the platform's form are left out; what only looks like a prompt stays."""
    text = b"hostname R1\r\nbanner motd ^C\r\nR1#\r\nkeep out ^C\r\n" + LOG + b"end\r\n"
    peer = Script(b"\r\nR1#", b"R1#", show=[b"show\r\n" + text + b"R1#"])

    async def work(session):
        return await session.command("show", ending=IOS.ending)

    assert talk(peer, work, target(), IOS) == text.replace(LOG, b"").replace(b"\r\n", b"\n")


@pytest.mark.parametrize(
    ("dialogue", "said", "refused"),
    [
        (IOS, b"% Access VLAN does not exist. Creating vlan 10", False),
        (IOS, b"% Interface Gi0/1 IPv4 disabled and address(es) removed due to enabling VRF OFFICE", False),
        (IOS, b"% OSPF: Reference bandwidth is changed.", False),
        (IOS, b"%Default route without gateway, if not a point-to-point interface, may impact performance", False),
        (IOS, LOG.strip(), False),
        (IOS, b"Bad mask 0xE1E1E100 for address 192.168.1.4", True),
        (IOS, b"% Bad mask /30 for address 172.20.100.96", True),
        (IOS, b"Command authorization failed.", True),
        (IOS, b"% 10.0.0.0 overlaps with GigabitEthernet0/1", True),
        (RGOS, b"Command authorization failed.", True),
        (COMWARE, H3C_LOG.strip(), False),
        (VRP, VRP_LOG.strip(), False),
    ],
)
def test_what_is_a_refusal(dialogue, said, refused):
    """Notices begin like refusals, and some refusals have no mark."""
    assert (dialogue.error_in([said]) is not None) is refused


def test_nothing_is_typed_where_the_configuration_was_not_entered(target):
    """`configure terminal` that another user has locked: no line of the change goes to the command line outside."""
    peer = Ios(configure_terminal=[b"configure terminal\r\nSomebody else is at it.\r\nR1#"])

    async def work(session):
        with pytest.raises(NotBegunError) as caught:
            await session.configure(["reload"])
        return caught.value

    assert "Somebody else" in str(talk(peer, work, target(platform="cisco_ios"), IOS).answer)
    assert b"reload" not in peer.received


def test_paging_that_may_not_be_turned_off_is_no_failure(target):
    """A user without the right to `terminal width` works all the same."""
    peer = Ios(terminal_width_511=[b"terminal width 511\r\nCommand authorization failed.\r\n\r\nR1#"])

    async def work(session):
        return [one.line for one in await session.configure(["a", "b"])]

    assert talk(peer, work, target(platform="cisco_ios"), IOS) == ["a", "b"]


def test_the_first_and_the_last_line_of_a_change_wait_for_nothing(target):
    """Paging off goes out before its answer is asked for; a refused `end` is told with whatever is sent next."""
    peer = Ios(end=[b"end\r\n% Not now.\r\nR1(config)#"])

    async def work(session):
        before = list(peer.received)
        await session.configure(["a"])
        with pytest.raises(CommandError) as caught:
            await session.command("show version")
        return before, caught.value

    before, error = talk(peer, work, target(platform="cisco_ios"), IOS)
    assert before == [b"terminal length 0", b"terminal width 511"]
    assert (error.line, error.accepted) == ("end", ())


@pytest.mark.parametrize(
    ("dialogue", "asked", "answer"),
    [
        (VRP, b"The password needs to be changed. Change now? [Y/N]:", b"n"),
        (VRP, b"Warning: There are security risks in the configuration file. Are you sure to save now?[Y/N]:", b"n"),
        (COMWARE, b"Press Y or ENTER to continue, N to exit.", b""),
        (RGOS, b"change the password(yes/no):", b"no"),
    ],
)
def test_questions_at_login(target, dialogue, asked, answer):
    """What may be put off is put off."""
    prompt = b"R1#" if dialogue is RGOS else b"<R1>"
    peer = Script(b"\r\n" + asked, prompt)
    peer.answers[answer] = [answer + b"\r\n" + prompt]

    async def work(session):
        return session.name

    assert talk(peer, work, target(), dialogue) == "R1"
    assert peer.received[0] == answer


@pytest.mark.parametrize(
    "asked", [b"Enter new password:", b"Old password: ", "请输入新密码:".encode(), b"New Password: "]
)
def test_a_demand_for_a_new_password_is_named(target, asked):
    """Nothing is typed; the error says what a person has to do."""
    peer = Script(b"\r\nYour password has expired.\r\n" + asked, b"<R1>")

    async def work(_session):
        raise AssertionError

    with pytest.raises(LoginError, match="wants a new password"):
        talk(peer, work, target(), VRP)
    assert peer.received == []


def test_the_last_words_of_a_device_that_hangs_up_at_login(target):
    """Every terminal line is taken: the error says so in the device's words."""

    class Full(Script):
        def greet(self):
            return b"\r\nAll user lines are used, please try later!\r\n"

    async def run():
        channel = FakeChannel(Full(b"", b"<R1>"))
        channel._inbox.put_nowait(b"")
        await Session.open(channel, COMWARE, target())

    with pytest.raises(DeviceUnreachableError, match="All user lines are used"):
        asyncio.run(run())


def test_enable_that_is_refused_without_a_question(target):
    """`% No password set`: a LoginError at once, not a time-out."""
    peer = Script(b"\r\nR1>", b"R1>", enable=[b"enable\r\n% No password set\r\nR1>"])

    async def work(_session):
        raise AssertionError

    goal = target(platform="cisco_ios")
    with pytest.raises(LoginError, match="enable"):
        talk(peer, work, replace(goal, login=replace(goal.login, enable=Secret("sesame"))), IOS)


@pytest.mark.parametrize(
    "raw",
    [b"\x1b]0;admin@R1\x07R1#", b"\x1b]2;R1\x1b\\R1#", b"\x1b[?7hR1#", b"\x1b[6nR1#", b"\x1b[>0cR1#", b"\x1b[!pR1#"],
)
def test_what_a_terminal_is_told_is_not_shown(raw):
    """Titles, questions about the terminal, modes: none of it is text."""
    assert shown(raw) == b"R1#"
