#!/usr/bin/env bash
# Makes build/venv, a virtual environment with the Python binding (editable) and what it needs for plots, tests and checks.
#
# PYTHON names the interpreter to make it with. The default is the system's own, because the host example embeds the
# libpython that belongs to it; another python3 serves where that one is missing or cannot make environments.
set -euo pipefail
cd "$(dirname "$0")/.."

makes_environments() {
  "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))' 2>/dev/null
}

python=
for candidate in ${PYTHON:+"$PYTHON"} /usr/bin/python3 python3; do
  if makes_environments "$candidate"; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  echo "setup: no Python 3.10 or later with the venv module was found: install python3-venv, or set PYTHON" >&2
  exit 1
fi

echo "setup: making build/venv with $("$python" --version)"
mkdir -p build
"$python" -m venv --clear build/venv

# An editable install copies the library beside the sources; a link instead never grows old.
beside=bindings/python/src/gmmswift/_lib
rm -rf "$beside"
build/venv/bin/python -m pip install --quiet --disable-pip-version-check -e './bindings/python[plot,progress,test,lint]'
mkdir -p "$beside"
ln -sf "$PWD/build/lib/libgmmswift.so" "$beside/libgmmswift.so"
