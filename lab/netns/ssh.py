"""OpenSSH in a node: its own host key, passwords, any address of the node."""

from __future__ import annotations

from lab.netns.parts import Part
from lab.netns.spec import File, Folder

# UsePAM no: the node's own /etc/shadow decides, not the machine's PAM set-up.
_CONFIG = """\
Include /etc/ssh/sshd_config.d/*.conf
Port {port}
HostKey /etc/ssh/host_key
PidFile /run/sshd.pid
UsePAM no
UseDNS no
PermitRootLogin no
PasswordAuthentication yes
KbdInteractiveAuthentication no
PrintMotd no
X11Forwarding no
LogLevel VERBOSE
MaxStartups 100:30:200
MaxSessions 100
Subsystem sftp internal-sftp
"""
# What a login waits when the device is to be slow.
SLOW = (
    'ForceCommand sleep 3; if [ -n "$SSH_ORIGINAL_COMMAND" ]; then eval "$SSH_ORIGINAL_COMMAND"; '
    'else exec "$SHELL" -l; fi\n'
)
# Accepts connections and never says a word: the kernel completes the handshake, nobody reads.
MUTE = (
    "python3 -c 'import os, signal, socket\n"
    's = socket.create_server(("", {port}), backlog=200)\n'
    "if os.fork() == 0:\n os.setsid(); signal.pause()' &"
)


def host_key() -> str:
    """A new Ed25519 private key in OpenSSH's format."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - start-up time
        Ed25519PrivateKey,
    )
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - start-up time
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()


def ssh(port: int, *, slow: bool = False, mute: bool = False, root: bool = False) -> Part:
    """An SSH server on `port`. `mute` puts something in its place that accepts and never answers.

    `root`: users with root's number may log in, whatever the files say; on a real host they are others, with sudo.
    """
    if mute:
        return Part(lines=(MUTE.format(port=port),))
    return Part(
        files={
            "/etc/ssh/sshd_config": File(_CONFIG.format(port=port) + (SLOW if slow else "")),
            "/etc/ssh/host_key": File(host_key(), 0o600),
        },
        folders={"/etc/ssh": Folder(), "/etc/ssh/sshd_config.d": Folder(), "/run/sshd": Folder()},
        lines=(f"/usr/sbin/sshd -E /var/log/sshd.log{' -o PermitRootLogin=yes' if root else ''}",),
    )
