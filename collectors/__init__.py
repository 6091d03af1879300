"""Is it working? SNMP into Prometheus text.

It only reads devices; it never changes one.

    targets     whom to poll and how to speak to them: from the inventory to addresses and secrets
    poll        `poll(targets)`, and `Poller`, which remembers what answers taught from one poll to the next
    results     what a poll gives: per device and module, as numbers and as Prometheus text
    modules     which objects are read and which metrics they become (`*.yml`, snmp_exporter's form)
    exporter    `/snmp?target=…` for Prometheus
    standing    what the workspace's files say: lines, rollouts, the last audit
    alerts      recording and alert rules; `dashboards`: Grafana's; `deploy`: everything that a NOC's machine needs
    relay       alerts for the robots of group chats
    snmp        the protocol: BER, USM, sessions, the shared sockets, walks
"""
