"""Run inside namespaces of its own by test_real_frr.py; prints one JSON document.

Real FRR daemons, a real SSH server that gives a shell, and the FRR driver against them.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import asyncssh

from configs import push as pushing
from configs.channel import Login, Target
from inventory.endpoints import Endpoint
from inventory.secrets import Secret

STARTUP = Path("/etc/frr/frr.conf")
FIRST = """service integrated-vtysh-config
interface lo
 ip address 10.255.0.1/32
exit
"""
WANTED = """interface lo
 description 涟源市
 ip address 10.255.0.1/32
exit
router ospf
 ospf router-id 10.255.0.1
 network 10.255.0.1/32 area 0
exit
ip route 192.0.2.0/24 Null0
"""
REFUSED = WANTED + "ip prefix-list X seq 5 permit 10.0.0.0/8 le 4\n"


def start_frr() -> None:
    for folder in ("/run/frr", "/etc/frr", "/var/tmp", "/var/log/frr"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "none", folder], check=True)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    STARTUP.write_text(FIRST)
    Path("/etc/frr/vtysh.conf").write_text("service integrated-vtysh-config\n")
    subprocess.run(["chown", "-R", "frr:frr", "/run/frr", "/etc/frr", "/var/log/frr"], check=True)
    for daemon in ("zebra", "staticd", "ospfd"):
        command = [f"/usr/lib/frr/{daemon}", "-d", "-A", "127.0.0.1"]
        # A daemon keeps what it inherits: a pipe would never end.
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    subprocess.run(["vtysh", "-b"], check=True, capture_output=True)


def start_ssh() -> int:
    class Access(asyncssh.SSHServer):
        def begin_auth(self, _username: str) -> bool:
            return True

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, _username: str, password: str) -> bool:
            return password == "good"

    async def handle(process: asyncssh.SSHServerProcess[bytes]) -> None:
        shell = await asyncio.create_subprocess_shell(
            process.command or "true", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        out, err = await shell.communicate(await process.stdin.read())
        process.stdout.write(out)
        process.stderr.write(err)
        process.exit(shell.returncode or 0)

    async def listen() -> int:
        key = asyncssh.generate_private_key("ssh-ed25519")
        acceptor = await asyncssh.listen(
            "127.0.0.1", 0, server_factory=Access, server_host_keys=[key], process_factory=handle, encoding=None
        )
        return acceptor.get_port()

    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return asyncio.run_coroutine_threadsafe(listen(), loop).result(10)


def shown() -> str:
    return subprocess.run(["vtysh", "-c", "show running-config"], capture_output=True, text=True, check=True).stdout


def main() -> None:
    start_frr()
    target = Target(
        "rt",
        "frr",
        Endpoint("127.0.0.1", start_ssh()),
        Login("root", Secret("good")),
        known_hosts=Path("/var/tmp/known_hosts"),
    )
    report = {}
    first = STARTUP.read_text()
    report["dry"] = pushing.push([pushing.Job(target, WANTED)], commit=False)[0].as_json()
    report["startup_untouched_by_dry_run"] = STARTUP.read_text() == first
    report["push"] = pushing.push([pushing.Job(target, WANTED)], commit=True)[0].as_json()
    report["running"] = shown()
    report["startup"] = STARTUP.read_text()
    report["again"] = pushing.push([pushing.Job(target, WANTED)], commit=True)[0].as_json()
    other = "frr defaults traditional\nhostname another-name\n" + WANTED + "ip route 203.0.113.0/24 Null0\n"
    report["named"] = pushing.push([pushing.Job(target, other)], commit=True)[0].as_json()
    before = shown()
    report["refused"] = pushing.push([pushing.Job(target, REFUSED)], commit=True)[0].as_json()
    report["same_after_refusal"] = shown() == before
    from configs.drivers import driver_for

    saved = STARTUP.read_text()
    driver = driver_for("frr").for_target(target)
    driver.open()
    driver.load_merge_candidate(config="ip route 198.51.100.0/24 Null0\n")
    driver.commit_config(revert_in=20)  # a reload on a busy machine takes seconds
    report["pending"] = driver.has_pending_commit()
    report["applied"] = "198.51.100.0/24" in shown()
    report["not_saved"] = "198.51.100.0/24" not in STARTUP.read_text()
    end = time.monotonic() + 120
    while "198.51.100.0/24" in shown() and time.monotonic() < end:
        time.sleep(0.2)
    report["restored"] = shown() == before
    report["pending_after"] = driver.has_pending_commit()
    report["startup_after"] = STARTUP.read_text() == saved
    driver.load_replace_candidate(config=FIRST)
    driver.commit_config()
    report["replaced"] = "router ospf" not in shown()
    report["facts"] = driver.get_facts()
    report["addresses"] = driver.get_interfaces_ip()
    driver.close()
    report["left_in_folder"] = sorted(path.name for path in Path("/var/tmp/govnet").iterdir())
    sys.stdout.write("REPORT " + json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
