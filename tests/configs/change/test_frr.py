"""Rendered texts and merged candidates on real FRR daemons, each in namespaces of its own."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import pytest

from configs.dialects import dialect
from configs.render import BOOTSTRAP, Renderer
from tests.patience import PATIENCE

INIT = """\
set -e
hostname "$1"
mount -t tmpfs tmpfs /run; mount -t tmpfs tmpfs /var/log; mount -t tmpfs tmpfs /var/tmp
mkdir -p /run/frr /run/agentx; chown frr:frr /run/frr
mount --bind "$2" /etc/frr
chown -R frr:frr /etc/frr
ip link set lo up
for number in $(seq 0 25); do ip link add "eth$number" type veth peer name "p$number"; ip link set "eth$number" up; done
/usr/lib/frr/zebra -d -M snmp; /usr/lib/frr/staticd -d; /usr/lib/frr/ospfd -d -M snmp
sleep 1
vtysh -b >/dev/null
vtysh -c 'show running-config' > "$3/before"
"$4" "$5" "$3/before" "$3/full" > "$3/merged"
/usr/lib/frr/frr-reload.py --reload "$3/merged"
vtysh -c 'show running-config' > "$3/after"
"""

MERGE = """\
import sys
from pathlib import Path
from configs.dialects import dialect
spoken = dialect("frr")
running, intended = (spoken.parse(Path(name).read_bytes()) for name in sys.argv[1:])
sys.stdout.write(spoken.merged(running, intended))
"""


@pytest.mark.lab
@pytest.mark.parametrize(("name", "role"), [("rt-liumutang", "township-router"), ("core-city", "core")])
def test_reload_and_again(city, tmp_path, name, role):
    """After `frr-reload.py` with the merged text, FRR shows exactly what was intended, and nothing is left to do."""
    workspace, plan = city
    devices = dict(workspace.inventory.devices)
    devices[name] = dataclasses.replace(devices[name], platform="frr")
    derived = dataclasses.replace(workspace, inventory=dataclasses.replace(workspace.inventory, devices=devices))
    renderer = Renderer(derived, plan)

    def text(which):
        return renderer.render(name, role=which).text.replace("GigabitEthernet0/", "eth")

    etc = tmp_path / "etc"
    etc.mkdir()
    (etc / "vtysh.conf").write_text("service integrated-vtysh-config\n")
    (etc / "frr.conf").write_text(text(BOOTSTRAP))
    (tmp_path / "full").write_text(text(role))
    (tmp_path / "merge.py").write_text(MERGE)
    (tmp_path / "init").write_text(INIT)
    namespaces = ["unshare", "-m", "-n", "-p", "-u", "-f", "--kill-child", "--mount-proc", "--propagation", "private"]
    done = subprocess.run(
        [*namespaces, "sh", *map(str, (tmp_path / "init", name, etc, tmp_path, sys.executable, tmp_path / "merge.py"))],
        capture_output=True,
        timeout=PATIENCE,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    spoken = dialect("frr")
    after = spoken.parse((tmp_path / "after").read_bytes())
    change = spoken.change(after, spoken.parse((tmp_path / "full").read_bytes()), management=devices[name].address)
    assert change.diff == ""
