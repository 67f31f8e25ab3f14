"""Two pieces of source have one normal form only if Python does the same for both."""

from __future__ import annotations

import ast
import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from axl.runtime.code.normal import read

# Every one says something else than every other one.
DIFFERENT = """\
1 | 1.0 | True | 1j | "1" | b"1" | -1 | 0.0 | -0.0 | 1e999 | inf | infj | 1e999j | None | "None" | ... | "" | b"" | x
{None: d} | {**d} | {"**": d} | {d} | {d: None} | {None} | {} | {**d, None: d} | {None: d, **d} | d()
f(a) | f(*a) | f(**a) | f(a=a) | f(*a, **a) | f((a)()) | f(a)() | f[a] | f(a,)[0] | f((a,)) | f([a]) | f(a, b) | f((a, b))
f(a=1, b=2) | f(b=1, a=2) | f(a=1)(b=2) | f(a, b=2) | f(**{"a": 1})
lambda: 1 | lambda *, a: 1 | lambda *, a=None: 1 | lambda a: 1 | lambda a=None: 1 | lambda *a: 1 | lambda **a: 1
lambda a, /: 1 | lambda *, a, b=1: 1 | lambda *, a=1, b: 1 | lambda a, b=1: 1 | lambda a=1, *b: 1 | lambda: (yield)
f"{x}" | f"{x!r}" | f"{x!s}" | f"{x!a}" | f"{x:3}" | f"{x:{y}}" | f"x" | f"{{x}}" | f"{'x'}" | f"{x}{y}" | f"{x}" "y" | f"{x,}"
a < b < c | (a < b) < c | a < (b < c) | a < b and b < c | a < b <= c | a is b | a == b | a is not b | not a is b | a in b
a and b and c | (a or b) and c | a or b and c | a if b else c | b if a else c | not a | -a | +a | ~a | a - b | b - a | a + -b
(a := b) | (b := a) | [a, b] | (a, b) | [a][b] | a[b] | a[b:] | a[:b] | a[b::] and a | a[:] | a[b, c] | a[(b, c), ] | a[b:c] | a[::b]
a.b.c | a.b | a.b() | a().b | a.b().c | a().b.c | (a.b, c) | a.b[c] | a[b].c | a["b"].c | super().a | super(a).a | super().a()
[x for x in y] | (x for x in y) | {x for x in y} | {x: x for x in y} | [x for x in y if x] | [x for x in y for x in y] | [y for x in y]
[x async for x in y] | [x for x, in y] | await_(x) | [*x] | (*x,) | {*x} | [x] | [(x)for(y)in x]
a = b | a = b = c | a = (b, c) | a, b = c | (a, b), c = d | [a, *b] = c | a, *b = c | *a, b = c | a += b | a = a + b | a |= b
a.b = c | a[b] = c | a.b += c | del a | del a.b | del a[b] | del a, b | del (a), b, c
def f(): return | def f(): return None | def f(): yield | def f(): yield None | async def f(): return | def g(): return
def f(a): return a | def f(b): return b | def f(a, /): return a | def f(*, a): return a | def f(a=1): return a | def f(*a): return a
@a~def f(): return a | @a()~def f(): return a | @a~@b~def f(): return a | @b~@a~def f(): return a | @a~async def f(): return a
class A: a = 1 | class A(B): a = 1 | class A(B, C): a = 1 | class A(C, B): a = 1 | class A(a=B): a = 1 | class A: a: int = 1 | class A: a: str = 1
class A: a: int | @a~class A: a = 1 | class B: a = 1
import a | import a as b | import a, b | import b, a | from b import a | from b import a as c | from b import *
global a | nonlocal a | global a, b | global b, a | assert a | assert a, b | raise | raise a | raise a from b | raise a from None
if a: b() | if a: b()~else: c() | if a: c()~else: b() | while a: b() | while a: b()~else: c() | while a: break | while a: continue
for a in b: c() | for a in b: c()~else: d() | async def f():~ async for a in b: c() | def f():~ for a in b: c() | for a, in b: c()
with a: b() | with a as b: b() | with a, b: c() | with a:~ with b: c() | with (a, b) as c: c() | async def f():~ async with a: b()
try: a()~finally: b() | try: a()~except: b() | try: a()~except b: b() | try: a()~except b as c: b() | try: a()~except (b, c): b()
try: a()~except b: c()~else: d() | try: a()~except b: c()~finally: d() | try: a()~except* b: c() | try: a()~except b: c()~except d: c()
match a:~ case 1: b() | match a:~ case None: b() | match a:~ case True: b() | match a:~ case _: b() | match a:~ case c: b() | match a:~ case c.d: b()
match a:~ case [c]: b() | match a:~ case [*c]: b() | match a:~ case [*_]: b() | match a:~ case {1: c}: b() | match a:~ case {1: _, **c}: b()
match a:~ case c(d): b() | match a:~ case c(d=d): b() | match a:~ case c() as d: b() | match a:~ case 1 | 2: b() | match a:~ case c if d: b()
"""

# Each row says one thing in several ways.
SAME = """\
x | (x) | ((x))
"a" | 'a' | u"a" | "" "a" | \"\"\"a\"\"\"
1000 | 1_000 | 0x3E8
f(a, b) | f(a,b) | f(a, b,)
if a: b() | if a:~ b() | if a:~ pass~ b() | if a:~ "text"~ b()
def f(a): return a | def f(a: int) -> int: return a | def f(a) -> "str":~ 'Help.'~ return a | def f(a): # why~ return a
def f():~ a = 1 | def f():~ a: int = 1
a = 1 | a: int = 1
class A:~ def f(self): return a | class A:~ "Help."~ def f(self: int) -> int: return a
from .b import a | from b import a | from c import a
"""


def pieces(table: str) -> list[list[str]]:
    """Return the pieces in the rows of a table: a tilde ends a line, a bar with spaces a piece."""
    rows = [row.replace("case 1 | 2", "case 1 || 2").split(" | ") for row in table.splitlines()]
    return [[piece.replace("||", "|").replace("~", "\n") for piece in row] for row in rows]


def form(text: str) -> str:
    """Return the digest of the normal form of statements, or of an expression that is used."""
    try:
        return read([ast.parse(text, mode="eval").body]).digest
    except SyntaxError:
        return read(ast.parse(text).body).digest


def test_what_is_different_has_another_form() -> None:
    """No two of all those pieces have one form."""
    known = {item for row in pieces(DIFFERENT) for item in row if "import" not in item}
    found: dict[str, str] = {}

    collisions = [
        (text, found[form(text)]) for text in sorted(known) if found.setdefault(form(text), text) != text
    ]

    assert len(known) > 230
    assert [] == collisions


def test_what_is_the_same_has_one_form() -> None:
    """Layout, quotes, documentation, annotations that nothing reads, and where a name comes from do not count."""
    forms = [{form(item) for item in row} for row in pieces(SAME)]

    assert [1] * len(forms) == [len(each) for each in forms]


def test_an_import_tells_the_names_that_it_binds() -> None:
    """What is behind a name is told by whoever follows it; `a as b` and `b` bind the same name."""
    reading = read(ast.parse("from .b import a as c, d\nimport e.f, e.g\n").body)

    assert ["c", "d", "e"] == list(reading.imports)
    assert ["b.a", "b.d", "e.f.", "e.g."] == [f"{item.module}.{item.attr}" for item in reading.loads]


leaves = st.sampled_from(
    ["a", "b", "1", "1.0", "True", "None", "''", "b''", "-0.0", "...", "f'{a}'", "f'{a!r}'"]
)


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return larger expressions made of smaller ones."""
    shapes = [
        "({},)",
        "[{}]",
        "[*{}]",
        "{{{}}}",
        "{{{}: 1}}",
        "{{**{}}}",
        "{{None: {}}}",
        "({}).a",
        "({})()",
        "(not {})",
    ]
    shapes += [
        "f({})",
        "f(*{})",
        "f(**{})",
        "f(a={})",
        "(lambda: {})",
        "(lambda a={}: a)",
        "(lambda *, a={}: a)",
    ]
    pairs = [
        "({} and {})",
        "({} or {})",
        "({} < {})",
        "[{}, {}]",
        "({} + {})",
        "({} if a else {})",
        "{{{}: {}}}",
        "({})[{}]",
    ]
    one = st.tuples(st.sampled_from(shapes), inner).map(lambda made: made[0].format(made[1]))
    two = st.tuples(st.sampled_from(pairs), inner, inner).map(lambda made: made[0].format(*made[1:]))
    return one | two


expressions = st.recursive(leaves, grown, max_leaves=4)


@given(texts=st.lists(expressions, min_size=2, max_size=12))
@settings(max_examples=200, deadline=None)
def test_random_expressions_have_one_form_only_if_they_are_one(texts: list[str]) -> None:
    """Equal trees have equal forms, and unequal trees unequal ones."""
    for one, other in itertools.combinations(texts, 2):
        assert (ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))) == (form(one) == form(other))
