#!/usr/bin/env bash
# Runs every C example, and many rounds of create, sample, destroy, under valgrind. Then it runs 10,000 rounds without
# valgrind and watches resident memory:
#
#     Tests/Sanitizers/valgrind.sh LIBDIR
set -uo pipefail
cd "$(dirname "$0")/../.."
source Tests/ABI/check.sh
libdir=$(realpath "${1:?usage: valgrind.sh LIBDIR}")
out=build/valgrind
mkdir -p "$out"
flags=(-std=c99 -D_POSIX_C_SOURCE=200809L -O1 -g -Wall -Wextra -Werror -pedantic -pthread -Iinclude)
link=(-L"$libdir" -lgmmswift -Wl,-rpath,"$libdir" -lm -ldl)

check "the program of hard hosts builds" gcc "${flags[@]}" Tests/ABI/stress.c Tests/ABI/stress_*.c Tests/ABI/check.c \
  Tests/ABI/draws.c Tests/ABI/fixture.c -o "$out/stress" "${link[@]}"
check "resident memory stays flat over 10,000 rounds" "$out/stress" 10 rounds
check "10,000 rounds lose no byte" without_leaks "$out/stress" 10 rounds
check "cancelling at any moment loses no byte" without_leaks "$out/stress" 1 cancelling
for example in examples/c/*.c; do
  name=$(basename "$example" .c)
  check "the example $name builds" gcc "${flags[@]}" "$example" -o "$out/$name" "${link[@]}"
  case $name in
    load_with_dlopen) check "the example $name loses no byte" without_leaks "$out/$name" build/symbols/libgmmswift.so.0 ;;
    *) check "the example $name loses no byte" without_leaks "$out/$name" ;;
  esac
done
finish
