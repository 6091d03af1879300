"""Finding packs by name or file, and putting several together into what one audit is judged by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from audits.pack import RULES, Applies, Category, Pack, Text, load
from inventory.errors import InputError, Problem
from inventory.nearest import nearest
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from audits.pack import Item, Variant

OWN = Path("audits") / "rules"  # below a workspace
_SUFFIXES = (".yml", ".yaml")
_OTHER_VENDOR = Text(zh="该规则只针对其他厂商的设备", en="The rule speaks of other vendors' devices")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What an audit is judged by: the rules, the level, and the files that they stand in."""

    pack: Pack
    level: int
    files: tuple[Path, ...]


def choose(names: Sequence[str], level: int | None = None, root: Path | None = None) -> Chosen:
    """The packs of `names` as one, with the level that they and `level` agree on (3 if none of them says).

    A name is that of a rule file or of one of its variants, the workspace's own first; with a suffix or a slash it is a
    path. InputError for unknown names, faulty files and levels that contradict each other.
    """
    wanted = [part for name in names for part in (piece.strip() for piece in name.split(",")) if part]
    if names and not wanted:
        raise InputError([_no_such("".join(names), ())])
    chosen = [_named(name, root) for name in dict.fromkeys(wanted or [f"mlps-{level or 3}"])]
    levels = {asked for _, _, asked in chosen if asked is not None} | ({level} if level is not None else set())
    if len(levels) > 1:
        message = Message("{names} and --level are of different levels", names=", ".join(wanted))
        raise InputError([Problem("levels-differ", message, Message("name one level"), file="--pack")])
    sources = tuple(dict.fromkeys(path for path, _, _ in chosen))
    return Chosen(_together([pack for _, pack, _ in chosen]), levels.pop() if levels else 3, sources)


def files(root: Path | None = None) -> list[Path]:
    """The rule files that come with govnet, then those of the workspace at `root`, each by name."""
    own = root / OWN if root is not None else None
    found = [path for folder in (RULES, own) if folder is not None for path in folder.glob("*.y*ml")]
    return sorted(found, key=lambda path: (path.parent != RULES, path.name))


def names(root: Path | None = None) -> dict[str, Path]:
    """Every name that `choose` knows, and its file."""
    result = {}
    for path in files(root):
        result[path.stem] = path
        result |= dict.fromkeys(_read(path).variants, path)
    return result


def _named(name: str, root: Path | None) -> tuple[Path, Pack, int | None]:
    if "/" in name or name.endswith(_SUFFIXES):
        return Path(name), _read(Path(name)), None
    known = names(root)
    if name not in known:
        raise InputError([_no_such(name, known)])
    pack = _read(known[name])
    variant = pack.variants.get(name)
    varied = pack if variant is None else _varied(name, pack, variant)
    return known[name], varied, variant.level if variant else None


@cache
def _read_at(path: Path, _changed: int) -> Pack:
    return load(path)


def _read(path: Path) -> Pack:
    """The file as it is now; it is read once as long as nobody changes it."""
    return _read_at(path, path.stat().st_mtime_ns) if path.is_file() else load(path)


def _varied(name: str, pack: Pack, variant: Variant) -> Pack:
    update: dict[str, object] = {"name": name, "title": variant.title}
    if variant.platforms:
        update["categories"] = tuple(
            Category(title=category.title, items=items)
            for category in pack.categories
            if (items := tuple(_for_platforms(category.items, variant.platforms)))
        )
    return pack.model_copy(update=update)


def _for_platforms(items: Iterable[Item], platforms: tuple[str, ...]) -> Iterable[Item]:
    for item in items:
        own = item.applies.platforms if item.applies else ()
        both = tuple(name for name in platforms if not own or name in own)
        if both:
            applies = item.applies or Applies(why=_OTHER_VENDOR)
            yield item.model_copy(update={"applies": applies.model_copy(update={"platforms": both})})


def _together(packs: list[Pack]) -> Pack:
    """One pack with everything. An item whose number stands in two of them must be the same in both."""
    first = packs[0]
    if len(packs) == 1:
        return first
    chapters: dict[tuple[str, str], dict[str, Item]] = {}
    titles: dict[tuple[str, str], Text] = {}
    seen: dict[str, str] = {}
    for pack in packs:
        for category in pack.categories:
            key = (category.title.zh, category.title.en)
            titles[key] = category.title
            items = chapters.setdefault(key, {})
            for item in category.items:
                other = items.get(item.id)
                merged = item if item.id not in seen else _merged(other, item)
                if merged is None:
                    raise InputError([_twice(item.id, seen[item.id], pack.name)])
                seen[item.id] = pack.name
                items[item.id] = merged
    observed = {check.fact: check for pack in reversed(packs) for check in pack.observations}
    return Pack(
        name="+".join(pack.name for pack in packs),
        title=_joined([pack.title for pack in packs]),
        standard="; ".join(dict.fromkeys(pack.standard for pack in packs)),
        source=_joined(list({pack.source.zh: pack.source for pack in packs}.values())),
        verified=all(pack.verified for pack in packs),
        categories=tuple(Category(title=titles[key], items=tuple(items.values())) for key, items in chapters.items()),
        observations=tuple(observed.values()),
    )


def _merged(one: Item | None, two: Item) -> Item | None:
    """The same item for one vendor and for another as one for both; None if it is not the same."""
    if one is None or one.model_copy(update={"applies": two.applies}) != two:
        return None
    if one.applies is None or two.applies is None or not (one.applies.platforms and two.applies.platforms):
        return one if one == two else None
    platforms = tuple(dict.fromkeys((*one.applies.platforms, *two.applies.platforms)))
    return two.model_copy(update={"applies": two.applies.model_copy(update={"platforms": platforms})})


def _joined(texts: Sequence[Text]) -> Text:
    return Text(zh="；".join(text.zh for text in texts), en="; ".join(text.en for text in texts))


def _no_such(name: str, known: Iterable[str]) -> Problem:
    near = nearest(name, tuple(known))
    hint = Message("did you mean “{name}”?", name=near) if near else Message("see: govnet audit rules list")
    return Problem("no-such-pack", Message("there is no pack “{name}”", name=name), hint, file="--pack")


def _twice(item: str, one: str, two: str) -> Problem:
    message = Message("the item {item} stands in {one} and in {two}", item=item, one=one, two=two)
    return Problem("item-twice", message, Message("choose one of them"), file="--pack")


def every(root: Path | None = None) -> Mapping[Path, Pack]:
    """All rule files that there are, read. InputError for a faulty one."""
    return {path: _read(path) for path in files(root)}
