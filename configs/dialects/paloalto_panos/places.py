"""Where addresses stand in PAN-OS's `set` commands.

Sources: Palo Alto Networks' PAN-OS CLI and configuration references (9.1 to 11.1), Batfish's grammar, published
configurations. A row is what follows the template, the device group and the virtual system. A virtual or logical
router is a VRF; the router lists its interfaces elsewhere, so that an interface's address may be of any.

The references were not gone through page by page. Rows beyond the samples in the tests and the pages that are named
are from knowledge of the language and unverified on devices.
"""

from __future__ import annotations

from functools import cache

from configs.dialects.paloalto_panos.groups import GROUPS
from configs.places.table import Places, table

_LEAD = (
    "[config] [devices *] [panorama] [template|template-stack *] [config] [devices *] [panorama|shared] "
    "[device-group|vsys *] [network virtual-router|logical-router {vrf} [vrf *]]"
)


@cache
def places() -> Places:
    """The table; compiled once."""
    return table(
        TABLE,
        public=("default",),
        flat=True,
        lead=_LEAD,
        skip=("set", "delete", "edit"),
        groups=GROUPS,
        paired=r"static-ip|destination-translation",
    )


TABLE = r"""
deviceconfig system ip-address {interface} netmask {mask}
deviceconfig system ip-address|ipv6-address {host:interface-apart}
deviceconfig system ipv6-address {interface}/{len}
deviceconfig system netmask {fixed:mask-apart}
deviceconfig system ... default-gateway|ipv6-default-gateway {host:gateway}
deviceconfig system ... dns-setting servers primary {host:dns}
deviceconfig system ... dns-setting servers ... secondary {host:dns}
+deviceconfig system permitted-ip ... {prefix:management}/{len}|{prefix:management}
deviceconfig system ntp-servers ... ntp-server-address {host:ntp}
deviceconfig system panorama ... panorama-server|panorama-server-2 {host:server}
deviceconfig system ... panorama-server|panorama-server-2 {host:server}
deviceconfig system ... update-server|secure-proxy-server|lcaas-server|wildfire-server|public-cloud-server|server {host:server}
deviceconfig system route service * source address {interface:source}/{len}|{host:source}
deviceconfig system route service * source-v6 address {interface:source}/{len}|{host:source}
deviceconfig system route destination {prefix:server}/{len} source address {interface:source}/{len}|{host:source}
deviceconfig system route destination {prefix:server}/{len}
deviceconfig system route destination {host:server} source address {interface:source}/{len}|{host:source}
deviceconfig system route destination {host:server}
deviceconfig system snmp-setting ... manager {host:snmp}
deviceconfig system snmp-setting ... view * oid {fixed:oid}
deviceconfig system snmp-setting ... location|contact {text}
deviceconfig system login-banner|motd-and-banner {text}
deviceconfig system hostname {name}
deviceconfig system device-telemetry|inline-cloud|type ... {host:server}
deviceconfig high-availability ... peer-ip|peer-ip-backup {host:peer}
deviceconfig high-availability interface * ip-address {interface} netmask {mask}
deviceconfig high-availability interface * ip-address {host:interface-apart}
deviceconfig high-availability interface * ipv6-address {interface}/{len}
deviceconfig high-availability interface * netmask {fixed:mask-apart}
deviceconfig high-availability interface * gateway {host:gateway}
deviceconfig high-availability ... destination-ip|destination-ip-group ... {host:probe}
deviceconfig high-availability ... virtual-address ... ip|ipv6 {host:virtual}
deviceconfig high-availability ... ip {host:virtual}
deviceconfig setting ... management|custom-logo|wildfire ... {host:server}

?network interface ethernet|aggregate-ethernet|vlan|loopback|tunnel|cellular ... ip|address {interface}/{len}
?network interface ethernet|aggregate-ethernet|vlan|loopback|tunnel|cellular ... arp {host:arp}
?network interface ethernet|aggregate-ethernet|vlan|loopback|tunnel|cellular ... neighbor ... {host:arp}
?network interface ethernet|aggregate-ethernet|vlan|loopback|tunnel|cellular ... default-gateway|gateway {host:gateway}
?network interface ethernet|aggregate-ethernet|vlan|loopback|tunnel|cellular ... static-address|remote-address|peer-address ... {host:peer}
?network interface ethernet|aggregate-ethernet|vlan|loopback|tunnel|cellular ... ip-address|ip {host}
?network interface ethernet|aggregate-ethernet|vlan|loopback|tunnel|cellular ... dns-support|server ... {host:dns}
network interface ... comment {text}
+network profiles interface-management-profile * permitted-ip ... {prefix:management}/{len}|{prefix:management}
network profiles monitor-profile {name}

routing-table ip|ipv6 static-route * ... destination {prefix:route}/{len}
routing-table ip|ipv6 static-route * ... destination {prefix:route}
routing-table|protocol|multicast ... destination {prefix:route}/{len}
routing-table|protocol|multicast ... nexthop ip-address|ipv6-address {host:next-hop}
routing-table|protocol|multicast ... monitor-destinations * source {interface:source}/{len}|{host:source}
routing-table|protocol|multicast ... monitor-destinations * destination {host:probe}
routing-table|protocol|multicast ... path-monitor ... destination {host:probe}
routing-table|protocol|multicast ... path-monitor ... source {interface:source}/{len}|{host:source}
protocol ospf|ospfv3 area {fixed:area} range {prefix:aggregate}/{len}
protocol ospf|ospfv3 area {fixed:area} virtual-link * neighbor-id {id} transit-area-id {fixed:area}
protocol ospf|ospfv3 area {fixed:area} virtual-link * neighbor-id {id}
protocol ospf|ospfv3 area {fixed:area} virtual-link * transit-area-id {fixed:area}
protocol ospf|ospfv3 area {fixed:area} interface * ... neighbor {host:peer}
protocol ospf|ospfv3 area {fixed:area}
routing-table|protocol|multicast ... area-range|ext-range|nssa-ext-range|range {prefix:aggregate}/{len}
protocol ospf|ospfv3|bgp ... export-rules {prefix:route}/{len}
routing-table|protocol|multicast ... bgp ... redist-rules {prefix:bgp-network}/{len}
routing-table|protocol|multicast ... router-id|cluster-id {id}
routing-table|protocol|multicast ... peer-address ip {host:peer}
routing-table|protocol|multicast ... local-address ip {interface:source}/{len}|{host:source}
+routing-table|protocol|multicast ... address-prefix {prefix:prefix-list}/{len} exact yes
# Without `exact yes` whatever lies in the prefix is meant.
+routing-table|protocol|multicast ... address-prefix ... {prefix:policy}/{len}
routing-table|protocol|multicast ... from-peer|next-hop|nexthop ... {prefix:next-hop}/{len}|{host:next-hop}
routing-table|protocol|multicast ... aggregation address * prefix {prefix:aggregate}/{len}
routing-table|protocol|multicast ... prefix ... {prefix:bgp-network}/{len}
routing-table|protocol|multicast ... network {prefix:bgp-network}/{len}
routing-table|protocol|multicast ... advertise|non-exist|suppress-filters|advertise-filters ... {prefix:bgp-network}/{len}
routing-table|protocol|multicast ... rp ... address|rp-address {interface:rp}/{len}|{host:rp}
routing-table|protocol|multicast ... external-rp {host:rp} ... group-addresses|group-address {prefix:group}/{len}
routing-table|protocol|multicast ... external-rp {host:rp}
routing-table|protocol|multicast ... filter ospf area {fixed:area}
routing-table|protocol|multicast ... group-addresses|group-address ... {prefix:group}/{len}|{host:group}
routing-table|protocol|multicast ... source-address ... {prefix:source}/{len}|{host:source}
routing-table|protocol|multicast ... filter ... destination ... {prefix:prefix-list}/{len}
routing-table|protocol|multicast ... neighbor {host:peer}
routing-table|protocol|multicast ... rip ... {host:peer}
network routing-profile ... prefix|network {prefix:prefix-list}/{len}
network routing-profile ... address|network {prefix:acl} wildcard|mask {wild}
network routing-profile ... next-hop|nexthop ... {host:next-hop}
network routing-profile filters access-list ... address {prefix:acl}/{len}|{prefix:acl}

?network ike gateway * ... peer-address [ip] {host:tunnel-destination}
?network ike gateway * ... local-address [interface *] [ip|floating-ip] {interface:tunnel-source}/{len}|{host:tunnel-source}
?network ike gateway * peer-id ... id {host:peer}
?network ike gateway * local-id ... id {host:peer}
?network ike gateway * ... comment {text}
network ike gateway {name}
?network tunnel ipsec * auto-key proxy-id|proxy-id-v6 * local {prefix:ipsec}/{len} remote {prefix:ipsec}/{len}
?network tunnel ipsec * ... local|remote {prefix:ipsec}/{len}|{prefix:ipsec}
?network tunnel ipsec * tunnel-monitor ... destination-ip {host:probe}
?network tunnel ipsec * manual-key ... peer-address {host:tunnel-destination}
?network tunnel ipsec * manual-key ... local-address ... {interface:tunnel-source}/{len}|{host:tunnel-source}
?network tunnel ipsec * global-protect-satellite ... portal-address {host:server}
?network tunnel ipsec * global-protect-satellite ... ip|floating-ip {interface:tunnel-source}/{len}|{host:tunnel-source}
?network tunnel ipsec * global-protect-satellite ... publish-routes ... {prefix:route}/{len}
?network tunnel ipsec * auto-key ike-gateway {name}
network tunnel ipsec {name}
?network tunnel gre * local-address ... ip {interface:tunnel-source}/{len}|{host:tunnel-source}
?network tunnel gre * peer-address ip {host:tunnel-destination}
?network tunnel global-protect-gateway * ... ip-pool|split-tunneling|access-route|exclude-access-route ... {first:pool}-{last}|{prefix:pool}/{len}
?network tunnel global-protect-gateway * ... primary|secondary {host:dns}
?network tunnel global-protect-gateway * local-address ... {interface:source}/{len}|{host:source}
?network tunnel global-protect-site-to-site * ... {first:pool}-{last}|{prefix:pool}/{len}|{host:pool}

?network dhcp interface * server ip-pool ... {first:dhcp}-{last}|{prefix:dhcp}/{len}|{host:dhcp}
?network dhcp interface * server reserved {host:dhcp}
?network dhcp interface * server option gateway {host:gateway}
?network dhcp interface * server option subnet-mask {fixed:mask-apart}
?network dhcp interface * server option ... primary|secondary {host:dhcp}
?network dhcp interface * server option ... ip|ip-address ... {host:dhcp}
?network dhcp interface * relay ip|ipv6 server ... {host:relay}
?network tunnel global-protect-gateway * ... {first:pool}-{last}|{prefix:pool}/{len}
?network dns-proxy * ... primary|secondary {host:dns}
?network dns-proxy * static-entries * address ... {host:dns}

?address * ip-netmask {prefix:object}/{len}
?address * ip-netmask {prefix:object}
?address * ip-range {first:object}-{last}
?address * ip-wildcard {prefix:object}/{wild}
address * description {text}
address * fqdn|tag {name}
address {name}
?address-group * static ... {prefix:object}/{len}
address-group * description {text}
address-group * static ... {name}
address-group {name}
?external-list * ... url *://{host:url}*
?+external-list * ... exception-list ... {prefix:policy}/{len}|{host:policy}
?region * address ... {first:object}-{last}|{prefix:object}/{len}|{host:object}

rulebase|pre-rulebase|post-rulebase * rules * description|audit-comment {text}
rulebase|pre-rulebase|post-rulebase * rules * tag|group-tag ... {name}
?+rulebase|pre-rulebase|post-rulebase nat rules * source ... {first:nat-inside}-{last}|{prefix:nat-inside}/{len}|{host:nat-inside}
?+rulebase|pre-rulebase|post-rulebase nat rules * destination ... {first:nat-outside}-{last}|{prefix:nat-outside}/{len}|{host:nat-outside}
# An interface's own address, with the size of its subnet.
?rulebase|pre-rulebase|post-rulebase nat rules * source-translation ... interface-address ... ip|floating-ip {interface:nat-outside}/{len}
?rulebase|pre-rulebase|post-rulebase nat rules * source-translation ... {first:nat-outside}-{last}|{prefix:nat-outside}/{len}|{host:nat-outside}
?rulebase|pre-rulebase|post-rulebase nat rules * destination-translation|dynamic-destination-translation ... {first:nat-inside}-{last}|{prefix:nat-inside}/{len}|{host:nat-inside}
?rulebase|pre-rulebase|post-rulebase pbf rules * action forward nexthop ip-address|ipv6-address {host:next-hop}
?rulebase|pre-rulebase|post-rulebase pbf rules * ... nexthop-address-list ... {host:next-hop}
?rulebase|pre-rulebase|post-rulebase pbf rules * ... nexthop ip-address|ipv6-address {host:next-hop}
?rulebase|pre-rulebase|post-rulebase pbf rules * ... monitor ... ip-address {host:probe}
?+rulebase|pre-rulebase|post-rulebase * rules * ... {first:policy}-{last}|{prefix:policy}/{len}|{host:policy}
rulebase|pre-rulebase|post-rulebase nat rules * source-translation|destination-translation ... {name}
rulebase|pre-rulebase|post-rulebase * rules * source|destination ... {name}
rulebase|pre-rulebase|post-rulebase * rules {name}

?+zone * ... {prefix:policy}/{len}|{host:policy}
?global-protect global-protect-portal * portal-config local-address ... {interface:source}/{len}|{host:source}
?global-protect ... ip-pool|access-route|exclude-access-route|network|split-tunneling ... {first:pool}-{last}|{prefix:pool}/{len}
?global-protect ... local-address ... {interface:source}/{len}|{host:source}
?global-protect ... primary|secondary {host:dns}
?global-protect ... ip|ipv6|address|ip-address ... {host:server}
?global-protect ... {first:pool}-{last}|{prefix:pool}/{len}|{host:server}
log-settings syslog * server * server {host:logging}
log-settings snmptrap * ... manager {host:snmp}
log-settings email|http|netflow * server * ... gateway|address|host|server {host:logging}
log-settings ... oid {fixed:oid}
server-profile netflow|dns|scp ... host|primary|secondary|server {host:logging}
server-profile ... source|primary|secondary ... {prefix:source}/{len}|{host:server}
server-profile radius|tacplus|ldap|kerberos|multi-factor-auth * ... ip-address|address|host|server ... {host:server}
server-profile ... ip-address|address|host {host:server}
server-profile saml-idp * ... *://{host:url}*
captive-portal redirect-host {host:server}
user-id-collector server-monitor * ... network-address {host:server}
user-id-collector ... include-exclude-network * network-address {prefix:policy}/{len}
user-id-collector ... network-address|proxy-host|host {host:server}
user-id-agent|redistribution-agent|ts-agent * ... host|ip-list {host:server}
vm-info-source|dynamic-user-group|group-mapping ... host|server|source|ip {host:server}
user-id-ssl-auth|ocsp-responder|certificate|certificate-profile ... host-name|url|common-name|default-ocsp-url {host:server}
user-id-ssl-auth|ocsp-responder|certificate|certificate-profile ... *://{host:url}*
certificate * ... issuer|subject|common-name {text}
profiles ... source-address|destination-address|exempt-ip|sinkhole|ipv4-address|ipv6-address ... {prefix:policy}/{len}|{host:policy}
profiles ... ip|url|allow-list|block-list ... {host:policy}
service|service-group|tag|schedule|application-group|application-filter ... {name}
dns-proxy * ... primary|secondary {host:dns}
panorama ... panorama-server|server|address {host:server}
version {fixed:version}
urldb|detail-version|import|display-name {text}
"""
