"""A port that is bound to another VRF loses its addresses: what goes with the binding is entered again behind it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from configs.change.compare import content

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configs.change.language import Language
    from configs.change.model import Edit
    from configs.tree import Node, Tree


def rebound(steps: Sequence[Edit], running: Tree, language: Language) -> list[Edit]:
    """The steps, each that binds a port to a VRF or takes it out of one followed by what the device then takes away.

    Lines that stay are entered again as they run, in the order in which the device shows them; a new line of the kind
    stands behind the binding too, and is sent with it (before it, the device would take it away again); a line that is
    to go has gone, and needs no command. All of them may cut us off where the binding may.
    """
    bindings = {step.path: step for step in reversed(steps) if _binds(step, language)}
    if not bindings:
        return list(steps)
    with_it = {id(step) for step in steps if step.path in bindings and _goes(step, language)}
    done: list[Edit] = []
    for step in steps:
        if bindings.get(step.path) is step:
            followers = [other for other in steps if other.path == step.path and id(other) in with_it]
            done += _behind(step, followers, _lost(step.path, running, language), language)
        elif id(step) not in with_it:
            done.append(step)
    return done


def _binds(step: Edit, language: Language) -> bool:
    """Whether a step binds a port, or takes a binding back."""
    if len(step.path) != 1 or not language.paths.interface.match(language.normalise((), step.path[0])):
        return False
    return any(language.binds.match(language.normalise(step.path, line)) for line in (*step.old, step.new) if line)


def _goes(step: Edit, language: Language) -> bool:
    """Whether a step is about a line that goes with a binding."""
    line = step.new or step.old[0]
    return language.unbound.match(language.normalise(step.path, line)) is not None


def _lost(path: tuple[str, ...], running: Tree, language: Language) -> Iterator[Node]:
    """The lines of a port that its binding takes away."""
    header = language.normalise((), path[0])
    for port in running.children:
        if language.normalise((), port.text) == header:
            yield from (line for line in port.children if language.unbound.match(language.normalise(path, line.text)))


def _behind(binding: Edit, followers: Sequence[Edit], lost: Iterator[Node], language: Language) -> Iterator[Edit]:
    """The binding and what follows it; a line with another value stands where the old one stood, so that a port's
    first address comes before its further ones.
    """  # noqa: D205 - one sentence
    last = binding
    waiting = list(followers)
    for line in lost:
        change = next((step for step in waiting if line.text in step.old), None)
        if change is not None:
            yield last
            waiting.remove(change)
            last = _after(change, binding)
        elif not any(line.text in step.old for step in followers):
            last = replace(last, commands=(*last.commands, language.typed(content(line))))
    yield last
    yield from (_after(step, binding) for step in waiting)


def _after(step: Edit, binding: Edit) -> Edit:
    """A step that is sent behind a binding: what it replaces has gone already."""
    commands = step.commands[-1:] if step.new else ()
    return replace(step, commands=commands, phase=binding.phase, cut=binding.cut or step.cut)
