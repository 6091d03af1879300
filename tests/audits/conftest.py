"""What the tests of audits share: an invented network with seeded weaknesses."""

from __future__ import annotations

from pathlib import Path

import pytest

from audits import engine, pack
from audits.model import Document, LeftOut, Scope, Substitution
from inventory.text import Message

ROUTER = """\
sysname rt-anping
#
telnet server enable
#
acl number 2000
 rule 5 permit source any
#
aaa
 local-user admin password simple Plain-Secret-1
 local-user admin privilege level 15
#
snmp-agent community read public
#
interface GigabitEthernet0/0/0
 description 到县局
 ip address 10.20.1.1 255.255.255.252
#
user-interface con 0
 authentication-mode none
user-interface vty 0 4
 acl 2000 inbound
 authentication-mode aaa
 protocol inbound all
 idle-timeout 0 0
#
info-center loghost 10.255.0.10
return
"""
CORE = (Path(__file__).parents[1] / "configs" / "facts" / "mutations" / "cisco_ios.cfg").read_text(encoding="utf-8")
HOST = "frr version 8.4\nhostname rt-frr\npassword Plain-Secret-2\n!\nend\n"
STRANGE = "language-mode chinese\nsecurity-policy P src-zone a\n"


def documents() -> list[Document]:
    return [
        Document("rt-anping/running.cfg", ROUTER.encode(), "rt-anping", "huawei"),
        Document("core.cfg", CORE.encode()),
        Document("rt-frr.conf", HOST.encode()),
        Document("fw.conf", STRANGE.encode()),
    ]


@pytest.fixture(scope="session")
def report():
    """Level 3 over four devices: a weak one, a clean one, one that decides little, one that nobody can read."""
    return engine.run(
        documents(),
        pack.shipped("mlps"),
        3,
        title="涟源市电子政务外网",
        generated="2026-11-21",
        substitutions=[Substitution("fw-border", "topsec_tos", "linux", "no image can be run here")],
        scope=Scope(
            workspace=True,
            left_out=tuple(LeftOut(name, Message("nothing is read from it")) for name in ("fw-border", "vg-zfb")),
            lab="netns",
        ),
    )
