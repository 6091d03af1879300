"""JumpServer's SSH entry: a menu of assets, or straight to one of them by the user's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lab.emulator.bastion.entry import Asset, BridgeError, Gate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lab.emulator.bastion.entry import Account, LineSession

CLEAR, GREEN, BOLD, RED, PLAIN = "\x1b[H\x1b[2J", "\x1b[32m", "\x1b[1;32m", "\x1b[31m", "\x1b[0m"
PROTOCOLS = ("ssh", "telnet")
LEAVE = ("q", "b", "quit", "exit", "back")

ZH = {
    "welcome": "欢迎使用JumpServer开源堡垒机系统",
    "item": "输入 {key} {does}",
    "search": "进行搜索登录(如果唯一).",
    "find": "进行搜索，如：/192.168.",
    "assets": "查看授权的资产.",
    "help": "显示帮助.",
    "exit": "退出.",
    "words": "部分IP，主机名，备注",
    "labels": ("ID", "主机名", "IP", "平台", "备注"),
    "account labels": ("ID", "名称", "用户名"),
    "caption": "页码：{page}，每页行数：{size}，总页数：{pages}，总数量：{count}",
    "tip": "提示：输入资产序号直接登录，二级搜索使用 // + 字段，如：//192 上一页：b 下一页：n",
    "searched": "搜索：{words}",
    "nothing": "没有资产",
    "account tip": "提示：输入资产[{asset}]的账号ID",
    "back": "返回：B/b",
    "no account": "未发现账号",
    "connecting": "正在连接 {account}@{address}…",
    "auth": "认证失败（用户名或密码错误）",
    "refused": "网络不通（连接拒绝）",
    "timeout": "网络不通（连接超时）",
    "lost": "网络不通（网络不可达）",
    "idle": "空闲时间超过{minutes}分钟，断开连接",
    "no asset": "未发现匹配的资产 {name}",
    "no user": "未发现匹配的用户名 {name}",
    "choose": "选择其中一个资产登录",
}
EN = {
    "welcome": "Welcome to use JumpServer open source fortress system",
    "item": "Enter {key} to {does}",
    "search": "search login if unique.",
    "find": "search, such as: /192.168.",
    "assets": "display the assets you have permission.",
    "help": "print help.",
    "exit": "exit.",
    "words": "part IP, Hostname, Comment",
    "labels": ("ID", "Hostname", "IP", "Platform", "Comment"),
    "account labels": ("ID", "Name", "Username"),
    "caption": "Page: {page}, Count: {size}, Total Page: {pages}, Total Count: {count}",
    "tip": "Enter ID number directly login, multiple search use // + field, such as: //16 Page up: b Page down: n",
    "searched": "Search: {words}",
    "nothing": "No Assets",
    "account tip": "Tips: Enter asset[{asset}] account ID",
    "back": "Back: B/b",
    "no account": "No Account found.",
    "connecting": "Connecting to {account}@{address}",
    "auth": "Authentication failed",
    "refused": "Connection refused",
    "timeout": "i/o timeout",
    "lost": "network is unreachable",
    "idle": "Connect idle more than {minutes} minutes, disconnect",
    "no asset": "not found matched asset {name}",
    "no user": "not found matched username {name}",
    "choose": "select one asset to login",
}


class _Idle(Exception):  # noqa: N818 - it ends a session, it is no error
    """Nothing was typed for too long."""


class Koko(Gate):
    """JumpServer. `minutes` without a key end a session, each of `minute` seconds; `page` assets are shown at once."""

    kind = "jumpserver"

    def __init__(
        self,
        *given: Any,
        assets: Sequence[Asset],
        language: str = "zh",
        minutes: int = 30,
        minute: float = 60.0,
        page: int = 16,
        **more: Any,
    ) -> None:
        super().__init__(*given, **more)
        self.assets = tuple(assets)
        self.texts: dict[str, Any] = ZH if language == "zh" else EN
        self.minutes = minutes
        self.idle = minutes * minute
        self.page = page

    def login(self, username: str) -> str:
        """The first word of a direct login."""
        return split(username)[0]

    async def talk(self, line: LineSession) -> None:
        """The menu, or one asset."""
        if not line.pty:
            line.say("No PTY requested.\n")
            line.leave(1)
            return
        user, account, asset = split(line.user)
        try:
            if asset:
                await self._direct(line, account, asset)
            else:
                await _Browser(self, line, user).run()
        except (_Idle, TimeoutError):
            line.say(f"\n{self.texts['idle'].format(minutes=self.minutes)}\n")

    async def _direct(self, line: LineSession, account: str, name: str) -> None:
        found = [asset for asset in self.assets if name in (asset.name, str(asset.address), asset.ident)]
        if not found:
            line.say(f"{self.texts['no asset'].format(name=name)}\n")
            return
        asset: Asset | None = found[0]
        if len(found) > 1:
            asset = await self._one_of(line, found, name)
        if asset is None:
            return
        matched = next((each for each in asset.accounts if each.name == account), None)
        if matched is None:
            line.say(f"{self.texts['no user'].format(name=account)}\n")
            return
        await self.connect(line, asset, matched)

    async def _one_of(self, line: LineSession, found: Sequence[Asset], name: str) -> Asset | None:
        while True:
            line.say(f"{CLEAR}{self.table(found)}{GREEN}{self.texts['choose']}{PLAIN}\n{GREEN}{name}{PLAIN}\n")
            answer = await line.ask("Opt> ", self.idle)
            if answer in ("q", "quit", "exit"):
                return None
            if answer.isdecimal() and 0 < int(answer) <= len(found):
                return found[int(answer) - 1]

    def table(self, assets: Sequence[Asset]) -> str:
        """Assets as a table, numbered from 1."""
        rows = [(asset.name, str(asset.address), asset.platform, asset.comment) for asset in assets]
        return _table(self.texts["labels"], rows)

    async def connect(self, line: LineSession, asset: Asset, account: Account) -> None:
        """The device's session, or why there is none."""
        line.say(f"{self.texts['connecting'].format(account=account.name, address=asset.address)} 0.1\n")
        try:
            if not await line.bridge(asset, account, self.idle):
                raise _Idle
        except BridgeError as error:
            line.say(f"{RED}{self.texts[error.why]}{PLAIN}\n")


class _Browser:
    """A user at the menu."""

    def __init__(self, koko: Koko, line: LineSession, user: str) -> None:
        self._koko = koko
        self._line = line
        self._user = user
        self._texts = koko.texts
        self._words: list[str] = []
        self._page = 0
        # Nothing was searched yet: numbers mean nothing.
        self._shown: list[Asset] = []
        self._prompt = "Opt> "

    async def run(self) -> None:
        """Until the user leaves."""
        self._help()
        while True:
            answer = await self._line.ask(self._prompt, self._koko.idle)
            if answer.lower() in ("q", "quit", "exit"):
                return
            if answer.lower() in ("h", "?"):
                self._prompt = "Opt> "
                self._help()
                continue
            self._prompt = "[Host]> "
            await self._carry_out(answer)

    async def _carry_out(self, answer: str) -> None:
        if answer == "p" or (answer == "" and not self._shown):
            self._search([])
        elif answer in ("n", ""):
            self._turn(1)
        elif answer == "b":
            self._turn(-1)
        elif answer.startswith("//"):
            self._search([*self._words, answer[2:].strip()])
        elif answer.startswith("/"):
            self._search([answer[1:].strip()])
        else:
            await self._search_or_connect(answer)

    def _found(self) -> list[Asset]:
        return [asset for asset in self._koko.assets if all(asset.matches(word) for word in self._words)]

    def _search(self, words: list[str]) -> None:
        self._words, self._page = words, 0
        self._show()

    def _turn(self, by: int) -> None:
        last = max(0, (len(self._found()) - 1) // self._koko.page)
        self._page = min(max(self._page + by, 0), last)
        self._show()

    async def _search_or_connect(self, answer: str) -> None:
        if answer.isdecimal() and 0 < int(answer) <= len(self._shown):
            await self._connect(self._shown[int(answer) - 1])
            return
        self._words, self._page = [answer], 0
        found = self._found()
        exact = [asset for asset in found if answer in (asset.name, str(asset.address))]
        one = found if len(found) == 1 else exact
        if len(one) == 1:
            await self._connect(one[0])
        else:
            self._show()

    async def _connect(self, asset: Asset) -> None:
        account = await self._account(asset)
        if account is not None:
            await self._koko.connect(self._line, asset, account)
        self._prompt = "[Host]> "
        self._show()

    async def _account(self, asset: Asset) -> Account | None:
        if len(asset.accounts) < 2:
            if not asset.accounts:
                self._line.say(f"{self._texts['no account']}\n")
            return asset.accounts[0] if asset.accounts else None
        rows = [(account.name, account.name) for account in asset.accounts]
        while True:
            tip = self._texts["account tip"].format(asset=asset.name)
            self._line.say(_table(self._texts["account labels"], rows))
            self._line.say(f"{GREEN}{tip}{PLAIN}\n{GREEN}{self._texts['back']}{PLAIN}\n")
            answer = await self._line.ask("ID> ", self._koko.idle)
            if answer.lower() in LEAVE or not answer.isdecimal():
                return None
            if 0 < int(answer) <= len(asset.accounts):
                return asset.accounts[int(answer) - 1]

    def _show(self) -> None:
        texts, size = self._texts, self._koko.page
        found = self._found()
        self._shown = found[self._page * size : (self._page + 1) * size]
        searched = f"{GREEN}{texts['searched'].format(words=' '.join(self._words))}{PLAIN}\n"
        if not found:
            self._line.say(f"{RED}{texts['nothing']}{PLAIN}\n{searched}")
            return
        caption = texts["caption"].format(
            page=self._page + 1, size=size, pages=(len(found) - 1) // size + 1, count=len(found)
        )
        self._line.say(f"{CLEAR}{self._koko.table(self._shown)}{GREEN}{caption}{PLAIN}\n")
        self._line.say(f"{GREEN}{texts['tip']}{PLAIN}\n{searched}")

    def _help(self) -> None:
        texts = self._texts
        self._line.say(f"{CLEAR}\t\t{BOLD}{self._user},{PLAIN}  {BOLD}{texts['welcome']}{PLAIN}\n\n")
        items = (
            (texts["words"], texts["search"]),
            (f"/ + {texts['words']}", texts["find"]),
            ("p", texts["assets"]),
            ("h", texts["help"]),
            ("q", texts["exit"]),
        )
        for number, (key, does) in enumerate(items, start=1):
            self._line.say(f"\t{number}) {texts['item'].format(key=f'{BOLD}{key}{PLAIN}', does=does)}\n")


def split(username: str) -> tuple[str, str, str]:
    """User, account and asset of an SSH user's name; without an asset the name is the user."""
    for mark in "@#":
        parts = username.split(mark)
        if len(parts) == 4 and parts[1] in PROTOCOLS:
            del parts[1]
        if len(parts) == 3:
            return parts[0], parts[1], parts[2]
    return username, "", ""


def _table(labels: Sequence[str], rows: Sequence[tuple[str, ...]]) -> str:
    """Rows under labels, numbered."""
    numbered = [(str(number), *row) for number, row in enumerate(rows, start=1)]
    widths = [max(len(text) for text in column) + 2 for column in zip(labels, *numbered, strict=True)]
    lines = [
        "| ".join(f" {text:<{width}}" for text, width in zip(row, widths, strict=True)).rstrip()
        for row in (tuple(labels), *numbered)
    ]
    rule = "+".join("-" * (width + 2) for width in widths)
    return "\n".join([lines[0], rule, *lines[1:], ""])
