"""netlab (netlab.tools): a topology file with addresses, and each device's configuration as a custom template.

netlab checks such a file itself and makes containerlab's or Vagrant's files of it; govnet only writes it.
"""
