"""The sections of the report on checks that a shell script counted, from its log."""

from __future__ import annotations

import re
from pathlib import Path

from page import Page, table


def add_checks(page: Page, title: str, log: Path) -> None:
    """Add a section with every check of a log, of the form `ok    what holds`; a log that is cut off has failed."""
    lines = log.read_text().splitlines() if log.exists() else []
    checks = [match.groups() for line in lines if (match := re.match(r"(ok|FAIL|skip) +(.*)", line))]
    ended = [line for line in lines if re.fullmatch(r"\d+ passed, \d+ failed", line)]
    if not ended:
        page.failures.append(f"{title}: did not run to its end")
    page.failures += [f"{title}: {what}" for result, what in checks if result == "FAIL"]
    page.section(title, *(f"<p>{line}</p>" for line in ended), table(["", "check"], [list(check) for check in checks]))
