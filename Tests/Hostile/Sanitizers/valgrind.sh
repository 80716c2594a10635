#!/usr/bin/env bash
# Runs the C programs of the tests, every C example, and many rounds of create, sample, destroy, under valgrind. It also
# runs 10,000 rounds without valgrind and watches resident memory:
#
#     Tests/Hostile/Sanitizers/valgrind.sh LIBDIR
set -uo pipefail
cd "$(dirname "$0")/../../.."
source Tests/Support/check.sh
libdir=$(realpath "${1:?usage: valgrind.sh LIBDIR}")
out=build/valgrind
# The programs write their files into the folders of the short tests.
mkdir -p "$out" build/hostile build/interface
source Tests/Support/programs.sh

for program in misuse degenerate stress behaviour; do check "$program builds" build $program; done
check "disk builds" build disk -D_GNU_SOURCE
check "exceptions builds" build_exceptions g++
check "the table of misuse builds" build_table
check "the table of errors builds" build_errors
check "resident memory stays flat over 10,000 rounds" "$out/stress" 10 rounds
meanwhile under_valgrind "$out/degenerate"
check "behaviour is clean" under_valgrind "$out/behaviour"
check "exceptions of callbacks are clean" under_valgrind "$out/exceptions" runs
for program in misuse errors misuse_table disk; do check "$program is clean" under_valgrind "$out/$program"; done
check "degenerate data are clean" ended
check "10,000 rounds lose no byte" under_valgrind "$out/stress" 10 rounds
check "cancelling at any moment loses no byte" under_valgrind "$out/stress" 1 cancelling
for example in examples/c/*.c; do
  name=$(basename "$example" .c)
  check "the example $name builds" compile "$name" "$example"
  case $name in
    load_with_dlopen) check "the example $name loses no byte" under_valgrind "$out/$name" build/symbols/libgmmswift.so.0 ;;
    *) check "the example $name loses no byte" under_valgrind "$out/$name" ;;
  esac
done
finish
