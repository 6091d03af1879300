"""A menu-driven 堡垒机 of no particular make: numbers, pages, accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lab.emulator.bastion.entry import Asset, BridgeError, Gate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lab.emulator.bastion.entry import Account, LineSession

WRONG = "输入有误，请重新输入。\n"
TRIES = 3
_WHY = {
    "auth": "登录失败：用户名或密码错误。",
    "refused": "登录失败：目标设备拒绝连接。",
    "timeout": "登录失败：连接目标设备超时。",
    "lost": "登录失败：与目标设备的连接已中断。",
}


class _Over(Exception):  # noqa: N818 - it ends a session, it is no error
    """The way in ends the session; the text says why."""


class Menu(Gate):
    """The 堡垒机. `code` is asked for after the login; `idle` seconds without a key end a session."""

    kind = "menu"

    def __init__(
        self,
        *given: Any,
        assets: Sequence[Asset],
        code: str = "",
        idle: float = 60.0,
        page: int = 10,
        **more: Any,
    ) -> None:
        super().__init__(*given, **more)
        self.assets = tuple(assets)
        self.code = code
        self.idle = idle
        self.page = page

    async def talk(self, line: LineSession) -> None:
        """Until the user leaves or is thrown out."""
        try:
            line.say(f"\n欢迎登录运维安全审计系统\n当前用户：{line.user}\n")
            await self._prove(line)
            await _Pages(self, line).run()
            line.say("再见。\n")
        except _Over as over:
            line.say(f"{over}\n")
        except TimeoutError:
            line.say(f"\n{self.idle:g}秒内未操作，连接已断开。\n")

    async def _prove(self, line: LineSession) -> None:
        if not self.code:
            return
        for _ in range(TRIES):
            if await line.ask("请输入动态口令：", self.idle, echo=False) == self.code:
                return
            line.say("动态口令错误。\n")
        raise _Over("错误次数过多，连接已断开。")

    async def connect(self, line: LineSession, asset: Asset, account: Account) -> None:
        """The device's session, or why there is none."""
        line.say(f"正在登录 {asset.name}（{asset.address}），账号 {account.name}，请稍候……\n")
        try:
            if not await line.bridge(asset, account, self.idle):
                raise TimeoutError
        except BridgeError as error:
            line.say(f"{_WHY[error.why]}\n")
        await line.ask("\n会话已结束，按回车键返回菜单。", self.idle)


class _Pages:
    """A user at the list of assets. Numbers go on over pages."""

    def __init__(self, menu: Menu, line: LineSession) -> None:
        self._menu = menu
        self._line = line
        self._found = list(menu.assets)
        self._page = 0
        self._wrong = 0

    async def run(self) -> None:
        """Until `q`."""
        self._show()
        while True:
            answer = await self._line.ask("请输入序号：", self._menu.idle)
            if answer == "q":
                return
            if answer in ("n", "b"):
                self._turn(1 if answer == "n" else -1)
            elif answer.startswith("/"):
                self._search(answer[1:].strip())
            elif answer.isdecimal() and 0 < int(answer) <= len(self._found):
                self._wrong = 0
                await self._open(self._found[int(answer) - 1])
                self._show()
            elif not answer:
                self._show()
            else:
                self._refuse()

    def _refuse(self) -> None:
        self._wrong += 1
        if self._wrong >= TRIES:
            raise _Over("错误次数过多，连接已断开。")
        self._line.say(WRONG)

    @property
    def _pages(self) -> int:
        return max(1, (len(self._found) - 1) // self._menu.page + 1)

    def _turn(self, by: int) -> None:
        self._page = min(max(self._page + by, 0), self._pages - 1)
        self._show()

    def _search(self, word: str) -> None:
        self._found = [asset for asset in self._menu.assets if asset.matches(word)]
        if not self._found:
            self._line.say("没有找到符合条件的资产。\n")
            self._found = list(self._menu.assets)
        self._page = 0
        self._show()

    def _show(self) -> None:
        first = self._page * self._menu.page
        self._line.say(f"\n序号  {'资产名称':<18}{'IP地址':<15}平台\n")
        for number, asset in enumerate(self._found[first : first + self._menu.page], start=first + 1):
            self._line.say(f"{number:>4}  {asset.name:<22}{asset.address!s:<17}{asset.platform}\n")
        self._line.say(
            f"第 {self._page + 1}/{self._pages} 页，共 {len(self._found)} 台　"
            "[n] 下一页　[b] 上一页　[/关键字] 查找　[q] 退出\n"
        )

    async def _open(self, asset: Asset) -> None:
        account = await self._account(asset)
        if account is not None:
            await self._menu.connect(self._line, asset, account)

    async def _account(self, asset: Asset) -> Account | None:
        if not asset.accounts:
            self._line.say("该资产没有可用账号。\n")
            return None
        if len(asset.accounts) == 1:
            return asset.accounts[0]
        for number, account in enumerate(asset.accounts, start=1):
            self._line.say(f"{number}  {account.name}\n")
        self._line.say("0  返回\n")
        while True:
            answer = await self._line.ask("请输入账号序号：", self._menu.idle)
            if answer == "0":
                return None
            if answer.isdecimal() and int(answer) <= len(asset.accounts):
                self._wrong = 0
                return asset.accounts[int(answer) - 1]
            self._refuse()
