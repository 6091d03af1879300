"""Ansible's network_cli as a client of benchmarks/push.py; it is no dependency of the project.

    python -m venv V && V/bin/pip install ansible ansible-pylibssh
    ANSIBLE_PLAYBOOK=V/bin/ansible-playbook python benchmarks/push.py --json

(or with `ansible-playbook` on the PATH). As fast as it goes: a process for each device (forks), strategy free, no
facts, libssh, no wait behind a prompt that has been seen (`ansible_buffer_read_timeout`), and no configuration read
beforehand to compare with. The lines come as `src`: given as `lines`, ios_config of cisco.ios 11 sends all of them
once for each of them. It checks each line's answer against its list of errors, as ours does.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SECONDS = 1800  # for all devices together
PLAYBOOK = """
- hosts: all
  gather_facts: false
  strategy: free
  tasks:
    - cisco.ios.ios_config:
        src: "{{ text }}"
        match: none
        save_when: always
    - cisco.ios.ios_command:
        commands: [show running-config]
      register: shown
    - ansible.builtin.assert:
        that: shown.stdout_lines[0] | select('in', wanted) | unique | length == wanted | length
        quiet: true
"""


def playbook() -> str | None:
    """The program; None if it is not installed."""
    return os.environ.get("ANSIBLE_PLAYBOOK") or shutil.which("ansible-playbook")


def push(addresses: Sequence[str], port: int, login: tuple[str, str], lines: Sequence[str], forks: int) -> None:
    """Push the lines to all devices, show the configuration, save. SystemExit with its last words if that fails."""
    program = playbook()
    if program is None:
        raise SystemExit("ansible-playbook is not installed")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = folder / "lines.cfg"
        text.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        (folder / "play.yml").write_text(PLAYBOOK, encoding="utf-8")
        (folder / "ansible.cfg").write_text("", encoding="utf-8")
        shared = {
            "ansible_port": port,
            "ansible_user": login[0],
            "ansible_password": login[1],
            "ansible_connection": "ansible.netcommon.network_cli",
            "ansible_network_os": "cisco.ios.ios",
            "ansible_network_cli_ssh_type": "libssh",
            "ansible_buffer_read_timeout": 0,
            "ansible_host_key_checking": False,
            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
            "text": str(text),
            "wanted": list(lines),
        }
        hosts = {f"d{number}": {"ansible_host": address} for number, address in enumerate(addresses)}
        (folder / "hosts.json").write_text(json.dumps({"all": {"hosts": hosts, "vars": shared}}), encoding="utf-8")
        environment = {
            **os.environ,
            "PATH": f"{Path(program).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": name,
            "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
            "ANSIBLE_FORKS": str(forks),
        }
        done = subprocess.run(
            [program, "-i", str(folder / "hosts.json"), str(folder / "play.yml")],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
    if done.returncode:
        raise SystemExit(f"ansible-playbook: {done.stdout[-2000:]}{done.stderr[-2000:]}")
