"""Facts of devices without a vendor: judgements that several dialects pass on what each of them found in its own words.

A dialect's `facts.py` finds the lines; what they mean for a fact stands here. Nothing here knows a command.
"""
