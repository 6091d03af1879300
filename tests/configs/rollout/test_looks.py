"""Checks as data: the answers of several vendors, those that say that there is nothing, those nobody understands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from configs import dialects
from configs.looks import look, looks
from inventory.errors import CommandError, DeviceError

if TYPE_CHECKING:
    from collections.abc import Mapping

# Written after the vendors' manuals: columns and heads as they print them, addresses invented.
OSPF = {
    "huawei": """\t OSPF Process 1 with Router ID 10.1.1.1
\t\t  Peer Statistic Information
 ----------------------------------------------------------------------------
 Area Id          Interface                        Neighbor id      State
 0.0.0.0          GigabitEthernet0/0/0             10.1.1.2         Full
 0.0.0.0          GigabitEthernet0/0/1             10.1.1.3         Init
 ----------------------------------------------------------------------------
""",
    "hp_comware": """         OSPF Process 1 with Router ID 10.1.1.1
               Neighbor Brief Information

 Area: 0.0.0.0
 Router ID       Address         Pri Dead-Time  State             Interface
 10.1.1.2        10.9.0.2        1   40         Full/DR           GE0/1
 10.1.1.3        10.9.0.6        1   35         Init/ -           GE0/2
""",
    "cisco_ios": """
Neighbor ID     Pri   State           Dead Time   Address         Interface
10.1.1.2          1   FULL/DR         00:00:31    10.9.0.2        GigabitEthernet0/1
10.1.1.3          1   INIT/DROTHER    00:00:33    10.9.0.6        GigabitEthernet0/2
""",
    "ruijie_os": """OSPF process 1, 2 Neighbors, 1 is Full:
Neighbor ID     Pri   State                BFD State  Dead Time   Address         Interface
10.1.1.2          1   Full/BDR             -          00:00:38    10.9.0.2        GigabitEthernet 0/1
10.1.1.3          1   Init/DROther         -          00:00:38    10.9.0.6        GigabitEthernet 0/2
""",
    "frr": """
Neighbor ID     Pri State           Up Time         Dead Time Address         Interface             RXmtL RqstL DBsmL
10.1.1.2          1 Full/DR         1m02s             38.114s 10.9.0.2        eth1:10.9.0.1             0     0     0
10.1.1.3          1 Init/DROther    2s                38.114s 10.9.0.6        eth2:10.9.0.5             0     0     0

""",
}
BGP = {
    "huawei": """
 BGP local router ID : 10.1.1.1
 Local AS number : 65001
 Total number of peers : 2\t\t  Peers in established state : 1

  Peer            V          AS  MsgRcvd  MsgSent  OutQ  Up/Down       State PrefRcv
  10.9.1.2        4       65002       10       12     0 00:00:33 Established       4
  10.9.1.6        4       65003        0        0     0 00:00:33      Active       0
""",
    "hp_comware": """
 BGP local router ID: 10.1.1.1
 Local AS number: 65001
 Total number of peers: 2                  Peers in established state: 1

  * - Dynamically created peer
  Peer                    AS  MsgRcvd  MsgSent OutQ  PrefRcv Up/Down  State
  10.9.1.2             65002       13       16    0        1 00:10:34 Established
  10.9.1.6             65003        0        0    0        0 00:10:34 Connect
""",
    "cisco_ios": """BGP router identifier 10.1.1.1, local AS number 65001
Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
10.9.1.2        4        65002      10      12        3    0    0 00:05:11        4
10.9.1.6        4        65003       0       0        1    0    0 never    Idle
""",
    "frr": """
IPv4 Unicast Summary (VRF default):
BGP router identifier 10.1.1.1, local AS number 65001 vrf-id 0

Neighbor        V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt Desc
10.9.1.2        4      65002        10        12        0    0    0 00:05:11            4        4 N/A
10.9.1.6        4      65003         0         0        0    0    0    never       Active        0 N/A

Total number of neighbors 2
""",
}
ROUTES = {
    "huawei": "Destination/Mask    Proto   Pre\n\n      10.2.0.0/16  Static  60   0   RD   10.9.0.2\n",
    "hp_comware": "Destination/Mask   Proto   Pre Cost        NextHop\n10.2.0.0/16        Static  60  0     10.9.0.2\n",
    "cisco_ios": "Codes: L - local\n\nGateway of last resort is not set\n\nS        10.2.0.0/16 [1/0] via 10.9.0.2\n",
    "frr": "Codes: K - kernel route, C - connected\n\nS>* 10.2.0.0/16 [1/0] via 10.9.0.2, eth1, weight 1, 00:00:05\n",
}
PING = {
    "huawei": ("    5 packet(s) transmitted\n    {n} packet(s) received\n", 5),
    "hp_comware": ("5 packet(s) transmitted, {n} packet(s) received, 0.0% packet loss\n", 5),
    "cisco_ios": ("Sending 5, 100-byte ICMP Echos\n!!!!!\nSuccess rate is {p} percent ({n}/5)\n", 5),
    "frr": ("3 packets transmitted, {n} received, 0% packet loss, time 2003ms\n", 3),
}


class Device:
    """Answers as it was told, and refuses the rest."""

    def __init__(self, **answers: str) -> None:
        self.answers = {name.replace("_", " "): text for name, text in answers.items()}
        self.asked: list[str] = []

    def cli(self, commands: list[str]) -> Mapping[str, object]:
        """Some answer by the command's words."""
        [command] = commands
        self.asked.append(command)
        for words, text in self.answers.items():
            if all(word in command for word in words.split()):
                return {command: text}
        raise CommandError("rt", command, "% Invalid input detected")


@pytest.mark.parametrize("platform", [*BGP])
def test_neighbours_that_are_up(platform: str) -> None:
    """Full OSPF neighbours and established BGP peers count, others do not."""
    device = Device(ospf=OSPF[platform], bgp=BGP[platform])
    assert addresses(look(device, "rt", platform, "neighbours")) == ["10.1.1.2", "10.9.1.2"]


def addresses(words: frozenset[str]) -> list[str]:
    """Who is named, without the interface on which he was seen."""
    return sorted(word for text in words for word in text.split() if word.count(".") == 3 and ":" not in word)


def test_two_links_to_one_neighbour_are_two() -> None:
    """One of them lost is a neighbour less."""
    line = " 0.0.0.0          GigabitEthernet0/0/0             10.1.1.2         Full\n"
    text = "Peer Statistic Information\n" + line + line.replace("0/0/0", "0/0/1")
    assert len(look(Device(ospf=text, bgp=""), "rt", "huawei", "neighbours")) == 2


def test_a_protocol_that_does_not_run_has_no_neighbours() -> None:
    """Told as an answer or as an error: no neighbours, and no fault."""
    assert addresses(look(Device(ospf=OSPF["huawei"], bgp=""), "rt", "huawei", "neighbours")) == ["10.1.1.2"]

    class Refusing(Device):
        def cli(self, commands: list[str]) -> Mapping[str, object]:
            if "bgp" in commands[0]:
                raise CommandError("rt", commands[0], "% BGP not active")
            return super().cli(commands)

    assert addresses(look(Refusing(ospf=OSPF["cisco_ios"]), "rt", "cisco_ios", "neighbours")) == ["10.1.1.2"]


@pytest.mark.parametrize("platform", [*ROUTES])
def test_routes(platform: str) -> None:
    """The prefixes of the routing table."""
    assert look(Device(route=ROUTES[platform], routing=ROUTES[platform]), "rt", platform, "routes") == {"10.2.0.0/16"}


@pytest.mark.parametrize("platform", [*PING])
def test_a_ping(platform: str) -> None:
    """Answers are a word, none is none."""
    text, count = PING[platform]
    assert look(Device(ping=text.format(n=count, p=100)), "rt", platform, "ping", "10.9.0.2")
    assert not look(Device(ping=text.format(n=0, p=0)), "rt", platform, "ping", "10.9.0.2")


def test_the_log_shows_errors_only() -> None:
    """Severities 0 to 3, by what they are of."""
    text = (
        "Logging buffer configuration and contents : enabled\n"
        "Nov 22 2026 10:00:00 r1 %%01OSPF/3/NBR_CHG_DOWN(l)[1]:Neighbor event\n"
        "Nov 22 2026 10:00:00 r1 %%01SHELL/5/CMDRECORD(s)[2]:Recorded command\n"
    )
    assert look(Device(logbuffer=text), "rt", "huawei", "log") == {"OSPF/3/NBR_CHG_DOWN"}
    text = "Syslog logging: enabled\n*Nov 22: %LINK-3-UPDOWN: Interface\n*Nov 22: %SYS-5-CONFIG_I: Configured\n"
    assert look(Device(logging=text), "rt", "cisco_ios", "log") == {"LINK-3-UPDOWN"}


@pytest.mark.parametrize("kind", ["neighbours", "routes", "ping", "log"])
@pytest.mark.parametrize("platform", ["huawei", "hp_comware", "cisco_ios", "ruijie_os", "frr", "linux"])
def test_what_is_not_understood_or_not_offered_is_an_error(platform: str, kind: str) -> None:
    """Nonsense is not an empty table, and neither is a platform of which nobody has written it down."""
    nonsense = Device(show="~~~ nonsense ~~~", display="~~~ nonsense ~~~", ping="~~~ nonsense ~~~")
    with pytest.raises(DeviceError) as caught:
        look(nonsense, "rt", platform, kind, "10.9.0.2")
    assert caught.value.message.in_language("zh_CN") != caught.value.message.in_language("en")
    if kind in looks(platform):
        with pytest.raises(DeviceError):
            look(Device(), "rt", platform, kind, "10.9.0.2")


def test_every_file_is_read() -> None:
    """The data of every dialect is sound, and its commands only look."""
    from configs.driver import LOOKS

    for platform in dialects.REGISTRY:
        for asked in looks(platform).values():
            assert all(LOOKS.match(one.command) or platform == "frr" for one in asked)
