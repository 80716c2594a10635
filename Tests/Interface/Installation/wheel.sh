#!/usr/bin/env bash
# Checks the wheel as a user gets it: built from bindings/python, installed where nothing of this project is, and used
# without the environment variables of development.
set -uo pipefail
cd "$(dirname "$0")/../../.."
source Tests/Support/check.sh

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
version=$(cat VERSION)
unset PYTHONPATH
python=$PWD/build/venv/bin/python
pip=(-m pip --quiet --disable-pip-version-check)

# What setuptools left of an earlier build would come along.
rm -rf bindings/python/build
check "the wheel builds" "$python" "${pip[@]}" wheel --no-deps --wheel-dir "$scratch" ./bindings/python
wheel=$(echo "$scratch"/*.whl)
echo "      $(basename "$wheel"), $(($(stat -c %s "$wheel") / 1000)) kB"
contents=$("$python" -m zipfile -l "$wheel")
check "it has one copy of the library" equal "$(grep -c 'libgmmswift\.so' <<<"$contents")" 1
modules=$(cd bindings/python/src && find gmmswift -name '*.py' | LC_ALL=C sort)
check "it has every module" equal "$(awk '{print $1}' <<<"$contents" | grep '^gmmswift/.*\.py$' | LC_ALL=C sort)" "$modules"
check "it is not for any machine" equal "$(basename "$wheel" | grep -c -- '-any\.whl')" 0

"$python" -m venv "$scratch/venv"
check "it installs, with numpy" "$scratch/venv/bin/python" "${pip[@]}" install "$wheel"
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
check "it samples, with the library it carries" use
finish
