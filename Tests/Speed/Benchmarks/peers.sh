#!/usr/bin/env bash
# Installs the peers that the benchmarks compare with, into environments of their own under build/bench; each is
# optional, and one that cannot be had is named and left out.
set -uo pipefail
cd "$(dirname "$0")/../../.."
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

environment venv pymc nutpie numba numpyro jax walnutpie scikit-learn
# oneDAL's binding for Python stopped at scikit-learn 1.5 and numpy 1.
environment venv-onedal daal4py==2024.7 packaging 'scikit-learn==1.5.*' 'numpy<2'

# debian WHAT PACKAGE: installs a Debian package when root.
debian() {
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "peers: installing $1"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2"; } \
      >/dev/null || echo "peers: $1 could not be installed: the benchmarks go without it" >&2
  else
    echo "peers: $1 is missing; install it with the package manager of this system" >&2
  fi
}

command -v jags >/dev/null || debian jags jags

# Armadillo is a library of headers, so its EM is a program of ours.
armadillo() {
  g++ -std=c++17 -O3 -march=native -fopenmp -DARMA_DONT_USE_WRAPPER -DARMA_NO_DEBUG -x c++ \
    Tests/Speed/Benchmarks/peers/em_armadillo.cpp -o build/bench/em_armadillo 2>build/bench/em_armadillo.log
}
armadillo || { debian armadillo libarmadillo-dev && armadillo; } ||
  echo "peers: build/bench/em_armadillo was not built: the benchmarks go without it" >&2
