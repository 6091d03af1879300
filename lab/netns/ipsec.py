"""strongSwan in a node: IKE daemon with ESP in userspace, so that it needs no kernel that has ESP, or in the kernel.

In userspace, the plugin kernel-libipsec moves packets through a TUN interface, `ipsec0`, and wraps ESP in UDP 4500. It
must be loaded before kernel-netlink, which then only routes
(https://docs.strongswan.org/docs/5.9/plugins/kernel-libipsec.html). With the kernel's ESP, routes are the node's own.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from lab.netns.parts import Part
from lab.netns.spec import File, Folder

if TYPE_CHECKING:
    from collections.abc import Sequence

CHARON = "/usr/lib/ipsec/charon"
SOCKET = "unix:///run/charon.vici"
# kernel-libipsec before kernel-netlink: the first that offers ESP is taken.
PLUGINS = (
    "random nonce aes sha1 sha2 hmac kdf gcm openssl pem pkcs1 pkcs8 x509 constraints pubkey "
    "{userspace}kernel-netlink socket-default vici"
)
_CONFIG = """\
charon {{
    load_modular = no
    load = {plugins}
    install_routes = {routes}
    retransmit_tries = 4
    retransmit_timeout = 2.0
    plugins {{
        vici {{
            socket = {socket}
        }}
    }}
    filelog {{
        file {{
            path = /var/log/charon.log
            time_format = %H:%M:%S
            default = 1
            flush_line = yes
        }}
    }}
}}
swanctl {{
    load = random openssl pem pkcs1 pkcs8 x509
    socket = {socket}
}}
"""


# A daemon that listens and has not been told its connections yet refuses whoever calls (NO_PROPOSAL_CHOSEN), and the
# caller does not call again. In a lab all gateways begin within the same seconds, so each looks after its own calls.
_CALL = """\
(n=0
while [ $n -lt {times} ]; do
  sleep 1; n=$((n+1))
  for one in {names}; do
    [ -n "$(swanctl --list-sas --ike "$one")" ] || swanctl --initiate --ike "$one" --child "$one" --timeout 2
  done
done) >/var/log/calls.log 2>&1 </dev/null &"""
_TIMES = 45


def ipsec(calls: Sequence[str] = (), *, kernel: bool = False) -> Part:
    """The daemon and its connections, which stand below /etc/swanctl. Needs /dev/net/tun, or a `kernel` with ESP.

    `calls` are connections, with a child of the same name, that are opened from here.
    """
    plugins = PLUGINS.format(userspace="" if kernel else "kernel-libipsec ")
    config = _CONFIG.format(plugins=plugins, socket=SOCKET, routes="no" if kernel else "yes")
    return Part(
        files={"/etc/strongswan.conf": File(config)},
        folders={"/etc/swanctl": Folder(0o750)},
        lines=(
            f"{CHARON} </dev/null >/var/log/charon.start 2>&1 &",
            # The socket appears when the daemon is ready to be told its connections.
            "n=0; while [ ! -S /run/charon.vici ]; do n=$((n+1)); [ $n -le 300 ]; sleep 0.1; done",
            "swanctl --load-all --noprompt >/var/log/swanctl.log 2>&1 || { cat /var/log/swanctl.log; exit 1; }",
            *([_CALL.format(times=_TIMES, names=" ".join(map(shlex.quote, calls)))] if calls else []),
        ),
    )
