#!/usr/bin/env bash
# Installs the peers that the benchmarks compare with, into environments of their own under build/bench; each is
# optional, and one that cannot be had is named and left out.
set -uo pipefail
cd "$(dirname "$0")/../.."
mkdir -p build/bench

# environment FOLDER PACKAGE...
environment() {
  local folder=build/bench/$1
  shift
  [ ! -e "$folder/.complete" ] || return 0
  echo "peers: installing $* into $folder"
  # JAX and numba follow new interpreters late: PYTHON names another one.
  "${PYTHON:-python3}" -m venv --clear "$folder" &&
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check "$@" &&
    touch "$folder/.complete" ||
    echo "peers: $folder is not complete: the benchmarks go without it" >&2
}

environment venv pymc nutpie numba numpyro jax scikit-learn
# oneDAL's binding for Python stopped at scikit-learn 1.5 and numpy 1.
environment venv-onedal daal4py==2024.7 packaging 'scikit-learn==1.5.*' 'numpy<2'

if ! command -v jags >/dev/null; then
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "peers: installing jags"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends jags; } \
      >/dev/null || echo "peers: jags could not be installed: the benchmarks go without it" >&2
  else
    echo "peers: jags is missing; install it with the package manager of this system" >&2
  fi
fi
