"""Is it compliant? Facts of devices, rules as data, verdicts with the lines that prove them.

It never sees a vendor: it reads the vendor-independent facts that a dialect gives, and changes nothing.
"""
