"""Vendors' command lines in front of stand-ins: a device that is typed at and that passes packets.

A stand-in (`lab.standin`) passes packets as a device's configuration says, and has no command line of the device's.
An emulated device (`lab.emulator`) has the command line, and passes none. Here the one stands in front of the other: it
begins with the device's real text and listens inside the stand-in's network namespace, so that a session travels
through the lab's own routed network; whenever its running configuration changes, the whole text goes to a `Loader`,
which brings the stand-in there. A change that cuts the path cuts the session, and what brings it back is the device's
own guard.

An answer is given when the load behind it is done, or after `FrontsSpec.patience` seconds. Lines typed ahead are taken
at once and loaded together, as a device takes them within moments; a load is slower than a device's own change.

    spec.py       which devices, with which texts and logins: plain data that travels as JSON
    loader.py     the seam to whatever passes the packets
    loading.py    in order, one load at a time for a device, the newest text only; reboots
    sockets.py    sockets inside a network namespace
    front.py      one device: its listeners and who may come in
    process.py    all fronts of a lab in one process and one event loop, started by the lab's keeper
    asking.py     questions to that process from outside: what a device runs, what was loaded; reboots and faults
    standin.py    the loader for `lab.standin`, and a network's specification with fronts

Nothing here knows a vendor's command. IPv4 only: fronts listen at no IPv6 address.
"""
