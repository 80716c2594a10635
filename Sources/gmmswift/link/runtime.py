"""Copies the Swift runtime's archive to OUT, so that a link with --gc-sections leaves out what nothing calls.

    python3 runtime.py OUT

The runtime's archive asks the linker to retain each of its public functions. The copy differs in these marks alone. All
other marks stay: the runtime finds types and conformances by tables that no code refers to.
"""

import json
import struct
import subprocess
import sys
from pathlib import Path

RETAIN = 0x200000  # SHF_GNU_RETAIN
SECTION = struct.Struct("<IIQQQQIIQQ")  # Elf64_Shdr: name, type, flags, address, offset, size, link, info, ...


def archive() -> Path:
    """Return the path of the archive in the toolchain that `swift` belongs to."""
    command = ["swift", "-print-target-info", "-static-stdlib"]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    for folder in map(Path, answer["paths"]["runtimeLibraryPaths"]):
        if (folder / "libswiftCore.a").is_file():
            return folder / "libswiftCore.a"
    raise SystemExit("runtime.py: the Swift toolchain has no static runtime (libswiftCore.a)")


def members(data: bytearray) -> list[int]:
    """Return where the members of an archive begin, each after its header of 60 bytes."""
    starts, at = [], len(b"!<arch>\n")
    while at < len(data):
        starts.append(at + 60)
        size = int(data[at + 48 : at + 58])
        at += 60 + size + size % 2
    return starts


def release_functions(data: bytearray, start: int) -> int:
    """Remove the mark from the functions of an object file for 64-bit machines; return how many had it."""
    if data[start : start + 6] != b"\x7fELF\x02\x01":
        return 0
    (table,) = struct.unpack_from("<Q", data, start + 40)
    count, names = struct.unpack_from("<HH", data, start + 60)
    first = SECTION.unpack_from(data, start + table)
    count, names = count or first[5], first[6] if names == 0xFFFF else names  # numbers beyond 16 bits
    text = start + SECTION.unpack_from(data, start + table + names * SECTION.size)[4]
    released = 0
    for at in range(start + table, start + table + count * SECTION.size, SECTION.size):
        name, _, flags, *_ = SECTION.unpack_from(data, at)
        if flags & RETAIN and data.startswith(b".text.", text + name):
            struct.pack_into("<Q", data, at + 8, flags & ~RETAIN)
            released += 1
    return released


out = Path(sys.argv[1])
content = bytearray(archive().read_bytes())
if sum(release_functions(content, start) for start in members(content)) == 0:
    print("runtime.py: this toolchain's runtime retains no functions", file=sys.stderr)
out.parent.mkdir(parents=True, exist_ok=True)
out.write_bytes(content)
