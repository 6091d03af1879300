"""Virtual devices on which everything is rehearsed before a real device is touched.

Emulators are our models of the vendors, made from public documents; they share no code with the dialects.
"""
