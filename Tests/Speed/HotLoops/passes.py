"""The lane passes over observations in one dimension."""

import re

from disassembly import BUILDS, STACK_OPERAND, VECTOR_OPERAND, costs, touching

SYMBOLS = "LanePass"

REGISTERS = [f"RegisterVectors<{count}>" for count in (1, 2, 3, 4)]
LABELS = ("NoLabels", "LabelBytes")

# The passes that must be there: build, kind of pass, vectors, and for assignments what becomes of labels.
WANTED = {
    (build, *rest)
    for build in BUILDS
    for vectors in [*REGISTERS, "MemoryVectors"]
    for rest in [
        ("ExpectationLanePass", vectors),
        *(("AssignmentLanePass", vectors, labels) for labels in LABELS),
    ]
}

# How many stack accesses one turn of the loop over groups may make: a little above what the compiler needs now. A
# scalar spill loop over the lanes of one vector alone would add 8 to 16. AVX-512 has 32 registers, AVX2 16, which are
# fewer than the constants of an exponential and the components' shares. In MemoryVectors a group has loops of its
# own over components, which are to have next to none, and pointers are kept on the stack between them.
STACK = {
    ("GMMKernelsAVX512", "RegisterVectors<1>"): 4,
    ("GMMKernelsAVX512", "RegisterVectors<2>"): 2,
    ("GMMKernelsAVX512", "RegisterVectors<3>"): 4,
    ("GMMKernelsAVX512", "RegisterVectors<4>"): 6,
    ("GMMKernelsAVX512", "MemoryVectors"): 30,
    ("GMMKernelsAVX2", "RegisterVectors<1>"): 6,
    ("GMMKernelsAVX2", "RegisterVectors<2>"): 12,
    ("GMMKernelsAVX2", "RegisterVectors<3>"): 24,
    ("GMMKernelsAVX2", "RegisterVectors<4>"): 30,
    ("GMMKernelsAVX2", "MemoryVectors"): 38,
}
# The same for one component's turn in a loop over components.
STACK_OF_COMPONENT = 6


def key(name):
    """Return which wanted pass over full groups a symbol's Swift name is: build, pass, vectors and labels, or None."""
    match = re.search(r"specialization <([^()]*)> of (\w+)\.\((\w+) in \w+\)\.add(ing)?<", name)
    if match is None or "AllLanes" not in match.group(1):
        return None
    build, kind = match.group(2), match.group(3)
    arguments = [a.rpartition(f"{build}.")[2] for a in match.group(1).split(", ")]
    return (build, kind, *arguments[:-1])


def faults(key, function):
    """Return what is wrong with the loops of one pass, a line each."""
    build, vectors = key[0], key[2]
    # Loops with vectors: those over groups, and in MemoryVectors those over components.
    loops = [loop for loop in function.loops() if touching(loop, VECTOR_OPERAND)]
    if not loops:
        return ["no loop with vectors was found"]
    # The outermost loop holds all others.
    found = costs(loops[0])
    # In registers, a turn over groups has no loop within: it is the smallest with an exponential's worth of vectors.
    full = [loop for loop in loops if len(touching(loop, VECTOR_OPERAND)) >= 12]
    inner = [loop for loop in full if not any(other[0] in loop and len(other) < len(loop) for other in full)]
    if vectors == "MemoryVectors":
        # Beside the loop over groups, the compiler keeps one for the case of a single component, which has others.
        groups = max(full, key=len)
        components = [loop for loop in inner if loop[0] in groups and loop is not groups]
        if len(components) < 2:
            found.append(f"{len(components)} loops over components, at least 2 expected")
        bounds = [
            (groups, STACK[build, vectors]),
            *((loop, STACK_OF_COMPONENT) for loop in components),
        ]
    else:
        bounds = [(loop, STACK[build, vectors]) for loop in inner]
    for loop, bound in bounds:
        accesses = touching(loop, STACK_OPERAND)
        if len(accesses) > bound:
            found.append(
                f"{len(accesses)} stack accesses in a turn of {len(loop)} instructions, at most {bound} expected"
            )
    return found
