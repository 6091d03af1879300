"""Ways to a device: jump hosts that carry its SSH, bastions that log into it for us."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import asyncssh
import pytest

from configs import channel_hops, known_hosts
from configs import push as pushing
from configs.channel import Hop, HopKind, Login
from configs.drivers import driver_for
from inventory import workspace
from inventory.endpoints import Direct, Endpoint
from inventory.errors import DeviceUnreachableError, HostKeyError, InputError, LoginError
from inventory.secrets import Secret

JUMPED = "Jump-123"


@pytest.fixture
def stations(servers):
    """Starts jump hosts and bastions beside the devices."""
    made = []

    def start(process=None, password=JUMPED):
        logins, carried = [], []

        class Access(asyncssh.SSHServer):
            def connection_made(self, conn):
                self.connection = conn

            def begin_auth(self, _username):
                return True

            def password_auth_supported(self):
                return True

            def validate_password(self, username, given):
                logins.append(username)
                return given == password

            def connection_requested(self, dest_host, dest_port, _orig_host, _orig_port):
                carried.append((dest_host, dest_port))
                return process is None

        async def listen():
            return await asyncssh.listen(
                "127.0.0.1",
                0,
                server_factory=Access,
                server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
                process_factory=process,
                encoding=None,
                line_editor=False,
            )

        acceptor = asyncio.run_coroutine_threadsafe(listen(), servers.loop).result(10)
        made.append(acceptor)
        acceptor.logins, acceptor.carried = logins, carried
        return acceptor

    yield start
    for acceptor in made:

        async def end(one=acceptor):
            one.close()
            await one.wait_closed()

        asyncio.run_coroutine_threadsafe(end(), servers.loop).result(10)


def hop(acceptor, kind=HopKind.JUMP, name="jump", password=JUMPED, **more):
    return Hop(kind, name, Endpoint("127.0.0.1", acceptor.get_port()), Login("me", Secret(password)), **more)


def opened(target):
    driver = driver_for(target.platform).for_target(target)
    driver.open()
    return driver


def test_two_jump_hosts_carry_the_devices_own_ssh(servers, vrp, target, stations, tmp_path):
    """Each key is recorded under its own name; the device sees its own login, and a change of a key is refused."""
    server = servers.start(vrp())
    first, second = stations(), stations()
    goal = replace(target(server), via=(hop(first, name="one"), hop(second, name="two")))
    driver = opened(goal)
    assert driver.running() == server.device.text()
    driver.close()
    assert first.carried == [("127.0.0.1", second.get_port())]
    assert second.carried == [("127.0.0.1", server.port)]
    assert (first.logins, second.logins, server.logins) == (["me"], ["me"], ["admin"])
    file = tmp_path / "known_hosts"
    assert len({known_hosts.read(file, name) for name in ("one", "two", "rt-1")}) == 3
    stranger = stations()
    with pytest.raises(HostKeyError, match="at one"):
        opened(replace(goal, via=(hop(stranger, name="one"),)))
    assert stranger.logins == []
    with pytest.raises(LoginError, match="at one"):
        opened(replace(goal, via=(hop(first, name="one", password="bad"),)))


def test_devices_share_the_connection_to_a_jump_host(servers, vrp, target, stations):
    """Twelve at a time are one login there; it is closed behind the last one, and opened again for the next."""
    server, jump = servers.start(vrp()), stations()
    goals = [replace(target(server, device=f"rt-{number}"), via=(hop(jump),)) for number in range(12)]
    with ThreadPoolExecutor(12) as pool:
        drivers = list(pool.map(opened, goals))
    assert len(server.logins) == 12
    assert jump.logins == ["me"]
    for driver in drivers:
        driver.close()
    assert not channel_hops._shared
    opened(goals[0]).close()
    assert jump.logins == ["me", "me"]


def device_line(process, device):
    """Hand a session over to a device's command line."""

    async def run():
        process.stdout.write(device.greet())
        while data := await process.stdin.read(4096):
            process.stdout.write(device.receive(data))

    return run()


def test_jumpserver_takes_user_account_and_asset(vrp, target, stations, servers):
    """`user@account@asset` opens the device's command line, over a jump host too; its pushes are as elsewhere."""
    device, names = vrp(), []
    device.config[b"interface LoopBack0"] = [b"ip address 192.0.2.9 255.255.255.255"]

    async def koko(process):
        names.append(process.get_extra_info("username"))
        process.stdout.write(b"\x1b[32m Connecting to account@192.0.2.9 0.1\x1b[0m\r\n")
        await device_line(process, device)

    bastion, jump = stations(koko), stations()
    way = hop(bastion, HopKind.JUMPSERVER, "bastion", account="netadmin")
    goal = replace(target(device="rt-9", port=22), endpoint=Endpoint("192.0.2.9", 22), via=(hop(jump), way))
    driver = opened(goal)
    driver.load_merge_candidate(config="interface LoopBack0\n description 涟源市\n")
    driver.commit_config()
    assert driver.compare_config() == ""
    driver.close()
    assert set(names) == {"me@netadmin@192.0.2.9"}
    assert device.saves == 1
    del servers


def test_a_bastions_menu_is_never_taken_for_the_device(vrp, target, stations):
    """An unknown asset leaves a JumpServer at its menu, which looks like a prompt: nothing is typed there."""
    typed = []

    async def koko(process):
        process.stdout.write("没有匹配的资产\r\nOpt> ".encode())
        while data := await process.stdin.read(4096):
            typed.append(data)

    bastion = stations(koko)
    way = hop(bastion, HopKind.JUMPSERVER, "bastion")
    for platform in ("huawei", "cisco_ios"):
        with pytest.raises(DeviceUnreachableError, match="没有匹配的资产"):
            opened(replace(target(port=22, platform=platform), via=(way,)))
    assert typed == []
    del vrp


def test_a_menu_is_answered_from_a_table(vrp, target, stations):
    """Each step waits for what the menu shows; a menu that goes on asking is an error with its words."""
    device, told = vrp(), []
    device.config[b"interface LoopBack0"] = [b"ip address 192.0.2.9 255.255.255.255"]

    async def menu(process):
        for asked in (b"\r\n 1. list  2. connect\r\nselect: ", b"host: ", b"password for admin: "):
            process.stdout.write(asked)
            told.append((await process.stdin.readline()).strip())
        if told[1] != b"192.0.2.9":
            process.stdout.write(b"no such host\r\nselect: ")
            await process.stdin.read()
            return
        await device_line(process, device)

    steps = (("select:", "2"), ("host:", "{address}"), (r"password for \S+:", "{password}"))
    way = hop(stations(menu), HopKind.MENU, "menu", steps=steps)
    goal = replace(target(device="rt-9", port=22), via=(way,))
    driver = opened(replace(goal, endpoint=Endpoint("192.0.2.9", 22)))
    assert driver.running() == device.text()
    driver.close()
    assert told == [b"2", b"192.0.2.9", b"good"]
    told.clear()
    with pytest.raises(DeviceUnreachableError, match="no such host"):
        opened(replace(goal, endpoint=Endpoint("192.0.2.8", 22)))


WAYS = """
credentials:
  - {name: routers, username: govnet, password: file:pw}
  - {name: me, username: me, password: file:pw}
ways:
  - {name: jump, host: 192.0.2.1, credential: me}
  - {name: bastion, kind: jumpserver, host: 192.0.2.2, port: 2222, credential: me, account: net, through: jump}
"""


def files(root, ways=WAYS, via="bastion"):
    (root / "inventory").mkdir()
    (root / "pw").write_text("x")
    (root / "govnet.yaml").write_text("language: en\n")
    (root / "inventory" / "regions.csv").write_text("code,name,level,parent\n431382,Lianyuan,county,\n")
    (root / "inventory" / "sites.csv").write_text("name,title,region\ns,,431382\n")
    (root / "inventory" / "devices.csv").write_text(
        "name,site,role,platform,address,management_interface,credential,via\n"
        f"rt-1,s,core,huawei,10.0.0.1/24,GigabitEthernet0/0/0,routers,{via}\n"
    )
    (root / "inventory" / "credentials.yaml").write_text(ways)
    return root


def test_the_inventory_names_the_way(tmp_path):
    """`via` in devices.csv names a station of credentials.yaml, and that the one before it."""
    loaded = workspace.load(files(tmp_path))
    device = loaded.inventory.devices["rt-1"]
    (job,) = pushing.jobs(loaded, [device], {}, Direct())
    assert [(one.kind, one.name, one.endpoint.port, one.account) for one in job.target.via] == [
        (HopKind.JUMP, "jump", 22, ""),
        (HopKind.JUMPSERVER, "bastion", 2222, "net"),
    ]


@pytest.mark.parametrize(
    ("wrong", "via", "said"),
    [
        (WAYS, "elsewhere", "elsewhere"),
        (WAYS.replace("through: jump", "through: bastion"), "bastion", "leads back to itself"),
        (WAYS.replace("192.0.2.1, credential: me", "192.0.2.1, credential: you"), "jump", "you"),
        (WAYS.replace(", through: jump", "").replace("2.1, ", "2.1, through: bastion, "), "jump", "bastion"),
        (WAYS.replace("kind: jumpserver", "kind: menu"), "bastion", "needs steps"),
    ],
)
def test_what_is_wrong_with_a_way_is_said(tmp_path, wrong, via, said):
    """Unknown names, circles, a bastion in the middle, a menu without steps."""
    with pytest.raises(InputError) as caught:
        workspace.load(files(tmp_path, wrong, via))
    assert any(said in str(problem.message) for problem in caught.value.problems)
