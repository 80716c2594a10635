"""Checks that no function has instructions that the processors of its build lack.

The kernels of three levels of x86-64 stand in one library. A linker that took the copy of a shared function from a
higher level, or a module that was compiled with its flags, would end the process on older processors, and on no other.
"""

import re

# Instructions that some processors of the architecture lack: SSE3 and later, in the old encoding; AVX and later; BMI.
BEYOND_BASELINE = re.compile(
    r"v(?!err$|erw$)[a-z]\w*$"
    r"|round[sp][sd]$|h(add|sub)p[sd]$|movddup$|pshufb$|ptest$|pmulld$|p?blend\w+$|pcmp(eq|gt)q$|p(ins|ext)r[bdq]$"
    r"|crc32\w?$|popcnt$|(andn|bextr|bls\w+|bzhi|mulx|pdep|pext|rorx|sarx|shlx|shrx|lzcnt|movbe)$"
)
# What the processors of the AVX2 build lack: 512 bits, mask registers, the upper sixteen registers.
BEYOND_AVX2 = re.compile(r"\b(zmm\d|k[0-7]\b|[xy]mm(1[6-9]|2\d|3[01])\b)")


def faults(functions):
    """Return the functions that need more than the processors of their build have, a line each."""
    found = []
    for name, function in functions.items():
        if "GMMKernelsAVX512" in name:
            continue
        if "GMMKernelsAVX2" in name:
            bad = {i.operands for i in function.instructions if BEYOND_AVX2.search(i.operands)}
        else:
            bad = {i.name for i in function.instructions if BEYOND_BASELINE.match(i.name)}
        if bad:
            found.append(f"{name}: beyond its build's processors: {', '.join(sorted(bad)[:5])}")
    return found
