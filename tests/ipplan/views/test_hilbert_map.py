"""The maps: the curve's arithmetic, what is drawn, that a page stands alone and fits the screen."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.text import set_language
from ipplan.views import hilbert, hilbert_map, picture

FORMULA = "=cmd|' /C calc'!A0"
MARKUP = "<script>alert(1)</script>&\"'"


@given(st.integers(1, 8), st.data())
def test_neighbours_on_the_curve_are_neighbours_in_the_picture(order, data):
    """Each step goes to a cell that touches the one before, and no cell is met twice."""
    distance = data.draw(st.integers(0, 4**order - 2))
    (x, y), (u, v) = hilbert.position(distance, order), hilbert.position(distance + 1, order)
    assert abs(x - u) + abs(y - v) == 1
    cells = {hilbert.position(number, min(order, 4)) for number in range(4 ** min(order, 4))}
    assert len(cells) == 4 ** min(order, 4)
    assert hilbert.position(distance, order) == tuple(
        half >> 1 for half in hilbert.position(distance * 4 + data.draw(st.integers(0, 3)), order + 1)
    )


@given(st.integers(8, 20), st.integers(0, 10), st.data())
def test_a_prefix_is_a_rectangle_of_its_share(length, depth, data):
    """Its area is its share of the picture, it lies inside, and its two halves fill it without overlapping."""
    outer = ip_network((0x0A000000 >> (32 - length) << (32 - length), length))
    number = data.draw(st.integers(0, 2**depth - 1))
    start = int(outer.network_address) + (number << (32 - length - depth))
    inner = ip_network((start, length + depth))
    box = hilbert.box(inner, outer, 720)
    high = hilbert.height(outer, 720)
    assert box.width * box.height == pytest.approx(720 * high / 2**depth)
    assert max(box.width, box.height) <= 2 * min(box.width, box.height)
    assert box.x >= 0
    assert box.y >= 0
    assert box.x + box.width <= 720 + 1e-6
    assert box.y + box.height <= high + 1e-6
    halves = [hilbert.box(half, outer, 720) for half in inner.subnets()]
    assert min(half.x for half in halves) == pytest.approx(box.x)
    assert max(half.y + half.height for half in halves) == pytest.approx(box.y + box.height)
    assert sum(half.width * half.height for half in halves) == pytest.approx(box.width * box.height)


def test_the_whole_ipv6_pool_is_drawn():
    """Sizes beyond a float's exactness are no matter: the last /64 of a /20 lies inside the picture."""
    outer = ip_network("2001::/20")
    box = hilbert.box(ip_network("2001:fff:ffff:ffff::/64"), outer, 720)
    assert 0 <= box.x < 720
    assert box.width == 720 / 2**22


def test_every_prefix_of_every_pool_has_a_picture(make):
    """In the order of area and VRF; blocks and allocations with their classes and hover titles."""
    material = make()
    found = picture.pictures(material)
    assert [str(one.row.prefix) for one in found] == [
        "10.20.0.0/18", "192.0.2.64/26", "2001:db8:1000::/44", "10.20.0.0/22", "10.255.0.0/24",
        "2001:db8:ff00::/64", "10.254.0.0/23",
    ]  # fmt: skip
    lans = found[0]
    assert [shape.kind for shape in lans.shapes] == ["block"] * 3 + ["entry"] * 3
    assert {shape.level for shape in lans.shapes} == {"l-township"}
    entry = next(shape for shape in lans.shapes if "乡镇1机关" in shape.title)
    assert entry.use == "u2", "81 of 126 addresses are used"
    assert "80 hosts, 64 % used" in entry.title
    assert "乡镇2" in {label.text for label in lans.labels}
    assert next(one for one in found if one.row.vrf == "medical").shapes


def test_labels_never_touch_each_other(make):
    """Whatever has a label can be read."""
    for one in picture.pictures(make(townships=24)):
        boxes = [
            hilbert.Box(label.x, label.y - label.size, picture._wide(label.text, label.size), label.size)
            for label in one.labels
        ]
        for index, box in enumerate(boxes):
            assert not [other for other in boxes[index + 1 :] if picture._touch(box, other)]
            assert box.x >= 0
            assert box.x + box.width <= picture.SIZE + 1


def test_very_small_allocations_are_drawn_together(make):
    """A /128 in a /64: the part with the allocations is shown, and the page says so."""
    one = picture.pictures(make())[5]
    assert one.shown != one.row.prefix
    assert one.shown.subnet_of(one.row.prefix)
    assert one.shapes
    assert str(one.shown) in hilbert_map.page(make(), [one])


def test_what_is_not_nothing_is_never_shown_as_nothing():
    """A share is rounded, but not to 0 %."""
    assert [picture.percent(share) for share in (0.0, 1e-9, 0.0312, 0.5, 1.0)] == [
        "0.0 %", "< 0.1 %", "3.1 %", "50 %", "100 %",
    ]  # fmt: skip
    assert [picture.use_class(share) for share in (None, 0.0, 0.25, 0.9, 1.0)] == ["ux", "u0", "u1", "u4", "u4"]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_file_stands_alone_and_markup_stays_text(make, language):
    """Well-formed, nothing from elsewhere, no script, and the same bytes each time."""
    set_language(language)
    material = make()
    files = {file.name: file.data.decode() for file in hilbert_map.files(material)}
    assert files == {file.name: file.data.decode() for file in hilbert_map.files(material)}
    for name, text in files.items():
        assert "<script" not in text, name
        if name.endswith(".svg"):
            root = ET.fromstring(text)  # noqa: S314 - our own file
            titles = [node.text for node in root.iter("{http://www.w3.org/2000/svg}title")]
            assert titles[0], name
        assert not re.search(r"(?:src|href|url)\s*[=(]\s*[\"']?(?!#)[a-z/]", text), name
    page = files["map/map.html"]
    assert "http://" not in page
    assert "&lt;script&gt;" in page
    if language == "zh_CN":
        words = re.sub(r"<style>.*?</style>|<title>.*?</title>|<[^>]+>", " ", page, flags=re.DOTALL)
        assert not re.findall(r"(?:\b[a-z]{3,}\b[ ,.;]+){3,}", words)
        assert 'lang="zh-CN"' in page
    assert len([name for name in files if name.endswith(".level.svg")]) == 7
    assert len([name for name in files if name.endswith(".use.svg")]) == 7


def test_colours_can_be_told_apart():
    """Fills contrast with the black labels (WCAG: at least 4.5:1 on the lighter ones, halo on all)."""

    def luminance(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for colour in (*hilbert_map._LEVELS.values(), *hilbert_map._SHARES, hilbert_map._UNKNOWN):
        assert (luminance(colour) + 0.05) / (luminance("#111111") + 0.05) >= 4.5, colour
    steps = [luminance(colour) for colour in hilbert_map._SHARES[:4]]
    assert steps == sorted(steps, reverse=True)


# Every character of the page is drawn on a canvas beside one that no font has: equal pictures mean an empty box.
MISSING = """(() => {
  const canvas = document.createElement('canvas'); canvas.width = canvas.height = 32;
  const pen = canvas.getContext('2d', {willReadFrequently: true});
  pen.font = '20px ' + getComputedStyle(document.body).fontFamily;
  const draw = sign => { pen.clearRect(0, 0, 32, 32); pen.fillText(sign, 4, 24);
    return pen.getImageData(0, 0, 32, 32).data.join(); };
  const boxes = new Set(['\\u{10FFFD}', '\\u{F0000}'].map(draw));
  return [...new Set(document.body.innerText)].filter(sign => sign.trim() && boxes.has(draw(sign)));
})()"""


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_fits_the_screen(make, chromium, tmp_path, language, width):
    """Nothing sticks out sideways on a phone or a desk, texts are inside their pictures, colours change on a click."""
    set_language(language)
    path = tmp_path / "map.html"
    path.write_bytes(next(file.data for file in hilbert_map.files(make(townships=24)) if file.name.endswith("html")))
    chromium.show(path, width)
    assert chromium.js("document.documentElement.scrollWidth") <= width
    outside = chromium.js(
        """[...document.querySelectorAll('body *')].filter(node => {
          const box = node.getBoundingClientRect();
          return box.width && (box.right > innerWidth + 1 || box.left < -1) && !node.closest('.scroll, .tablebox');
        }).map(node => node.outerHTML.slice(0, 80))"""
    )
    assert outside == []
    beyond = chromium.js(
        """[...document.querySelectorAll('svg text')].filter(node => {
          const box = node.getBoundingClientRect(), whole = node.ownerSVGElement.getBoundingClientRect();
          return box.right > whole.right + 2 || box.bottom > whole.bottom + 2 || box.left < whole.left - 2;
        }).map(node => node.textContent)"""
    )
    assert beyond == []
    assert chromium.js("document.querySelectorAll('svg text').length") > 50
    assert chromium.js(
        "[...document.querySelectorAll('svg text')].map(n => n.getBoundingClientRect().height).every(h => h >= 8)"
    )
    assert chromium.js(MISSING) == []
    colour = "getComputedStyle(document.querySelector('rect.entry')).fill"
    before = chromium.js(colour)
    chromium.js("document.getElementById('by-use').click()")
    assert chromium.js(colour) != before
    assert chromium.js("document.querySelector('.uselegend').offsetHeight") > 0
    assert chromium.js("document.querySelector('.levellegend').offsetHeight") == 0
    assert len(chromium.picture()) > 50_000
