#!/usr/bin/env bash
# Runs the tests that need ArviZ with those of its versions that build/venv has not. ArviZ 1 needs Python 3.12 or later.
# It is tried under each such Python that is on the path or that pyenv has. Environments are kept in build/arviz.
set -uo pipefail
cd "$(dirname "$0")/../../.."
source Tests/Support/check.sh
export PYTHONPATH=$PWD/bindings/python/src GMMSWIFT_LIBRARY=$PWD/build/lib/libgmmswift.so

# makes_environments PYTHON: whether it runs, as a name of pyenv need not, and is 3.12 or later.
makes_environments() {
  "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 12))' 2>/dev/null
}

# passes PYTHON REQUIREMENT: runs the tests in an environment of a Python with an ArviZ.
passes() {
  local folder
  folder=build/arviz/$("$1" -c 'import platform; print(platform.python_version())')/$2
  if [ ! -e "$folder/.complete" ]; then
    "$1" -m venv --clear "$folder" && "$folder/bin/python" -m pip install --quiet --disable-pip-version-check \
      "$2" numpy pytest hypothesis cmdstanpy h5netcdf h5py && touch "$folder/.complete" || return
  fi
  "$folder/bin/python" -m pytest -q -p no:cacheprovider -m arviz bindings/python/tests/test_{arviz,arviz_comparison,data,files,shapes}.py
}

present=$(build/venv/bin/python -c 'import arviz; print(arviz.__version__)')
check "the tests of build/venv have ArviZ, $present" test -n "$present"
others=0
for minor in 12 13 14 15; do
  for python in python3.$minor "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.$minor.*/bin/python; do
    if makes_environments "$python"; then
      check "the tests pass with ArviZ 1 under Python 3.$minor" passes "$python" "arviz>=1"
      others=$((others + 1))
      break
    fi
  done
done
if [ "${present%%.*}" != 0 ]; then
  check "the tests pass with the last ArviZ before 1" passes build/venv/bin/python "arviz<1"
elif [ $others -eq 0 ]; then
  skip "ArviZ 1" "no Python 3.12 or later was found"
fi
finish
