"""Facts that a configuration can tell: access, accounts, passwords, records, services."""

from __future__ import annotations

from audits.vocabulary.meaning import FactMeaning
from inventory.text import mark

MEANINGS = (
    FactMeaning(
        "telnet_mgmt",
        mark("Telnet is accepted for management"),
        mark("Telnet is not accepted for management"),
    ),
    FactMeaning("ssh_v1", mark("SSH protocol 1 is accepted"), mark("SSH protocol 1 is not accepted")),
    FactMeaning("http_mgmt", mark("Management over plain HTTP is on"), mark("Management over plain HTTP is off")),
    FactMeaning(
        "snmp_v1v2c",
        mark("An SNMPv1/v2c community is configured"),
        mark("No SNMPv1/v2c community is configured"),
    ),
    FactMeaning(
        "snmp_default_community",
        mark("A community is exactly “public” or “private”"),
        mark("No community is “public” or “private”"),
    ),
    FactMeaning(
        "snmp_rw_community",
        mark("A community may write"),
        mark("No community may write"),
    ),
    FactMeaning(
        "snmp_no_acl",
        mark("A community is open to every source address"),
        mark("Every community is limited to listed sources"),
    ),
    FactMeaning(
        "pwd_plain",
        mark("A password or shared key is stored in clear text"),
        mark("No password or shared key is stored in clear text"),
    ),
    FactMeaning(
        "pwd_reversible",
        mark("A login password is stored in a reversible form"),
        mark("No login password is stored in a reversible form"),
    ),
    FactMeaning(
        "vty_no_acl",
        mark("Remote management is accepted from any source"),
        mark("Remote management is limited to listed sources"),
    ),
    FactMeaning("no_syslog_host", mark("No remote log host"), mark("Logs go to a remote host")),
    FactMeaning("no_ntp", mark("No time server"), mark("Time comes from a server")),
    FactMeaning(
        "idle_timeout_disabled",
        mark("A management session never times out"),
        mark("No management session stays open for ever"),
    ),
    FactMeaning(
        "idle_timeout_over_10min",
        mark("An idle management session stays open longer than 10 minutes"),
        mark("Idle management sessions end within 10 minutes"),
    ),
    FactMeaning("no_login_lockout", mark("Failed logins are not limited"), mark("Failed logins are limited")),
    FactMeaning(
        "pwd_policy_weak_or_missing",
        mark("No password policy, or a minimum length below 8"),
        mark("A password policy asks for at least 8 characters"),
    ),
    FactMeaning("no_banner", mark("No warning is shown at login"), mark("A warning is shown at login")),
    FactMeaning(
        "any_any_permit_applied",
        mark("A rule that permits anything is in force"),
        mark("No rule that permits anything is in force"),
    ),
    FactMeaning(
        "auth_none",
        mark("A console or terminal line needs no authentication"),
        mark("Every console and terminal line needs authentication"),
    ),
    FactMeaning("unused_ports_up", mark("An unused port is not shut down"), mark("Unused ports are shut down")),
    FactMeaning(
        "weak_crypto",
        mark("A weak algorithm is explicitly allowed"),
        mark("No weak algorithm is explicitly allowed"),
    ),
    FactMeaning(
        "default_account",
        mark("An account has a vendor's default name"),
        mark("No account has a vendor's default name"),
    ),
    FactMeaning(
        "insecure_services",
        mark("FTP, TFTP, finger or a small server is on"),
        mark("FTP, TFTP, finger and the small servers are off"),
    ),
    FactMeaning(
        "acl_applied_undefined",
        mark("A filter that is bound is not defined"),
        mark("Every filter that is bound is defined"),
    ),
    FactMeaning(
        "acl_shadowed_or_redundant",
        mark("A rule can never match or repeats another"),
        mark("No rule is shadowed or repeated"),
    ),
    FactMeaning("acl_disabled_rule", mark("A disabled rule is kept"), mark("No disabled rule is kept")),
    FactMeaning(
        "mgmt_service_on_untrust",
        mark("A management service is open towards an untrusted zone"),
        mark("No management service is open towards an untrusted zone"),
    ),
    FactMeaning(
        "log_retention_short",
        mark("Logs are kept for less than 180 days"),
        mark("Logs are kept for at least 180 days"),
    ),
    FactMeaning(
        "pwd_encryption_off",
        mark("The device does not encrypt the passwords it stores"),
        mark("The device encrypts the passwords it stores"),
    ),
    FactMeaning("logging_disabled", mark("Logging is switched off"), mark("Logging is on")),
    FactMeaning(
        "no_log_timestamps",
        mark("Log records carry no date and time"),
        mark("Log records carry date and time"),
    ),
    FactMeaning(
        "no_accounting",
        mark("What administrators do is not recorded by AAA"),
        mark("AAA records what administrators do"),
    ),
    FactMeaning(
        "no_central_aaa",
        mark("Administrators are not checked by a central AAA server"),
        mark("Administrators are checked by a central AAA server"),
    ),
    FactMeaning(
        "no_role_separation",
        mark("Every local account has the highest rights"),
        mark("Local accounts have different rights"),
    ),
)
