"""The loop audit → fix → rollout → backup → audit, on emulated devices of eight languages that begin weak."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lab import control

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

_SECRET = "{{ secret('password') }}"
_ADDRESS = "{{ management.address.ip }} {{ management.address.netmask }}"
# platform: model, management interface, first text with weaknesses, what is wanted of it (nothing)
WEAK = {
    "huawei": (
        "AR2220",
        "GigabitEthernet0/0/0",
        (
            "sysname {{ hostname }}\n#\nftp server enable\ntelnet server enable\nhttp server enable\n"
            "stelnet server enable\nssh server compatible-ssh1x enable\nssh server cipher 3des_cbc aes256_ctr\n"
            "undo info-center enable\nsnmp-agent community read cipher Pb-7x-Qu\nsnmp-agent group v3 nms privacy\n"
            f"aaa\n local-user {{{{ user }}}} password irreversible-cipher {_SECRET}\n"
            " local-user {{ user }} privilege level 15\n local-user {{ user }} service-type ssh terminal\n#\n"
            f"interface {{{{ management.name }}}}\n ip address {_ADDRESS}\n#\n"
            "user-interface con 0\n authentication-mode none\n idle-timeout 0 0\n"
            "user-interface vty 0 4\n authentication-mode aaa\n protocol inbound all\n idle-timeout 30 0\n"
        ),
        "",
    ),
    "huawei_vrpv8": (
        "NE8000-F1A",
        "GigabitEthernet0/0/0",
        (
            "sysname {{ hostname }}\n#\naaa\n"
            f" local-user {{{{ user }}}} password irreversible-cipher {_SECRET}\n"
            " local-user {{ user }} privilege level 15\n local-user {{ user }} service-type ssh terminal\n#\n"
            f"interface {{{{ management.name }}}}\n ip address {_ADDRESS}\n#\nstelnet server enable\n"
            "user-interface con 0\n authentication-mode aaa\n idle-timeout 0 0\n"
            "user-interface vty 0 4\n authentication-mode aaa\n protocol inbound all\n idle-timeout 20 0\n"
        ),
        "",
    ),
    "hp_comware": (
        "MSR36-20",
        "GigabitEthernet0/0",
        (
            "sysname {{ hostname }}\n#\ntelnet server enable\nftp server enable\nip http enable\nssh server enable\n"
            "ssh user {{ user }} service-type stelnet authentication-type password\n"
            "local-user {{ user }} class manage\n"
            f" password simple {_SECRET}\n service-type ssh terminal\n"
            " authorization-attribute user-role network-admin\n#\n"
            f"interface {{{{ management.name }}}}\n ip address {_ADDRESS}\n#\n"
            "line vty 0 63\n authentication-mode scheme\n user-role network-admin\n idle-timeout 0 0\n"
        ),
        "",
    ),
    "cisco_ios": (
        "ISR4331",
        "GigabitEthernet0/0/0",
        (
            "no service password-encryption\nhostname {{ hostname }}\n!\nenable secret 0 {{ secret('enable') }}\n"
            f"username {{{{ user }}}} privilege 15 secret 0 {_SECRET}\n!\n"
            "ip domain-name govnet.invalid\nip ssh version 2\nip http server\nservice timestamps log uptime\n!\n"
            f"interface {{{{ management.name }}}}\n ip address {_ADDRESS}\n no shutdown\n!\n"
            "line con 0\n exec-timeout 0 0\n login local\n"
            "line vty 0 4\n exec-timeout 0 0\n login local\n transport input telnet ssh\n"
            "line vty 5 15\n exec-timeout 60 0\n login local\n transport input telnet ssh\n!\nend\n"
        ),
        "",
    ),
    "ruijie_os": (
        "RSR20-X",
        "GigabitEthernet 0/0",
        (
            "hostname {{ hostname }}\n!\n"
            f"username {{{{ user }}}} privilege 15 secret 0 {_SECRET}\n!\n"
            "enable service ssh-server\nenable service telnet-server\nip ssh version 2\n!\n"
            f"interface {{{{ management.name }}}}\n ip address {_ADDRESS}\n!\n"
            "line vty 0 4\n exec-timeout 60 0\n transport input telnet ssh\n login local\n!\nend\n"
        ),
        "",
    ),
    "hillstone_stoneos": (
        "SG-6000-E1600",
        "ethernet0/0",
        (
            'hostname {{ hostname }}\nadmin user "{{ user }}"\n  role admin\n'
            f"  password {_SECRET}\n  access console\n  access ssh\nexit\n"
            f'interface {{{{ management.name }}}}\n  zone "trust"\n  ip address {_ADDRESS}\n'
            "  manage ssh\n  manage telnet\n  manage http\n  manage ping\nexit\nconsole timeout 0\nssh timeout 60\n"
        ),
        "",
    ),
    "fortinet": (
        "FortiGate-100F",
        "port1",
        (
            'config system global\n    set hostname "{{ hostname }}"\n    set admintimeout 240\nend\n'
            'config system interface\n    edit "{{ management.name }}"\n        set vdom "root"\n'
            f"        set ip {_ADDRESS}\n        set allowaccess ping ssh http telnet\n    next\nend\n"
            'config system admin\n    edit "{{ user }}"\n        set accprofile "super_admin"\n'
            '        set vdom "root"\n'
            f"        set password {_SECRET}\n    next\nend\n"
        ),
        "",
    ),
    "frr": (
        "Linux/FRR",
        "eth0",
        (
            "frr defaults traditional\nhostname {{ hostname }}\nservice integrated-vtysh-config\n!\n"
            "interface {{ management.name }}\n ip address {{ management.address }}\nexit\n!\n"
            "line vty\n exec-timeout 0 0\nexit\n!\nend\n"
        ),
        "",
    ),
}


def _weak(root: Path, make_city: Callable[..., Any], kinds: Iterable[str]) -> Any:
    """A device of each of these languages with weaknesses, and its archive."""
    made = make_city(root, len(list(kinds)), 83, {kind: WEAK[kind] for kind in kinds})
    (made.root / "govnet.yaml").write_text(
        "title: 试验市\nlab: emulated\nmanagers: [10.77.0.0/16]\n"
        "services: {ntp: [192.0.2.1], syslog: [192.0.2.2], snmp_manager: [10.77.0.9], dns: []}\n",
        encoding="utf-8",
    )
    # StoneOS has no guard: what touches the way to it is refused but where there is another.
    table = made.root / "inventory" / "devices.csv"
    rows = table.read_text(encoding="utf-8").splitlines()
    rows = [row.removesuffix("no") + "yes" if "hillstone" in row else row for row in rows]
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    made.policy("waves: [rest]\n")
    control.up(made.root)
    assert made.json("config", "backup", "--lab")["ok"]
    return made


@pytest.fixture
def weak(tmp_path: Path, make_city: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """Makes a city of weak devices with a running lab."""
    made: list[Any] = []

    def make(*kinds: str) -> Any:
        made.append(_weak(tmp_path / "town", make_city, kinds))
        return made[-1]

    yield make
    for city in made:
        city.close()


def found(city: Any) -> dict[str, set[str]]:
    """What an audit of the archive finds weak, by device."""
    report = city.json("audit", "run", "archive:", "--level", "3")
    return {
        device["name"]: {name for name, fact in device["facts"].items() if fact["value"]}
        for device in report["devices"]
    }


def send(city: Any, stage: str) -> None:
    """A stage, and the backup behind it."""
    sent = city.json("rollout", "start", "--lab", "--commit", "--allow-reboot", "--stage", stage, "--reason", "audit")
    assert {row["state"] for row in sent["devices"]} == {"changed"}, sent


def loop(city: Any) -> None:
    """Audit, fix, rollout, backup, audit."""
    before = found(city)
    told = city.json("audit", "fix", "--out", str(city.root / "fix"))
    promised = {device["name"]: {each["fact"] for each in device["closed"]} for device in told["devices"]}
    assert set(promised) == set(before)
    assert all(len(facts) >= 2 for facts in promised.values()), promised
    for stage in told["stages"]:
        send(city, stage)
    assert city.json("config", "backup", "--lab")["ok"]
    shown = {
        device["name"]: {fact for each in device["closed"] for fact in each["shows"]} for device in told["devices"]
    }
    assert found(city) == {name: facts - promised[name] | shown[name] for name, facts in before.items()}


def test_what_is_promised_is_closed_and_nothing_else_changes(weak: Callable[..., Any]) -> None:
    """The audit behind the rollouts finds exactly what `audit fix` said would be left."""
    loop(weak("huawei", "fortinet", "frr"))


@pytest.mark.soak
def test_the_loop_closes_in_eight_languages(weak: Callable[..., Any]) -> None:
    """The same for all; then a community goes that the archive masks."""
    city = weak(*WEAK)
    loop(city)
    named = city.json("audit", "fix", "--only", "snmp_v1v2c", "--out", str(city.root / "named"))
    assert [(device["platform"], device["closed"][0]["fact"]) for device in named["devices"]] == [
        ("huawei", "snmp_v1v2c")
    ]
    send(city, named["stages"][0])
    assert city.json("config", "backup", "--lab")["ok"]
    assert "snmp_v1v2c" not in found(city)["r000"]
