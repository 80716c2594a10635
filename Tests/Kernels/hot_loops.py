#!/usr/bin/env python3
"""Check the machine code of the kernels' hot loops in a library that still has its symbols.

    Tests/Kernels/hot_loops.py build/symbols/libgmmswift.so.0

A compiler may turn one line of vector code into a call, a loop over lanes or a dozen spills without a word, and the
results stay right. So in the AVX2 and AVX-512 builds each pass over full groups of observations is disassembled; the
loops are searched for what costs: calls, arithmetic on single numbers, lanes taken out of vectors or put into them one
by one, and more stack accesses than stated below.
"""

import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

BUILDS = ("GMMKernelsAVX2", "GMMKernelsAVX512")
REGISTERS = [f"RegisterVectors<{count}>" for count in (1, 2, 3, 4)]
LABELS = ("NoLabels", "LabelBytes")

# The passes that must be there: build, kind of pass, vectors, and for assignments what becomes of labels.
WANTED = {
    (build, *rest)
    for build in BUILDS
    for vectors in [*REGISTERS, "MemoryVectors"]
    for rest in [
        ("ExpectationPass", vectors),
        *(("AssignmentPass", vectors, labels) for labels in LABELS),
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

CALL = re.compile(r"call|syscall")
# Arithmetic, comparisons and roots of one double or float; moves and broadcasts are not meant.
SCALAR = re.compile(
    r"v?(f?n?m?(add|sub)|mul|div|add|sub|max|min|sqrt|u?comi|cmp|cvt\w*)[a-z0-9]*(sd|ss)(2\w+)?$|v?fn?m(add|sub)\d+s[sd]$"
)
# Lanes by number: out of a vector into a general register or memory, and the other way.
LANES = re.compile(r"v?(pextr|pinsr)[bwdq]$|v?(extract|insert)ps$")
JUMP = re.compile(r"j[a-z]+$")
STACK_OPERAND = re.compile(r"\[r[sb]p[+\-*\]]")
VECTOR_OPERAND = re.compile(r"\b[yz]mm\d")


@dataclass(frozen=True)
class Instruction:
    """One line of a disassembly."""

    address: int
    name: str
    operands: str

    @property
    def target(self):
        """The address to which a jump goes; `None` for anything else."""
        match = re.match(r"([0-9a-f]+)\b", self.operands) if JUMP.match(self.name) else None
        return int(match.group(1), 16) if match else None


@dataclass
class Function:
    """The disassembly of one function."""

    name: str
    instructions: list = field(default_factory=list)

    def loops(self):
        """Return the loops as lists of instructions, the longest first: all code between a jump back and its target."""
        ends = {}
        first = self.instructions[0].address
        for instruction in self.instructions:
            target = instruction.target
            if target is not None and first <= target <= instruction.address:
                ends[target] = max(ends.get(target, 0), instruction.address)
        loops = [[i for i in self.instructions if start <= i.address <= end] for start, end in ends.items()]
        return sorted(loops, key=len, reverse=True)


def demangled(names):
    """Return Swift's names for the symbols `names`."""
    command = ["swift-demangle"] if shutil.which("swift-demangle") else ["swift", "demangle"]
    text = subprocess.run([*command, "--compact"], input="\n".join(names), capture_output=True, text=True, check=True)
    return text.stdout.splitlines()


def passes(library):
    """Return the symbols of the passes over full groups, by build, pass, vectors and labels."""
    listing = subprocess.run(["nm", "--defined-only", library], capture_output=True, text=True, check=True).stdout
    symbols = [line.split()[2] for line in listing.splitlines() if "GMMKernelsAVX" in line and "Pass" in line]
    found = {}
    for symbol, name in zip(symbols, demangled(symbols), strict=True):
        match = re.search(r"specialization <([^()]*)> of (\w+)\.\((\w+) in \w+\)\.add(ing)?<", name)
        if match is None or "AllLanes" not in match.group(1):
            continue
        build, kind = match.group(2), match.group(3)
        arguments = [a.rpartition(f"{build}.")[2] for a in match.group(1).split(", ")]
        found[(build, kind, *arguments[:-1])] = symbol
    return found


def disassembled(library, symbols):
    """Return the functions of the given symbols."""
    text = subprocess.run(
        ["objdump", "-d", "--no-show-raw-insn", "-M", "intel", library],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    functions = {}
    current = None
    wanted = set(symbols)
    for line in text.splitlines():
        if line.endswith(">:"):
            name = line[line.index("<") + 1 : -2]
            current = functions.setdefault(name, Function(name)) if name in wanted else None
        elif current is not None and (match := re.match(r" *([0-9a-f]+):\t(.*)$", line)):
            words = match.group(2).split("#")[0].split(None, 1)
            if words and words[0] in ("data16", "cs", "rep", "repz", "lock", "bnd", "notrack"):
                words = words[1].split(None, 1) if len(words) > 1 else words
            if words:
                operands = words[1].strip() if len(words) > 1 else ""
                current.instructions.append(Instruction(int(match.group(1), 16), words[0], operands))
    return functions


def count(loop, pattern, text):
    """Return the instructions of a loop whose `text` matches."""
    return [i for i in loop if pattern.search(text(i))]


def faults(key, function):
    """Return what is wrong with the loops of one pass, a line each."""
    build, vectors = key[0], key[2]
    # Loops with vectors: those over groups, and in MemoryVectors those over components.
    loops = [loop for loop in function.loops() if count(loop, VECTOR_OPERAND, lambda i: i.operands)]
    if not loops:
        return ["no loop with vectors was found"]
    found = []
    for pattern, what in [
        (CALL, "calls"),
        (SCALAR, "arithmetic on single numbers"),
        (LANES, "single lanes moved"),
    ]:
        # The outermost loop holds all others.
        bad = count(loops[0], pattern, lambda i: i.name)
        if bad:
            found.append(f"{what}: {', '.join(sorted({i.name for i in bad}))} ({len(bad)} in the loop)")
    # In registers, a turn over groups has no loop within: it is the smallest with an exponential's worth of vectors.
    full = [loop for loop in loops if len(count(loop, VECTOR_OPERAND, lambda i: i.operands)) >= 12]
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
        accesses = count(loop, STACK_OPERAND, lambda i: i.operands)
        if len(accesses) > bound:
            found.append(
                f"{len(accesses)} stack accesses in a turn of {len(loop)} instructions, at most {bound} expected"
            )
    return found


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
    symbols = passes(library)
    functions = disassembled(library, symbols.values())
    failures = [f"{' '.join(key)}: not in the library" for key in sorted(WANTED - symbols.keys())]
    for key in sorted(WANTED & symbols.keys()):
        failures += [f"{' '.join(key)}: {fault}" for fault in faults(key, functions[symbols[key]])]
    for failure in failures:
        print(f"FAIL {failure}")
    print(f"hot loops: {len(WANTED)} passes checked, {len(failures)} faults")
    return 1 if failures else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
