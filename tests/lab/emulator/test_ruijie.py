"""RGOS over real sessions: the login's question, privileges, files, what has a guard and what has none."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import asyncssh
import pytest

from lab.emulator.reach import Wire
from lab.emulator.ruijie.language import numbers, ranges
from lab.emulator.ruijie.session import strong
from tests.patience import PATIENCE


@pytest.fixture
def one(spec, texts):
    """A router of 11.x whose minutes last half a second."""
    return spec("ruijie_os", text=texts["ruijie_os"], model="RG-RSR30-X", minute=0.5, boot=0.2)


@pytest.fixture
def typed(one, world, where, ssh):
    """Type as a user over SSH, look at the device afterwards."""

    def run(keys, look=lambda device: device.name, this=None, **login):
        async def work():
            device = this or one
            async with world(device) as made:
                screen = await ssh.type(where(device), made.ports[0], keys, **login)
                return screen, look(made.hosts["dev"].device)

        return asyncio.run(work())

    return run


def test_a_session(typed):
    """Configured, saved, and read back in pages."""
    keys = (
        "configure terminal\ninterface gi 0/1\ndescription 到县局\nip address 10.9.0.1/24\nend\nwrite\n"
        "show running-config\n q"
        "terminal length 0\nshow running-config interface gi0/1\nexit\n"
    )
    screen, saved = typed(keys, lambda device: device.show(device.saved))
    assert "J1(config-if-GigabitEthernet 0/1)#ip address 10.9.0.1/24\n" in screen
    assert "Building configuration...\n[OK]\n" in screen
    assert "--More--" in screen
    assert "!\ninterface GigabitEthernet 0/1\n description 到县局\n ip address 10.9.0.1 255.255.255.0\n" in screen
    assert " ip address 10.9.0.1 255.255.255.0\n" in saved


def test_a_user_without_privileges(typed):
    """He is told so, and gets on with the enable secret."""
    keys = "terminal length 0\nenable\nEnable-123\nterminal length 0\nshow privilege\nexit\n"
    screen, _ = typed(keys, username="reader", password="Reader-123")
    assert "J1>terminal length 0\n% User doesn't have sufficient privilege to execute this command.\n" in screen
    assert "J1#terminal length 0\nJ1#show privilege\nCurrent privilege level is 15\n" in screen


def test_a_weak_password_is_asked_about(one, typed):
    """Before the first prompt, and again until it is answered: who types on without reading loses his lines."""
    weak = replace(one, text=one.text.replace("password Secret-123", "password ruijie"))
    keys = "terminal length 0\nno\nshow clock\nexit\n"
    screen, _ = typed(keys, this=weak, password="ruijie")
    assert screen.startswith("The password must contain at least three of the following four types of characters:")
    assert screen.count("Do you want to change the password(yes/no):") == 2
    assert "password(yes/no):terminal length 0\n" in screen
    assert "J1#show clock\n" in screen


def test_a_weak_password_is_changed(one, typed):
    """After `yes` the new one counts at once."""
    weak = replace(one, text=one.text.replace("password Secret-123", "password ruijie"))
    keys = "yes\nNew-pass-1\nNew-pass-1\nexit\n"
    screen, level = typed(keys, lambda device: device.password_level("govnet", "New-pass-1"), weak, password="ruijie")
    assert level == 15
    assert "New-pass-1" not in screen


@pytest.mark.parametrize(
    ("password", "good"), [("ruijie", False), ("Ruijie1", True), ("ruijie-1", True), ("Rr", False)]
)
def test_what_a_weak_password_is(password, good):
    """Three of four kinds of characters are enough."""
    assert strong(password) is good


def test_a_reload_returns_to_what_is_saved(one, world, where, ssh):
    """What was not written is gone, and the device answers again."""

    async def run():
        async with world(one) as made:
            host, port = where(one), made.ports[0]
            device = made.hosts["dev"].device
            await ssh.type(host, port, "configure terminal\nhostname lost\nend\nreload\ny\n")
            await ssh.until(lambda: bool(made.hosts["dev"].listening))
            return device.name, await ssh.answers(host, port)

    assert asyncio.run(run()) == ("J1", True)


def test_a_saved_file_comes_back(one, world, where, ssh):
    """A copy of the startup file is put back over it: the way back that the file system offers."""

    async def run():
        async with world(one) as made:
            host, port = where(one), made.ports[0]
            keys = (
                "copy flash:config.text flash:before.text\nconfigure terminal\nhostname other\nend\nwrite\n"
                "copy flash:before.text flash:config.text\ndir\nreload\ny\n"
            )
            screen = await ssh.type(host, port, keys)
            await ssh.until(lambda: bool(made.hosts["dev"].listening))
            return screen, made.hosts["dev"].device.name

    screen, name = asyncio.run(run())
    assert "before.text\n" in screen
    assert name == "J1"


def test_releases_of_11_have_no_guard(one, world, where, ssh):
    """`reload in` is refused and nothing is armed: a change that cuts the way stays."""
    one = replace(one, manager=IPv4Address("198.18.7.7"))

    async def run():
        async with world(one) as made:
            host, port = where(one), made.ports[0]
            device = made.hosts["dev"].device
            async with ssh.connected(host, port) as connection:
                session = await connection.create_process(term_type="vt100")
                session.stdin.write("reload in 1\ny\nconfigure terminal\ninterface gi 0/0\nno ip address\n")
                await ssh.until(lambda: not made.hosts["dev"].listening)
            return any(timer.armed for timer in device.timers.values()), made.hosts["dev"].listening

    assert asyncio.run(run()) == (False, ())


def test_every_line_taken(one, world, where, ssh):
    """Five lines from the start: the sixth user is dropped, and a wider range lets him in."""

    async def run():
        async with world(one) as made:
            host, port = where(one), made.ports[0]
            login = {"username": "govnet", "password": "Secret-123", "known_hosts": None, "config": None}
            others = [await asyncssh.connect(host, port, **login) for _ in range(5)]
            before = await ssh.answers(host, port)
            await made.hosts["dev"].device.console(["configure terminal", "line vty 0 10", "login local"])
            after = await ssh.answers(host, port)
            for other in others:
                other.close()
            return before, after

    assert asyncio.run(run()) == (False, True)


@pytest.mark.parametrize("line", ["no enable service ssh-server", "line vty 0 4\ntransport input telnet"])
def test_without_its_service_nobody_comes_in(line, one, world, where, ssh):
    """SSH is off until it is switched on."""

    async def run():
        async with world(one) as made:
            await made.hosts["dev"].device.console(["configure terminal", *line.split("\n")])
            await asyncio.sleep(0.05)
            return await ssh.answers(where(one), made.ports[0])

    assert not asyncio.run(run())


def test_the_management_port_stands_alone(spec, world, where, ssh):
    """Its own gateway leads back; a static route of the other ports does not."""
    text = (
        "hostname S1\nusername govnet privilege 15 secret Secret-123\nenable service ssh-server\ninterface Mgmt 0\n"
        "ip address {address}/24\nexit\nline vty 0 4\nlogin local\n"
    )
    one = spec("ruijie_os", text=text, model="RG-S5750C-28GT4XS-H", management_interface="mgmt 0")
    gateway = IPv4Address(int(one.address) // 256 * 256 + 254)
    network = IPv4Network(f"{one.address}/24", strict=False)
    one = replace(one, manager=IPv4Address("198.18.7.7"), wire=Wire((network,), frozenset({gateway})))

    async def run():
        async with world(one) as made:
            device, answers = made.hosts["dev"].device, []
            for lines in ([], [f"ip route 0.0.0.0 0.0.0.0 {gateway}"], ["interface mgmt 0", f"gateway {gateway}"]):
                await device.console(["configure terminal", *lines])
                await asyncio.sleep(0.05)
                answers.append(await ssh.answers(where(one), made.ports[0]))
            return answers

    assert asyncio.run(run()) == [False, False, True]


def test_an_old_terminal_speaks_gbk(one, world, where):
    """Descriptions go both ways in the terminal's own encoding."""
    one = replace(one, encoding="gb18030")

    async def run():
        async with world(one) as made:
            login = {"username": "govnet", "password": "Secret-123", "known_hosts": None, "config": None}
            async with (
                asyncssh.connect(where(one), made.ports[0], **login) as connection,
                connection.create_process(term_type="vt100", encoding=None) as process,
            ):
                process.stdin.write("configure terminal\ninterface gi 0/1\ndescription 端口\nend\nexit\n".encode("gbk"))
                async with asyncio.timeout(PATIENCE):
                    screen = await process.stdout.read()
            return screen, made.hosts["dev"].device.show(made.hosts["dev"].device.running)

    screen, shown = asyncio.run(run())
    assert "端口".encode("gbk") in screen
    assert " description 端口\n" in shown


def test_snmp_users_live_in_the_configuration(device):
    """A user whose keys were made here can be asked for after a reload; one with keys from elsewhere cannot."""
    lines = "snmp-server group g v3 priv\nsnmp-server user u g v3 auth sha Secret-123 priv des56 Secret-456\n"
    other = "snmp-server user x g v3 encrypted auth sha " + "AB" * 20 + "\n"

    async def run():
        made = await device("ruijie_os", lines + other)
        made.load(made.saved)
        return made.snmp_access()

    (user,) = asyncio.run(run()).users
    assert (user.name, user.auth_protocol, user.auth_password) == ("u", "SHA", "Secret-123")
    assert (user.priv_protocol, user.priv_password) == ("DES", "Secret-456")


def test_lists_of_vlans():
    """Ranges are written as short as they can be."""
    assert ranges(numbers("10,20-22,23,5")) == "5,10,20-23"
