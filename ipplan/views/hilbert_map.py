"""The map of each pool as SVG files, and one HTML page that holds all of them.

Nothing comes from the network. Colours are told apart without red and green (levels after Okabe and Ito, shares in
one hue), and everything that a colour says also stands in a text: labels, hover titles, and the list below each map.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from inventory.model import Level
from inventory.text import language, mark, tr
from ipplan.views import book, names, picture
from ipplan.views.address_book import OWN_PLAN
from ipplan.views.material import LEVEL_TITLES, File
from ipplan.views.picture import SIZE, Picture, percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ipplan.views.hilbert import Box
    from ipplan.views.material import Material

_LEVELS = {
    Level.PROVINCE: "#b9a3e3",
    Level.CITY: "#79bdf0",
    Level.COUNTY: "#74ccab",
    Level.TOWNSHIP: "#f3c35f",
    Level.VILLAGE: "#e2a4c9",
}
_SHARES = ("#dceaf6", "#b0d0e9", "#74aed6", "#3a82bd", "#e07b39")
_UNKNOWN = "#cfcfcf"
_SHARE_TEXTS = ("0–25 %", "25–50 %", "50–75 %", "75–90 %", "≥ 90 %")
_LISTED = 500


def _rules(prefix: str, colours: Mapping[str, str]) -> str:
    """CSS for classes and their colours; levels' blocks have them lighter, as what is in them lies above."""
    rules = [f"{prefix} .{name}{{fill:{colour}}}" for name, colour in colours.items()]
    rules += [
        f"{prefix} .block.{name}{{fill:{_lighter(colour)}}}" for name, colour in colours.items() if name in _BY_LEVEL
    ]
    return "".join(rules)


def _lighter(colour: str) -> str:
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{255 - (255 - part) * 45 // 100:02x}" for part in parts)


_BY_LEVEL = {f"l-{level.value}": colour for level, colour in _LEVELS.items()}
_BY_USE = {**{f"u{number}": colour for number, colour in enumerate(_SHARES)}, "ux": _UNKNOWN}

SVG_STYLE = (
    ".free{fill:#fafafa;stroke:#767676}"
    ".frame{fill:none;stroke:#303030;stroke-width:1.3}"
    ".entry,.few{stroke:#fff;stroke-width:.7}"
    ".grid{fill:none;stroke:#000;stroke-opacity:.16;stroke-width:.6}"
    "text{font-family:'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif;"
    "fill:#111;paint-order:stroke;stroke:#fff;stroke-width:2.6px;stroke-linejoin:round;pointer-events:none}"
    ".block0{font-weight:bold}.block1,.entry1{fill:#333}.grid1{fill:#5f5f5f;stroke-width:1.6px}"
    + _rules(".level", _BY_LEVEL)
    + _rules(".use", _BY_USE)
)

_PAGE_STYLE = (
    ":root{color-scheme:light}*{box-sizing:border-box}"
    "body{margin:0 auto;max-width:1180px;padding:16px;color:#1b1b1b;background:#fff;line-height:1.5;"
    "font-family:'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',system-ui,sans-serif;"
    "overflow-wrap:anywhere}"
    "h1{font-size:1.6rem;margin:.2em 0}h2{font-size:1.2rem;margin:1.6em 0 .2em}.meta{color:#595959;margin:.2em 0}"
    ".note{border-left:4px solid #3a82bd;background:#f3f7fb;padding:.5em .8em;margin:.8em 0}"
    ".how{display:inline-block;margin:0 1.2em .3em 0}.legend{list-style:none;padding:0;margin:.3em 0;display:flex;"
    "flex-wrap:wrap;gap:.2em 1.1em}.legend i{display:inline-block;width:1em;height:1em;border:1px solid #767676;"
    "margin-right:.35em;vertical-align:-.12em}"
    ".scroll{overflow-x:auto;border:1px solid #d0d0d0;margin:.5em 0}.scroll:focus-visible{outline:3px solid #3a82bd}"
    "svg{display:block;width:100%;min-width:720px;height:auto}"
    ".tablebox{overflow-x:auto}table{overflow-wrap:normal;border-collapse:collapse;margin:.6em 0;font-size:.92rem}"
    "th,td{border:1px solid #d0d0d0;padding:.2em .6em;text-align:left}th{background:#f3f7fb}"
    "td.n{text-align:right;white-space:nowrap}"
    "summary{cursor:pointer;padding:.2em 0}a{color:#0b5394}"
    ".uselegend{display:none}#by-use:checked~.uselegend{display:block}#by-use:checked~.levellegend{display:none}"
    + _rules("#by-level:checked~main", _BY_LEVEL)
    + _rules("#by-use:checked~main", _BY_USE)
    + "@media (max-width:30em){.contents td:nth-child(3),.contents th:nth-child(3){display:none}}"
    + "@media print{.scroll{overflow:visible;break-inside:avoid}svg{min-width:0}}"
)


def files(material: Material) -> Iterator[File]:
    """`map/map.html`, and for each prefix of a pool `map/<pool>-<prefix>.level.svg` and `….use.svg`."""
    found = picture.pictures(material)
    yield File("map/map.html", page(material, found).encode())
    for one in found:
        stem = names.file_name(f"{one.row.pool}-{one.row.prefix}".replace("/", "_"))
        for way in ("level", "use"):
            yield File(f"map/{stem}.{way}.svg", standalone(one, way).encode())


def number(value: float) -> str:
    """A coordinate with two decimals at most, the same on any machine."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def svg(one: Picture, attributes: str = "", before: str = "") -> str:
    """A picture as an SVG element."""
    name = escape(_heading(one))
    parts = [
        f'<svg viewBox="0 0 {number(SIZE)} {number(one.height)}" role="img" aria-label="{name}"{attributes}>',
        before,
        f'<rect class="free" width="{number(SIZE)}" height="{number(one.height)}"/>',
    ]
    for shape in one.shapes:
        made = shape.box
        parts.append(
            f'<rect class="{shape.kind} {shape.level} {shape.use}" x="{number(made.x)}" y="{number(made.y)}" '
            f'width="{number(made.width)}" height="{number(made.height)}"><title>{escape(shape.title)}</title></rect>'
        )
    frames = "".join(_outline(shape.box) for shape in one.shapes if shape.kind == "block")
    # One path for the whole grid, one for all frames: they must not take the pointer from the rectangles below it.
    grid = "".join(_outline(made) for made in one.lines)
    parts.extend(
        f'<path class="{kind}" pointer-events="none" d="{path}"/>'
        for kind, path in (("grid", grid), ("frame", frames))
        if path
    )
    parts.extend(
        f'<text class="{label.kind}" x="{number(label.x)}" y="{number(label.y)}" '
        f'font-size="{number(label.size)}">{escape(label.text)}</text>'
        for label in one.labels
    )
    parts.append("</svg>")
    return "".join(parts)


def _outline(made: Box) -> str:
    wide = number(made.width)
    return f"M{number(made.x)} {number(made.y)}h{wide}v{number(made.height)}h-{wide}z"


def standalone(one: Picture, way: str) -> str:
    """A picture as a file of its own, coloured by `level` or by `use`."""
    size = f' xmlns="http://www.w3.org/2000/svg" width="1080" height="{number(one.height * 1.5)}" class="{way}"'
    head = f"<title>{escape(_heading(one))}</title><style>{SVG_STYLE}</style>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{svg(one, size, head)}\n'


def _heading(one: Picture) -> str:
    vrf = f" [{one.row.vrf}]" if one.row.vrf != "default" else ""
    return f"{one.pool}{vrf} {one.row.prefix}"


def page(material: Material, found: list[Picture]) -> str:
    """The HTML page: the choice of colours, what they mean, and every picture with its list."""
    title = escape(f"{material.title} · {tr(mark('Address map'))}")
    present = {shape.level for one in found for shape in one.shapes}
    levels = "".join(
        f'<li><i style="background:{colour}"></i>{escape(tr(LEVEL_TITLES[level]))}</li>'
        for level, colour in _LEVELS.items()
        if f"l-{level.value}" in present
    )
    shares = "".join(
        f'<li><i style="background:{colour}"></i>{text}</li>'
        for colour, text in zip(_SHARES, _SHARE_TEXTS, strict=True)
    )
    shares += f'<li><i style="background:{_UNKNOWN}"></i>{escape(tr(mark("nobody counts hosts here")))}</li>'
    how = tr(
        mark(
            "Each map is a Hilbert curve: a prefix is always one rectangle, and one that is twice as large has twice "
            "the area. Framed, lighter rectangles are regions' blocks, the others are allocations, white is free. "
            "Point at a rectangle to read what it is."
        )
    )
    use = tr(mark("A block's colour is the share of it that is allocated, a LAN's the share that today's hosts take."))
    contents = "".join(
        f"<tr><td>{escape(book.area_title(one.row.area))}</td>"
        f'<td><a href="#m{index}">{escape(_heading(one))}</a></td>'
        f'<td class="n">{one.allocations}</td><td class="n">{percent(one.share)}</td></tr>'
        for index, one in enumerate(found, 1)
    )
    heads = "".join(
        f"<th>{escape(tr(text))}</th>" for text in (mark("Area"), mark("Pool"), mark("Allocations"), mark("Allocated"))
    )
    body = "".join(_section(one, index) for index, one in enumerate(found, 1))
    version = escape(tr(mark("version of the plan: {version}"), version=material.fingerprint))
    return (
        f'<!DOCTYPE html>\n<html lang="{"zh-CN" if language() == "zh_CN" else "en"}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title>'
        f"<style>{_PAGE_STYLE}{SVG_STYLE}</style></head><body>"
        f"<h1>{title}</h1><p class=meta>{version}</p><p class=note>{escape(tr(OWN_PLAN))}</p><p>{escape(how)}</p>"
        '<input type="radio" name="colour" id="by-level" checked>'
        f'<label class="how" for="by-level">{escape(tr(mark("colour by level")))}</label>'
        '<input type="radio" name="colour" id="by-use">'
        f'<label class="how" for="by-use">{escape(tr(mark("colour by utilisation")))}</label>'
        f'<div class="levellegend"><ul class="legend">{levels}</ul></div>'
        f'<div class="uselegend"><ul class="legend">{shares}</ul><p class=meta>{escape(use)}</p></div>'
        f'<main><div class="tablebox"><table class="contents"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{contents}</tbody></table></div>"
        f"{body}</main></body></html>\n"
    )


def _section(one: Picture, index: int) -> str:
    """A picture with its facts and its list."""
    facts = tr(
        mark("{area} · VRF {vrf} · {count} allocations · {share} allocated"),
        area=book.area_title(one.row.area),
        vrf=one.row.vrf,
        count=one.allocations,
        share=percent(one.share),
    )
    if one.shown != one.row.prefix:
        facts += " · " + tr(mark("shown is {prefix}, the part that has allocations"), prefix=one.shown)
    heads = "".join(
        f"<th>{escape(tr(text))}</th>"
        for text in (mark("Name"), mark("Level"), mark("Prefix"), mark("Allocations"), mark("Share"))
    )
    rows = "".join(
        f"<tr><td>{escape(item.name)}</td><td>{escape(item.level)}</td><td>{item.prefix}</td>"
        f'<td class="n">{item.count}</td>'
        f'<td class="n">{percent(item.share) if item.share is not None else "—"}</td></tr>'
        for item in one.items[:_LISTED]
    )
    left = len(one.items) - _LISTED
    more = f"<p>{escape(tr(mark('… and {count} more: see the address book'), count=left))}</p>" if left > 0 else ""
    summary = escape(tr(mark("{count} rows as a list"), count=len(one.items)))
    listed = (
        f'<details><summary>{summary}</summary><div class="tablebox"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>{more}</details>"
    )
    return (
        f'<section id="m{index}"><h2>{escape(_heading(one))}</h2><p class=meta>{escape(facts)}</p>'
        f'<div class="scroll" tabindex="0">{svg(one)}</div>{listed if one.items else ""}</section>'
    )
