"""Where addresses stand in the services' commands that several vendors' languages share (`common`)."""

from __future__ import annotations

from typing import Final

DHCP: Final = """
[]
ip dhcp excluded-address [vrf {vrf}] {first:dhcp} {last}
ip dhcp excluded-address [vrf {vrf}] {host:dhcp}
ip dhcp-server {host:relay}
ip dhcp pool {name}
ip|ipv6 source binding ... {host:arp}
ipv6 dhcp pool {name}
ip address-pool {name}
ip local pool {name} {first:pool} {last}
ip local pool {name} {host:pool}
ipv6 local pool {name} {prefix:pool}/{len}
[ip dhcp pool]
[ipv6 dhcp pool]
= vrf {vrf}
network {prefix:dhcp} {mask} {first:dhcp} {last}
network {prefix:dhcp}/{len}
network {prefix:dhcp} {mask}
network {prefix:dhcp} /{len}
network {classful:dhcp}
host {interface:dhcp} {mask}
host {interface:dhcp}/{len}
host {interface:dhcp} /{len}
default-router|gateway {hosts:gateway}
dns-server {hosts:dns}
netbios-name-server {hosts:server}
next-server {hosts:server}
tftp-server {hosts:server}
option * ip {hosts:dhcp}
address range {first:dhcp} {last}
address prefix {prefix:dhcp}/{len}
prefix-delegation {prefix:dhcp}/{len}
link-address {prefix:dhcp}/{len}
address {host:dhcp}
relay destination [vrf {vrf}] {host:relay}
relay source {prefix:relay} {mask}
range {first:dhcp} {last}
lease-range|lease {first:dhcp} {last}
class {name}
[ip dhcp pool > class]
address range {first:dhcp} {last}
[ip dhcp pool > network]
override default-router {hosts:gateway}
"""

SERVERS: Final = """
[]
ip name-server vrf {vrf} {hosts:dns}
ip name-server {hosts:dns} [use-vrf {vrf}]
ip name-server ... use-vrf * {host:dns}
ip domain name-server|server [vrf {vrf}] {hosts:dns}
ip host vrf {vrf} * {hosts:host}
ip host * [*] {hosts:host}
ip host * {hosts:host}
ipv6 host * {hosts:host}
ipv6 name-server {hosts:dns}
ntp server|peer vrf {vrf} [ip|ipv6] {host:ntp}
ntp server|peer [ip|ipv6] {host:ntp} [...] use-vrf|vrf {vrf}
ntp server|peer [ip|ipv6] {host:ntp}
ntp source {host:source}
ntp broadcast destination {host:ntp}
ntp multicast [client] {host:group}
ntp server|peer ... source {host:source}
sntp server {host:ntp}
logging host|server [ipv6] {host:logging} [...] vrf|use-vrf {vrf}
logging host|server [ipv6] {host:logging}
logging [vrf {vrf}] host {host:logging}
logging {host:logging} [vrf|use-vrf {vrf}]
logging [vrf {vrf}] {host:logging}
logging source-ip {host:source}
snmp-server host {host:snmp} [...] vrf|use-vrf {vrf}
snmp-server host {host:snmp}
snmp-server engineID remote {host:snmp} [vrf {vrf}]
snmp-server user * * remote {host:snmp} [vrf {vrf}]
snmp-server trap-source {host:source}
tacacs-server|radius-server host vrf {vrf} {host:server}
tacacs-server|radius-server host {host:server} [vrf {vrf}]
radius-server attribute nas-ip-address|4 {host:source}
radius-server dynamic-author|proxy client {host:server}
ip tacacs|radius source-ip {host:source}
ip radius nas-ip-address {host:source}
ip ftp|tftp|ssh source-ip {host:source}
ldap-server host {host:server}
kerberos server * {host:server}
ip flow-export destination {host:logging} [*] [vrf {vrf}]
ip flow-export source {host:source}
sflow [vrf {vrf}] destination {host:logging}
sflow [vrf {vrf}] source|agent [address] {host:source}
sflow collector-ip|agent-ip|source-ip|collector|agent {host:logging}
sflow collector * destination|source {host:logging}
sflow agent address {host:source}
ip rcmd remote-host * {host:management}
ip http access-class [ipv4] {name}
ip urlfilter server vendor * {host:server}
ip urlfilter exclusive-domain permit|deny {host:destination}
ip wccp ... group-address {host:group}
ip alias {host}
monitor session * ... destination|origin [ip] [address] {host:destination}
ip sla responder * ipaddress {host:probe}
ip sla responder *-echo|*-connect ipaddress {host:probe}
ip dns forwarding|server [source] {host:dns}
netconf server {host:server}
ip arp inspection filter {name}
[aaa group server]
= ip vrf forwarding {vrf}
= use-vrf {vrf}
= vrf {vrf}
server [name] {host:server} [vrf {vrf}]
server-private {host:server}
[aaa server radius dynamic-author]
client {host:server} [vrf {vrf}]
server {host:server}
[tacacs server]
[radius server]
[ldap server]
address ipv4|ipv6 {host:server}
ipv4 {host:server}
ipv6 {host:server}
server host {host:server}
[flow exporter]
[flow-export]
[exporter]
destination {host:logging} [vrf|use-vrf {vrf}]
source {host:source}
collector {host:logging}
[ip dns view]
dns forwarder [vrf {vrf}] {hosts:dns}
domain name-server {hosts:dns}
"""

PROBES: Final = """
[]
track * ip route {prefix:probe} {mask}
track * ip route {prefix:probe}/{len}
track * ipv6 route {prefix:probe}/{len}
[track]
ip vrf {vrf}
[ip sla]
[rtr]
[sla monitor]
[ip rns]
[ip sla > *]
?icmp-echo|path-echo|path-jitter|icmp-jitter|udp-jitter|udp-echo|tcp-connect|voip|dhcp|ftp|dns|http|mpls {host:probe} \
    [...] (source-ip|source-ipaddr|out-interface {host:source} | source-interface *)
?icmp-echo|path-echo|path-jitter|icmp-jitter|udp-jitter|udp-echo|tcp-connect|voip|dhcp {host:probe}
?icmp-echo|path-echo|udp-jitter|udp-echo|tcp-connect|dns ... next-hop {host:next-hop}
?icmp-echo ... source-ip|source-ipaddr {host:source}
?dns ... name-server {host:dns}
?http ... name-server {host:dns}
?http|ftp ... source-ip {host:source}
?type ... ipIcmpEcho {host:probe}
?type ... dest-ipaddr|dest-addr {host:probe}
?type ... source-ipaddr|source-addr|source-ip {host:source}
?type ... name-server {host:dns}
?lsr-path {hosts:next-hop}
"""

OBJECTS: Final = """
[object-group]
[object-group > *]
?host {host:object}
?[{seq}] host-info {host:object}
?+range {first:object} {last}
?+subnet {prefix:object} {mask}
group-object|object-group {name}
"""

CRYPTO: Final = """
[]
?crypto isakmp key [0|6|7] * address {prefix:peer} [{mask}]
?crypto isakmp key [0|6|7] * address ipv6 {prefix:peer}/{len}
?crypto isakmp peer address {host:peer}
?crypto isakmp peer ip-address {host:peer}
?crypto map * local-address {host:source}
crypto map {name}
crypto keyring {name}
?crypto map * * set peer {host:peer}
[crypto]
[crypto > *]
[webvpn]
?set peer {host:peer}
?set local-address|peer-address {host:peer}
?match address {name}
?pre-shared-key address ipv6 {prefix:peer}/{len}
?pre-shared-key address {prefix:peer} [{mask}]
?pre-shared-key address {prefix:peer}/{len}
?local-address {host:source}
?match identity address {prefix:peer} {mask} [*]
?match identity address {host:peer}
?match identity remote address {prefix:peer} {mask}
?match identity remote address {prefix:peer}/{len}
?match identity remote address {host:peer}
?match address local {host:source}
?match certificate {name}
?self-identity address {host:source}
?identity local address {host:source}
?identity address ipv4 {host:peer}
?identity address {host:peer}
?address ipv4|ipv6 {host:peer}
?address {prefix:peer} {mask}
?address {prefix:peer}/{len}
?address {host:peer}
?server address ipv4 {host:server}
?peer {host:peer}
?dns|wins {hosts:dns}
?reverse-route remote-peer {host:next-hop}
?ip-address {host}
?subject-name|fqdn|subject-alt-name {text}
?backup-server|server {host:server}
?nat * {host}
?ip address {host} port
"""

TABLE: Final = DHCP + SERVERS + PROBES + OBJECTS + CRYPTO
