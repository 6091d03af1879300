"""USM: the RFC's own test vectors, and pysnmp as an independent oracle."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pysnmp.proto.api import v2c

from collectors.snmp import usm
from collectors.snmp.ber import DecodeError

ENGINE = bytes.fromhex("000000000000000000000002")


@pytest.mark.parametrize(
    ("protocol", "key", "localized"),
    [
        # RFC 3414 appendix A.3.1 and A.3.2
        ("MD5", "9faf3283884e92834ebc9847d8edd963", "526f5eed9fcce26f8964c2930787d82b"),
        ("SHA", "9fb5cc0381497b3793528939ff788d5d79145211", "6695febc9288e36282235fc7151f128497b38f3f"),
    ],
)
def test_password_to_key_of_rfc_3414_appendix_a3(protocol, key, localized):
    """The password `maplesyrup`, the engine of the RFC."""
    made = usm.password_to_key(protocol, b"maplesyrup")
    assert made.hex() == key
    assert usm.localize(protocol, made, ENGINE).hex() == localized


@pytest.mark.parametrize(
    ("protocol", "key"),
    [("MD5", "87021d7bd9d101ba05ea6e3bf9d9bd4a"), ("SHA", "78e2dcce79d59403b58c1bbaa5bff46391f1cd25")],
)
def test_the_new_keys_of_rfc_3414_appendix_a5(protocol, key):
    """The password `newsyrup`, localised for the same engine."""
    assert usm.localize(protocol, usm.password_to_key(protocol, b"newsyrup"), ENGINE).hex() == key


@pytest.mark.parametrize("auth", sorted(usm.AUTHENTICATION))
@pytest.mark.parametrize("priv", ["AES192", "AES256", "AES192C", "AES256C", "AES", "DES"])
def test_privacy_keys_are_pysnmps(auth, priv):
    """Both key extensions, for every hash: the same octets as pysnmp makes."""
    import pysnmp.entity.engine  # noqa: F401 - breaks a circle among its modules
    from pysnmp.proto.secmod.eso.priv import aes192, aes256
    from pysnmp.proto.secmod.rfc3414.auth import hmacmd5, hmacsha
    from pysnmp.proto.secmod.rfc3414.priv import des
    from pysnmp.proto.secmod.rfc3826.priv import aes
    from pysnmp.proto.secmod.rfc7860.auth import hmacsha2

    cipher = {
        "AES192": aes192.AesBlumenthal192,
        "AES256": aes256.AesBlumenthal256,
        "AES192C": aes192.Aes192,
        "AES256C": aes256.Aes256,
        "AES": aes.Aes,
        "DES": des.Des,
    }[priv]()
    authentication = {
        "MD5": hmacmd5.HmacMd5.SERVICE_ID,
        "SHA": hmacsha.HmacSha.SERVICE_ID,
        "SHA224": hmacsha2.HmacSha2.SHA224_SERVICE_ID,
        "SHA256": hmacsha2.HmacSha2.SHA256_SERVICE_ID,
        "SHA384": hmacsha2.HmacSha2.SAH384_SERVICE_ID,
        "SHA512": hmacsha2.HmacSha2.SHA512_SERVICE_ID,
    }[auth]
    key = cipher.hash_passphrase(authentication, b"privpass123")
    expected = bytes(cipher.localize_key(authentication, key, v2c.OctetString(ENGINE)))
    assert usm.privacy_key(auth, priv, b"privpass123", ENGINE) == expected


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(sorted(usm.PRIVACY)), st.binary(min_size=16, max_size=400), st.integers(0, 2**31 - 1))
def test_what_is_encrypted_is_decrypted(priv, plain, boots):
    """Round trip for every cipher (DES pads to eight octets)."""
    user = usm.User("u", "SHA256", b"authpass123", priv, b"privpass123")
    keys = usm.Keys(user, ENGINE)
    encrypted, salt = keys.encrypt(plain, boots, 7)
    assert encrypted != plain
    assert keys.decrypt(encrypted, salt, boots, 7)[: len(plain)] == plain
    assert keys.encrypt(plain, boots, 7)[1] != salt


@pytest.mark.parametrize("name", ["sha-256", "SHA_256", "sha256"])
def test_protocol_names_are_forgiving(name):
    """Vendors write them differently."""
    assert usm.protocol_name(name) == "SHA256"
    assert usm.protocol_name("AES-128") == "AES"
    assert usm.protocol_name("HMAC-SHA") == "SHA"


def test_users_that_cannot_be():
    """Unknown algorithms, and privacy without authentication."""
    with pytest.raises(ValueError, match="unknown authentication"):
        usm.User("u", "SHA3", b"x")
    with pytest.raises(ValueError, match="unknown privacy"):
        usm.User("u", "SHA", b"x", "SM4", b"y")
    with pytest.raises(ValueError, match="needs authentication"):
        usm.User("u", "", b"", "AES", b"y")
    with pytest.raises(ValueError, match="empty"):
        usm.password_to_key("SHA", b"")


def test_a_user_does_not_print_its_passwords():
    """Repr is what lands in logs."""
    assert "secretpass" not in repr(usm.User("u", "SHA", b"secretpass", "AES", b"secretpass"))


def test_wrong_privacy_parameters_are_a_decode_error():
    """A salt of a wrong size, DES data that is no multiple of eight."""
    keys = usm.Keys(usm.User("u", "SHA", b"authpass123", "DES", b"privpass123"), ENGINE)
    with pytest.raises(DecodeError):
        keys.decrypt(b"12345678", b"short", 0, 0)
    with pytest.raises(DecodeError):
        keys.decrypt(b"123", b"12345678", 0, 0)
