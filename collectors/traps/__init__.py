"""Notifications: SNMP traps and informs received, named, stored, counted, and made into alerts.

It answers informs and questions for its engine, and nothing else; whoever sends with an unknown community or user is
refused and counted. Decoding is our own, over `collectors.snmp`: pysnmp lets exceptions escape on malformed datagrams
and needs a millisecond for a good one.
"""
