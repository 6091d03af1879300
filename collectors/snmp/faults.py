"""Why a poll failed: stable English reasons, and what to say about each in both languages."""

from __future__ import annotations

from inventory.errors import NO_HINT, SnmpError
from inventory.text import Message

# reason → (message, hint). The reasons are part of the interface: metrics and JSON carry them.
REASONS: dict[str, tuple[Message, Message]] = {
    "timeout": (
        Message("no SNMP answer"),
        Message(
            "check the route, UDP port 161 and the device's SNMP access list; "
            "a wrong community or an unknown context looks the same, because a device keeps silent about it"
        ),
    ),
    "closed": (
        Message("the SNMP port is closed"),
        Message("turn the SNMP agent on, or check the port"),
    ),
    "unreachable": (
        Message("there is no way to the device"),
        Message("check the route and the device's address"),
    ),
    "unknown_user": (
        Message("the device does not know the SNMPv3 user"),
        Message("create the user on the device, or correct `user` in credentials.yaml"),
    ),
    "wrong_digest": (
        Message("the SNMPv3 authentication password or protocol is wrong"),
        Message("compare `auth_protocol` and `auth_password` with the device"),
    ),
    "decryption": (
        Message("the SNMPv3 privacy password or protocol is wrong"),
        Message("compare `priv_protocol` and `priv_password` with the device; for AES-192/256 try AES192C/AES256C"),
    ),
    "not_in_time_window": (
        Message("the device's SNMPv3 clock could not be followed"),
        Message("its engine boots or clock may be stuck, or its engine ID copied from another: restart its SNMP agent"),
    ),
    "unknown_engine": (
        Message("the device did not tell its SNMPv3 engine ID"),
        Message("check that the device speaks SNMPv3"),
    ),
    "security_level": (
        Message("the device refuses this SNMPv3 security level"),
        Message("give the user authentication and privacy as the device demands it"),
    ),
    "too_big": (Message("the device says that even the smallest answer is too big"), NO_HINT),
    "gen_err": (Message("the device answered with a general error (genErr)"), NO_HINT),
    "no_access": (
        Message("the device refuses access to what was asked"),
        Message("widen the user's or the community's view on the device"),
    ),
    "error_status": (Message("the device answered with an SNMP error"), NO_HINT),
    "loop": (
        Message("the device repeats itself: its object identifiers do not increase"),
        Message("this is a fault of the device's software; the walk was stopped"),
    ),
    "bounds": (
        Message("the walk was stopped at its bounds of rows, packets or time"),
        Message("this is a fault of the device, or the table is larger than allowed"),
    ),
    "decode": (Message("the device's answer is not valid SNMP"), NO_HINT),
    "socket": (Message("this machine could not send the request"), NO_HINT),
    "no_credential": (
        Message("there is no SNMP access in the device's credential"),
        Message("add `snmp:` to the credential in credentials.yaml"),
    ),
    "secret": (Message("the SNMP secret could not be read"), NO_HINT),
    "internal": (Message("a fault of govnet itself; the log has its trace"), NO_HINT),
}


class Fault(Exception):  # noqa: N818 - not an error yet: it becomes an SnmpError at the package's edge
    """A poll's failure inside the engine, before a device's name is known."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


def error(device: str, reason: str, detail: str = "") -> SnmpError:
    """The error that says `reason` about `device`; `detail` is technical and English."""
    message, hint = REASONS[reason]
    if detail:
        message = Message("{what} ({detail})", what=message, detail=detail)
    return SnmpError(device, reason, message, hint)
