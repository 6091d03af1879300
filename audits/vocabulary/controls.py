"""Facts about controls that items of the standard ask for: who may do what, port admission, borders, VPN, redundancy.

Where a device has no such thing (ports for users, a policy, a VPN, wireless), its text cannot decide the fact and says
why: that is "not applicable here", never "met".
"""

from __future__ import annotations

from audits.vocabulary.meaning import FactMeaning
from inventory.text import mark

MEANINGS = (
    FactMeaning(
        "one_factor_login",
        mark("Administrators log in with a password alone"),
        mark("Administrators log in with a second factor"),
    ),
    FactMeaning(
        "shared_password_login",
        mark("A console or terminal is opened by a password that all share"),
        mark("Every console and terminal asks for an account"),
    ),
    FactMeaning(
        "aaa_local_first",
        mark("Local accounts are tried before the central AAA server"),
        mark("The central AAA server is asked before local accounts"),
    ),
    FactMeaning(
        "no_command_authorization",
        mark("Commands of administrators are not authorised one by one"),
        mark("Commands of administrators are authorised one by one"),
    ),
    FactMeaning(
        "no_audit_role",
        mark("No account has the role of an auditor"),
        mark("An account has the role of an auditor"),
    ),
    FactMeaning(
        "pwd_no_aging",
        mark("Passwords never expire, or only after more than 90 days"),
        mark("Passwords expire within 90 days"),
    ),
    FactMeaning(
        "pwd_no_complexity",
        mark("Passwords need no mixture of characters"),
        mark("Passwords need a mixture of characters"),
    ),
    FactMeaning(
        "access_ports_open",
        mark("A port for users admits any device"),
        mark("Ports for users admit known devices only"),
    ),
    FactMeaning(
        "no_dhcp_snooping",
        mark("DHCP answers are accepted from every port"),
        mark("DHCP answers are accepted from trusted ports only"),
    ),
    FactMeaning(
        "no_arp_inspection",
        mark("Forged ARP is not stopped"),
        mark("Forged ARP is stopped"),
    ),
    FactMeaning(
        "no_access_rules",
        mark("No rule decides which traffic passes, or what no rule takes is let through"),
        mark("Rules decide which traffic passes, and the rest is denied"),
    ),
    FactMeaning(
        "no_stateful_inspection",
        mark("Traffic across the border is not judged by the state of its session"),
        mark("Traffic across the border is judged by the state of its session"),
    ),
    FactMeaning(
        "no_app_control",
        mark("No rule that permits traffic controls its applications or content"),
        mark("Rules that permit traffic control its applications or content"),
    ),
    FactMeaning(
        "no_ips",
        mark("No rule that permits traffic looks for intrusions"),
        mark("Rules that permit traffic look for intrusions"),
    ),
    FactMeaning(
        "no_antivirus",
        mark("No rule that permits traffic looks for malicious code"),
        mark("Rules that permit traffic look for malicious code"),
    ),
    FactMeaning(
        "no_signature_updates",
        mark("Signatures are not updated by schedule"),
        mark("Signatures are updated by schedule"),
    ),
    FactMeaning(
        "weak_vpn_crypto",
        mark("A VPN allows weak algorithms"),
        mark("No VPN allows weak algorithms"),
    ),
    FactMeaning(
        "vpn_no_pfs",
        mark("A VPN derives new keys from old ones (no PFS)"),
        mark("Every VPN makes new keys afresh (PFS)"),
    ),
    FactMeaning(
        "snmpv3_no_privacy",
        mark("SNMPv3 is used without encryption"),
        mark("SNMPv3 is used with encryption only"),
    ),
    FactMeaning(
        "web_old_tls",
        mark("Web management accepts TLS older than 1.2"),
        mark("Web management accepts TLS 1.2 and newer only"),
    ),
    FactMeaning(
        "many_exits",
        mark("There is more than one exit: default routes or translation to several outer links"),
        mark("There is one exit"),
    ),
    FactMeaning(
        "no_redundancy",
        mark("No second device stands by"),
        mark("A second device stands by"),
    ),
    FactMeaning(
        "wireless_weak",
        mark("A wireless network is open or protected by WEP or TKIP"),
        mark("Wireless networks are protected by WPA2 or WPA3"),
    ),
    FactMeaning(
        "log_only_grave",
        mark("Only grave events reach the log host, not logins and changes"),
        mark("Logins and changes reach the log host"),
    ),
    FactMeaning(
        "no_policy_log",
        mark("No rule records the traffic that it decides"),
        mark("Rules record the traffic that they decide"),
    ),
    FactMeaning(
        "ntp_no_authentication",
        mark("A time server is believed without authentication"),
        mark("Time servers are authenticated"),
    ),
    FactMeaning(
        "mgmt_not_separated",
        mark("Management shares its network with users' traffic"),
        mark("Management has a network of its own"),
    ),
)
