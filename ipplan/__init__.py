"""Which addresses should it have? Policy and inventory in, address plan out.

`policy.load` reads the city's policy, `allocate.make` makes the plan, `plan.read` and `plan.write` keep it as a
table, `checks.check` judges one, `addresses.device_addresses` says what a device's configuration needs.
Pure arithmetic: this package never sees a configuration. Only `views.netbox_push` opens a connection, when its
command asks it to.
"""
