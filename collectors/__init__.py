"""Is it working? SNMP into Prometheus text.

It only reads devices; it never changes one.
"""
