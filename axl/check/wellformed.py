"""The definition of the IR: what is legal, apart from what the author's annotations say.

    1  every id is bound once in the whole workflow, and is valid on every target
    2  an operand is a constant, an input of its own block, or an output of an earlier node of it
    3  the inputs of a map's body are its items and captures; those of the arms of a branch and of
       the body of a group are the captures; all in order
    4  a map binds one item per list; what it maps over, as far as it is written, is a list; what a
       branch tests, as far as it is written, is a bool
    5  an output that is read exists; several outputs have distinct names, none of them `result`
    6  `after` names earlier nodes of the same block
    7  constants are canonical JSON; those that are not small take at most `MAX_CONST_BYTES` together
    8  policies and the numbers of maps are in range
    9  names can be taken by every target
    10 the inputs of the root block are the parameters; what runs on exit reads only its own inputs
    11 blocks and packs are nested no deeper than the limits

`structure` holds 1 to 6, 10 and 11; the rules `literals`, `options` and `names` hold the others.
That no Python object is in a workflow, and that it survives its JSON form, follows from its types.
"""

from __future__ import annotations

from axl.check.rules import literals, names, options
from axl.check.structure import structure
from axl.errors import Problem
from axl.ir.nodes import IRWorkflow


def wellformed(program: IRWorkflow) -> tuple[Problem, ...]:
    """Return every invariant that a workflow breaks; a pass is checked with it before and after.

    Needs nothing but the IR: no class, no annotations.
    """
    return (*structure(program), *literals.check(program), *options.check(program), *names.check(program))
