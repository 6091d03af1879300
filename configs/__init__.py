"""How do the devices get there, safely? Render, compare, push behind a guard, archive.

Vendors are folders below `configs.dialects`; nothing else here knows one by name.
"""
