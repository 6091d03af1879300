"""Reading answers: the quick way gives what the strict way gives, and never more."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyasn1.codec.ber import encoder
from pysnmp.proto.api import v2c

from collectors.snmp import answers, ber, layout, packing, walk
from collectors.snmp.bounds import Budget, Limits
from collectors.snmp.faults import Fault
from collectors.snmp.memory import Memory
from collectors.snmp.session import Reply

TABLE = ber.encode_oid("1.3.6.1.2.1.2.2.1")
COLUMNS = [TABLE + bytes((number,)) for number in (2, 10, 16)]

indexes = st.lists(st.integers(0, 70000), min_size=1, max_size=4).map(tuple)
values = st.one_of(
    st.integers(-(2**31), 2**31 - 1).map(v2c.Integer32),
    st.integers(0, 2**64 - 1).map(v2c.Counter64),
    st.binary(max_size=200).map(v2c.OctetString),
    # A value that contains the column's own prefix is what splitting could stumble over.
    st.sampled_from([TABLE, b"\x30\x10\x06\x0a" + TABLE + b"\x0a", COLUMNS[1]]).map(v2c.OctetString),
)


def answer(rows, columns, extra=()):
    """A GETBULK answer: rows (index → value for each column), encoded by pyasn1; then bindings of other objects."""
    data = b""
    for index, row in rows:
        for column, value in zip(columns, row, strict=False):
            name = ber.decode_arcs(column) + index
            data += ber.tlv(ber.SEQUENCE, ber.tlv(ber.OBJECT_IDENTIFIER, ber.encode_arcs(name)) + encoder.encode(value))
    for name, value in extra:
        data += ber.tlv(ber.SEQUENCE, ber.tlv(ber.OBJECT_IDENTIFIER, ber.encode_oid(name)) + encoder.encode(value))
    return Reply(0, 0, b"before" + data + b"behind", 6, 6 + len(data))


@given(
    st.dictionaries(indexes, st.tuples(values, values, values), min_size=1, max_size=12),
    st.integers(1, 3),
    st.booleans(),
)
def test_quick_and_strict_agree(rows, width, beyond):
    """Whatever values and indexes: the same rows and the same ends, or the quick way steps aside."""
    columns = COLUMNS[:width]
    extra = [("1.3.6.1.2.1.2.2.1.21.1", v2c.Gauge32(5))] * width if beyond else ()
    reply = answer(sorted(rows.items()), columns, extra)
    strict = {column: {} for column in columns}
    ended = answers.strict(reply, columns, strict)
    both = {column: {} for column in columns}
    assert answers.read(reply, TABLE, columns, both) == ended
    assert both == strict
    assert len(strict[columns[0]]) == len(rows)
    assert (ended == set(columns)) is beyond


@given(st.binary(max_size=300), st.integers(1, 3))
def test_any_octets_raise_only_what_is_meant(data, width):
    """Random octets instead of bindings: DecodeError or a loop, nothing else."""
    reply = Reply(0, 0, data, 0, len(data))
    with contextlib.suppress(ber.DecodeError, Fault):
        answers.read(reply, TABLE, COLUMNS[:width], {column: {} for column in COLUMNS})


@given(
    st.dictionaries(indexes, st.tuples(values, values), min_size=1, max_size=6),
    st.data(),
)
def test_a_changed_octet_never_gives_other_indexes_quickly(rows, data):
    """One octet changed on the way: the quick way gives only what the strict way gives too."""
    columns = COLUMNS[:2]
    reply = answer(sorted(rows.items()), columns)
    octets = bytearray(reply.data)
    position = data.draw(st.integers(reply.start, reply.end - 1))
    octets[position] = data.draw(st.integers(0, 255))
    changed = Reply(0, 0, bytes(octets), reply.start, reply.end)
    quick = answers.quick(changed, TABLE, columns)
    if quick is None:
        return
    strict = {column: {} for column in columns}
    try:
        ended = answers.strict(changed, columns, strict)
    except ber.DecodeError:
        # The strict way also looks inside the index: an arc may not end open.
        return
    except Fault:
        return
    for column, found, _ in quick[0]:
        assert found == strict[column]
    assert quick[1] == ended


def test_the_same_row_twice_is_a_loop():
    """In one answer."""
    reply = answer([((1,), (v2c.Integer32(1),)), ((1,), (v2c.Integer32(2),))], COLUMNS[:1])
    with pytest.raises(Fault, match="loop"):
        answers.read(reply, TABLE, COLUMNS[:1], {COLUMNS[0]: {}})


def test_the_end_of_the_mib_ends_a_column():
    """EndOfMibView has the asked object's own name; it is no row."""
    name = (*ber.decode_arcs(COLUMNS[0]), 1)
    data = b""
    for value in (encoder.encode(v2c.Integer32(1)), b"\x82\x00", b"\x82\x00"):
        data += ber.tlv(ber.SEQUENCE, ber.tlv(ber.OBJECT_IDENTIFIER, ber.encode_arcs(name)) + value)
    found = {COLUMNS[0]: {}}
    assert answers.read(Reply(0, 0, data, 0, len(data)), TABLE, COLUMNS[:1], found) == {COLUMNS[0]}
    assert len(found[COLUMNS[0]]) == 1


def test_an_index_that_ends_inside_a_number_is_never_asked_for():
    """A damaged answer's last row is no place to go on from: the column has failed, nothing more is sent."""
    data = b""
    for index in (b"\x01", b"\x02\x81"):
        data += ber.tlv(ber.SEQUENCE, ber.tlv(ber.OBJECT_IDENTIFIER, COLUMNS[0] + index) + b"\x02\x01\x05")
    steps = walk.table(TABLE, COLUMNS[:1], Memory(1), Budget(Limits()))
    next(steps)
    with pytest.raises(StopIteration) as ended:
        steps.send(Reply(0, 0, data, 0, len(data)))
    rows, problems = ended.value.value
    assert rows == {}
    assert [(column, fault.reason) for column, fault in problems] == [(COLUMNS[0], "decode")]


def test_order_is_by_number_not_by_octets():
    """16384 comes after 16383 although its octets (81 80 00) sort before (ff 7f)."""
    low, high = ber.encode_index((16383,)), ber.encode_index((16384,))
    assert high < low
    assert walk._after(high, low)
    assert not walk._after(low, high)
    assert not walk._after(low, low)


def lengths_kept(value, chance):
    """Another value of the same type and length."""
    content = bytes(chance.draw(st.integers(0, 255)) for _ in range(len(value) - 2))
    return value[:2] + content


@given(st.dictionaries(indexes, st.tuples(values, values), min_size=1, max_size=6), st.booleans(), st.data())
def test_a_known_shape_gives_what_the_strict_way_gives(rows, beyond, data):
    """The next answer, with other contents: the same rows as read binding by binding, whatever the values are."""
    columns = COLUMNS[:2]
    extra = [("1.3.6.1.2.1.2.2.1.21.1", v2c.Gauge32(5))] * 2 if beyond else ()
    first = answer(sorted(rows.items()), columns, extra)
    found = {column: {} for column in columns}
    ended = answers.strict(first, columns, found)
    shape = layout.learn(first, found, frozenset(ended))
    if shape is None:
        # Only a value or a binding of 128 octets and more has no short form.
        assert any(len(value) > 60 for part in found.values() for value in part.values())
        return
    assert shape.read(first) == found
    octets = bytearray(first.data)
    position = first.start
    while position < first.end:
        inner, stop = ber.expect(first.data, position, first.end, ber.SEQUENCE)
        _, value = ber.expect(first.data, inner, stop, ber.OBJECT_IDENTIFIER)
        octets[value:stop] = lengths_kept(first.data[value:stop], data)
        position = stop
    second = Reply(0, 0, bytes(octets), first.start, first.end)
    strict = {column: {} for column in columns}
    assert answers.strict(second, columns, strict) == ended
    again = shape.read(second)
    assert again == strict
    for part in again.values():
        assert list(part.numbers) == [ber.number(value) for value in part.values()] or not part.numbers


numbers = st.one_of(
    st.tuples(*[st.integers(-(2**31), 2**31 - 1).map(v2c.Integer32)] * 2),
    st.tuples(*[st.integers(0, 2**64 - 1).map(v2c.Counter64)] * 2),
    st.tuples(*[st.integers(0, 2**32 - 1).map(v2c.Gauge32)] * 2),
    st.tuples(st.integers(0, 2**32 - 1).map(v2c.Counter32), st.binary(max_size=9).map(v2c.OctetString)),
)


@given(st.lists(indexes, min_size=1, max_size=6, unique=True), st.booleans(), st.data())
def test_a_known_shapes_numbers_are_the_values_numbers(rows, beyond, data):
    """Whatever lengths the numbers have: as read one by one; and a column of anything else has none."""
    columns = COLUMNS[:2]
    drawn = {index: data.draw(numbers) for index in rows}
    extra = [("1.3.6.1.2.1.2.2.1.21.1", v2c.Gauge32(5))] * 2 if beyond else ()
    first = answer(sorted(drawn.items()), columns, extra)
    found = {column: {} for column in columns}
    shape = layout.learn(first, found, frozenset(answers.strict(first, columns, found)))
    for part in shape.read(first).values():
        assert list(part) == list(part.rows)
        tags = {value[0] for value in part.values()}
        sizes = {len(value) - 2 for value in part.values()}
        if part.numbers:
            assert list(part.numbers) == [ber.number(value) for value in part.values()]
            assert max(sizes) == part.octets
        else:
            readable = {1, 2, 4, 8} if tags == {ber.INTEGER} else set(range(1, 9))
            assert len(tags) > 1 or ber.OCTET_STRING in tags or sizes - readable


@given(st.dictionaries(indexes, st.tuples(values, values), min_size=1, max_size=6), st.data())
def test_another_shape_is_not_read_by_a_known_one(rows, data):
    """One octet outside the contents changed, or the answer is longer or shorter, or an error: the shape says no."""
    columns = COLUMNS[:2]
    reply = answer(sorted(rows.items()), columns)
    found = {column: {} for column in columns}
    ended = answers.strict(reply, columns, found)
    shape = layout.learn(reply, found, frozenset(ended))
    if shape is None:
        return
    contents = set()
    position = reply.start
    while position < reply.end:
        inner, stop = ber.expect(reply.data, position, reply.end, ber.SEQUENCE)
        _, value = ber.expect(reply.data, inner, stop, ber.OBJECT_IDENTIFIER)
        contents.update(range(value + 2, stop))
        position = stop
    places = [place for place in range(reply.start, reply.end) if place not in contents]
    place = data.draw(st.sampled_from(places))
    octets = bytearray(reply.data)
    octets[place] ^= data.draw(st.integers(1, 255))
    assert shape.read(Reply(0, 0, bytes(octets), reply.start, reply.end)) is None
    assert shape.read(Reply(0, 0, reply.data, reply.start, reply.end - 1)) is None
    assert shape.read(Reply(0, 0, reply.data + b"\x00", reply.start, reply.end + 1)) is None
    assert shape.read(Reply(5, 0, reply.data, reply.start, reply.end)) is None


@given(st.dictionaries(indexes, st.tuples(values, values), min_size=1, max_size=6), st.integers(1, 3))
def test_the_end_of_the_mib_is_read_quickly_too(rows, times):
    """However often the agent says it, the last row keeps its value."""
    columns = COLUMNS[:2]
    last = max(rows)
    names = [ber.oid_text(column) + "." + ".".join(map(str, last)) for column in columns]
    data = answer(sorted(rows.items()), columns)
    end = b"".join(ber.tlv(0x30, ber.tlv(6, ber.encode_oid(name)) + b"\x82\x00") for name in names)
    octets = data.data[data.start : data.end] + end * times
    reply = Reply(0, 0, octets, 0, len(octets))
    strict = {column: {} for column in columns}
    assert answers.strict(reply, columns, strict) == set(columns)
    assert len(strict[columns[0]]) == len(rows)
    fast = answers.quick(reply, TABLE, columns)
    if fast is not None:
        assert {column: found for column, found, _ in fast[0]} == strict
        assert fast[1] == set(columns)


def drive(steps, columns, count):
    """An agent whose `columns` all have `count` rows answers a walk: its result, and its answers' octets."""
    sizes = []
    asked = next(steps)
    while True:
        last = [(ber.decode_index(oid[len(TABLE) + 1 :]) or (0,))[0] for oid in asked.oids]
        data = b""
        for step in range(1, asked.repetitions + 1):
            for oid, before in zip(asked.oids, last, strict=True):
                column = oid[: len(TABLE) + 1]
                inside = before + step <= count
                name = column + ber.encode_index((before + step,)) if inside else TABLE[:-2] + b"\x03\x01\x00"
                data += ber.tlv(ber.SEQUENCE, ber.tlv(ber.OBJECT_IDENTIFIER, name) + b"\x46\x04\x01\x02\x03\x04")
        assert {oid[: len(TABLE) + 1] for oid in asked.oids} <= set(columns)
        sizes.append(len(data))
        try:
            asked = steps.send(Reply(0, 0, data, 0, len(data)))
        except StopIteration as ended:
            return ended.value, sizes


@pytest.mark.parametrize("settled", [True, False])
@pytest.mark.parametrize("count", [1, 28, 90, 232, 700])
def test_a_long_tables_answers_fit_a_frame_and_waste_little_of_it(count, settled, monkeypatch):
    """Also those whose shape is known by then; before the first answer the columns' widths are a guess."""
    monkeypatch.setattr("collectors.snmp.memory._SHARED", {})  # what other tests' devices have taught
    columns = [TABLE + bytes((number,)) for number in range(10, 22)]
    memory = Memory(1)
    taken = []
    for number in range(4):
        known = settled and number > 0
        steps = walk.table(TABLE, columns, memory, Budget(Limits()), settled=known)
        (rows, problems), sizes = drive(steps, columns, count)
        assert not problems
        assert {len(part) for part in rows.values()} == {count}
        taken.append(sizes)
    assert max(map(max, taken[1:])) <= packing.ANSWER_OCTETS[1]
    least = sum(taken[-1]) / packing.ANSWER_OCTETS[1]
    assert len(taken[-1]) <= least * 1.3 + 1
    assert len(taken[-1]) <= len(taken[1]) <= len(taken[0])
