"""What people take away from a plan: tables, request sheets, zones, DHCP and NetBox data, maps.

`registry.VIEWS` names the views; each is one module with `files(material)`, which gives files as bytes and touches
nothing. `export.export` writes them. The same material gives the same bytes on any machine and at any time.
Only `netbox_push` opens a connection, and only when its command is asked to.
"""
