"""Read include/gmmswift.h and write what is generated from it.

python3 bindings/interface                  write include/interface.json and the generated files of the Python binding
python3 bindings/interface --check          say which of them are not as they would be written, and fail
python3 bindings/interface --print json     print interface.json; with --header of another header
python3 bindings/interface --print layout   print a C file that holds a compiler against interface.json
python3 bindings/interface --print symbols  print the functions of interface.json, sorted
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from document import document, text
from layout_test import layout_test
from lexing import Refused
from parsing import parse
from python_files import python_files

REPOSITORY = Path(__file__).resolve().parents[2]
HEADER = REPOSITORY / "include" / "gmmswift.h"
INTERFACE = REPOSITORY / "include" / "interface.json"
NATIVE = REPOSITORY / "bindings" / "python" / "src" / "gmmswift" / "_native"


def generated(header: str) -> dict[Path, str]:
    """Return the text of every committed file that is generated from a header."""
    value = document(parse(header))
    files = {INTERFACE: text(value)}
    return files | {NATIVE / name: content for name, content in python_files(value).items()}


def written(what: str, header: str) -> str:
    """Return what `--print` prints."""
    if what == "json":
        return text(document(parse(header)))
    pinned = json.loads(INTERFACE.read_text(encoding="utf-8"))
    if what == "layout":
        return layout_test(pinned)
    return "".join(sorted(f"{each['name']}\n" for each in pinned["functions"]))


def main() -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="interface", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--print", choices=("json", "layout", "symbols"))
    parser.add_argument("--header", type=Path, default=HEADER)
    options = parser.parse_args()
    header = options.header.read_text(encoding="utf-8")
    try:
        if options.print:
            sys.stdout.write(written(options.print, header))
            return 0
        files = generated(header)
    except Refused as error:
        print(f"{options.header}: {error}", file=sys.stderr)
        return 1
    stale = [path for path, content in files.items() if not path.is_file() or path.read_text("utf-8") != content]
    if not options.check:
        for path in stale:
            path.write_text(files[path], encoding="utf-8")
        return 0
    for path in stale:
        print(f"{path.relative_to(REPOSITORY)}: must be as `make interface` writes it", file=sys.stderr)
    if not stale:
        print(f"all {len(files)} generated files are as the header says")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
