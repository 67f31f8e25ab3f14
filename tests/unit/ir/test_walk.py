"""The traversals: what a node needs, every node in turn, and the lists that maps run over."""

from __future__ import annotations

from dataclasses import replace

from axl.ir.nodes import Atom, Const, In, IRWorkflow, Map, Out, Pack
from axl.ir.walk import atoms, blocks, dependencies, nodes, operands, split_outputs, tasks, workflows
from tests.unit.ir.small import SOURCE, block, branch, chain, each, flow, group, nested, task

INNER = block(task("b", x=In("x")), inputs=("x",))


def test_operands_of_every_kind() -> None:
    """A task reads its arguments, a map its lists and captures, a branch its test, a group its captures."""
    nodes_of_each_kind = (
        task("t", x=In("n"), y=Out("a")),
        each("m", Out("a"), INNER, k=In("n")),
        branch("w", In("n"), block(), block(), k=Out("a")),
        group("g", block(), k=Const("1")),
    )

    found = [tuple(operands(node)) for node in nodes_of_each_kind]

    expected: list[tuple[Atom, ...]] = [
        (In("n"), Out("a")),
        (Out("a"), In("n")),
        (In("n"), Out("a")),
        (Const("1"),),
    ]
    assert expected == found


def test_atoms_opens_packs_from_left_to_right() -> None:
    """Packs in packs come out flat, in the order they are written."""
    pack = Pack("list", (Out("a"), Pack("dict", (In("x"), Pack("tuple", ())), ("k", "l")), Const("1")))

    assert (Out("a"), In("x"), Const("1")) == tuple(atoms(pack))


def test_dependencies_are_named_once() -> None:
    """Operands inside packs count, `after` counts, and each node is named once."""
    node = task("t", x=Pack("list", (Out("b"), Out("a", "model"))), y=Out("a"), after=("c", "b"))

    assert ("b", "a", "c") == dependencies(node)


def test_nodes_come_depth_first_with_source_and_path() -> None:
    """A node comes before what it holds; a group changes the source, a branch names the arm."""
    program = flow(
        each("m", Const("[1]"), INNER),
        group(
            "g",
            block(branch("w", In("k"), block(task("c")), block(task("d")), k=In("k")), inputs=("k",)),
            k=Const("true"),
        ),
        task("e"),
    )

    found = [(visit.node.id, visit.source, visit.path) for visit in nodes(program)]

    other = "other:Other"
    assert [
        ("m", SOURCE, ()),
        ("b", SOURCE, ("m",)),
        ("g", SOURCE, ()),
        ("w", other, ("g",)),
        ("c", other, ("g", "w:then")),
        ("d", other, ("g", "w:otherwise")),
        ("e", SOURCE, ()),
    ] == found


def test_tasks_include_the_one_on_exit() -> None:
    """Every task comes with the class whose step it calls, the exit task last."""
    program = flow(group("g", block(task("c"))), task("e"), on_exit=task("bye"))

    found = [(source, node.id) for source, node in tasks(program)]

    assert [("other:Other", "c"), (SOURCE, "e"), (SOURCE, "bye")] == found


def test_workflows_are_named_once() -> None:
    """The workflow itself comes first, then those it calls."""
    program = flow(group("g", block()), group("h", block()))

    assert (SOURCE, "other:Other") == workflows(program)


def test_blocks_of_every_kind() -> None:
    """A branch holds two blocks, a map and a group one, a task none."""
    counts = [
        len(blocks(node))
        for node in (
            task("t"),
            each("m", In("x"), INNER),
            branch("w", In("x"), block(), block()),
            group("g", block()),
        )
    ]

    assert [0, 1, 2, 1] == counts


def test_walking_needs_no_stack() -> None:
    """A chain of 100,000 nodes and fifty nested maps are walked."""
    deepest = list(nodes(nested(50)))[-1]

    assert 100_000 == sum(1 for _ in nodes(chain(100_000)))
    assert 49 == len(deepest.path)


def splits(*parts: Map, first: tuple[str, ...] = ("result",)) -> frozenset[tuple[str, str]]:
    return split_outputs(flow(task("a", ports=first), *parts))


def test_a_list_that_is_mapped_over_is_split() -> None:
    """The output of a task that a map runs over is stored item by item; others are not."""
    program = flow(task("a"), task("z", x=Out("a")), each("m", Out("a"), INNER))

    assert {("a", "result")} == split_outputs(program)


def test_the_port_counts() -> None:
    """Of several outputs only the one that is mapped over is split, and never the whole."""
    assert {("a", "model")} == splits(each("m", Out("a", "model"), INNER), first=("model", "score"))
    assert set() == splits(each("m", Out("a"), INNER), first=("model", "score"))


def test_captures_are_followed_outwards() -> None:
    """A nested map over a captured list splits it where it is made, two levels up."""
    inner = block(each("n", In("ys"), INNER), inputs=("x", "ys"))
    middle = block(each("m2", In("x"), inner, ys=In("ys")), inputs=("x", "ys"))
    program = flow(task("a"), task("c"), each("m", Out("c"), middle, ys=Out("a")))

    assert {("a", "result"), ("c", "result")} == split_outputs(program)


def test_results_of_groups_and_branches_are_followed_inwards() -> None:
    """Mapping over what a branch of groups gives splits the lists of both arms."""
    called = group("g", block(task("b"), result=Pack("list", (Out("b"),))))
    first = block(group("h", block(task("c"))))
    program = flow(
        task("t"), branch("w", Out("t"), first, block(called)), each("m", Out("w"), block(inputs=("x",)))
    )

    assert {("c", "result")} == split_outputs(program)


def test_inputs_of_groups_are_followed() -> None:
    """A called workflow that maps over its argument splits the list that it was given."""
    called = group("g", block(each("m", In("xs"), INNER), inputs=("xs",)), xs=Out("a"))

    assert {("a", "result")} == split_outputs(flow(task("a"), called))


def test_items_of_results_of_maps_are_lists_of_their_makers() -> None:
    """Where `files` is mapped and a nested map runs over each result, the lists of `files` are split."""
    files = each("files_map", Const("[1,2]"), block(task("files", x=In("x")), inputs=("x",)))
    sizes = each("m", Out("files_map"), block(each("n", In("x"), INNER), inputs=("x",)))

    assert {("files", "result")} == split_outputs(flow(files, sizes))


def test_an_item_of_a_stored_list_is_not_split() -> None:
    """A task that gives a list of lists is split once: its items are stored whole."""
    sizes = each("m", Out("a"), block(each("n", In("x"), INNER), inputs=("x",)))

    assert {("a", "result")} == splits(sizes)


def test_items_of_a_written_list_are_its_values() -> None:
    """Mapping over `[a, c]` splits nothing; mapping over each of them splits both."""
    over = Pack("list", (Out("a"), Out("c")))
    once = flow(task("a"), task("c"), each("m", over, INNER))
    twice = flow(task("a"), task("c"), each("m", over, block(each("n", In("x"), INNER), inputs=("x",))))

    assert set() == split_outputs(once)
    assert {("a", "result"), ("c", "result")} == split_outputs(twice)


def test_parameters_are_nobodys_output() -> None:
    """A map over a parameter, and over a literal, splits nothing."""
    program: IRWorkflow = flow(each("m", In("xs"), INNER), params=("xs",))

    assert set() == split_outputs(program)
    assert set() == split_outputs(replace(program, body=block(each("m", Const("[1]"), INNER))))
