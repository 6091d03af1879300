"""The session engine against small devices in memory: what every line came to is known, nothing is guessed."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configs.channel import Login, Target
from configs.channel_fake import FakeChannel
from configs.dialects.cisco_ios.dialogue import DIALOGUE as IOS
from configs.dialects.huawei.dialogue import DIALOGUE as VRP
from configs.session import AHEAD_BYTES, AHEAD_LINES, Session, blocks
from configs.session.screen import shown
from inventory.endpoints import Endpoint
from inventory.errors import CommandError, DeviceTimeoutError, DeviceUnreachableError, LoginError, NotBegunError
from inventory.secrets import Secret
from tests.patience import PATIENCE


def talk(peer, work, target, *, dialogue=VRP, piece=0):
    """Open a session to `peer` and do `work` with it."""

    async def run():
        channel = FakeChannel(peer, piece=piece)
        session = await Session.open(channel, dialogue, target)
        try:
            return await work(session)
        finally:
            await session.close()
            assert channel.closed

    return asyncio.run(run())


def test_login_learns_the_name_and_turns_paging_off(vrp, target):
    """A banner that looks like a prompt is survived; the pager is switched off before anything else is asked."""
    device = vrp(
        name="RT-涟源".encode("gb18030"), banner=b"\r\nInfo: The max number of VTY users is 5.\r\n[WARNING]\r\n"
    )

    async def work(session):
        return session.name

    assert talk(device, work, target()) == "RT-涟源"
    assert device.received == [b"screen-length 0 temporary"]


def test_output_is_given_byte_for_byte(vrp, target):
    """A line in square brackets is no prompt, trailing blanks stay, GB18030 bytes stay."""
    device = vrp()
    device.config[b"interface LoopBack0"] = ["description 端口0  ".encode("gb18030"), b"description [RT1-x]"]

    async def work(session):
        return await session.command("display current-configuration")

    assert talk(device, work, target()) == device.text()


@pytest.mark.parametrize("piece", [1, 2, 7, 0])
def test_a_pager_that_appears_anyway_is_answered(vrp, target, piece):
    """`---- More ----` is answered with a blank, and its traces leave the output."""
    device = vrp(page=3)
    device.config[b""] = [f"ip route-static 10.{n}.0.0 16 NULL0".encode() for n in range(20)]
    plain = type(device).execute
    device.execute = lambda line: b"" if line.startswith(b"screen-length") else plain(device, line)

    async def work(session):
        return await session.command("display current-configuration")

    assert talk(device, work, target(), piece=piece) == device.text()


@settings(max_examples=40, deadline=None)
@given(piece=st.integers(1, 40), count=st.integers(1, 60))
def test_blocks_in_any_pieces_come_to_the_same(vrp, piece, count):
    """However the bytes are cut on their way, every line arrives once, in order, and is accounted for."""
    device = vrp()
    lines = [f"ip route-static 10.0.{n}.0 24 NULL0" for n in range(count)]

    async def work(session):
        return await session.configure(lines)

    answers = talk(device, work, Target("rt", "huawei", Endpoint("x", 22), Login("a")), piece=piece)
    assert [answer.line for answer in answers] == lines
    assert device.config[b""] == [line.encode() for line in lines]
    assert not device.system


def test_an_error_on_line_3_is_that_of_line_3_and_stops(vrp, target):
    """The refusal names the third line, what was taken before it and what had been sent behind it; no more is sent."""
    device = vrp()
    lines = ["info-center enable", "stelnet server enable", "bad line", *(f"vlan batch {n}" for n in range(2, 90))]

    async def work(session):
        with pytest.raises(CommandError) as caught:
            await session.configure(lines)
        return caught.value

    error = talk(device, work, target())
    assert error.line == "bad line"
    assert error.answer == "Error: Unrecognized command found at '^' position."
    assert error.accepted == tuple(lines[:2])
    assert error.behind == tuple(lines[3:AHEAD_LINES])
    assert lines[AHEAD_LINES].encode() not in device.received
    assert device.received[-1] == b"return"


class LineByLine(FakeChannel):
    """A device that takes its time for each line: how much was typed ahead of its answers at most."""

    def __init__(self, peer):
        super().__init__(peer)
        self.waiting = []
        self.lines = self.bytes = 0
        self.work = asyncio.get_running_loop().create_task(self.answer())
        self.typed = asyncio.Event()

    async def write(self, data):
        self.waiting += data.splitlines(keepends=True)
        self.lines = max(self.lines, len(self.waiting))
        self.bytes = max(self.bytes, sum(map(len, self.waiting)) if len(self.waiting) > 1 else 0)
        self.typed.set()

    async def answer(self):
        while not self.closed:
            self.typed.clear()
            await self.typed.wait()
            while self.waiting:
                for _ in range(5):
                    await asyncio.sleep(0)
                await super().write(self.waiting[0])
                del self.waiting[0]

    async def close(self):
        self.work.cancel()
        await super().close()


@settings(max_examples=25, deadline=None)
@given(count=st.integers(1, 120), bad=st.integers(0, 150), length=st.sampled_from([0, 100, 900]))
def test_never_more_than_so_many_lines_ahead(vrp, count, bad, length):
    """A slow device has no more lines in hand than promised, nor bytes; behind a refusal no more than that went in."""
    device = vrp()
    lines = [f"bad {n}" if n == bad else f"description {n} {'x' * length}" for n in range(count)]

    async def run():
        channel = LineByLine(device)
        session = await Session.open(channel, VRP, Target("rt", "huawei", Endpoint("x", 22), Login("a")))
        try:
            return channel, await session.configure(lines)
        except CommandError as refusal:
            return channel, refusal
        finally:
            await session.close()

    channel, came = asyncio.run(run())
    assert channel.lines <= AHEAD_LINES
    assert channel.bytes <= AHEAD_BYTES
    if bad >= count:
        assert [answer.line for answer in came] == lines
        assert channel.lines == AHEAD_LINES or count < AHEAD_LINES or length
        return
    typed = [line.decode() for line in device.received[2:-1]]
    assert came.line == lines[bad]
    assert came.accepted == tuple(lines[:bad])
    assert came.behind == tuple(typed[bad + 1 :])
    assert len(came.behind) < AHEAD_LINES
    assert device.received[-1] == b"return"


def test_nothing_is_sent_behind_a_view_that_could_not_be_entered(vrp, target):
    """`shutdown` meant for one interface never lands in another."""
    device = vrp()
    lines = ["interface LoopBack0", "description a", "interface Wrong0", "shutdown", "quit"]

    async def work(session):
        with pytest.raises(CommandError, match="Wrong0"):
            await session.configure(lines)

    talk(device, work, target())
    assert b"shutdown" not in device.received


def test_a_known_question_is_answered_an_unknown_one_is_not(vrp, target):
    """`save` is answered from the table; what no table knows is an error with its words, and ends the session."""
    device = vrp()
    device.questions[b"undo dhcp enable"] = b"Warning: All DHCP functions will be disabled. Continue? [Y/N]:"

    async def work(session):
        saved = await session.command("save")
        with pytest.raises(CommandError) as caught:
            await session.configure(["undo dhcp enable"])
        assert session.broken
        with pytest.raises(DeviceUnreachableError):
            await session.command("display version")
        return saved, caught.value

    saved, error = talk(device, work, target())
    assert b"saved successfully" in saved
    assert device.answers == [b"y"]
    assert "Continue? [Y/N]" in error.answer
    assert "nothing was guessed" in str(error.hint)


def test_a_question_in_the_middle_of_a_block_does_not_go_unseen(vrp, target):
    """The line behind it went to the question: the error is that of the line that asked, and says what was behind."""
    device = vrp()
    device.questions[b"dhcp enable"] = b"Warning: This takes long. Continue? [Y/N]:"
    lines = ["info-center enable", "dhcp enable", "vlan batch 10", "vlan batch 11"]

    async def work(session):
        with pytest.raises(CommandError) as caught:
            await session.configure(lines)
        return caught.value

    error = talk(device, work, target())
    assert error.line == "dhcp enable"
    assert error.accepted == ("info-center enable",)
    assert error.behind == ("vlan batch 10", "vlan batch 11")


def test_a_silent_device_is_given_up_in_time(vrp, target):
    """The error names the line that got no answer."""
    device = vrp(mute_at=b"ip route")

    async def work(session):
        with pytest.raises(DeviceTimeoutError, match="ip route"):
            await session.configure(["info-center enable", "ip route-static 10.0.0.0 8 NULL0"])

    talk(device, work, target(command_timeout=0.3))


def test_a_device_that_hangs_up_in_the_middle_is_an_error_at_once(vrp, target):
    """No waiting for the time-out."""
    device = vrp(hang_up_at=b"vlan batch 3")

    async def work(session):
        with pytest.raises(DeviceUnreachableError):
            await asyncio.wait_for(session.configure(["vlan batch 2", "vlan batch 3", "vlan batch 4"]), PATIENCE)

    talk(device, work, target(command_timeout=60))


def test_a_new_name_changes_the_prompt(vrp, target):
    """After `sysname` the session goes on, also where the new name begins with the old one."""
    device = vrp()

    async def work(session):
        await session.configure(["sysname RT1-new", "vlan batch 7"])
        await session.command("display current-configuration")
        return session.name

    assert talk(device, work, target()) == "RT1-new"


def test_what_a_terminal_takes_as_a_key_is_not_sent(vrp, target):
    """`?` would ask for help and swallow the rest of the line."""
    device = vrp()

    async def work(session):
        with pytest.raises(CommandError, match="description"):
            await session.configure(["interface LoopBack0", "description who?"])

    talk(device, work, target())
    assert not any(b"who" in line for line in device.received)


def test_errors_show_no_secret(vrp, target):
    """A refused line, a line without an answer: the secret in it is masked."""
    from configs.dialects import dialect

    async def run(device, expected):
        session = await Session.open(FakeChannel(device), VRP, target(command_timeout=0.3), dialect("huawei").mask)
        with pytest.raises(expected) as caught:
            await session.configure(["snmp-agent community read cipher bad-S3cret bad"])
        await session.close()
        return str(caught.value)

    for device, expected in ((vrp(), CommandError), (vrp(mute_at=b"snmp"), DeviceTimeoutError)):
        text = asyncio.run(run(device, expected))
        assert "S3cret" not in text
        assert "***" in text


def test_lines_are_sent_in_the_devices_encoding(vrp, target):
    """A device that shows GB18030 is told GB18030."""
    device = vrp()

    async def work(session):
        session.encoding = "gb18030"
        await session.configure(["interface LoopBack0", "description 涟源市"])

    talk(device, work, target())
    assert device.config[b"interface LoopBack0"] == ["description 涟源市".encode("gb18030")]


def ios(line_class, **given):
    """A switch with the prompts of IOS: the name is cut at 20 characters in configuration mode."""

    class Ios(line_class.Line):
        mode = b""
        enabled = True
        more = b" --More-- "
        wipe = b"\b" * 9 + b" " * 8 + b"\b" * 9

        def prompt(self):
            if self.mode:
                return self.name[:20] + b"(" + self.mode + b")#"
            return self.name + (b"#" if self.enabled else b">")

        def execute(self, line):
            if line.startswith(b"configure terminal"):
                self.mode = b"config"
                return b"Enter configuration commands, one per line.  End with CNTL/Z.\r\n"
            if line == b"end":
                self.mode = b""
                return b"*Mar  1 00:00:09.000: %SYS-5-CONFIG_I: Configured from console by vty0\r\n"
            if line.startswith(b"interface"):
                self.mode = b"config-if"
            if line.startswith(b"overlap"):
                return b"% 10.0.0.0 overlaps with GigabitEthernet0/1\r\n"
            if line.startswith(b"crypto key"):
                return b"% Generating 2048 bit RSA keys, keys will be non-exportable...\r\n[OK]\r\n"
            return b""

        def receive(self, data):
            if self.enabled or self.mode:
                return super().receive(data)
            self.received.append(data.strip())
            if data == b"enable\n":
                return b"enable\r\nPassword: "
            self.enabled = data == b"sesame\n"
            return b"\r\n" + (self.prompt() if self.enabled else b"% Access denied\r\n\r\n" + self.prompt())

    return Ios(**given)


def test_ios_prompts_logs_and_notices(line_class, target):
    """The cut name is recognised, a log message is no refusal, `% Generating` is a notice, `% … overlaps` a refusal."""
    device = ios(line_class, name=b"sw-lianyuan-core-city-01")

    async def work(session):
        await session.configure(["interface Vlan10", "crypto key generate rsa modulus 2048"])
        with pytest.raises(CommandError, match="overlaps"):
            await session.configure(["overlap"])
        return session.name

    assert talk(device, work, target(platform="cisco_ios"), dialogue=IOS) == "sw-lianyuan-core-city-01"


@pytest.mark.parametrize(("secret", "fine"), [("sesame", True), ("wrong", False), ("", False)])
def test_the_privilege_is_raised(line_class, target, secret, fine):
    """`enable` is asked for where the prompt ends with `>`; a wrong or missing secret is a LoginError."""
    device = ios(line_class)
    device.enabled = False
    goal = target(platform="cisco_ios")
    goal = replace(goal, login=replace(goal.login, enable=Secret(secret) if secret else None))

    async def work(session):
        await session.configure(["interface Vlan10"])

    if fine:
        talk(device, work, goal, dialogue=IOS)
    else:
        with pytest.raises(LoginError):
            talk(device, work, goal, dialogue=IOS)


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        (b"plain  \r", b"plain  "),
        (b"  ---- More ----\x1b[16D                \x1b[16D#", b"#"),
        (b" --More-- \b\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b\b!\r", b"!"),
        (b"abc\rx", b"x"),
        (b"ab\x1b[Kc\x07\x00", b"abc"),
        (b"abcdef\x1b[3D\x1b[K!", b"abc!"),
        (b"\x1b[1mbold\x1b[0m", b"bold"),
    ],
)
def test_what_a_terminal_shows(raw, seen):
    """Cursor movements are followed, colours dropped, trailing blanks that were printed stay."""
    assert shown(raw) == seen


@given(st.binary(max_size=200))
def test_no_bytes_break_the_terminal(raw):
    """Whatever a device sends, a line is shown."""
    assert len(shown(raw)) <= len(raw) + 4096 * raw.count(b"C")


def test_blocks_end_where_something_may_go_wrong():
    """A block ends after a line that opens a view or asks; a command of several lines stands alone."""
    lines = ["vlan batch 2", "interface A", "shutdown", "quit", "undo stelnet server enable", "a", "b\nc", "d"]
    assert blocks(lines, VRP) == [lines[:2], lines[2:5], ["a"], ["b\nc"], ["d"]]
    assert blocks([], VRP) == []


class Transcript:
    """Plays what a device says to exactly these bytes, in this order."""

    def __init__(self, greeting, *turns):
        self.greeting = greeting
        self.turns = list(turns)
        self.typed = bytearray()

    def greet(self):
        return self.greeting

    def receive(self, data):
        self.typed += data
        said = b""
        while self.turns and self.typed.startswith(self.turns[0][0]):
            sent, answer = self.turns.pop(0)
            del self.typed[: len(sent)]
            said += answer
        return said


PREPARED = (
    (b"terminal length 0\n", b"terminal length 0\r\nR1#"),
    (b"terminal width 511\n", b"terminal width 511\r\nR1#"),
    (b"configure terminal\n", b"configure terminal\r\nEnter configuration commands, one per line.\r\nR1(config)#"),
)
BANNER = "banner login #\nR1#\n\n% Authorized users only\n#"


@pytest.mark.parametrize("piece", [1, 3, 0])
def test_a_banner_of_several_lines_has_one_prompt_at_its_end(target, piece):
    """A line of it that looks like a prompt or like an error is text; what comes behind it is a command again."""
    peer = Transcript(
        b"\r\nR1#",
        *PREPARED,
        (b"logging 10.0.0.1\n", b"logging 10.0.0.1\r\nR1(config)#"),
        (b"banner login #\n", b"banner login #\r\nEnter TEXT message.  End with the character '#'.\r\n"),
        (
            b"R1#\n\n% Authorized users only\n#\n",
            b"R1#\r\n\r\n% Authorized users only\r\n#\r\nR1(config)#",
        ),
        (b"bad\n", b"bad\r\n        ^\r\n% Invalid input detected at '^' marker.\r\n\r\nR1(config)#"),
        (b"end\n", b"end\r\nR1#"),
    )

    async def work(session):
        with pytest.raises(CommandError) as caught:
            await session.configure(["logging 10.0.0.1", BANNER, "bad"])
        return caught.value

    error = talk(peer, work, target(platform="cisco_ios"), dialogue=IOS, piece=piece)
    assert (error.line, error.accepted) == ("bad", ("logging 10.0.0.1", BANNER))
    assert (peer.turns, bytes(peer.typed)) == ([], b"")


def test_the_text_of_a_refused_banner_is_never_typed_as_commands(target):
    """Its first line goes alone: the refusal is the banner's, and nothing of the text was sent."""
    peer = Transcript(
        b"\r\nR1#",
        *PREPARED,
        (b"banner login #\n", b"banner login #\r\n  ^\r\n% Invalid input detected at '^' marker.\r\n\r\nR1(config)#"),
        (b"end\n", b"end\r\nR1#"),
    )

    async def work(session):
        with pytest.raises(CommandError) as caught:
            await session.configure([BANNER])
        return caught.value

    error = talk(peer, work, target(platform="cisco_ios"), dialogue=IOS)
    assert error.line.startswith("banner login #")
    assert "Invalid input" in error.answer
    assert (peer.turns, bytes(peer.typed)) == ([], b"")


def test_a_refusal_that_repeats_the_line_shows_no_secret(target):
    """What the device repeats of a secret is masked too, in a form that no table knows."""
    from configs.dialects import dialect

    peer = Transcript(
        b"\r\nR1#",
        *PREPARED,
        (
            b"enable secret Gehe1m!x\n",
            b'enable secret Gehe1m!x\r\n% Ambiguous command:  "enable secret Gehe1m!x"\r\nR1(config)#',
        ),
        (b"end\n", b"end\r\nR1#"),
    )

    async def run():
        session = await Session.open(FakeChannel(peer), IOS, target(), dialect("cisco_ios").mask)
        with pytest.raises(CommandError) as caught:
            await session.configure(["enable secret Gehe1m!x"])
        await session.close()
        return caught.value

    error = asyncio.run(run())
    assert "Gehe1m" not in f"{error} {error!r} {error.line} {error.answer} {error.behind}"
    assert "***" in error.answer


def test_what_cannot_be_typed_is_refused_before_anything_is_sent(vrp, target):
    """One bad character in the last line: the mode is not even entered."""
    device = vrp()

    async def work(session):
        with pytest.raises(NotBegunError):
            await session.configure(["info-center enable", *(f"vlan batch {n}" for n in range(2, 60)), "description ?"])

    talk(device, work, target())
    assert device.received == [b"screen-length 0 temporary"]


def test_a_device_that_talks_without_end_is_given_up(vrp, target, monkeypatch):
    """Each line renews the patience, but not for ever."""
    monkeypatch.setattr("configs.session.exchange.ENDLESS", 3)

    async def run():
        channel = FakeChannel(vrp())
        session = await Session.open(channel, VRP, target(command_timeout=0.2))

        async def chatter():
            while True:
                channel._put(b"\r\nDec  1 2025 10:00:00 RT1 %%01IFNET/4/LINK_STATE(l)[0]: up\r\n")
                await asyncio.sleep(0.05)

        task = asyncio.create_task(chatter())
        channel._peer.mute_at = b"display version"
        with pytest.raises(DeviceTimeoutError):
            await asyncio.wait_for(session.command("display version"), PATIENCE)
        task.cancel()
        await session.close()

    asyncio.run(run())
