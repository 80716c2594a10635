"""Measure gmmswift: sweeps against a bare loop, samplers and EM against their peers, growth, calls.

    python bench.py [--quick] [--docs] [SECTION ...]

Sections: sweep, sampling, modes, em, dimensions, growth, calls; all by default. Results of sections
that are not run are kept from the last run. Writes results.json, results.md and pictures into
build/bench; --docs puts the tables into docs/PERFORMANCE.md; --docs with --no-run only does that.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from types import ModuleType

import calls
import dimensions
import em
import growth
import modes
import sampling
import sweep
from asked import asked_table
from docs import replace_tables
from machine import describe
from plots import draw
from programs import OUTPUT, ROOT
from tables import Table

SECTIONS: dict[str, ModuleType] = {
    "sweep": sweep,
    "sampling": sampling,
    "modes": modes,
    "em": em,
    "dimensions": dimensions,
    "growth": growth,
    "calls": calls,
}


def main() -> None:
    """Run the sections asked for and write everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--case", action="append", default=[], help="sample this case only")
    parser.add_argument("--docs", action="store_true", help="renew docs/PERFORMANCE.md")
    parser.add_argument("--no-run", action="store_true", help="only write the last results again")
    parser.add_argument("--results", type=Path, help="another results.json")
    options = parser.parse_args()
    unknown = set(options.sections) - set(SECTIONS)
    if unknown:
        parser.error(f"unknown sections: {', '.join(sorted(unknown))}")
    OUTPUT.mkdir(parents=True, exist_ok=True)
    path = options.results or OUTPUT / "results.json"
    results = json.loads(path.read_text()) if path.exists() else {}
    if not options.no_run:
        results["machine"] = describe()
        for name in options.sections or SECTIONS:
            print(f"{name} ...", flush=True)
            start = time.perf_counter()
            if name == "sampling":
                before = results.get(name) if options.case else None
                results[name] = sampling.measure(options.quick, options.case, before)
            else:
                results[name] = SECTIONS[name].measure(options.quick)
            results[name]["measured_in"] = time.perf_counter() - start
            path.write_text(json.dumps(results, indent=1))
    text = markdown(results)
    (OUTPUT / "results.md").write_text(text)
    print("\n" + text)
    for picture in draw(results, OUTPUT):
        print(f"wrote {picture.relative_to(ROOT)}")
    if options.docs:
        replace_tables(ROOT / "docs" / "PERFORMANCE.md", text)
        print("wrote docs/PERFORMANCE.md")


def markdown(results: dict[str, dict[str, object]]) -> str:
    """Return all tables, those of the machine first."""
    if "machine" not in results:
        return ""
    machine = Table("Machine", ["what", "which"])
    machine.rows = [[name, str(value)] for name, value in results["machine"].items()]
    tables = [machine, asked_table(results)]
    for name, section in SECTIONS.items():
        if name in results:
            tables += section.tables(results[name])
    return "\n".join(table.markdown() for table in tables)


if __name__ == "__main__":
    main()
