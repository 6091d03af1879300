r"""Ways in that are not direct, for tests: a jump host, and two 堡垒机 with menus, in front of the devices of a world.

Each listens at a loopback address with a host key and users of its own, knows the devices by name and real address,
and speaks to them by SSH as any client does: what cuts a device off cuts these sessions too. They are OUR MODELS.
Below, `→` is what is typed, everything else is shown; line ends are CR LF; a session needs a terminal (a pty) where it
says so.

`JumpHost` is an OpenSSH server that forwards (`ssh -J`, direct-tcpip) and does nothing else. Destinations are the
loopback address and port of a device in the lab, or its real address and port 22. Others are refused with
“administratively prohibited”, a device that does not listen with “connect failed”. A shell says `This account is
currently not available.` and ends with 1.

`Koko` is JumpServer's SSH entry as its source, its catalogue and its issues show it (koko `pkg/handler`; jumpserver
issues 3627, 7484, 8350, 12624). By menu, with a pty (without: `No PTY requested.`; a command is refused):

    <ESC>[H<ESC>[2J\t\tops,  欢迎使用JumpServer开源堡垒机系统         (bold green; the help follows)
    Opt> → r1                        part of a name, an address or a comment; connects if it is the only one
    正在连接 govnet@10.0.0.1… 0.1    then the device, until its session ends
    [Host]> → p                      all assets: a table, caption, tips, `搜索：`; numbers are those of the page
    [Host]> → 2                      the second of the page;  n, b: pages;  /x: search;  //x: search again;  h, q
    没有资产                         red; nothing matches, `搜索：x` follows
    ID> → 1                          where several accounts may be used, after a table of them; b goes back, a number
                                     that is not there shows the table again, anything else goes back
    未发现账号                       no account may be used
    认证失败（用户名或密码错误）     the device refuses the account
    网络不通（连接拒绝）             nobody listens there; `网络不通（连接超时）` where nobody answers
    空闲时间超过1分钟，断开连接      nothing typed for so long, in the menu or on a device; the connection ends

After a device the table is shown again. Directly: the SSH user is `USER@ACCOUNT@ASSET` or `USER#ACCOUNT#ASSET`, with
`ssh` as a word between the first two if wanted (`USER@ssh@ACCOUNT@ASSET`), ASSET an address, a name or an id, and the
password is the user's at JumpServer: after the line `正在连接 …` the session is the device's, and the connection ends
with it. `未发现匹配的资产 X` and `未发现匹配的用户名 X` end it too. Two assets of one address: a table,
`选择其中一个资产登录`, the address, `Opt> ` for the number. In English with `language="en"`. Colours: `<ESC>[32m` …
`<ESC>[0m` around tips, `<ESC>[31m` around what is missing.

`Menu` is a menu-driven 堡垒机 that is no particular product's (such menus differ; its words are made up here), in UTF-8
or GB 18030; what a device sends passes as it is, in the device's encoding:

    欢迎登录运维安全审计系统
    当前用户：ops
    请输入动态口令： → 123456        only where it has a code; no echo; `动态口令错误。`, three times, then the end
    序号  资产名称              IP地址           平台
       1  r1                    10.0.0.1         huawei
    第 1/2 页，共 12 台　[n] 下一页　[b] 上一页　[/关键字] 查找　[q] 退出
    请输入序号： → 1                 numbers go on over pages; n, b, /x as said; Enter shows the page again
    1  govnet                        only where several accounts may be used
    2  reader
    0  返回
    请输入账号序号： → 1
    正在登录 r1（10.0.0.1），账号 govnet，请稍候……
    会话已结束，按回车键返回菜单。   after the device; Enter goes back to the page
    输入有误，请重新输入。           a wrong number; after three in a row `错误次数过多，连接已断开。` and the end
    没有找到符合条件的资产。         a search without a result; all are shown again
    该资产没有可用账号。
    登录失败：用户名或密码错误。     also `登录失败：目标设备拒绝连接。`, `登录失败：连接目标设备超时。`
    60秒内未操作，连接已断开。       in the menu or on a device
    再见。                           after q
"""

from lab.emulator.bastion.entry import Account, Asset, Gate, assets_of
from lab.emulator.bastion.jump import JumpHost
from lab.emulator.bastion.koko import Koko
from lab.emulator.bastion.menu import Menu

__all__ = ["Account", "Asset", "Gate", "JumpHost", "Koko", "Menu", "assets_of"]
