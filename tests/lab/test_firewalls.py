"""A lab with firewalls whose first text is a template of the workspace."""

from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path

import asyncssh
import pytest

from inventory import workspace
from lab import control
from tests.patience import PATIENCE

EXAMPLE = Path(__file__).parents[2] / "examples" / "lianyuan"
STONEOS = """hostname {{ hostname }}
interface {{ management.name }}
  zone trust
  ip address {{ management.address.with_netmask | replace('/', ' ') }}
  manage ssh
  manage ping
exit
admin user {{ user }}
  password "{{ secret('password') }}"
  role admin
  access ssh
exit
"""
FORTIOS = """config system global
    set hostname "{{ hostname }}"
end
config system interface
    edit "{{ management.name }}"
        set mode static
        set ip {{ management.address.with_netmask | replace('/', ' ') }}
        set allowaccess ping ssh
    next
end
config system admin
    edit "{{ user }}"
        set accprofile "super_admin"
        set password "{{ secret('password') }}"
    next
end
"""
DEVICES = """fw-a,dc-city,border-firewall,hillstone_stoneos,SG-6000-E1600,10.253.0.201/24,ethernet0/1,22,firewall,yes
fw-b,dc-city,border-firewall,fortinet,FortiGate-100F,10.253.0.202/24,mgmt,22,firewall,yes
"""


@pytest.fixture
def root(tmp_path):
    from configs.dialects import platforms
    from ipplan import allocate, plan, policy_file

    folder = tmp_path / "w"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".lab", "secrets"))
    (folder / "secrets").mkdir(mode=0o700)
    text = (folder / "inventory" / "credentials.yaml").read_text(encoding="utf-8")
    for name in set(re.findall(r"file:secrets/([\w-]+)", text)):
        (folder / "secrets" / name).write_text(f"Aa1-{name}-Zz9\n", encoding="utf-8")
        (folder / "secrets" / name).chmod(0o600)
    with (folder / "inventory" / "devices.csv").open("a", encoding="utf-8") as stream:
        stream.write(DEVICES)
    loaded = workspace.load(folder, platforms=platforms())
    made = allocate.make(loaded.inventory, policy_file.load(folder / "plan" / "policy.yaml"), None)
    plan.write(made, folder / "plan" / "plan.csv")
    yield folder
    control.down(folder)


def test_firewalls_start_with_their_template(root):
    """Both boot with what the workspace's template types at their console, and let the inventory's user in."""
    for platform, text in (("hillstone_stoneos", STONEOS), ("fortinet", FORTIOS)):
        path = root / "templates" / platform / "bootstrap.j2"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    state = control.up(root, where="name=fw-a or name=fw-b")
    password = (root / "secrets" / "firewall-password").read_text(encoding="utf-8").strip()
    user = workspace.load(root).inventory.credentials["firewall"].username

    async def prompt(name, leave):
        endpoint = state.nodes[name].ssh
        async with asyncssh.connect(
            endpoint.host, endpoint.port, username=user, password=password, known_hosts=None, config=None
        ) as connection:
            session = await connection.create_process(term_type="vt100")
            session.stdin.write(leave)
            async with asyncio.timeout(PATIENCE):
                return await session.stdout.read()

    assert asyncio.run(prompt("fw-a", "exit\n")) == "fw-a# exit\r\n"
    assert asyncio.run(prompt("fw-b", "exit\n")) == "fw-b # exit\r\n"


def test_without_a_template_they_are_not_started(root, monkeypatch):
    """A platform that nobody has a first text for is listed with the reason; the rest of the lab runs."""
    from configs import render
    from inventory.errors import Problem, TemplateError
    from inventory.text import Message

    original = render.bootstrap

    def bootstrap(loaded, plan, name):
        if name in ("fw-a", "fw-b"):
            raise TemplateError([Problem("template-missing", Message("x"), Message("y"))])
        return original(loaded, plan, name)

    monkeypatch.setattr(render, "bootstrap", bootstrap)
    state = control.up(root, where="name=fw-a or name=rt-lantian")
    assert list(state.nodes) == ["rt-lantian"]
    skipped = {item.device: str(item.why) for item in state.skipped}
    assert "templates/hillstone_stoneos/bootstrap.j2" in skipped["fw-a"]
