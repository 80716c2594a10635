"""The machine code of functions in a library that still has its symbols, and what in it costs."""

import re
import shutil
import subprocess
from dataclasses import dataclass, field

BUILDS = ("GMMKernelsAVX2", "GMMKernelsAVX512")

CALL = re.compile(r"call|syscall")
# Arithmetic, comparisons and roots of one double or float; moves and broadcasts are not meant.
SCALAR = re.compile(
    r"v?(f?n?m?(add|sub)|mul|div|add|sub|max|min|sqrt|u?comi|cmp|cvt\w*)[a-z0-9]*(sd|ss)(2\w+)?$|v?fn?m(add|sub)\d+s[sd]$"
)
# Lanes by number: out of a vector into a general register or memory, and the other way.
LANES = re.compile(r"v?(pextr|pinsr)[bwdq]$|v?(extract|insert)ps$")
FUSED = re.compile(r"vfn?m(add|sub)\d+pd$")
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


def named(loop, pattern):
    """Return the instructions of a loop whose name matches."""
    return [i for i in loop if pattern.search(i.name)]


def touching(loop, pattern):
    """Return the instructions of a loop whose operands match."""
    return [i for i in loop if pattern.search(i.operands)]


def innermost(loops):
    """Return the loops that hold no other."""
    return [loop for loop in loops if not any(other[0] in loop and len(other) < len(loop) for other in loops)]


def costs(loop):
    """Return what no hot loop may have, a line each: calls, arithmetic on single numbers, single lanes moved."""
    found = []
    for pattern, what in [(CALL, "calls"), (SCALAR, "arithmetic on single numbers"), (LANES, "single lanes moved")]:
        bad = named(loop, pattern)
        if bad:
            found.append(f"{what}: {', '.join(sorted({i.name for i in bad}))} ({len(bad)} in the loop)")
    return found


def symbols(library, part):
    """Return Swift's names of the kernels' symbols that contain `part`, by symbol."""
    listing = subprocess.run(["nm", "--defined-only", library], capture_output=True, text=True, check=True).stdout
    found = [line.split()[2] for line in listing.splitlines() if "GMMKernelsAVX" in line and re.search(part, line)]
    return dict(zip(found, _demangled(found), strict=True))


def _demangled(names):
    command = ["swift-demangle"] if shutil.which("swift-demangle") else ["swift", "demangle"]
    text = subprocess.run([*command, "--compact"], input="\n".join(names), capture_output=True, text=True, check=True)
    return text.stdout.splitlines()


def disassembled(library):
    """Return all functions, by symbol."""
    text = subprocess.run(
        ["objdump", "-d", "--no-show-raw-insn", "-M", "intel", library],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    functions = {}
    current = None
    for line in text.splitlines():
        if line.endswith(">:"):
            name = line[line.index("<") + 1 : -2]
            current = functions.setdefault(name, Function(name))
        elif current is not None and (match := re.match(r" *([0-9a-f]+):\t(.*)$", line)):
            words = match.group(2).split("#")[0].split(None, 1)
            if words and words[0] in ("data16", "cs", "rep", "repz", "lock", "bnd", "notrack"):
                words = words[1].split(None, 1) if len(words) > 1 else words
            if words:
                operands = words[1].strip() if len(words) > 1 else ""
                current.instructions.append(Instruction(int(match.group(1), 16), words[0], operands))
    return functions
