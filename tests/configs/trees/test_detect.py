"""Short texts: what tells a language is enough, what several have is not."""

from __future__ import annotations

import time

import pytest

from configs.detect import detect
from inventory.errors import InputError

OWN = {
    "set interfaces ge-0/0/0 unit 0 family inet address 10.0.0.1/24\n": "juniper_junos",
    "interfaces {\n    ge-0/0/0 {\n        unit 0 {\n            family inet;\n        }\n    }\n}\n": "juniper_junos",
    'config firewall address\n    edit "a"\n        set subnet 10.0.0.0 255.0.0.0\n    next\nend\n': "fortinet",
    "set deviceconfig system hostname a\nset network interface ethernet ethernet1/1\n": "paloalto_panos",
    "define host add name H:web ipaddr '192.0.2.10 '\n": "topsec_tos",
    "sysname A\n#\ninterface LoopBack0\n ip address 10.0.0.1 255.255.255.255\n#\nreturn\n": "huawei",
    "interface Vlan-interface10\n ip address 10.0.0.1 24\n#\nacl advanced 3000\n rule 5 permit ip\n": "hp_comware",
    "interface GigabitEthernet0/0\n nameif inside\n security-level 100\n ip address 10.0.0.1 255.0.0.0\n": "cisco_asa",
    "feature ospf\nfeature bgp\nvrf context A\n": "cisco_nxos",
    "route-policy IN\n  pass\nend-policy\n!\nprefix-set A\n  10.0.0.0/8\nend-set\n": "cisco_xr",
    "frr version 8.4\nhostname a\n": "frr",
    'ip vrouter "trust-vr"\n  snatrule id 1 from "a" to "Any" service "Any" trans-to eif-ip mode dynamicport\nexit\n': (
        "hillstone_stoneos"
    ),
}
NOBODYS = (
    "",
    "\n\n\n",
    "hostname a\n",
    "10.1.1.1\n10.1.1.2\n",
    "interface GigabitEthernet0/0/1\n ip address 10.1.1.1 255.255.255.0\n",
    "acl number 3000\n rule 5 permit ip source 10.1.1.0 0.0.0.255\n",
    "ip route 0.0.0.0 0.0.0.0 10.1.1.1\n",
    "router ospf 1\n network 10.0.0.0 0.0.0.255 area 0\n",
    "# to do\nchange 10.1.1.1 to 10.2.2.2 at the weekend\n",
    "old,new\n10.1.0.0/16,10.2.0.0/16\n",
    "- vendor: h3c\n  before: |\n    acl advanced name mgmt\n      rule 8 permit ip\n    irf mac-address persistent\n",
    '<?xml version="1.0"?>\n<config version="10.1.0"><set>set deviceconfig system</set></config>\n',
    '{\n  "hostname": "a",\n  "feature": "ospf"\n}\n',
    "set interfaces ethernet eth0 address '10.1.1.1/24'\nset system host-name vyos\n",
    "server {\n  listen 80;\n  location / {\n  }\n}\n",
    "language-mode chinese\nsecurity-policy P src-zone a\n",
)


@pytest.mark.parametrize(("text", "platform"), OWN.items())
def test_own(text, platform):
    """A few lines that only one language has are enough; line ends do not matter."""
    assert detect(text).platform == platform
    assert detect(text.replace("\n", "\r\n").encode("utf-8-sig")).platform == platform


@pytest.mark.parametrize("text", NOBODYS)
def test_nobodys(text):
    """What several languages share, or none, is not guessed at; the next best are named with their chance."""
    found = detect(text)
    assert found.platform == ""
    assert all(share < 0.8 for _, share in found.others)
    assert list(found.others) == sorted(found.others, key=lambda row: -row[1])


def test_two_languages_in_one_file():
    """A file of two languages is of neither."""
    texts = list(OWN)
    assert detect(texts[0] * 3 + texts[2] * 3).platform == ""


def test_undecodable():
    """Bytes that are no text are an error, as everywhere."""
    with pytest.raises(InputError):
        detect(b"sysname \xff\xff\xff\n")


def test_a_long_text_is_no_longer_work():
    """A list of 100,000 lines takes no longer than its beginning and its end."""
    text = "ip access-list extended A\n" + "".join(
        f" permit ip any host 10.{n % 250}.{n // 250 % 250}.1\n" for n in range(100_000)
    )
    start = time.process_time()
    assert detect(text).platform in {"cisco_ios", ""}
    assert time.process_time() - start < 10
