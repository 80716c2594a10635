"""The loops over observations in several dimensions, triangular and diagonal.

In these all time goes to fused multiply-adds, a tile of them in each turn of a loop; so each loop must have whole tiles
of them, on the build's widest vectors, and next to nothing else.
"""

import re

from disassembly import BUILDS, FUSED, STACK_OPERAND, VECTOR_OPERAND, costs, innermost, named, touching

SYMBOLS = "FactorRows|SymmetricSums|CoordinateSums|Responsibilities|AssignmentDraws"

WIDEST = {"GMMKernelsAVX2": "ymm", "GMMKernelsAVX512": "zmm"}
# Rows of the largest tile of symmetric sums, and coordinates of the largest tile of diagonal ones.
SYMMETRIC = {"GMMKernelsAVX2": 3, "GMMKernelsAVX512": 4}
COORDINATES = {"GMMKernelsAVX2": (1, 2, 4), "GMMKernelsAVX512": (1, 2, 8)}
# Vectors of points that a tile of factor rows goes over at once.
FACTOR_VECTORS = {"GMMKernelsAVX2": 3, "GMMKernelsAVX512": 4}
# What symmetric sums of weighted points take their distances from.
WEIGHTED = {"GMMKernelsAVX2": "KeptDistances", "GMMKernelsAVX512": "PointDistances"}
# Fused multiply-adds of an exponential: its argument's reduction and its polynomial.
EXPONENTIAL = 13
# Instructions of a turn beside those that the tile's arithmetic needs: the loop's own, and places of what is loaded.
OVERHEAD = 8


def _wanted():
    """Yield functions, with the fused multiply-adds and the instructions of one turn of their best loop."""
    for build in BUILDS:
        full, width = SYMMETRIC[build], FACTOR_VECTORS[build]
        for distances in (WEIGHTED[build], "MemberDistances"):
            for rows in range(1, full + 1):
                # Distances are loaded; from points, their centers are taken off, and those of rows are weighted.
                fused = rows * full
                taking = rows + full + rows if distances == "PointDistances" else 0
                yield (build, "addRectangle", distances, rows, full), (fused, fused + rows + full + taking)
                # Here each row is also added to a sum, and may be kept, plain and weighted.
                fused = rows * (rows + 1) // 2
                keeping = 2 * rows if distances == "KeptDistances" else 0
                yield (build, "addTriangle", distances, rows), (fused, fused + 4 * rows + keeping)
        for distances in ("PointDistances", "MemberDistances"):
            for count in COORDINATES[build]:
                yield (build, "add", distances, count), (count, 5 * count)
        for rows in range(1, 5):
            # Points are loaded and the center taken off; that and the coefficients are broadcast.
            yield (build, "subtract", rows), (rows * width, rows * width + 2 * width + rows + 1)
        yield (build, "evaluateDiagonal"), (4, 18)
        for weights in ("EqualWeights", "PointWeights"):
            yield (build, "normalize", weights), (EXPONENTIAL, 4 * EXPONENTIAL)
            yield (build, "draw", weights), (EXPONENTIAL, 4 * EXPONENTIAL)


# What must be there.
WANTED = dict(_wanted())

# Their loops stand in others: over vectors of points, over groups.
NESTED = ("subtract", "evaluateDiagonal", "normalize", "draw")
# One operand may come from the stack in each turn; on AVX2 also the centers of a tile of rows.
STACK = {("GMMKernelsAVX2", "addTriangle", "KeptDistances", 3): 3}
STACK_ELSEWHERE = 1


def key(name):
    """Return which wanted function a symbol's Swift name is, or None."""
    build = next(build for build in BUILDS[::-1] if build in name)
    if name.startswith(f"{build}.FactorRows.evaluateDiagonal()"):
        return (build, "evaluateDiagonal")
    match = re.search(r"generic specialization <([^()]*)> of \w+\.(\w+)\.\(?(\w+)", name)
    if match is None or "FirstLanes" in match.group(1):
        return None
    arguments = [argument.rpartition(".")[2] for argument in match.group(1).split(", ")]
    arguments = [int(a) if a.isdigit() else a for a in arguments if a != "AllLanes"]
    return (build, match.group(3), *arguments)


def faults(key, function):
    """Return what is wrong with the loops of one function, a line each."""
    build, kind = key[0], key[1]
    fused, instructions = WANTED[key]
    loops = [loop for loop in function.loops() if touching(loop, VECTOR_OPERAND)]
    hot = [loop for loop in innermost(loops) if named(loop, FUSED)]
    if not hot:
        return ["no loop with fused multiply-adds was found"]
    found = [fault for loop in (loops[:1] if kind in NESTED else hot) for fault in costs(loop)]
    # The compiler may take several turns at once; loops for what is left over may have parts of tiles.
    turns = {len(loop): len(named(loop, FUSED)) // fused for loop in hot if len(named(loop, FUSED)) % fused == 0}
    if not turns:
        counts = ", ".join(str(len(named(loop, FUSED))) for loop in hot)
        return [*found, f"loops with {counts} fused multiply-adds, a multiple of {fused} expected"]
    best = min((loop for loop in hot if len(loop) in turns), key=lambda loop: len(loop) / turns[len(loop)])
    narrow = [i for i in named(best, FUSED) if WIDEST[build] not in i.operands]
    if narrow:
        found.append(f"{len(narrow)} fused multiply-adds on vectors narrower than {WIDEST[build]}")
    accesses, allowed = len(touching(best, STACK_OPERAND)), STACK.get(key, STACK_ELSEWHERE)
    if accesses > allowed:
        found.append(f"{accesses} stack accesses in a turn of {len(best)} instructions, at most {allowed} expected")
    size, bound = len(best) / turns[len(best)], instructions + OVERHEAD
    if size > bound:
        found.append(f"{size:.1f} instructions for {fused} fused multiply-adds, at most {bound} expected")
    return found
