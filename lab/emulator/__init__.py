"""Emulated devices: OUR MODELS of the vendors' command lines, made from public documents.

They are not the vendors' software. What they know stands in the tables `*.grammar` and in one module a vendor;
whatever is not there is refused with the vendor's error text. They exist to rehearse sessions, refusals, questions,
negation and guards; what they accept is no proof that a real device accepts it.

Nothing here imports the dialects, the collectors or the audits: a parser shared with them would share its mistakes
(import-linter checks it). One process and one event loop serve every device of a lab.

    grammar.py, parameters.py   commands as data: patterns, abbreviations, canonical text, where a line is wrong
    tree.py                     a configuration: entries in views, running and saved
    secrets.py                  cipher texts and hashes as devices show them
    terminal.py                 echo, line editing, paging, questions
    device.py                   what every device has; vrp.py, ios.py, frr.py say how it is for a vendor
    server.py, snmp.py          SSH and SNMP in front of a device
    world.py                    all devices of a lab
"""
