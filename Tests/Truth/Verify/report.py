"""Write build/verify/index.html from what the long tests left.

    python report.py build/verify build/logs

Exits with 1 where a part has failed or has not run.
"""

from __future__ import annotations

import sys
from pathlib import Path

from calibration import add_calibration
from checks import add_checks
from page import Page


def main() -> int:
    """Write the report and return the exit status."""
    folder, logs = Path(sys.argv[1]), Path(sys.argv[2])
    page = Page("Verification")
    add_calibration(page, folder / "calibration")
    for title, name in (("Fuzzing", "fuzz"), ("Sanitizers", "sanitizers"), ("Memory", "memory")):
        add_checks(page, title, logs / f"verify-{name}.log")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(page.html())
    for text in page.failures:
        print(f"FAIL  {text}")
    print(f"report: {folder / 'index.html'}, {len(page.failures)} failures")
    return 1 if page.failures else 0


if __name__ == "__main__":
    sys.exit(main())
