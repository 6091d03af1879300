"""What do we have? Regions, units, sites, devices, lines, zones and systems: read, checked, typed.

The bottom layer: every package may import it, it imports none of them. It never opens a connection to a device.
"""
