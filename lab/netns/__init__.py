"""Devices as Linux network namespaces with real daemons: FRR, OpenSSH, net-snmp, nftables, strongSwan.

`spec` says what is to be built, as data; `keeper` is the one process that builds it and holds it; the other modules
make the parts of a node's specification (accounts, ssh, snmp, router, gateway). Nothing here knows an inventory but `design`.
"""
