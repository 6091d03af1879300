"""Where addresses stand in a Linux host's files, each below its line `### /etc/…`.

Sources: nft(8), ip-address(8), ip-route(8), ip-rule(8), ip-tunnel(8), swanctl.conf(5), sshd_config(5), snmpd.conf(5),
chrony.conf(5), rsyslog's `omfwd`, hosts(5), resolv.conf(5), interfaces(5), keepalived.conf(5), iptables-save(8).

The references were not gone through page by page. Rows beyond the samples in the tests and the pages that are named
are from knowledge of the language and unverified on devices.
"""

from __future__ import annotations

from functools import cache

from configs.places.table import Places, table


@cache
def places() -> Places:
    """The table; compiled once."""
    return table(TABLE)


TABLE = r"""
[]
{fixed:secret} = secret
### {fixed:file}
... comment {text}
... *://{host:url}*|*://*@{host:url}*
... *://\[{host:url}\]*
# iproute2, as a batch or as commands
[ip] address|addr|a replace|add|change|del {interface}/{len} peer {prefix:peer}/{len}
[ip] address|addr|a replace|add|change|del {interface}/{len}
[ip] address|addr|a replace|add|change|del {host:interface}
[ip] -4|-6 address|addr replace|add {interface}/{len}
[ip] ... broadcast|brd {host}
[ip] route|ro|r replace|add|append|change|del [blackhole|unreachable|local] {prefix:route}/{len} [...] via|gw [inet|inet6] {host:next-hop} [...] src {host:source}
[ip] route|ro|r replace|add|append|change|del [blackhole|unreachable|local] {prefix:route}/{len} [...] via|gw [inet|inet6] {host:next-hop}
[ip] route|ro|r replace|add|append|change|del [blackhole|unreachable|local] {prefix:route}/{len} [...] src {host:source}
[ip] route|ro|r replace|add|append|change|del [blackhole|unreachable|local] {prefix:route}/{len}
[ip] route|ro|r replace|add|append|change|del [blackhole|unreachable|local] {host:route} via {host:next-hop}
[ip] route|ro|r replace|add|append|change|del [blackhole|unreachable|local] {host:route}
[ip] route|ro|r replace|add|append|change|del default via [inet6] {host:next-hop} [...] src {host:source}
[ip] route|ro|r replace|add|append|change|del default via [inet6] {host:next-hop}
[ip] rule add|del ... from|to {prefix:policy}/{len}
[ip] rule add|del ... from|to {host:policy}
[ip] neigh|neighbour|n replace|add|del {host:arp}
[ip] tunnel|tun add|change ... local {host:tunnel-source}
[ip] tunnel|tun add|change ... remote {host:tunnel-destination}
[ip] link add ... local {host:tunnel-source}
[ip] link add ... remote|group {host:tunnel-destination}
# nftables: what no other row speaks of in a chain or a set is one of its addresses
[]
define * = {prefix:policy}/{len}
define * = {host:policy}
[table ... > chain]
[chain]
... snat|dnat|tproxy [ip|ip6] [to] {first:nat-outside}-{last}
... snat [ip|ip6] [to] {host:nat-outside}:*|{host:nat-outside}
... dnat|redirect|tproxy [ip|ip6] [to] {host:nat-inside}:*|{host:nat-inside}
... dup|fwd to {host:next-hop}
... comment {text}
+... {first:acl}-{last}
+... {prefix:acl}/{len}
+... {host:acl}
[table ... > set]
[table ... > map]
[table ... > set > *]
[set]
... comment {text}
... {first:object}-{last}
... {prefix:object}/{len}
... {host:object}
# iptables-save
[]
-A ... -s|-d|--source|--destination {prefix:acl}/{len}
-A ... -s|-d|--source|--destination {host:acl}
-A ... --to-source {first:nat-outside}-{last}
-A ... --to-source {host:nat-outside}:*|{host:nat-outside}
-A ... --to-destination {host:nat-inside}:*|{host:nat-inside}
-A ... --src-range|--dst-range {first:acl}-{last}
-A ... --gateway {host:next-hop}
-A ... --to {prefix:nat-outside}/{len}
# strongSwan
local_addrs|local = {hosts:source}
remote_addrs|remote = {hosts:peer}
... local_addrs = {host:source}
local_addrs|remote_addrs = ... {prefix:peer}/{len}
local_addrs|remote_addrs = ... {host:peer}
local_ts|remote_ts = ... {prefix:ipsec}/{len}*
local_ts|remote_ts = ... {first:ipsec}-{last}
local_ts|remote_ts = ... {host:ipsec}*
id|id-remote|id-local|eap_id|xauth_id = {host:peer}
id* = {host:peer}
vips|dns|addrs = {first:pool}-{last}
vips|addrs = {prefix:pool}/{len}
vips|dns|server|nbns = {hosts:dns}
left|leftid = {host:source}
right|rightid = {host:peer}
left|leftid={host:source}
left=|right={host:peer}
left={host:source}
leftid={host:source}
right={host:peer}
rightid={host:peer}
leftsubnet={prefix:ipsec}/{len}
rightsubnet={prefix:ipsec}/{len}
leftsourceip|rightsourceip={prefix:pool}/{len}
{host:peer} {host:peer} : PSK
{host:peer} : PSK
# SSH
ListenAddress {host:management}:*|{host:management}
ListenAddress \[{host:management}\]*
AllowUsers|DenyUsers ... *@{prefix:management}/{len}
AllowUsers|DenyUsers ... *@{host:management}
Match ... Address|LocalAddress {prefix:management}/{len}
Match ... Address|LocalAddress {host:management}
Match ... *,{prefix:management}/{len}
# SNMP
agentAddress|agentaddress *:{host:management}:*
agentAddress|agentaddress {host:management}:*|{host:management}
agentAddress ... *,*:{host:management}:*
rocommunity|rwcommunity|rocommunity6|rwcommunity6 {fixed:secret} {prefix:snmp}/{len} [{fixed:oid}]
rocommunity|rwcommunity|rocommunity6|rwcommunity6 {fixed:secret} {prefix:snmp}/{mask}
rocommunity|rwcommunity|rocommunity6|rwcommunity6 {fixed:secret} {host:snmp} [{fixed:oid}]
rocommunity|rwcommunity {fixed:secret}
rouser|rwuser * * {fixed:oid}
com2sec|com2sec6 [-Cn *] * {prefix:snmp}/{len}
com2sec|com2sec6 [-Cn *] * {prefix:snmp}/{mask}
com2sec|com2sec6 [-Cn *] * {host:snmp}
trapsink|trap2sink|informsink {host:snmp}:*|{host:snmp}
trapsess ... {host:snmp}:*|{host:snmp}
clientaddr {host:source}:*|{host:source}
view * included|excluded {fixed:oid}
sysLocation|sysContact|sysName|syslocation|syscontact {text}
sysObjectID|extend|pass|pass_persist {fixed:oid}
proxy ... {fixed:oid}
# Time, logs, names
server|peer|pool {host:ntp}
allow|deny|cmdallow|cmddeny {prefix:ntp}/{len}
allow|deny|cmdallow|cmddeny [all] {host:ntp}
bindaddress|bindacqaddress|bindcmdaddress {host:source}
restrict [-4|-6] {prefix:ntp} mask {mask}
restrict [-4|-6] {host:ntp}
... @@{host:logging}:*|@@{host:logging}|@{host:logging}:*|@{host:logging}
... target="{host:logging}"*
... Target="{host:logging}"*
nameserver {host:dns}
DNS= {hosts:dns}
{host} {name}
# interfaces(5), systemd.network(5), keepalived.conf(5)
address {interface}/{len}
address {interface} [netmask] {mask}
address {host:interface}
netmask {fixed:mask}
gateway {host:gateway}
network {prefix}
broadcast {host}
dns-nameservers {hosts:dns}
up|down|pre-up|post-up [ip] route add [-net] {prefix:route}/{len} via|gw {host:next-hop}
Address={interface}/{len}
Gateway={host:gateway}
Destination={prefix:route}/{len}
DNS={host:dns}
NTP={host:ntp}
Endpoint = {host:peer}:*
Endpoint = \[{host:peer}\]*
Address = {interface}/{len}
AllowedIPs = ... {prefix:ipsec}/{len}
unicast_src_ip|mcast_src_ip {host:source}
[virtual_ipaddress]
[unicast_peer]
{interface:virtual}/{len}
{host:virtual}
"""
