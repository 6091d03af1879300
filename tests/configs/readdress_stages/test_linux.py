"""A VPN gateway's files over the stages: sets and selectors hold both networks, an interface both addresses."""

from __future__ import annotations

from ipaddress import ip_network

from configs import dialects
from configs.readdress import stages
from configs.readdress.engine import Source
from configs.readdress.stages_model import Stage
from configs.readdress_policy import Policy
from ipplan.mapping import Entry, Mapping, Mode

TEXT = """\
### /etc/network/addresses
address replace 203.0.113.2/24 dev eth0
link set dev eth0 up
address replace 10.160.0.1/27 dev eth1
link set dev eth1 up
### /etc/network/routes
route replace 0.0.0.0/0 via 203.0.113.254
route replace 10.160.1.0/24 via 203.0.113.9
### /etc/nftables.conf
table inet govnet {
	set lan {
		type ipv4_addr
		elements = { 10.160.0.0/27, 10.9.0.0/16,
			10.160.1.0/24 }
	}
}
### /etc/swanctl/swanctl.conf
connections {
	vpn-a {
		children {
			vpn-a {
				local_ts = 10.160.0.0/27, 10.160.1.0/24
				remote_ts = 10.64.0.0/13
			}
		}
	}
}
"""


def behind() -> dict[Stage, str]:
    """The text behind each stage in which something is sent."""
    dialect = dialects.dialect("linux")
    places = dialect.places()
    assert places is not None
    source = Source("vg.cfg", "linux", dialect.parse(TEXT.encode()), places, dialect.mask)
    entry = Entry("default", ip_network("10.160.0.0/16"), ip_network("10.162.0.0/16"), Mode.SAME_SIZE)
    made = stages.make([source], Mapping((entry,)), Policy())
    assert made.problems == []
    return {one.stage: one.devices[0].text.decode() for one in made.stages if one.devices and one.devices[0].parts}


def test_both_networks_stand_beside_each_other() -> None:
    """In the one stage the new ones come behind the old ones, in the other those go; between, nothing is sent."""
    found = behind()
    assert list(found) == [Stage.ADD, Stage.REMOVE]
    added = found[Stage.ADD]
    for line in (
        "address replace 10.160.0.1/27 dev eth1\naddress replace 10.162.0.1/27 dev eth1\n",
        "elements = { 10.160.0.0/27, 10.162.0.0/27, 10.9.0.0/16,\n\t\t\t10.160.1.0/24, 10.162.1.0/24 }\n",
        "local_ts = 10.160.0.0/27, 10.162.0.0/27, 10.160.1.0/24, 10.162.1.0/24\n",
        "route replace 10.160.1.0/24 via 203.0.113.9\n",
        "route replace 10.162.1.0/24 via 203.0.113.9\n",
        "remote_ts = 10.64.0.0/13\n",
    ):
        assert line in added
    assert found[Stage.REMOVE] == TEXT.replace("10.160.", "10.162.")


def test_an_order_that_differs_is_a_difference() -> None:
    """The first rule of a chain that fits decides."""
    dialect = dialects.dialect("linux")
    text = "### /etc/nftables.conf\ntable inet x {\n\tchain y {\n\t\tip saddr 10.0.0.1 drop\n\t\taccept\n\t}\n}\n"
    turned = text.replace("ip saddr 10.0.0.1 drop\n\t\taccept", "accept\n\t\tip saddr 10.0.0.1 drop")
    assert not dialect.change(dialect.parse(text.encode()), dialect.parse(turned.encode())).empty
    assert dialect.change(dialect.parse(text.encode()), dialect.parse(text.encode())).empty
