"""Where addresses stand in VRP's commands: USG's objects and policies, management, what is rare or no address.

The sources are named in `places`.
"""

TABLE = r"""
# ---- USG: objects and policies
[security-policy > rule]
[nat-policy > rule]
[traffic-policy > rule]
[policy-based-route > rule]
[auth-policy > rule]
[audit-policy > rule]
[decryption-policy > rule]
[quota-policy > rule]
[proxy-policy > rule]
[dns-smart > rule]
[slb > rule]
[]
?+source-address|destination-address|source-address-exclude|destination-address-exclude range {first:policy} {last}
?+source-address|destination-address|source-address-exclude|destination-address-exclude {prefix:policy} mask {mask}
?+source-address|destination-address|source-address-exclude|destination-address-exclude {prefix:policy} mask {len}
?+source-address|destination-address|source-address-exclude|destination-address-exclude {prefix:policy}/{len}
?+source-address|destination-address|source-address-exclude|destination-address-exclude {prefix:policy} {wild}
?+source-address|destination-address|source-address-exclude|destination-address-exclude {prefix:policy} {len}
?+policy source|destination {prefix:policy} {wild}
?+policy source|destination {prefix:policy} mask {size}
?+policy source|destination range {first:policy} {last}
?+policy source|destination {host:policy}
action pbr ... next-hop|nexthop {host:next-hop}
add interface * next-hop {host:next-hop}
action destination-nat|dest-nat ... address {host:nat-inside}
action ... address|static-nat|nexthop|next-hop {host:next-hop}
?source-address|destination-address|source-address-exclude|destination-address-exclude address-set {name}
[ip address-set]
[ipv6 address-set]
[address-set]
?+address [{seq}] range {first:object} {last}
?+address [{seq}] {prefix:object} mask {size}
?+address [{seq}] {prefix:object}/{len}
?+address [{seq}] {prefix:object} {wild}
?+address [{seq}] {prefix:object} {len}
?+address [{seq}] {prefix:object}
?+exclude-address|address-exclude range {first:object} {last}
?+exclude-address|address-exclude {prefix:object} mask {size}
?+exclude-address|address-exclude {prefix:object} {wild}
[destination-nat address-group]
[nat address-group]
[slb]
[slb > group]
[slb > vserver]
section [*] {first:nat-pool} {last}
section [*] {prefix:nat-pool} mask {size}
section [*] {host:nat-pool}
exclude-ip {first:nat-pool} {last}
exclude-ip {host:nat-pool}
smart-nopat {host:nat-pool}
vip * ip {host:virtual}
vip * {host:virtual}
rserver * ... rip|ip {host:server}
rserver * rip {host:server}
[]
address-group|nat-address-group ... {first:nat-pool} {last}
?firewall ... source-ip|destination-ip|source|destination|ip|server {host:policy}
?firewall blacklist|whitelist|static-mac|mac-binding ... {host:policy}
v-gateway [*] {host:virtual} port
v-gateway [*] {host:virtual}
?web-proxy|file-sharing ... *://{host:url}*
?web-proxy|file-sharing|virtual-ip|network-extension ... {host:server}
port-forwarding ... host-ip {host:nat-inside}
firewall log host [*] {host:logging}
update server [ip] {host:server}
update host source ip {host:source}
network-extension netpool {first:pool} {last} {fixed:mask}
netpool {first:pool} {last} {fixed:mask}
netpool {first:pool} {last}
netpool {host:pool}
manual-route {prefix:route} {size}
network-extension manual-route {prefix:route} {size}

# ---- management
[]
ntp-service [ipv6] unicast-server|unicast-peer|multicast-server|manycast-server|broadcast-server [ipv6] {host:ntp} [... vpn-instance {vrf}]
ntp-service server|peer|source-address|source-ip {host:ntp}
ntp|sntp ... server|peer|unicast-server|source-ip|source-address {host:ntp}
info-center loghost [ipv6] {host:logging} [... vpn-instance {vrf}]
info-center loghost ... source-ip|ipv6 {host:source}
syslog|log ... server|host|source {host:logging}
snmp-agent target-host ... udp-domain|address {host:snmp} [udp-port *] [... vpn-instance {vrf}]
snmp-agent proxy target-host ... udp-domain {host:snmp} [udp-port *] [vpn-instance {vrf}]
snmp-agent trap|inform|protocol|server|target-host|target-host-list|remote-engineid ... source-ip|source-address|ip|ipv6|host|udp-domain {host:snmp}
snmp-agent mib-view ... {fixed:oid}
radius-server authentication|accounting|authorization|session-manage {host:server} [... vpn-instance {vrf}]
radius-server ... source|source-ip|ip-address|nas-ip-address|ip {host:source}
radius-attribute|radius ... nas-ip|nas-ip-address|ip {host:source}
radius-client|diameter-server|diameter ... {host:server}
hwtacacs-server|hwtacacs|tacacs-server [server] authentication|authorization|accounting|common {host:server} [... vpn-instance {vrf}]
hwtacacs-server|hwtacacs|tacacs-server [server] source-ip|source {host:source}
hwtacacs-server|hwtacacs|tacacs-server ... shared-key|shared-key-cipher [simple|plain|cipher] {fixed:secret}
hwtacacs-server|hwtacacs|tacacs-server ... {host:server}
ldap-server|ad-server|sms-server|dot1x|controller|ocsp ... {host:server}
portal-server|web-server|web-auth-server|radius-client|logserver {host:server} [port *] vpn-instance {vrf}
portal-server|web-server|web-auth-server|radius-client|logserver {host:server} [{host:server}]
portal-server primary|secondary|backup {host:server}
tacacs|tacacs+ [server] server {host:server}
tacacs server {host:server}
mcp-server {host:server}
nas-ip-address {host:source}
ipv6-dns primary|secondary {host:dns}
ipv6-gateway {host:gateway}
reserved prefix {prefix:pool}/{len}
option * ip|ip-address {hosts:server}
dns server bind interface * [preferred {host:dns}] [alternate {host:dns}]
web-auth-server source-ip|source-ipv6 {host:source}
server-ip|server-address|server-ipv6|server|ip-address|ipv6-address {hosts:server}
server ip|address|ipv6|ipv4 {host:server}
server-source|server-source-ip|source-ip|source-ipv6 {host:source}
web-server|portal-server|web-auth-server|cmp|crl|ocsp|url|enrollment-url|cdp-url|server|update|cwmp|redirect-url|pki|certificate ... url|request|server|as|http|cdp-url|*://{host:url}*
crl|url|cmp|enrollment|cdp ... *://{host:url}*
http|https|ssl|pki|cmp|crl|web-server|portal-server|portal|url|redirect-url|force-push|web-push|update|cwmp|netconf|telemetry|ocsp ... *//{host:url}*
ftp|tftp|scp|sftp|ssh|telnet|http|https|netconf|snetconf|stelnet|ftps|web-manager ... client-source|server-source|source|source-ip|-a|server|host|ipv4|ipv6|ip|address {host:source}
telnet|ssh|sftp|ftp|stelnet client-source|server-source|server {host:source}
ip|ipv6 netstream export host|source [ipv6] {host:server} [* vpn-instance {vrf}]
ip|ipv6 netstream ... host|source|server [ipv6|ip-address|ipv6-address] {host:server}
ip|ipv6 ... server|source|host|gateway|next-hop {host:host}
netstream|sflow|telemetry|grpc ... ip|ipv6|host|source|server|address {host:server}
ipv4-address|ipv6-address {host:server} [port *] vpn-instance {vrf}
ipv4-address|ipv6-address {host:server}
observing-port|observe-port|observe-index * ... destination-ip|dest-ip|destination|source-ip|source {host:logging}
destination-ip|collector ... {host:server}
access-user|user-security-policy|aaa|domain ... ip|ip-address {host:host}
ip-pool|remote-ip-pool ... {first:pool} {last}
ppp|pppoe|l2tp|ipcp|remote ... address|dns|ip {hosts:host}
ppp|pppoe|l2tp ipcp ... {host:dns}
remote address {host:peer}
lldp|stack|ha|nms|ap|capwap|wlan ... ip|ip-address|management-address|source {host:host}
capwap source ip-address|ipv6-address {host:source}
apply|acl-binding|authentication ... gateway|ip {host:host}
trust|trusted-host|management-address|manage-ip {host:management}
free-rule|free-url ... ip {prefix:policy} mask {size}
free-rule ... ip {host:policy}
user-interface|line ... {host:management}

# ---- rarer commands of the same kinds
[]
ssh|stelnet|sftp|scp client {host:server}
ssh|stelnet|sftp|scp client ... assign * {name}
rsa|dsa|ecc|sm2 peer-public-key {name}
[xpl ip-prefix-list|ipv6-prefix-list]
?{prefix:prefix-list} {len} [ge {ge}] [le {le}]
[xpl rd-list|extcommunity-list|large-community-list]
{rd}
[xpl route-filter]
?if|elseif ... in \{ {prefix:prefix-list} {len}
[sbfd]
destination [ipv4|ipv6] {host:lsr-id} remote-discriminator {host:lsr-id}
destination [ipv4|ipv6] {host:lsr-id}
[rpki]
session {host:server}
[]
vlink-peer {id}
sham-link {host:source} {host:peer}
lsr-id {host:lsr-id}
transport-address {host:lsr-id}
ssm-mapping {prefix:group} {size} {host:source}
igmp|mld ssm-mapping {prefix:group} {size} {host:source}
traffic-statistics ... peer {host:peer}
connect-server {host:server}
bmp-session vpn-instance {vrf} {host:server}
bmp-session {host:server}
rpki|bmp ... session|server {host:server}
apply redirect ... {rd}
apply redirect ip|ipv6|next-hop|ip-nexthop {host:next-hop}*
apply gateway-ip|ipv6-gateway-ip {host:gateway}
apply ip|ipv6 next-hop {host:next-hop}
redirect to lsp ... {host:peer}
mapping-server ... {prefix:lsr-id} {len}
mapping-rule|basic-mapping-rule|map-rule|rule-prefix ... ipv4-prefix|ipv6-prefix|prefix {prefix:nat-pool} [prefix-length] {len}
dmr-prefix|default-mapping-rule|6rd-prefix ... {prefix:nat-pool} prefix-length {len}
br-address|border-relay {host:server}
dhcpv6-server {host:relay}
diameter-local|diameter-peer|diameter-client ... {host:server}
radius ... local-ip|nas-ip|source-ip {host:source}
ptp|ptp-adaptive|synchronization ... {host:server}
mcp {host:server}
mcp|dcp id {id}
access-trigger|arp-trigger ... ip-address {host:host}
vrrp|vrrp6 ... peer-ip|source-ip {host:virtual}
load-balance ... next-hop {host:next-hop}
policy-based-route|ip local ... next-hop {host:next-hop}
peer-gateway|vip|virtual-ip {host:virtual}

# ---- what is no address, or free text
[]
description {text}
alias|remark|note|contact|snmp-agent sys-info|banner|location|label-comment {text}
snmp-agent sys-info {text}
header login|shell information {text}
sysname {name}
version {fixed:version}
software version {fixed:version}
startup|patch|system ... *{fixed:version}
start daily|weekly {fixed:time}
batch-backup ... daily|weekly {fixed:time}
time-range ... {fixed:time}
mac-address|static-mac {fixed:mac}
"""
