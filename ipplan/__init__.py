"""Which addresses should it have? Policy in, address plan and old → new mapping out.

Pure arithmetic on addresses: it never sees a configuration and never opens a connection.
"""
