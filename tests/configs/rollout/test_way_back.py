"""The way back from a masked text: secrets come from the device, never from the mask."""

from __future__ import annotations

from configs.archive import masked
from configs.way_back import way_back

BEFORE = b"""!
hostname r1
!
username li privilege 15 secret 5 $1$abcd$0123456789012345678901
!
snmp-server community Open-1 RO
snmp-server community Open-2 RO
!
interface Loopback0
 description before
!
router bgp 65001
 neighbor 10.0.0.2 password Peer-1
 neighbor 10.0.0.2 remote-as 65002
!
end
"""


def test_a_text_without_secrets_stays_as_it_is() -> None:
    """Byte for byte."""
    text = "hostname r1\ninterface Loopback0\n description 涟源\n".encode("gb18030")
    assert way_back("cisco_ios", text, b"hostname r2\n").text == text


def test_secrets_are_those_that_the_device_has() -> None:
    """Masked and filled again, the text is what it was; what else has changed does not matter."""
    now = BEFORE.replace(b"description before", b"description after").replace(b"hostname r1", b"hostname r2")
    back = way_back("cisco_ios", masked("cisco_ios", BEFORE), now)
    assert back.lost == ()
    assert back.text == BEFORE


def test_a_line_that_the_change_took_away_is_named() -> None:
    """Nobody has its secret: it is left out of the text, and never sent with its mask."""
    now = BEFORE.replace(b"snmp-server community Open-2 RO\n", b"").replace(
        b" neighbor 10.0.0.2 password Peer-1\n", b""
    )
    back = way_back("cisco_ios", masked("cisco_ios", BEFORE), now)
    assert len(back.lost) == 2
    assert all("***" in line for line in back.lost)
    assert b"***" not in back.text
    assert back.text == now


def test_a_view_that_is_gone_takes_its_secrets_with_it() -> None:
    """The view comes back, the line with the secret in it is named."""
    now = BEFORE[: BEFORE.index(b"router bgp")] + b"end\n"
    back = way_back("cisco_ios", masked("cisco_ios", BEFORE), now)
    assert back.lost == ("neighbor 10.0.0.2 password ***",)
    assert b"router bgp 65001\n neighbor 10.0.0.2 remote-as 65002" in back.text
