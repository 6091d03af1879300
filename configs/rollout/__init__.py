"""Rollouts: many devices changed in waves, durably.

What was approved is a `Bundle` in the workspace; how far it has come stands in a database (`store`), so that any
process can show it, go on with it after a kill, or take it back. Each site's change is a durable workflow (`engine`);
which site is begun when is decided by a plain loop over the database (`conduct`), which can be stopped and begun again
at any moment. Nothing here talks to a device: that is `configs.push`.
"""
