"""Devices as Linux network namespaces with real daemons: FRR, OpenSSH, net-snmp, nftables, strongSwan.

`spec` says what is to be built, as data; `keeper` is the one process that builds it and holds it; `process` is the
keeper seen from outside. The other modules make the parts of a node; `design` puts them together from a topology.
"""
