"""Secrets are in the model as both ends can be given them, and in no text that is made of it."""

from __future__ import annotations

from configs import dialects

STORED = "%^%#abcdefghijklmnopqrstuvwxyz%^%#"
TEXT = """
interface GigabitEthernet0/1/0
 ip address 10.0.0.1 30
 ospf authentication-mode md5 1 plain geheim
 isis authentication-mode md5 cipher {stored}
#
bgp 100
 peer 10.0.0.2 as-number 200
 peer 10.0.0.2 password cipher {stored}
"""


def model(stored: str):
    tree = dialects.dialect("huawei").parse(TEXT.format(stored=stored).encode())
    found = dialects.forwarding("huawei", tree, "r1")
    assert found is not None
    return found


def test_a_key_is_carried_and_never_shown():
    """The lab gives both ends the key; a log or a message does not have it."""
    found = model(STORED)
    port = found.ports["GigabitEthernet0/1/0"]
    assert port.ospf.secret == "md5:1:geheim"
    assert "geheim" not in repr(found)


def test_a_ciphertext_becomes_the_same_key_only_for_the_same_text():
    """The key itself is not known: equal texts agree, others do not."""
    one, same, other = (model(text).bgp.families[0].neighbours[0].secret for text in (STORED, STORED, STORED[::-1]))
    assert one == same
    assert one != other
    assert one.startswith("~")
    assert STORED not in one
    assert len(one) == 16
    assert one not in repr(model(STORED))
    assert model(STORED).ports["GigabitEthernet0/1/0"].isis.secret == f"md5:0:{one}"


def test_a_language_without_a_reader_has_no_model():
    """It is said, not guessed."""
    tree = dialects.dialect("juniper_junos").parse(b"system { host-name r1; }\n")
    assert dialects.forwarding("juniper_junos", tree) is None
