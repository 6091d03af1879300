"""Where addresses stand in FortiOS's commands.

Sources: Fortinet's FortiOS CLI references (6.0 to 7.4), published configurations. Wildcards of firewall addresses are
masks in which a 1 bit must match; those of router access lists are of the other polarity. A range's two ends, and some
addresses and their masks, stand on lines of their own: `range-first`, `range-last`, `…-apart`.

The references were not gone through page by page. Rows beyond the samples in the tests and the pages that are named
are from knowledge of the language and unverified on devices.
"""

from __future__ import annotations

from functools import cache

from configs.dialects.fortinet.groups import GROUPS
from configs.places.table import Places, table


@cache
def places() -> Places:
    """The table; compiled once. A virtual domain counts as a VRF."""
    return table(TABLE, public=("root", "0", '"root"'), groups=GROUPS, paired="config firewall vip")


TABLE = r"""
# A virtual domain's own tables: the domain is the VRF, at whatever depth.
[config vdom > edit {vrf} > config]
[config vdom > edit {vrf} > config > edit]
[config vdom > edit {vrf} > config > edit > config]
[config vdom > edit {vrf} > config > edit > config > edit]
[config vdom > edit {vrf} > config > config]
[config vdom > edit {vrf} > config > config > edit]
set description {text}

[config system interface > edit]
[config system interface > edit > config secondaryip > edit]
= set vdom {vrf}
set ip|management-ip {interface} {mask}
set ip|management-ip {interface}/{len}
set remote-ip {interface:peer} {mask}
set remote-ip {interface:peer}/{len}
set remote-ip {host:peer}
set ipunnumbered|auth-portal-addr|dhcp-relay-source-ip|ping-serv-addr {host}
set dhcp-relay-ip ... {host:relay}
set detectserver ... {host:probe}
set wins-ip {host:server}
set trust-ip-* {prefix:management} {mask}
set trust-ip-* {prefix:management}/{len}
set security-redirect-url|security-external-web {host:url}*
set security-redirect-url|security-external-web *://{host:url}*
[config system interface > edit > config vrrp > edit]
[config system interface > edit > config ipv6 > config vrrp6 > edit]
set vrip|vrip6 {host:virtual}
set vrdst|vrdst6 ... {host:probe}
[config system interface > edit > config ipv6]
set ip6-address {interface}/{len}
set dhcp6-relay-ip|dhcp6-relay-server-ip ... {host:relay}
set dhcp6-relay-source-ip|dhcp6-relay-interface-id {host:source}
set ip6-default-gateway|ip6-dns-server {host:gateway}
set ip6-subnet {interface}/{len}
[config system interface > edit > config ipv6 > config ip6-extra-addr]
edit {interface}/{len}
[config system interface > edit > config ipv6 > config ip6-prefix-list]
edit {prefix}/{len}
[config system interface > edit > config ipv6 > config ip6-prefix-list > edit]
set rdnss ... {host:dns}

[config system settings]
set manageip|manageip6 {interface} {mask}
set manageip|manageip6 {interface}/{len}
set manageip {interface}/{mask}
set ip|ip6 {interface} {mask}
set ip|ip6 {interface}/{len}
set gateway|gateway6 {host:gateway}
set dhcp-server-ip ... {host:relay}

[config system global]
set management-ip {host:management}
set admin-host {host:management}

[config system dhcp server > edit]
[config system dhcp6 server > edit]
set default-gateway {host:gateway}
set netmask {fixed:mask-apart}
set dns-server*|wins-server*|ntp-server*|wifi-ac*|next-server|relay-agent|ddns-server-ip|option* {host:dhcp}
set tftp-server ... {host:dhcp}
set subnet {prefix:dhcp}/{len}
set start-mac|end-mac {fixed:mac}
[config system dhcp server > edit > config ip-range > edit]
[config system dhcp server > edit > config exclude-range > edit]
[config system dhcp6 server > edit > config ip-range > edit]
set start-ip {host:range-first}
set end-ip {host:range-last}
[config system dhcp6 server > edit > config prefix-range > edit]
set start-prefix {host:range-first}
set end-prefix {host:range-last}
[config system dhcp server > edit > config reserved-address > edit]
set ip {host:dhcp}
[config system dhcp server > edit > config options > edit]
[config system dhcp6 server > edit > config options > edit]
set ip|ip6 ... {host:dhcp}

[config system dns]
[config system vdom-dns]
set primary|secondary|ip6-primary|ip6-secondary|alt-primary|alt-secondary {host:dns}
[config system dns-database > edit]
set forwarder|forwarder6 ... {host:dns}
set ip-master|ip-primary|primary|allow-transfer ... {host:dns}
set primary-name {name}
[config system dns-database > edit > config dns-entry > edit]
set ip|ipv6 {host:dns}
[config system dns64]
set dns64-prefix {prefix}/{len}

[config system ntp > config ntpserver > edit]
set server {host:ntp}

[config system admin > edit]
set trusthost* {prefix:management} {mask}
set trusthost* {prefix:management}/{len}
set ip6-trusthost* {prefix:management}/{len}
set fortitoken|email-to|sms-phone {text}
[config system api-user > edit > config trusthost > edit]
set ipv4-trusthost {prefix:management} {mask}
set ipv4-trusthost|ipv6-trusthost {prefix:management}/{len}

[config system snmp community > edit > config hosts|hosts6 > edit]
[config switch-controller snmp-community > edit > config hosts > edit]
[config wireless-controller snmp > config community > edit > config hosts > edit]
set ip {prefix:snmp} {mask}
set ip|ipv6 {prefix:snmp}/{len}
set ip|ipv6 {host:snmp}
[config system snmp user > edit]
[config switch-controller snmp-user > edit]
set notify-hosts|notify-hosts6 ... {host:snmp}
[config system snmp sysinfo]
set contact-info|location {text}

[config system central-management]
set fmg ... {host:server}
set fmg-source-ip|fmg-source-ip6 {host:source}
[config system central-management > config server-list > edit]
set server-address|server-address6|addr-type {host:server}
[config system fortiguard]
set sdns-server-ip ... {host:server}
set ddns-server-ip|ddns-server-ip6|proxy-server-ip {host:server}
[config system autoupdate push-update]
[config system autoupdate tunneling]
set address {host:server}

[config system ha]
set unicast-hb-peerip|unicast-gateway {host:peer}
set unicast-hb-netmask {fixed:mask-apart}
set ha-mgmt-interface-gateway|ha-mgmt-interface-gateway6 {host:gateway}
[config system ha > config ha-mgmt-interfaces > edit]
set gateway|gateway6 {host:gateway}
set dst {prefix:route} {mask}
set dst|dst6 {prefix:route}/{len}
[config system ha > config unicast-peers > edit]
set peer-ip {host:peer}
[config system cluster-sync > edit]
[config system standalone-cluster > config cluster-peer > edit]
set peerip {host:peer}

[config system sdwan > config members > edit]
[config system virtual-wan-link > config members > edit]
set gateway|gateway6 {host:next-hop}
set source|source6 {host:source}
set detect-server {host:probe}
[config system sdwan > config health-check > edit]
[config system virtual-wan-link > config health-check > edit]
set server ... {host:probe}
set source|source6 {host:source}
set dns-match-ip {host:probe}
[config system sdwan > config health-check-fortiguard > edit]
set server ... {host:probe}
[config system sdwan > config neighbor]
[config system virtual-wan-link > config neighbor]
edit {host:peer}
[config system link-monitor > edit]
set route \"{prefix:route} {mask}
set server ... {host:probe}
set gateway-ip|gateway-ip6 {host:next-hop}
set route ... {prefix:route}/{len}
[config system link-monitor > edit > config server-list > edit]
set dst {host:probe}

[config system gre-tunnel > edit]
[config system ipip-tunnel > edit]
[config system sit-tunnel > edit]
[config system ipv6-tunnel > edit]
[config system vxlan > edit]
[config system geneve > edit]
[config system vne-interface|vne-tunnel > edit]
set local-gw|local-gw6|source {host:tunnel-source}
set remote-gw|remote-gw6|destination|br {host:tunnel-destination}
set remote-ip|remote-ip6 ... {host:tunnel-destination}
set ip6 {interface}/{len}
[config system vne-tunnel]
set ipv4-address {interface} {mask}
set br {host:tunnel-destination}
[config system pppoe-interface > edit]
set ipunnumbered {host}
[config system mobile-tunnel > edit]
set home-address|home-agent {host:tunnel-destination}
[config system mobile-tunnel > edit > config network > edit]
set prefix {prefix} {mask}

[config system arp-table > edit]
[config system proxy-arp > edit]
[config system nd-proxy > edit]
set ip {host:arp}
set end-ip {host:range-last}
[config system ipv6-neighbor-cache > edit]
set ipv6 {host:arp}
[config firewall ipmacbinding table > edit]
set ip {host:arp}

[config system netflow|sflow|vdom-netflow|vdom-sflow]
[config system netflow|sflow|vdom-netflow|vdom-sflow > config collectors > edit]
[config switch-controller flow-tracking > config collectors > edit]
[config switch-controller sflow]
set collector-ip|ip {host:logging}
[config system wccp > edit]
set router-id|cache-id {host:server}
set server-list ... {prefix:server} {mask}
set group-address {host:group}
set router-list ... {host:server}
[config system csf]
set upstream|upstream-ip|management-ip {host:server}
[config system csf > config fabric-device > edit]
set device-ip {host:server}
[config system dedicated-mgmt]
set default-gateway {host:gateway}
set dhcp-netmask {fixed:mask-apart}
set dhcp-start-ip {host:range-first}
set dhcp-end-ip {host:range-last}
[config system ddns > edit]
set ddns-server-ip|ddns-server-addr|bound-ip ... {host:server}
[config system ipam]
set pool-subnet {prefix:pool} {mask}
[config system ipam > config pools > edit]
set subnet {prefix:pool} {mask}
[config system ipam > config pools > edit > config exclude > edit]
set exclude-subnet {prefix:pool} {mask}
[config system fortimanager]
set ip {host:server}
[config system external-resource > edit]
set resource *://{host:url}*
[config system automation-action > edit]
set uri {host:url}*
set uri *://{host:url}*
[config system sdn-connector > edit]
set server-list ... {host:server}

# Objects
[config firewall address|address6|addrgrp|addrgrp6|multicast-address|multicast-address6]
[config firewall vip|vip6|vip46|vip64|vipgrp|vipgrp6|ippool|ippool6|address-template|proxy-address|proxy-addrgrp]
[config firewall service > edit]
[config vpn ipsec phase1-interface]
[config vpn ipsec phase2-interface]
[config vpn ipsec phase1]
[config vpn ipsec phase2]
[config system interface|zone]
[config user group|local|peer|radius|ldap|tacacs+]
[config router access-list|prefix-list|route-map|access-list6|prefix-list6]
edit {name}
[config firewall address > edit]
[config firewall multicast-address > edit]
?set subnet {prefix:object} {mask}
?set subnet {prefix:object}/{len}
?set wildcard {prefix:object} {must}
set fqdn|wildcard-fqdn {name}
set start-ip {host:range-first}
set end-ip {host:range-last}
[config firewall address6 > edit]
[config firewall multicast-address6 > edit]
?set ip6 {prefix:object}/{len}
?set host {host:object}
set start-ip {host:range-first}
set end-ip {host:range-last}
[config firewall address > edit > config list]
[config firewall address6 > edit > config list]
?edit {host:object}
?edit {first:object}-{last}
?edit {prefix:object}/{len}
[config firewall address > edit > config list > edit]
[config firewall address6 > edit > config list > edit]
?set ip {host:object}
?set ip {first:object}-{last}
?set ip {prefix:object}/{len}
[config firewall addrgrp|addrgrp6|vipgrp|vipgrp6 > edit]
set|append member ... {name}
set|append exclude-member ... {name}
[config firewall service custom > edit]
?set iprange ... {first:object}-{last}|{host:object}
[config firewall vip|vip6|vip46|vip64 > edit]
set extip {first:nat-outside}-{last}|{host:nat-outside}
set mappedip|ipv6-mappedip|ipv4-mappedip ... {first:nat-inside}-{last}|{prefix:nat-inside}/{len}|{host:nat-inside}
set src-filter ... {first:policy}-{last}|{prefix:policy}/{len}|{host:policy}
set extaddr|mapped-addr {name}
[config firewall vip|vip6|vip46|vip64 > edit > config realservers > edit]
[config firewall access-proxy|access-proxy6 > edit > config api-gateway > edit > config realservers > edit]
set ip {first:nat-inside}-{last}|{host:nat-inside}
set client-ip ... {first:policy}-{last}|{host:policy}
set address {name}
[config firewall ippool > edit]
[config firewall ippool6 > edit]
set startip|source-startip {host:range-first}
set endip|source-endip {host:range-last}
set exclude-ip ... {host:nat-pool}
set source-prefix6|nat64-prefix {prefix:nat-pool}/{len}
[config firewall ldb-monitor > edit]
set src-ip {host:source}
set dns-match-ip {host:probe}
[config firewall dnstranslation > edit]
[config dnsfilter profile > edit > config dns-translation > edit]
set src|dst {host:prefix-apart}
set netmask {fixed:mask-apart}
[config dnsfilter profile > edit]
set redirect-portal|redirect-portal6 {host:server}
[config firewall identity-based-route > edit > config rule > edit]
set gateway {host:next-hop}
[config firewall internet-service-extension > edit > config entry > edit > config ip-range > edit]
[config firewall internet-service-extension > edit > config disable-entry > edit > config ip-range > edit]
set start-ip {host:range-first}
set end-ip {host:range-last}
[config firewall sniffer > edit]
set host ... {first:policy}-{last}|{prefix:policy}/{len}|{host:policy}

# Policies: all by names but for a few addresses
[config firewall policy > edit]
[config firewall policy6|policy46|policy64|security-policy|proxy-policy|multicast-policy|multicast-policy6 > edit]
[config firewall local-in-policy|local-in-policy6|interface-policy|interface-policy6|DoS-policy|DoS-policy6 > edit]
[config firewall shaping-policy|central-snat-map|ttl-policy|acl|acl6|decrypted-traffic-mirror|on-demand-sniffer > edit]
[config firewall ssl-server > edit]
set|append srcaddr|dstaddr|srcaddr6|dstaddr6|orig-addr|dst-addr|orig-addr6|dst-addr6 ... {name}
set|append poolname|poolname6|nat-ippool|nat-ippool6|srcintf|dstintf|groups|users|service|internet-service-name ... {name}
set vpntunnel {name}
set natip {prefix:nat-outside} {mask}
set snat-ip|dnat|ip {host:nat-outside}
set hosts ... {host:policy}
set redirect-url *://{host:url}*
set name|label|global-label {name}

[config router static > edit]
[config router static6 > edit]
set dst {prefix:route} {mask}
set dst {prefix:route}/{len}
set src {prefix:route} {mask}
set gateway {host:next-hop}
set dstaddr {name}
set device {name}
[config router policy > edit]
[config router policy6 > edit]
set src|dst ... {prefix:policy}/{size}
set src|dst {prefix:policy} {mask}
set gateway {host:next-hop}
set srcaddr|dstaddr ... {name}
set input-device|output-device ... {name}

[config router bgp]
set cluster-id|confederation-identifier {id}
[config router bgp > config neighbor]
edit {host:peer}
[config router bgp > config network|network6|aggregate-address|aggregate-address6 > edit]
set prefix {prefix:bgp-network} {mask}
set prefix|prefix6 {prefix:bgp-network}/{len}
[config router bgp > config neighbor-range|neighbor-range6 > edit]
set prefix {prefix:peer} {mask}
set prefix|prefix6 {prefix:peer}/{len}
[config router bgp > config admin-distance > edit]
set neighbour-prefix {prefix:peer} {mask}
[config router bgp > config vrf|vrf6 > edit]
set rd|export-rt|import-rt ... {rd}

[config router ospf > config area]
[config router ospf6 > config area]
edit {fixed:area}
[config router ospf > config area > edit > config range > edit]
[config router ospf6 > config area > edit > config range > edit]
set prefix|substitute {prefix:aggregate} {mask}
set prefix6 {prefix:aggregate}/{len}
[config router ospf > config area > edit > config virtual-link > edit]
[config router ospf6 > config area > edit > config virtual-link > edit]
set peer {id}
[config router ospf > config network > edit]
[config router ospf6 > config network > edit]
set prefix {prefix:igp-network} {mask}
set area {fixed:area}
[config router ospf > config ospf-interface > edit]
[config router ospf6 > config ospf6-interface > edit]
set ip {host:igp-network}
set area-id {fixed:area}
[config router ospf > config neighbor > edit]
[config router rip > config neighbor > edit]
[config router ospf6 > config ospf6-interface > edit > config neighbor > edit]
[config router ripng > config neighbor > edit]
set ip|ip6 {host:peer}
[config router ospf > config summary-address > edit]
[config router ospf6 > config summary-address > edit]
[config router isis > config summary-address|summary-address6 > edit]
[config router ripng > config aggregate-address > edit]
set prefix {prefix:aggregate} {mask}
set prefix6 {prefix:aggregate}/{len}
[config router rip > config network > edit]
[config router rip > config distance > edit]
[config router ripng > config network|distance > edit]
set prefix {prefix:rip-network} {mask}
set prefix|prefix6 {prefix:rip-network}/{len}
[config router isis > config isis-net > edit]
set net {title}

[config router multicast > config pim-sm-global > config rp-address > edit]
[config router multicast6 > config pim-sm-global > config rp-address > edit]
set ip-address|ip6-address {host:rp}
[config router multicast > config interface > edit]
set static-group|rp-candidate-group|multicast-flow {name}
[config router multicast > config interface > edit > config join-group]
edit {host:group}
[config router multicast-flow > edit > config flows > edit]
set group-addr {host:group}
set source-addr {host:source}

[config router access-list > edit > config rule > edit]
[config router access-list6 > edit > config rule > edit]
set prefix {prefix:acl} {mask}
set prefix|prefix6 {prefix:acl}/{len}
set wildcard {prefix:acl} {wild}
[config router prefix-list > edit > config rule > edit]
[config router prefix-list6 > edit > config rule > edit]
set prefix {prefix:prefix-list} {mask}
set prefix|prefix6 {prefix:prefix-list}/{len}
[config router route-map > edit > config rule > edit]
set set-ip-nexthop|set-ip6-nexthop|set-ip6-nexthop-local|set-ip-prefsrc|set-vpnv4-nexthop|set-vpnv6-nexthop {host:next-hop}
set set-aggregator-ip|set-originator-id {id}
set set-extcommunity-rt|set-extcommunity-soo ... {rd}
set match-ip-address|match-ip-nexthop|match-ip6-address|match-ip6-nexthop {name}
[config router bfd > config neighbor]
[config router bfd6 > config neighbor]
edit {host:bfd}
[config router bfd > config multihop-template > edit]
[config router bfd6 > config multihop-template > edit]
set src|dst {prefix:bfd} {mask}
set src|dst {prefix:bfd}/{len}

[config vpn ipsec phase1-interface > edit]
[config vpn ipsec phase1 > edit]
[config vpn ipsec manualkey-interface > edit]
[config vpn ipsec manualkey > edit]
set remote-gw|remote-gw6|encap-remote-gw4|encap-remote-gw6|backup-gateway ... {host:tunnel-destination}
set local-gw|local-gw6|encap-local-gw4|encap-local-gw6 {host:tunnel-source}
set remote-gw-subnet {prefix:peer} {mask}
set remote-gw6-subnet {prefix:peer}/{len}
set remote-gw-start-ip|remote-gw6-start-ip|ipv4-start-ip|ipv6-start-ip {host:range-first}
set remote-gw-end-ip|remote-gw6-end-ip|ipv4-end-ip|ipv6-end-ip {host:range-last}
set ipv4-netmask {fixed:mask-apart}
set ipv4-dns-server*|ipv6-dns-server* {host:dns}
set ipv4-wins-server*|dhcp-ra-giaddr|dhcp6-ra-linkaddr {host:server}
set exchange-ip-addr4|exchange-ip-addr6 {host:peer}
set banner {text}
set localid|peerid {host:peer}
set localid|peerid {text}
set ipv4-split-include|ipv4-split-exclude|ipv4-name {name}
[config vpn ipsec phase1-interface > edit > config ipv4-exclude-range|ipv6-exclude-range > edit]
[config vpn ipsec phase1 > edit > config ipv4-exclude-range|ipv6-exclude-range > edit]
set start-ip {host:range-first}
set end-ip {host:range-last}
[config vpn ipsec phase2-interface > edit]
[config vpn ipsec phase2 > edit]
?set src-subnet|dst-subnet {prefix:ipsec} {mask}
?set src-subnet|dst-subnet|src-subnet6|dst-subnet6 {prefix:ipsec}/{len}
set src-start-ip|dst-start-ip|src-start-ip6|dst-start-ip6 {host:range-first}
set src-end-ip|dst-end-ip|src-end-ip6|dst-end-ip6 {host:range-last}
set phase1name|src-name|dst-name|src-name6|dst-name6 {name}
[config vpn l2tp]
[config vpn pptp]
set sip {host:range-first}
set eip {host:range-last}
set local-ip {host}
[config vpn ssl settings]
[config vpn ssl web portal > edit]
set dns-server*|ipv6-dns-server* {host:dns}
set wins-server*|ipv6-wins-server* {host:server}
set tunnel-ip-pools|tunnel-ipv6-pools|ip-pools|ipv6-pools|source-address ... {name}
set split-tunneling-routing-address ... {name}
[config vpn ssl web portal > edit > config split-dns > edit]
set dns-server*|ipv6-dns-server* {host:dns}
[config vpn ssl web portal > edit > config bookmark-group > edit > config bookmarks > edit]
[config vpn ssl web user-bookmark > edit > config bookmarks > edit]
set host {host:server}
set url {host:url}*
set url *://{host:url}*
[config vpn certificate ca|crl|local|remote|ocsp-server|setting > edit]
set url|scep-url|http-url|est-server-url {host:url}*
set url|scep-url|http-url|est-server-url|secondary-url *://{host:url}*

[config user radius > edit]
[config user radius > edit > config accounting-server > edit]
set nas-ip {host:source}
[config user fsso > edit]
set server2|server3|server4|server5 {host:server}
[config user domain-controller > edit]
[config user domain-controller > edit > config extra-server > edit]
[config user exchange > edit]
set ip-address|ip|ip6|source-ip-address {host:server}
[config user saml > edit]
[config system saml]
set entity-id|single-sign-on-url|single-logout-url|idp-entity-id|idp-single-sign-on-url|idp-single-logout-url *://{host:url}*
set server-address {host:url}*

[config log]
set server|alt-server ... {host:logging}

[config web-proxy explicit]
[config ftp-proxy explicit]
set incoming-ip|outgoing-ip|incoming-ip6|outgoing-ip6 ... {host:source}
[config web-proxy forward-server > edit]
[config icap server > edit]
set ip|ip-address|ipv6|ip6-address {host:server}
[config web-proxy wisp > edit]
set server-ip {host:server}
[config wanopt peer > edit]
set ip {host:peer}
[config emailfilter|spamfilter > edit > config entries > edit]
set ip4-subnet|ip {prefix:policy} {mask}
set ip6-subnet {prefix:policy}/{len}
[config ips sensor > edit > config entries > edit > config exempt-ip > edit]
set src-ip|dst-ip {prefix:policy} {mask}
[config webfilter urlfilter > edit > config entries > edit]
set url {host:url}*
set url *://{host:url}*
[config authentication setting]
set captive-portal|captive-portal6 {host:server}
[config wireless-controller inter-controller > config inter-controller-peer > edit]
set peer-ip {host:peer}
[config wireless-controller vap > edit]
set ip {interface} {mask}
set external-web {host:url}*
set external-web *://{host:url}*
[config wireless-controller wtp|wtp-profile > edit > config split-tunneling-acl > edit]
set dest-ip {prefix:policy} {mask}
[config wireless-controller wtp-profile > edit]
set ap-mgmt-server|ac-address {host:server}
[config switch-controller managed-switch > edit > config remote-log > edit]
set server {host:logging}
[config switch-controller managed-switch > edit > config dhcp-snooping-static-client > edit]
set ip {host:dhcp}
[config switch-controller managed-switch > edit > config route-offload-router > edit]
set router-ip {host:next-hop}
[config switch-controller acl ingress > edit > config classifier]
set dst-ip-prefix|src-ip-prefix {prefix:acl} {mask}

# The same word means the same in every table.
[]
set description|comment|comments|alias|message|hostname {text}
set source-ip|source-ip6|src-ip-addr {host:source}
set router-id {id}
set server|secondary-server|tertiary-server ... {host:server}
set interface|associated-interface|extintf ... {name}
"""
