"""BER against pyasn1, which was written by somebody else."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder, encoder
from pyasn1.type import univ
from pysnmp.proto.api import v2c

from collectors.snmp import ber

arcs = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=20)
oids = st.one_of(
    st.tuples(st.integers(0, 1), st.integers(0, 39), arcs), st.tuples(st.just(2), st.integers(0, 200), arcs)
).map(lambda parts: (parts[0], parts[1], *parts[2]))


@given(oids)
def test_object_identifiers_are_encoded_as_pyasn1_does_and_come_back(numbers):
    """Every OID: our octets are pyasn1's, and decode to the same numbers."""
    expected = encoder.encode(univ.ObjectIdentifier(numbers))
    content = ber.encode_arcs(numbers)
    assert ber.tlv(ber.OBJECT_IDENTIFIER, content) == expected
    assert ber.decode_arcs(content) == numbers
    assert ber.encode_oid(ber.oid_text(content)) == content


@given(st.integers(-(2**63), 2**63 - 1))
def test_integers(number):
    """INTEGER as pyasn1 reads it, in the shortest form (X.690 section 8.3.2; pyasn1 writes -128 longer)."""
    encoded = ber.encode_integer(number)
    assert decoder.decode(encoded) == (univ.Integer(number), b"")
    assert len(encoded) == 3 or encoded[2] not in (0x00, 0xFF) or (encoded[2] ^ encoded[3]) & 0x80
    assert ber.number(encoder.encode(univ.Integer(number))) == number
    assert ber.number(encoded) == number
    assert ber.integer(encoded, 0, len(encoded)) == (number, len(encoded))


@given(st.sampled_from([v2c.Counter32, v2c.Gauge32, v2c.TimeTicks]), st.integers(0, 2**32 - 1))
def test_unsigned_types(kind, number):
    """The application types of 32 bits are read without a sign."""
    assert ber.number(encoder.encode(kind(number))) == number


@given(st.integers(0, 2**64 - 1))
def test_counter64(number):
    """Counter64 up to its largest value."""
    assert ber.number(encoder.encode(v2c.Counter64(number))) == number
    assert ber.number(ber.encode_integer(number, ber.COUNTER64)) == number


@given(st.binary(max_size=70000))
def test_lengths(content):
    """Octet strings of all lengths, short and long form."""
    encoded = ber.tlv(ber.OCTET_STRING, content)
    assert encoded == encoder.encode(univ.OctetString(content))
    assert ber.split(encoded) == (ber.OCTET_STRING, content)
    assert bytes(decoder.decode(encoded)[0]) == content


def test_a_counter_without_its_leading_zero_is_not_negative():
    """Some agents send four octets with the top bit set: that is a large number, not a negative one."""
    assert ber.number(b"\x41\x04\xff\xff\xff\xfe") == 4294967294


def test_opaque_floats():
    """net-snmp's Opaque float and double."""
    assert ber.number(bytes.fromhex("44079f78043f800000")) == 1.0
    assert ber.number(bytes.fromhex("440b9f79083ff8000000000000")) == 1.5


@pytest.mark.parametrize(
    "octets",
    [
        "",
        "30",
        "3001",
        "3080",
        "3085000000000100",
        "300502",
        "02020102ff",
        "0600",
        "060181",
        "020900112233445566778899",
    ],
)
def test_what_is_not_ber_is_a_decode_error(octets):
    """Truncated, indefinite, over-long: DecodeError, nothing else."""
    data = bytes.fromhex(octets)

    def read():
        tag, content = ber.split(data)
        if tag == ber.OBJECT_IDENTIFIER:
            ber.decode_arcs(content)
        ber.integer(data, 0, len(data))

    with pytest.raises(ber.DecodeError):
        read()


@given(st.binary(max_size=200))
def test_any_octets_decode_or_raise_decode_error(data):
    """No other exception for anything that can arrive."""
    for read in (lambda: ber.varbinds(data, 0, len(data)), lambda: ber.number(data), lambda: ber.decode_arcs(data)):
        with contextlib.suppress(ber.DecodeError):
            read()


@pytest.mark.parametrize("text", ["", "1", "1.x", "3.1", "1.40", "1.3." + ".".join(["1"] * 200), "1.3.-1"])
def test_texts_that_are_no_object_identifier(text):
    """Named as such."""
    with pytest.raises(ber.DecodeError):
        ber.encode_oid(text)
