"""The face of govnet: one file a command. Parses, calls one function, prints.

Only the console script `govnet` is public.
"""
