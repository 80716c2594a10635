#!/usr/bin/env bash
# Runs every C example, and many rounds of create, sample, destroy, under valgrind. Then it runs 10,000 rounds without
# valgrind and watches resident memory:
#
#     Tests/Hostile/Sanitizers/valgrind.sh LIBDIR
set -uo pipefail
cd "$(dirname "$0")/../../.."
source Tests/Support/check.sh
libdir=$(realpath "${1:?usage: valgrind.sh LIBDIR}")
out=build/valgrind
mkdir -p "$out"
source Tests/Support/programs.sh

check "the program of hard hosts builds" build stress Tests/Hostile/Programs/stress{,_*}.c
check "resident memory stays flat over 10,000 rounds" "$out/stress" 10 rounds
check "10,000 rounds lose no byte" without_leaks "$out/stress" 10 rounds
check "cancelling at any moment loses no byte" without_leaks "$out/stress" 1 cancelling
for example in examples/c/*.c; do
  name=$(basename "$example" .c)
  check "the example $name builds" build "$name" "$example" -ldl
  case $name in
    load_with_dlopen) check "the example $name loses no byte" without_leaks "$out/$name" build/symbols/libgmmswift.so.0 ;;
    *) check "the example $name loses no byte" without_leaks "$out/$name" ;;
  esac
done
finish
