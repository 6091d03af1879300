"""Orders and cycles, against the definition."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ipplan import graph

graphs = st.integers(1, 9).flatmap(
    lambda count: st.lists(st.frozensets(st.integers(0, count - 1), max_size=4), min_size=count, max_size=count).map(
        lambda rows: dict(enumerate(rows))
    )
)


def reachable(needs: dict[int, frozenset[int]], start: int) -> set[int]:
    """Everything that `start` needs, directly or not."""
    found: set[int] = set()
    stack = list(needs[start])
    while stack:
        node = stack.pop()
        if node not in found:
            found.add(node)
            stack.extend(needs[node])
    return found


@given(graphs)
def test_an_order_respects_every_need_or_a_cycle_is_one(needs: dict[int, frozenset[int]]):
    """Either all nodes after what they need, or a real cycle."""
    order, cycle = graph.ordered(needs)
    for index, node in enumerate(order):
        assert needs[node] <= set(order[:index])
    if cycle:
        for node, need in zip(cycle, [*cycle[1:], cycle[0]], strict=True):
            assert need in needs[node]
    else:
        assert sorted(order) == sorted(needs)


@given(graphs)
def test_components_are_what_needs_each_other(needs: dict[int, frozenset[int]]):
    """Two nodes are in one component if and only if each needs the other; what a component needs comes before it."""
    found = graph.components(needs)
    assert sorted(node for part in found for node in part) == sorted(needs)
    where = {node: index for index, part in enumerate(found) for node in part}
    for one, wanted in needs.items():
        for other in needs:
            mutual = one == other or (other in reachable(needs, one) and one in reachable(needs, other))
            assert (where[one] == where[other]) == mutual
        assert all(where[need] <= where[one] for need in wanted)


def test_equals_keep_their_order():
    """Without needs nothing is reordered."""
    assert graph.ordered({"b": [], "a": [], "c": ["b"]}) == (["b", "a", "c"], [])
