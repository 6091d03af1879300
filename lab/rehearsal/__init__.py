"""A whole change, seen before a real device is touched: the network in the lab, traffic on it, stages there and back.

`legs` walks the stages and has each sent by whoever sends for real; `prober` sends the packets, inside the lab;
`matrix` and `traffic` say what became of them; `result` judges, `report` shows it. Nothing here talks to a real device,
and nothing here changes the workspace that it is asked about: it works on a copy with invented secrets.
"""
