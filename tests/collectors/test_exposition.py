"""What values and indexes become: snmp_exporter's types, one by one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families
from pyasn1.codec.ber import encoder
from pysnmp.proto.api import v2c

from collectors import display_hint, labels, values
from collectors.exposition import Family, Series, gauge, labelled, page
from collectors.found import Found
from collectors.modules.schema import Module
from collectors.plan import compile_module
from collectors.results import read_line
from collectors.snmp import ber

BASE = "1.3.6.1.4.1.99999.1"
INDEX = [{"labelname": "row", "type": "gauge"}]


def samples(metric, cells, *, columns=(), wrap=True):
    """The samples of one metric from cells (index → pysnmp value); `columns`: further (oid, cells)."""
    module = Module.model_validate({"walk": ["1.3.6.1"], "metrics": [{"oid": BASE + ".1", "name": "m", **metric}]})
    found = Found()
    for name, part in ((BASE + ".1", cells), *columns):
        found.columns[ber.encode_oid(name)] = {
            ber.encode_index(index): encoder.encode(value) for index, value in part.items()
        }
    series = Series(compile_module("test", module), wrap=wrap)
    text = page([series.render(found)]).decode()
    assert page([series.render(found)]).decode() == text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def one(metric, value, **options):
    """The only sample's name, labels and value."""
    found = samples({"indexes": INDEX, **metric}, {(1,): value}, **options)
    assert len(found) == 1, found
    (name, labels), number = next(iter(found.items()))
    return name, {key: text for key, text in labels if key != "row"}, number


def test_numbers():
    """Counters (whose names prometheus-client's parser lengthens), gauges, scale and offset, Opaque floats."""
    assert one({"type": "gauge"}, v2c.Integer32(-5)) == ("m", {}, -5)
    assert one({"type": "counter"}, v2c.Counter32(2**32 - 1)) == ("m_total", {}, 2**32 - 1)
    assert one({"type": "gauge", "scale": 0.1, "offset": 1}, v2c.Gauge32(250)) == ("m", {}, 26)
    assert one({"type": "Float"}, v2c.Opaque(bytes.fromhex("9f780441200000"))) == ("m", {}, 10)


texts = st.one_of(
    st.binary(max_size=12).map(v2c.OctetString),
    st.text(alphabet='a"\\\n上%', max_size=5).map(lambda text: v2c.OctetString(text.encode())),
    st.text(alphabet="GigabitEthernet0/1", max_size=130).map(lambda text: v2c.OctetString(text.encode())),
    st.integers(0, 9).map(v2c.Integer32),
)


@given(st.dictionaries(st.integers(1, 70_000), st.tuples(texts, texts), min_size=1, max_size=5), st.data())
def test_labels_made_column_by_column_are_those_made_row_by_row(rows, data):
    """Whatever the texts are, and where some are missing."""
    names = [f"{BASE}.{number}" for number in (2, 3)]
    lookups = [{"labels": ["row"], "labelname": f"l{name[-1]}", "oid": name, "type": "DisplayString"} for name in names]
    metric = {"oid": BASE + ".1", "name": "m", "type": "gauge", "indexes": INDEX, "lookups": lookups}
    module = Module.model_validate({"walk": ["1.3.6.1"], "metrics": [metric]})
    found = Found()
    for place, name in enumerate(names):
        kept = [index for index in rows if data.draw(st.integers(0, 9))]
        cells = {ber.encode_index((index,)): encoder.encode(rows[index][place]) for index in kept}
        found.columns[ber.encode_oid(name)] = cells
    indexes = [ber.encode_index((index,)) for index in rows]
    (plain,) = module.metrics
    one_by_one = [labels.line("", labels.of_row(index, plain, found)) for index in indexes]
    assert labels.of_rows(indexes, plain, found) == one_by_one


@given(st.integers(0, 2**64 - 1))
def test_counters_wrap_where_a_float_would_lose_digits(number):
    """At 2^53, as snmp_exporter wraps; or not, if that is asked for."""
    assert one({"type": "counter"}, v2c.Counter64(number))[2] == number % 2**53
    assert one({"type": "counter"}, v2c.Counter64(number), wrap=False)[2] == number


def test_what_is_no_number_gives_no_sample():
    """Unknown is not 0."""
    assert samples({"type": "gauge", "indexes": INDEX}, {(1,): v2c.OctetString("n/a")}) == {}
    assert samples({"type": "DateAndTime", "indexes": INDEX}, {(1,): v2c.OctetString("x")}) == {}


def test_texts():
    """A text is the label of its own name with the value 1."""
    assert one({"type": "DisplayString"}, v2c.OctetString("核心".encode())) == ("m", {"m": "核心"}, 1)
    assert one({"type": "DisplayString"}, v2c.OctetString("核心".encode("gbk"))) == ("m", {"m": "核心"}, 1)
    assert one({"type": "OctetString"}, v2c.OctetString(b"\x01\xff")) == ("m", {"m": "0x01FF"}, 1)
    assert one({"type": "PhysAddress48"}, v2c.OctetString(b"\x02\0\0\0\0\x0a")) == ("m", {"m": "02:00:00:00:00:0A"}, 1)
    assert one({"type": "OctetString"}, v2c.ObjectIdentifier((1, 3, 6, 1))) == ("m", {"m": "1.3.6.1"}, 1)
    assert one({"type": "InetAddressIPv4"}, v2c.IpAddress("192.0.2.7")) == ("m", {"m": "192.0.2.7"}, 1)
    assert one({"type": "InetAddressIPv6"}, v2c.OctetString(bytes(15) + b"\x01"))[1] == {
        "m": "0000:0000:0000:0000:0000:0000:0000:0001"
    }


def test_enumerations_and_bits():
    """EnumAsInfo, EnumAsStateSet, Bits."""
    enum = {"enum_values": {1: "up", 2: "down"}}
    assert one({"type": "EnumAsInfo", **enum}, v2c.Integer32(2)) == ("m_info", {"m": "down"}, 1)
    assert one({"type": "EnumAsInfo", **enum}, v2c.Integer32(9)) == ("m_info", {"m": "9"}, 1)
    states = samples({"type": "EnumAsStateSet", "indexes": INDEX, **enum}, {(1,): v2c.Integer32(2)})
    assert {dict(labels)["m"]: number for (_, labels), number in states.items()} == {"up": 0, "down": 1}
    bits = samples(
        {"type": "Bits", "indexes": INDEX, "enum_values": {0: "a", 1: "b", 9: "c"}},
        {(1,): v2c.OctetString(b"\x40\x40")},
    )
    assert {dict(labels)["m"]: number for (_, labels), number in bits.items()} == {"a": 0, "b": 1, "c": 1}


def test_times():
    """DateAndTime with and without an offset, a text with a pattern, NTP."""
    stamp = bytes((0x07, 0xE8, 2, 29, 12, 0, 0, 0))
    assert one({"type": "DateAndTime"}, v2c.OctetString(stamp))[2] == 1709208000
    assert one({"type": "DateAndTime"}, v2c.OctetString(stamp + b"+\x08\x00"))[2] == 1709208000 - 8 * 3600
    assert (
        one({"type": "ParseDateAndTime", "datetime_pattern": "%b %d %Y"}, v2c.OctetString("Feb 29 2024"))[2]
        == 1709164800
    )
    assert one({"type": "NTPTimeStamp"}, v2c.OctetString((2208988800 + 5).to_bytes(4, "big") + b"\x80\0\0\0"))[2] == 5


def test_numbers_out_of_texts():
    """regex_extracts, as Go writes templates."""
    metric = {
        "type": "DisplayString",
        "regex_extracts": {
            "Temp": [{"regex": r"(\d+) C.*"}],
            "State": [{"regex": "OK.*", "value": "1"}, {"regex": ".*", "value": 0}],
            "Both": [{"regex": r"(\d)(\d) C", "value": "${2}.$1"}],
        },
    }
    found = samples({"indexes": INDEX, **metric}, {(1,): v2c.OctetString("42 C")})
    assert {name: number for (name, _), number in found.items()} == {"mTemp": 42, "mState": 0, "mBoth": 2.4}


INDEXES = [
    ("gauge", {}, (7,), "7"),
    ("PhysAddress48", {}, (2, 0, 0, 0, 0, 255), "02:00:00:00:00:FF"),
    ("InetAddressIPv4", {}, (192, 0, 2, 1), "192.0.2.1"),
    ("InetAddress", {}, (1, 4, 192, 0, 2, 1), "192.0.2.1"),
    ("InetAddressMissingSize", {}, (1, 192, 0, 2, 1), "192.0.2.1"),
    ("InetAddress", {}, (9, 2, 5, 6), "0x09020506"),
    ("DisplayString", {}, (2, 104, 105), "hi"),
    ("DisplayString", {"implied": True}, (104, 105), "hi"),
    ("OctetString", {"fixed_size": 2}, (104, 105), "0x6869"),
    ("EnumAsInfo", {"enum_values": {1: "one"}}, (1,), "one"),
    ("PhysAddress48", {}, (2,), "02:00:00:00:00:00"),
]


@pytest.mark.parametrize(("kind", "extra", "index", "shown"), INDEXES)
def test_indexes(kind, extra, index, shown):
    """RFC 2578's ways of putting values into an index, and a second part behind it."""
    parts = [{"labelname": "first", "type": kind, **extra}]
    found = samples({"type": "gauge", "indexes": parts}, {index: v2c.Integer32(1)})
    assert list(found) == [("m", (("first", shown),))]
    if not extra.get("implied") and len(index) > 1:
        parts.append({"labelname": "second", "type": "gauge"})
        found = samples({"type": "gauge", "indexes": parts}, {(*index, 99): v2c.Integer32(1)})
        assert list(found) == [("m", (("first", shown), ("second", "99")))]


def test_lookups():
    """A label from another column; a chain; a dropped index; one that is missing."""
    metric = {
        "type": "gauge",
        "indexes": INDEX,
        "lookups": [
            {"labels": ["row"], "labelname": "port", "oid": BASE + ".7", "type": "gauge"},
            {"labels": ["port"], "labelname": "name", "oid": BASE + ".8", "type": "DisplayString"},
            {"labels": ["row"], "labelname": "nothing", "oid": BASE + ".9", "type": "DisplayString"},
            {"labels": [], "labelname": "row"},
        ],
    }
    found = samples(
        metric,
        {(1,): v2c.Integer32(5)},
        columns=[(BASE + ".7", {(1,): v2c.Integer32(30)}), (BASE + ".8", {(30,): v2c.OctetString("eth30")})],
    )
    assert found == {("m", (("name", "eth30"), ("nothing", ""), ("port", "30"))): 5}


def test_rows_with_the_same_labels_give_one_series():
    """Prometheus would refuse the whole page otherwise."""
    metric = {
        "type": "gauge",
        "indexes": INDEX,
        "lookups": [
            {"labels": ["row"], "labelname": "name", "oid": BASE + ".8", "type": "DisplayString"},
            {"labels": [], "labelname": "row"},
        ],
    }
    same = {(1,): v2c.OctetString("x"), (2,): v2c.OctetString("x")}
    found = samples(metric, {(1,): v2c.Integer32(5), (2,): v2c.Integer32(6)}, columns=[(BASE + ".8", same)])
    assert found == {("m", (("name", "x"),)): 5}


@given(st.text(max_size=60))
def test_any_text_is_a_label(text):
    """Quotes, backslashes, line feeds, any character: the parser gives it back, and so does our own reader."""
    octets = text.encode("utf-8", "surrogatepass")
    found = one({"type": "DisplayString"}, v2c.OctetString(octets))
    shown = values.text(octets)
    if not set(shown) & set("\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\r"):
        # prometheus-client's parser splits its lines at these, which the format does not.
        assert found[1]["m"] == shown
    line = b'm{m="' + values.escape(shown).encode() + b'"} 1\n'
    assert read_line(line) == ({"m": shown}, 1)


@given(st.binary(max_size=60))
def test_any_octets_are_text(octets):
    """Never an exception, always something that encodes as UTF-8."""
    values.text(octets).encode()


def test_several_devices_on_one_page():
    """The label `device` on every sample, each family once."""
    family = gauge("up", "Help.", [({}, 1), ({"a": "b"}, 2)])
    text = page([labelled([family], "device", 'r"1'), labelled([family], "device", "r2")]).decode()
    parsed = list(text_string_to_metric_families(text))
    assert len(parsed) == 1
    assert {tuple(sorted(sample.labels.items())) for sample in parsed[0].samples} == {
        (("device", 'r"1'),),
        (("a", "b"), ("device", 'r"1')),
        (("device", "r2"),),
        (("a", "b"), ("device", "r2")),
    }


def test_the_first_module_wins_where_two_read_the_same():
    """One series, one value."""
    text = page([[Family("m", "gauge", "h", [b"m 1\n"])], [Family("m", "gauge", "h", [b"m 2\n", b'm{a="b"} 3\n'])]])
    assert text.count(b"# TYPE m gauge") == 1
    assert b"m 1\n" in text
    assert b"m 2\n" not in text
    assert b'm{a="b"} 3\n' in text


ABSENT = {"type": "gauge", "indexes": INDEX, "absent": [0, 65535]}


def test_values_that_mean_nothing_give_no_sample():
    """65535 degrees is no temperature; scaled or not."""
    cells = {(1,): v2c.Integer32(0), (2,): v2c.Integer32(65535), (3,): v2c.Integer32(41)}
    assert set(samples(ABSENT, cells).values()) == {41}
    assert set(samples({**ABSENT, "scale": 0.5}, cells).values()) == {20.5}


@pytest.mark.parametrize(
    ("measures", "more", "wild", "good"),
    [
        ("cpu_percent", {}, [-1, 2147483647, 65535], [0, 100]),
        ("memory_percent", {"scale": 0.01}, [-100, 2147483647], [5000, 0]),
        ("temperature_celsius", {"scale": 0.1}, [-32768, 65535, 2147483647], [-50, 455]),
        ("sessions", {}, [], [2147483647]),
    ],
)
def test_what_cannot_be_a_load_or_a_temperature_gives_no_sample(measures, more, wild, good):
    """Devices mean "unknown" by it; the tenths and hundredths are taken into account."""
    cells = {(number,): v2c.Integer32(value) for number, value in enumerate([*wild, *good], 1)}
    found = samples({"type": "gauge", "indexes": INDEX, "measures": measures, **more}, cells)
    assert sorted(found.values()) == sorted(value * more.get("scale", 1) for value in good)


def test_a_value_counts_where_its_neighbour_says_that_the_part_is_there():
    """An idle processor's 0 is a load; a port's 0 is none."""
    metric = {**ABSENT, "present_with": BASE + ".2"}
    cells = {(1,): v2c.Integer32(0), (2,): v2c.Integer32(0), (3,): v2c.Integer32(0)}
    memory = {(1,): v2c.Integer32(0), (2,): v2c.Integer32(20)}
    found = samples(metric, cells, columns=[(BASE + ".2", memory)])
    assert found == {("m", (("row", "2"),)): 0}


def test_rows_are_counted_by_labels():
    """ARP entries by interface: the address is dropped, what is left is counted."""
    metric = {
        "type": "RowCount",
        "indexes": [*INDEX, {"labelname": "address", "type": "InetAddressIPv4"}],
        "lookups": [{"labelname": "address"}],
    }
    cells = {
        (row, 192, 0, 2, host): v2c.OctetString(b"123456") for row, hosts in ((1, 3), (2, 1)) for host in range(hosts)
    }
    assert samples(metric, cells) == {("m", (("row", "1"),)): 3, ("m", (("row", "2"),)): 1}


def test_an_oid_that_is_only_heard_of_says_so():
    """In the help text of every page."""
    metric = {"oid": BASE + ".1", "name": "m", "type": "gauge", "help": "H", "indexes": INDEX, "unverified": True}
    module = Module.model_validate({"walk": ["1.3.6.1"], "metrics": [metric]})
    found = Found(columns={ber.encode_oid(BASE + ".1"): {b"\x01": encoder.encode(v2c.Integer32(1))}})
    text = page([Series(compile_module("test", module)).render(found)]).decode()
    assert "# HELP m H (unverified OID)\n" in text


@pytest.mark.parametrize(
    ("hint", "octets", "shown"),
    [
        ("1d.1d.1d.1d", b"\xc0\xa8\x01\x01", "192.168.1.1"),
        ("1d.1d.1d.1d%4d", b"\xc0\xa8\x01\x01\0\0\0\x03", "192.168.1.1%3"),
        ("1x:", b"\0\x1a\x2b", "00:1A:2B"),
        ("2x:2x", b"\x20\x01\x0d", "2001:0D"),
        ("255a", "机房".encode("gbk"), "机房"),
        ("255t", b"PowerEdge", "PowerEdge"),
        ("1o", b"\x08", "10"),
        ("*1x:/1x:", b"\x02\xaa\xbb\xcc\xdd", "AA:BB/CC:DD"),
        ("*1d.", b"\x02\x01", "1"),
        ("2d-1d-1d,1d:1d:1d.1d,1a1d:1d", b"\x07\xe8\x02\x1d\x17;;\x05+\x08\0", "2024-2-29,23:59:59.5,+8:0"),
    ],
)
def test_a_display_hint_shows_octets(hint, octets, shown):
    """RFC 2579 section 3.1, with its own example of a date; the last part is used until the octets end."""
    metric = {"type": "OctetString", "display_hint": hint}
    assert one(metric, v2c.OctetString(octets)) == ("m", {"m": shown}, 1)
    lookup = {"labels": ["row"], "labelname": "l", "oid": BASE + ".2", "type": "OctetString", "display_hint": hint}
    cells = (BASE + ".2", {(1,): v2c.OctetString(octets)})
    found = one({"type": "gauge", "lookups": [lookup]}, v2c.Gauge32(5), columns=[cells])
    assert found == ("m", {"l": shown}, 5)


@pytest.mark.parametrize("hint", ["x", "1", "1z", "d1", "9d", "0a", "1x::", "*", "1x\n1"])
def test_a_hint_that_does_not_fit_changes_nothing(hint):
    """The octets are shown as without it."""
    assert one({"type": "OctetString", "display_hint": hint}, v2c.OctetString(b"\x01" * 9))[1] == {"m": "0x" + "01" * 9}
    assert one({"type": "DisplayString", "display_hint": "1x"}, v2c.OctetString(b"ab"))[1] == {"m": "ab"}


@given(st.text(alphabet="*0123456789dxoat.:-/", max_size=12), st.binary(max_size=40))
def test_no_hint_runs_for_ever_or_fails(hint, octets):
    """Any hint and any octets: a text that shows all of them, or nothing."""
    shown = display_hint.apply(hint, octets)
    # An octet may be a count, of up to 255 numbers of no octets: each shown as 0, with a separator.
    assert shown is None or len(shown) <= (4 + 12 + 2 * 255) * len(octets)


def test_a_number_that_is_looked_up_in_an_enumeration_is_shown_as_its_word():
    """A number without a word stays one; a chained lookup goes on by the number."""
    lookups = [
        {"labels": ["row"], "labelname": "kind", "oid": BASE + ".2", "type": "EnumAsInfo", "enum_values": {2: "io"}},
        {"labels": ["kind"], "labelname": "name", "oid": BASE + ".3", "type": "DisplayString"},
    ]
    kinds = (BASE + ".2", {(1,): v2c.Integer32(2), (2,): v2c.Integer32(9)})
    names = (BASE + ".3", {(2,): v2c.OctetString(b"two")})
    cells = {(1,): v2c.Gauge32(5), (2,): v2c.Gauge32(6)}
    found = samples({"type": "gauge", "indexes": INDEX, "lookups": lookups}, cells, columns=[kinds, names])
    assert found == {
        ("m", (("kind", "io"), ("name", "two"), ("row", "1"))): 5,
        ("m", (("kind", "9"), ("name", ""), ("row", "2"))): 6,
    }


def test_an_enumeration_that_is_its_own_index_gives_no_second_label():
    """Its word is in the other metrics' labels; a series of its own would say the same twice."""
    index = [{"labelname": "m", "type": "EnumAsInfo", "enum_values": {1: "one"}}]
    assert samples({"type": "EnumAsInfo", "enum_values": {1: "one"}, "indexes": index}, {(1,): v2c.Integer32(1)}) == {}


def test_scale_and_offset_hold_for_what_is_taken_out_of_a_text():
    """As for numbers."""
    metric = {"type": "DisplayString", "scale": 0.1, "offset": 2, "regex_extracts": {"C": [{"regex": r"(\d+) C"}]}}
    assert one(metric, v2c.OctetString(b"450 C")) == ("mC", {}, 47)


def test_times_are_whole_seconds():
    """As snmp_exporter gives them."""
    metric = {"type": "ParseDateAndTime", "datetime_pattern": "%Y-%m-%d %H:%M:%S.%f"}
    assert one(metric, v2c.OctetString(b"2024-02-29 12:00:00.75"))[2] == 1_709_208_000
