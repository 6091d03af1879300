"""containerlab: topology files written, checked, and run where its program is installed.

`document.py` makes the file, `check.py` refuses a broken one with its line, `runner.py` is the back end. Which kind
plays which platform is data (`nodes.yaml`). No image of a vendor is shipped or fetched.
"""
