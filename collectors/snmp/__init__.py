"""SNMP v1, v2c and v3 over UDP, made for polling thousands of devices from one process.

The protocol is sans I/O: a walk is a generator that yields requests and is sent replies (`walk`), a session turns
requests into datagrams and back (`session`, `usm`), and `client` owns the only sockets: one for each address family.
Nothing here writes to a device: there is no SET.
"""
