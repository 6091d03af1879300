"""Whether sites, devices and lines can be reached, and how well: echo requests and TCP connects, their loss and delay.

It sends what a `ping` sends, within a rate that is bounded. It never scans: only addresses of the inventory, of the
plan and of `reach.yaml` are probed. What could not be tried is said to be not run, never without loss.
"""
