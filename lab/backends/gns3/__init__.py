"""GNS3: a project with nodes, links and start-up configurations on a server, by its REST API, version 3.

`server.py` says which server, `api.py` speaks to it and puts its refusals into words, `project.py` builds and reads
back, `runner.py` is the back end. Which template plays which platform is data (`nodes.yaml`).
"""
