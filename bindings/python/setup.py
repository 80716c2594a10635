"""Builds a wheel that carries libgmmswift.so.

The library is taken from the environment variable GMMSWIFT_LIBRARY, else from build/lib of the
repository, else built with `swift build`. The wheel serves every Python 3 of the platform: it holds
no extension module.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
LIBRARY = "libgmmswift.so"


def find_library() -> Path:
    """Return the library to ship, built if need be."""
    named = os.environ.get("GMMSWIFT_LIBRARY")
    if named:
        path = Path(named).resolve()
        if not path.is_file():
            raise SystemExit(f"GMMSWIFT_LIBRARY: must name {LIBRARY}, got {named}")
        return path
    made = REPOSITORY / "build" / "lib" / LIBRARY
    if made.is_file():
        return made.resolve()
    if not (REPOSITORY / "Package.swift").is_file() or shutil.which("swift") is None:
        raise SystemExit(
            f"{LIBRARY} was not found: set GMMSWIFT_LIBRARY to its path, or run `make build` in "
            f"{REPOSITORY}, or install a Swift toolchain (https://www.swift.org/install), with "
            "which this set-up builds it."
        )
    command = ["swift", "build", "-c", "release", "--product", "gmmswift"]
    subprocess.run(command, cwd=REPOSITORY, check=True)
    output = subprocess.run(
        [*command, "--show-bin-path"], cwd=REPOSITORY, check=True, capture_output=True, text=True
    )
    return Path(output.stdout.strip()) / LIBRARY


class BuildWithLibrary(build_py):
    """Copies the library beside the Python files (beside the sources in an editable install)."""

    def run(self) -> None:
        """Build the package and add the library."""
        super().run()
        root = HERE / "src" if self.editable_mode else Path(self.build_lib)
        target = root / "gmmswift" / "_lib" / LIBRARY
        library = find_library()
        if target.exists() and target.samefile(library):
            return  # a link to the library serves an editable install
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        shutil.copyfile(library, target)
        strip = shutil.which("strip")
        if strip is not None and not self.editable_mode:
            subprocess.run([strip, str(target)], check=True)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """List what the build made."""
        library = Path(self.build_lib) / "gmmswift" / "_lib" / LIBRARY
        outputs: list[str] = super().get_outputs(include_bytecode)
        return outputs if self.editable_mode else sorted({*outputs, str(library)})


class PlatformDistribution(Distribution):
    """A distribution whose files belong to one platform."""

    def has_ext_modules(self) -> bool:
        """Return True: the library is as bound to the platform as an extension module."""
        return True


class PlatformWheel(bdist_wheel):
    """A wheel for one platform and every Python 3."""

    def get_tag(self) -> tuple[str, str, str]:
        """Return the tag py3-none-<platform>."""
        _, _, platform = super().get_tag()
        return "py3", "none", platform


setup(
    version=(REPOSITORY / "VERSION").read_text(encoding="utf-8").strip(),
    distclass=PlatformDistribution,
    cmdclass={"build_py": BuildWithLibrary, "bdist_wheel": PlatformWheel},
)
