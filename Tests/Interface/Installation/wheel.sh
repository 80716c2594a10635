#!/usr/bin/env bash
# Checks the Python package as users get it, both as a wheel and as a source distribution. Each is built from
# bindings/python, installed where nothing of this project is, and used without the variables of development.
set -uo pipefail
cd "$(dirname "$0")/../../.."
source Tests/Support/check.sh

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
version=$(cat VERSION)
unset PYTHONPATH
python=$PWD/build/venv/bin/python
pip=(-m pip --quiet --disable-pip-version-check)
modules=$(cd bindings/python/src && find gmmswift -name '*.py' | LC_ALL=C sort)

cat >"$scratch/use.py" <<'PYTHON'
import sys
import gmmswift as gm
model = gm.Mixture(n_components=2, means=gm.Normal(0.0, sd=10.0), ordered=True, sd=gm.Uniform(0, 10))
posterior = gm.sample(model, [1.2, 0.8, 1.1, 0.9, 4.8, 5.3, 5.1, 4.9, 5.0], draws=200, chains=2, random_seed=1)
assert posterior["means"].shape == (2, 200, 2)
assert (posterior["means"][..., 0] <= posterior["means"][..., 1]).all()
assert gm.__version__ == sys.argv[1], gm.__version__
assert not any(name.split(".")[0] in ("matplotlib", "arviz", "pandas") for name in sys.modules)
PYTHON
use() { (cd "$scratch" && env -u GMMSWIFT_LIBRARY -u PYTHONPATH -u LD_LIBRARY_PATH venv/bin/python use.py "$version"); }

# ------------------------------------------------------------------------------------------------ Wheel

# A module that was removed since an earlier build.
mkdir -p bindings/python/build/lib/gmmswift/_removed
touch bindings/python/build/lib/gmmswift/{removed,_removed/__init__}.py
check "the wheel builds" "$python" "${pip[@]}" wheel --no-deps --wheel-dir "$scratch" ./bindings/python
wheel=$(echo "$scratch"/*.whl)
echo "      $(basename "$wheel"), $(($(stat -c %s "$wheel") / 1000)) kB"
contents=$("$python" -m zipfile -l "$wheel" | awk '{ print $1 }' | LC_ALL=C sort)
check "it has one copy of the library" equal "$(grep -c 'libgmmswift\.so' <<<"$contents")" 1
check "it has every module, and none that was removed" equal "$(grep '^gmmswift/.*\.py$' <<<"$contents")" "$modules"
check "it is not for any machine" equal "$(basename "$wheel" | grep -c -- '-any\.whl')" 0

"$python" -m venv "$scratch/venv"
check "it installs, with numpy" "$scratch/venv/bin/python" "${pip[@]}" install "$wheel"
check "it samples, with the library it carries" use

# ------------------------------------------------------------------------------------------------ Source distribution

check "the source distribution builds" "$python" -m build --sdist --outdir "$scratch" bindings/python
tar -xzf "$scratch/gmmswift-$version.tar.gz" -C "$scratch"
unpacked=$scratch/gmmswift-$version
check "it has every module" equal "$(cd "$unpacked/src" && find gmmswift -name '*.py' | LC_ALL=C sort)" "$modules"
check "it has the set-up, the description and the license beside them" \
  equal "$(ls "$unpacked" | LC_ALL=C sort | xargs)" \
  "LICENSE MANIFEST.in PKG-INFO README.md library pyproject.toml setup.cfg setup.py src"
same() {
  for name in LICENSE Makefile Package.swift Sources VERSION include; do
    diff -r -x __pycache__ "$name" "$unpacked/library/$name" || return
  done
}
check "it has the sources of the library" same
check "it has nothing else of the repository" \
  equal "$(ls -A "$unpacked/library" | LC_ALL=C sort | xargs)" "LICENSE Makefile Package.swift Sources VERSION include"
check "it has nothing that was built" equal "$(find "$unpacked" -name '*.so*' -o -name '*.py[co]')" ""

# Without a Swift toolchain.
mkdir "$scratch/few"
ln -s "$(command -v make)" "$(command -v strip)" "$(command -v python3)" "$scratch/few"
without_swift() {
  local output
  ! output=$(env -u GMMSWIFT_LIBRARY PATH="$scratch/few" "$python" "${pip[@]}" wheel --no-deps \
    --wheel-dir "$scratch/none" "$unpacked" 2>&1) && tr -s '\n ' ' ' <<<"$output" |
    grep -F "libgmmswift.so has to be built, and this machine lacks swift (a Swift toolchain of version 6.3 or later"
}
check "it names what is missing on a machine without Swift" without_swift

# The folder of the build is kept, and only files that differ are replaced, so that a second run compiles only these.
kept=$PWD/build/sdist/gmmswift-$version
"$python" - "$unpacked" "$kept" <<'PYTHON'
import filecmp
import shutil
import sys
from pathlib import Path

new, kept = map(Path, sys.argv[1:])
files = {path.relative_to(new) for path in new.rglob("*") if path.is_file()}
for path in list(kept.rglob("*")):
    if not path.is_dir() and path.relative_to(kept) not in files and kept / "library" / ".build" not in path.parents:
        path.unlink()
for file in files:
    if not (kept / file).is_file() or not filecmp.cmp(new / file, kept / file, shallow=False):
        (kept / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(new / file, kept / file)
PYTHON
check "a wheel builds from the source distribution" \
  env -u GMMSWIFT_LIBRARY "$python" "${pip[@]}" wheel --no-deps --wheel-dir "$scratch/from-sources" "$kept"
from_sources=$(echo "$scratch"/from-sources/*.whl)
check "it has the files of the other wheel" \
  equal "$("$python" -m zipfile -l "$from_sources" | awk '{ print $1 }' | LC_ALL=C sort)" "$contents"
check "it installs in place of the other" \
  "$scratch/venv/bin/python" "${pip[@]}" install --no-deps --force-reinstall "$from_sources"
check "it samples, with the library that was built" use
finish
