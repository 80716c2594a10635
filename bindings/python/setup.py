"""Builds a wheel that carries libgmmswift.so, and a source distribution that carries its sources.

The library is taken from the environment variable GMMSWIFT_LIBRARY, else from build/lib of the
repository, else built by `make build`. The wheel serves every Python 3 of the platform: it holds
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
from setuptools.command.sdist import sdist

HERE = Path(__file__).resolve().parent
#: In a source distribution, what is needed of the repository lies beside this file.
CARRIED = HERE / "library"
REPOSITORY = CARRIED if CARRIED.is_dir() else HERE.parent.parent
NEEDED = ("LICENSE", "Makefile", "Package.swift", "Sources", "VERSION", "include")
LIBRARY = "libgmmswift.so"
TOOLS = {
    "swift": "a Swift toolchain of version 6.3 or later, https://www.swift.org/install",
    "make": "GNU make",
    "strip": "GNU binutils",
    "python3": "Python 3",
}


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
    missing = [f"{tool} ({what})" for tool, what in TOOLS.items() if shutil.which(tool) is None]
    if missing:
        raise SystemExit(
            f"{LIBRARY} has to be built, and this machine lacks {', '.join(missing)}. "
            f"Install what is missing, or set GMMSWIFT_LIBRARY to the path of a built {LIBRARY}."
        )
    # The makefile's defaults hold, whatever `make` this may run under.
    clean = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    if subprocess.run(["make", "build"], cwd=REPOSITORY, env=clean).returncode != 0:
        raise SystemExit(
            f"{LIBRARY} was not built: `make build` failed in {REPOSITORY}, see above."
        )
    return made.resolve()


class BuildWithLibrary(build_py):
    """Copies the library beside the Python files (beside the sources in an editable install)."""

    def run(self) -> None:
        """Build the package and add the library."""
        if not self.editable_mode:  # modules that an earlier build left, and that are no more
            shutil.rmtree(Path(self.build_lib) / "gmmswift", ignore_errors=True)
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


class SourcesWithLibrary(sdist):
    """A source distribution with the sources of the library."""

    def make_release_tree(self, base_dir: str, files: list[str]) -> None:
        """Copy the package, and beside it what `make build` needs."""
        super().make_release_tree(base_dir, files)
        carried = Path(base_dir) / CARRIED.name
        carried.mkdir()
        for name in NEEDED:
            source = REPOSITORY / name
            if source.is_dir():
                # Links become copies, because not everything that unpacks an archive makes links.
                shutil.copytree(
                    source, carried / name, ignore=shutil.ignore_patterns("__pycache__")
                )
            else:
                shutil.copy2(source, carried / name)


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
    cmdclass={
        "bdist_wheel": PlatformWheel,
        "build_py": BuildWithLibrary,
        "sdist": SourcesWithLibrary,
    },
)
