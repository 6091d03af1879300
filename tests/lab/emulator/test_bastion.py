"""Ways in that are not direct: a jump host, JumpServer's SSH entry, a menu-driven 堡垒机, in front of real sessions."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import asyncssh
import pytest

from lab.emulator.bastion import Account, JumpHost, Koko, Menu, assets_of
from lab.emulator.bastion.koko import split
from lab.emulator.faults import Faults
from tests.patience import PATIENCE

USERS = {"ops": "Ops-123"}
GOVNET, READER = Account("govnet", "Secret-123"), Account("reader", "Reader-123")
LOGIN = {"username": "ops", "password": "Ops-123", "known_hosts": None, "config": None}


@pytest.fixture
def devices(spec, texts):
    """A VRP router, an IOS switch and a Topsec firewall."""
    return (
        spec("huawei", name="r1", text=texts["huawei"]),
        spec("cisco_ios", name="s1", number=2, text=texts["cisco_ios"], boot=0.2),
        spec("topsec_tos", name="fw1", number=3, text=texts["topsec_tos"]),
    )


@pytest.fixture
def through(devices, world):
    """A way in, in front of the devices: the world, the way in, its port."""

    @asynccontextmanager
    async def make(kind, accounts=(GOVNET,), specs=devices, **more):
        async with world(*specs) as made:
            if kind is not JumpHost:
                more["assets"] = assets_of(made, accounts)
            gate = kind(made, USERS, seed=b"test", **more)
            port = await gate.listen()
            try:
                yield made, gate, port
            finally:
                await gate.close()
                await asyncio.sleep(0.05)

    return make


class Screen:
    """A session at a menu: type, and wait for what is shown."""

    def __init__(self, process, encoding):
        self.process, self.encoding, self.shown = process, encoding, ""

    async def upto(self, text):
        """Everything up to `text`, which must come."""
        seen = b""
        async with asyncio.timeout(PATIENCE):
            while text.encode(self.encoding) not in seen:
                data = await self.process.stdout.read(4096)
                assert data, seen.decode(self.encoding, errors="replace")
                seen += data
        part = seen.decode(self.encoding, errors="replace").replace("\r\n", "\n")
        self.shown += part
        return part

    async def type(self, line, upto):
        self.process.stdin.write((line + "\n").encode(self.encoding))
        return await self.upto(upto)

    async def rest(self):
        """All that still comes until the session ends."""
        async with asyncio.timeout(PATIENCE):
            return (await self.process.stdout.read()).decode(self.encoding, errors="replace").replace("\r\n", "\n")


@asynccontextmanager
async def screen(port, encoding="utf-8", **login):
    async with (
        asyncssh.connect("127.0.0.1", port, **{**LOGIN, **login}) as connection,
        connection.create_process(term_type="vt100", encoding=None) as process,
    ):
        yield Screen(process, encoding)


@pytest.mark.parametrize("real", [True, False])
def test_a_jump_host_forwards(real, through, devices, where):
    """To a device's real address, or to the one at which the lab serves it; the device's host key is its own."""

    async def run():
        async with through(JumpHost) as (made, gate, port), asyncssh.connect("127.0.0.1", port, **LOGIN) as jump:
            target = (str(devices[0].address), 22) if real else (where(devices[0]), made.ports[0])
            login = {"known_hosts": None, "config": None, "username": "govnet", "password": "Secret-123"}
            async with asyncssh.connect(*target, tunnel=jump, **login) as device:
                own = device.get_server_host_key().export_public_key()
                async with device.create_process(term_type="vt100") as process:
                    process.stdin.write("display clock\nquit\n")
                    shown = await process.stdout.read()
            return gate, target, shown, own, jump.get_server_host_key().export_public_key()

    gate, target, shown, own, jump = asyncio.run(run())
    assert gate.forwarded == [target]
    assert "<R1>display clock" in shown
    assert jump == gate.key.export_public_key() != own


def test_a_jump_host_refuses(through, devices):
    """Other destinations are prohibited; a device that is down is not reached; a shell ends at once."""
    specs = (replace(devices[0], faults=Faults(down=True)), *devices[1:])

    async def run():
        async with (
            through(JumpHost, specs=specs) as (_, _, port),
            asyncssh.connect("127.0.0.1", port, **LOGIN) as jump,
        ):
            codes = []
            for target in (("192.0.2.1", 80), ("127.0.0.1", port), ("a.example", 22), (str(devices[0].address), 22)):
                with pytest.raises(asyncssh.ChannelOpenError) as caught:
                    await jump.open_connection(*target)
                codes.append(caught.value.code)
            shell = await jump.create_process(term_type="vt100")
            text = await shell.stdout.read()
            await shell.wait_closed()
            return codes, text, shell.exit_status

    codes, text, status = asyncio.run(run())
    assert codes == [asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED] * 3 + [asyncssh.OPEN_CONNECT_FAILED]
    assert text == "This account is currently not available.\r\n"
    assert status == 1


@pytest.mark.parametrize("kind", [JumpHost, Koko, Menu])
def test_a_login_of_its_own(kind, through):
    """A device's account is nobody here; a key of the user's is taken where one is known."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    keys = {"ops": (key.export_public_key().decode(),)}

    async def run():
        async with through(kind, keys=keys) as (_, _, port):
            for wrong in ({"username": "govnet", "password": "Secret-123"}, {"password": "no"}):
                with pytest.raises(asyncssh.PermissionDenied):
                    await asyncssh.connect("127.0.0.1", port, **{**LOGIN, **wrong})
            async with asyncssh.connect(
                "127.0.0.1", port, username="ops", client_keys=[key], known_hosts=None, config=None
            ) as connection:
                return not connection.is_closed()

    assert asyncio.run(run())


def test_koko_connects_by_name_address_and_number(through, devices):
    """The only asset that matches, and one of a page; after each the table is shown again."""

    async def run():
        async with through(Koko) as (_, _, port), screen(port) as at:
            await at.upto("Opt> ")
            await at.type("s1", "S1#")
            await at.type("show clock", "S1#")
            await at.type("exit", "[Host]> ")
            await at.type(str(devices[2].address), "TopsecOS# ")
            await at.type("exit", "[y/n]:")
            await at.type("n", "[Host]> ")
            table = await at.type("p", "[Host]> ")
            await at.type("2", "<R1>")
            await at.type("quit", "[Host]> ")
            at.process.stdin.write(b"q\n")
            return at.shown, table, await at.rest()

    shown, table, rest = asyncio.run(run())
    assert "ops,\x1b[0m  \x1b[1;32m欢迎使用JumpServer开源堡垒机系统" in shown
    assert f"正在连接 govnet@{devices[1].address}… 0.1\n" in shown
    assert [line.split("|")[1].strip() for line in table.split("\n") if line.startswith(" ") and "|" in line] == [
        "fw1",
        "r1",
        "s1",
    ]
    assert "主机名" in table
    assert "页码：1，每页行数：16，总页数：1，总数量：3" in table
    assert rest == "q\n"


def test_koko_searches_and_turns_pages(through):
    """`/` begins a search, `//` goes on with it, `n` and `b` turn pages, nothing found says so."""

    async def run():
        async with through(Koko, page=2) as (_, _, port), screen(port) as at:
            await at.upto("Opt> ")
            return [await at.type(key, "> ") for key in ("p", "n", "n", "b", "/1", "//fw", "//r", "nothing", "h")]

    first, second, still, back, found, fewer, none, nothing, helped = asyncio.run(run())
    assert "fw1" in first
    assert "s1" not in first
    assert "s1" in second
    assert "页码：2，" in still
    assert "页码：1，" in back
    assert "总数量：3" in found
    assert "总数量：1" in fewer
    assert "\x1b[31m没有资产\x1b[0m\n\x1b[32m搜索：1 fw r\x1b[0m\n" in none
    assert "没有资产" in nothing
    assert helped.endswith("Opt> ")


def test_koko_asks_for_the_account(through):
    """A wrong number shows the table again, a word goes back, the right one connects as that user."""

    async def run():
        async with through(Koko, (READER, GOVNET)) as (_, _, port), screen(port) as at:
            await at.upto("Opt> ")
            await at.type("s1", "ID> ")
            again = await at.type("3", "ID> ")
            await at.type("b", "[Host]> ")
            await at.type("s1", "ID> ")
            await at.type("1", "S1>")
            return again, await at.type("show privilege", "S1>")

    again, shown = asyncio.run(run())
    assert "提示：输入资产[s1]的账号ID" in again
    assert "Current privilege level is 1\n" in shown


@pytest.mark.parametrize(
    ("fault", "account", "says"),
    [
        (Faults(wrong_password=True), (GOVNET,), "认证失败（用户名或密码错误）"),
        (Faults(down=True), (GOVNET,), "网络不通（连接拒绝）"),
        (Faults(mute=True), (GOVNET,), "网络不通（连接超时）"),
        (Faults(), (), "未发现账号"),
    ],
)
def test_koko_says_why_not(fault, account, says, through, devices):
    """What keeps it from a device, and the menu is back."""
    specs = (replace(devices[0], faults=fault), *devices[1:])

    async def run():
        async with through(Koko, account, specs, patience=0.5) as (_, _, port), screen(port) as at:
            await at.upto("Opt> ")
            return await at.type("r1", "[Host]> ")

    assert says in asyncio.run(run())


@pytest.mark.parametrize(
    "form", ["ops@govnet@{address}", "ops#govnet#r1", "ops@ssh@govnet@r1", "ops#ssh#govnet#{ident}"]
)
def test_koko_directly(form, through):
    """The SSH user names account and asset: one login, and the connection ends with the device's session."""

    async def run():
        async with through(Koko) as (_, gate, port):
            asset = next(asset for asset in gate.assets if asset.name == "r1")
            username = form.format(address=asset.address, ident=asset.ident)
            async with screen(port, username=username) as at:
                first = await at.upto("<R1>")
                at.process.stdin.write(b"display clock\nquit\n")
                return first, await at.rest()

    first, rest = asyncio.run(run())
    assert first.startswith("正在连接 govnet@")
    assert "Opt>" not in first + rest
    assert rest.endswith("<R1>quit\n")


def test_koko_directly_to_nothing(through, devices):
    """No such asset, no such account, and an address that two assets have."""
    double = replace(devices[1], name="s2", address=devices[0].address)

    async def run():
        async with through(Koko) as (_, gate, port):
            texts = []
            for username in ("ops@govnet@10.255.255.255", "ops@root@r1"):
                async with screen(port, username=username) as at:
                    texts.append(await at.rest())
            gate.assets = (*gate.assets, replace(gate.assets[0], name=double.name, address=double.address))
            async with screen(port, username=f"ops@govnet@{double.address}") as at:
                texts.append(await at.upto("Opt> "))
                await at.type("9", "Opt> ")
                texts.append(await at.type("1", "<R1>"))
            return texts

    missing, nobody, table, there = asyncio.run(run())
    assert missing == "未发现匹配的资产 10.255.255.255\n"
    assert nobody == "未发现匹配的用户名 root\n"
    assert "选择其中一个资产登录" in table
    assert "正在连接 govnet@" in there


def test_koko_wants_a_terminal(through):
    """Without a pty there is no session, and a command is not taken."""

    async def run():
        async with through(Koko) as (_, _, port), asyncssh.connect("127.0.0.1", port, **LOGIN) as connection:
            plain = await connection.create_process()
            text = await plain.stdout.read()
            with pytest.raises(asyncssh.ChannelOpenError):
                await connection.run("display clock")
            return text

    assert asyncio.run(run()) == "No PTY requested.\n".replace("\n", "\r\n")


@pytest.mark.parametrize("device", [False, True])
def test_koko_ends_who_does_nothing(device, through):
    """In the menu and on a device: a line says so, and the connection ends."""

    async def run():
        async with through(Koko, minutes=1, minute=0.4, language="en") as (_, _, port), screen(port) as at:
            await at.upto("Opt> ")
            if device:
                await at.type("r1", "<R1>")
            return await at.rest()

    assert asyncio.run(run()).endswith("\nConnect idle more than 1 minutes, disconnect\n")


def test_a_device_that_goes_away_ends_the_bridge(through):
    """A reboot under a session: the menu is back, and the device answers again later."""

    async def run():
        async with through(Koko) as (made, _, port), screen(port) as at:
            await at.upto("Opt> ")
            await at.type("s1", "S1#")
            made.hosts["s1"].device.reboot()
            await at.upto("[Host]> ")
            async with asyncio.timeout(PATIENCE):
                while not made.hosts["s1"].listening:  # noqa: ASYNC110 - a device's state has no event
                    await asyncio.sleep(0.02)
            return await at.type("s1", "S1#")

    assert "正在连接" in asyncio.run(run())


def test_what_is_typed_ahead_reaches_the_device(through):
    """A program that writes the number and its commands in one block loses none of them."""

    async def run():
        async with through(Menu) as (_, _, port), screen(port) as at:
            await at.upto("请输入序号：")
            return await at.type("2\ndisplay clock\nquit", "按回车键返回菜单。")

    assert "<R1>display clock\n" in asyncio.run(run())


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_the_menu(encoding, through, devices):
    """Numbers over pages, accounts, the device, and back; in the menu's encoding."""

    async def run():
        async with (
            through(Menu, (READER, GOVNET), page=2, encoding=encoding) as (_, _, port),
            screen(port, encoding) as at,
        ):
            page = await at.upto("请输入序号：")
            second = await at.type("n", "请输入序号：")
            accounts = await at.type("3", "请输入账号序号：")
            await at.type("2", "S1#")
            await at.type("exit", "会话已结束，按回车键返回菜单。")
            await at.type("", "请输入序号：")
            searched = await at.type("/r1", "请输入序号：")
            await at.type("1", "请输入账号序号：")
            await at.type("0", "请输入序号：")
            at.process.stdin.write(b"q\n")
            return page, second, accounts, searched, at.shown, await at.rest()

    page, second, accounts, searched, shown, rest = asyncio.run(run())
    assert "欢迎登录运维安全审计系统\n当前用户：ops\n" in page
    assert "第 1/2 页，共 3 台" in page
    assert "   3  s1" in second
    assert accounts.endswith("1  reader\n2  govnet\n0  返回\n请输入账号序号：")
    assert f"正在登录 s1（{devices[1].address}），账号 govnet，请稍候……\n" in shown
    assert "共 1 台" in searched
    assert rest == "q\n再见。\n"


def test_the_menu_passes_a_device_s_bytes_on(through):
    """A device that speaks GBK behind a menu in UTF-8: nothing is translated."""

    async def run():
        async with through(Menu) as (_, _, port), screen(port) as at:
            await at.upto("请输入序号：")
            await at.type("1", "TopsecOS# ")
            at.process.stdin.write(b"foo\n")
            seen = b""
            async with asyncio.timeout(PATIENCE):
                while b"8010" not in seen or not seen.endswith(b"# "):
                    seen += await at.process.stdout.read(4096)
            return seen

    assert "error -8010 : 无效输入，分析".encode("gb18030") in asyncio.run(run())


def test_the_menu_throws_out_who_guesses(through):
    """Three wrong numbers in a row, or three wrong codes, are the end; a right one in between is not."""

    async def run():
        async with through(Menu, code="246810") as (_, gate, port):
            async with screen(port) as at:
                at.process.stdin.write(b"1\n2\n3\n")
                codes = await at.rest()
            async with screen(port) as at:
                await at.type("246810", "请输入序号：")
                await at.type("99", "请输入序号：")
                none = await at.type("/nothing", "请输入序号：")
                await at.type("x", "请输入序号：")
                at.process.stdin.write(b"0\n")
                numbers = await at.rest()
            return codes, none, numbers, gate

    codes, none, numbers, _ = asyncio.run(run())
    assert codes.count("动态口令错误。") == 3
    assert codes.endswith("错误次数过多，连接已断开。\n")
    assert "2" not in codes.partition("ops")[2].replace("246810", "")
    assert "没有找到符合条件的资产。\n" in none
    assert numbers.endswith("0\n错误次数过多，连接已断开。\n")


@pytest.mark.parametrize("device", [False, True])
def test_the_menu_ends_who_does_nothing(device, through):
    """In the menu and on a device."""

    async def run():
        async with through(Menu, idle=0.4) as (_, _, port), screen(port) as at:
            await at.upto("请输入序号：")
            if device:
                await at.type("2", "<R1>")
            return await at.rest()

    assert asyncio.run(run()).endswith("\n0.4秒内未操作，连接已断开。\n")


def test_the_menu_says_why_not(through, devices):
    """A device that refuses the account, one that is down, one without an account."""
    specs = (replace(devices[0], faults=Faults(wrong_password=True)), replace(devices[1], faults=Faults(down=True)))

    async def run():
        async with through(Menu, specs=specs) as (_, gate, port), screen(port) as at:
            await at.upto("请输入序号：")
            wrong = await at.type("1", "按回车键返回菜单。")
            await at.type("", "请输入序号：")
            down = await at.type("2", "按回车键返回菜单。")
            gate.assets = tuple(replace(asset, accounts=()) for asset in gate.assets)
            async with screen(port) as other:
                await other.upto("请输入序号：")
                return wrong, down, await other.type("1", "请输入序号：")

    wrong, down, none = asyncio.run(run())
    assert "登录失败：用户名或密码错误。\n" in wrong
    assert "登录失败：目标设备拒绝连接。\n" in down
    assert "该资产没有可用账号。\n" in none


@pytest.mark.parametrize(
    ("username", "parts"),
    [
        ("ops", ("ops", "", "")),
        ("ops@govnet@r1", ("ops", "govnet", "r1")),
        ("ops#govnet#10.0.0.1", ("ops", "govnet", "10.0.0.1")),
        ("ops@ssh@govnet@r1", ("ops", "govnet", "r1")),
        ("ops@mysql@govnet@r1", ("ops@mysql@govnet@r1", "", "")),
        ("ops@example.net", ("ops@example.net", "", "")),
    ],
)
def test_who_and_where_an_ssh_user_is(username, parts):
    """The forms of a direct login; a name with one `@` is just a name."""
    assert split(username) == parts
