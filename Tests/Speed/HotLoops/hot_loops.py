#!/usr/bin/env python3
"""Check the machine code of the kernels' hot loops in a library that still has its symbols.

    Tests/Speed/HotLoops/hot_loops.py build/symbols/libgmmswift.so.0

A compiler may turn one line of vector code into a call, a loop over lanes or a dozen spills without a word, and the
results stay right. So in the AVX2 and AVX-512 builds the passes over observations in one dimension, and the loops over
observations in several, are disassembled; they are searched for what costs: calls, arithmetic on single numbers, lanes
taken out of vectors or put into them one by one, and more stack accesses than stated with them. And in the whole
library no function may need a later processor than those of its build.
"""

import platform
import shutil
import sys
from pathlib import Path

import levels
import passes
import tiles
from disassembly import disassembled, symbols


def check(library, functions, section):
    """Check one section's functions; returns the faults, a line each."""
    found = {key: symbol for symbol, name in symbols(library, section.SYMBOLS).items() if (key := section.key(name))}
    wanted = set(section.WANTED)
    missing = sorted(wanted - found.keys(), key=str)
    faults = [f"{' '.join(map(str, key))}: not in the library" for key in missing]
    for key in sorted(wanted & found.keys(), key=str):
        faults += [f"{' '.join(map(str, key))}: {fault}" for fault in section.faults(key, functions[found[key]])]
    return faults


def main(library):
    """Check a library; returns the exit code."""
    machine = platform.machine()
    if machine not in ("x86_64", "AMD64"):
        print(f"skipped: hot loops, which are checked on x86-64, not on {machine}")
        return 0
    for tool in ("objdump", "nm"):
        if shutil.which(tool) is None:
            print(f"skipped: hot loops, because {tool} (Debian package binutils) is missing")
            return 0
    if not Path(library).exists():
        print(f"hot loops: {library} is missing; run `make build`", file=sys.stderr)
        return 1
    functions = disassembled(library)
    failures = check(library, functions, passes) + check(library, functions, tiles) + levels.faults(functions)
    for failure in failures:
        print(f"FAIL {failure}")
    count = len(passes.WANTED) + len(tiles.WANTED)
    print(f"hot loops: {count} functions checked, and {len(functions)} for their level; {len(failures)} faults")
    return 1 if failures else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
