"""Emulated devices: OUR MODELS of the vendors' command lines, made from public documents.

They are not the vendors' software. What they know stands in the tables `*.grammar` and in one folder a vendor;
whatever is not there is refused with the vendor's error text; texts that no page gives are marked “unverified”. They
exist to rehearse sessions, refusals, questions, negation and guards; what they accept is no proof that a real device
accepts it.

Nothing here imports the dialects, the collectors or the audits: a parser shared with them would share its mistakes
(import-linter checks it). One process and one event loop serve every device of a lab.

    grammar.py, parameters.py   commands as data: patterns, abbreviations, canonical text, where a line is wrong
    tree.py                     a configuration: entries in views, running and saved
    secrets.py                  cipher texts and hashes as devices show them
    terminal.py                 echo, line editing, paging, questions
    device.py, interfaces.py    what every device has
    shell.py                    command lines driven by a table: views, negation, a running configuration or a candidate
    undo/                       what the relatives VRP and Comware share
    enable/                     what the relatives IOS and RGOS share
    timers.py                   guards that fire
    logins.py                   sessions that nobody uses and passwords that somebody guesses
    faults.py                   what may go wrong, on demand
    reach.py                    whether packets get to a device and back: addresses, routes, filters, for every vendor
    vrp/, comware/, ios/, ruijie/, stoneos/, fortios/, topsec/, frr/
                                the vendors' languages: what their commands mean, what they show and ask
    platforms.py                the one table of platforms
    server.py, snmp.py          SSH and SNMP in front of a device
    world.py                    all devices of a lab
    bastion/                    ways in that are not direct: a jump host and two 堡垒机, for tests
"""
