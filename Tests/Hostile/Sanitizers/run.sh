#!/usr/bin/env bash
# Runs the C tests, the stress tests, the examples and the Swift tests with AddressSanitizer and with ThreadSanitizer.
# The C parts also run with UndefinedBehaviorSanitizer:
#
#     Tests/Hostile/Sanitizers/run.sh [SCALE]
#
# SCALE multiplies the stress test. Everything is built into build/sanitizers.
set -uo pipefail
cd "$(dirname "$0")/../../.."
source Tests/Support/check.sh

scale=${1:-1}
# These suites would take hours and show a sanitizer nothing new. They make long runs of code that other suites run
# shortly. Under ThreadSanitizer the suites of kernels and distributions are skipped too, because they start no thread.
# All other suites run.
declare -A skipped=([address]=CalibrationTests [thread]=CalibrationTests)
for suite in ClosedForm Combination Distribution Enumeration IrisAgreement KernelBuild MarginalMove MultivariateBuild \
  MultivariateSweep Prior PublishedTable ReferenceAgreement SampleWeight; do
  skipped[thread]+="|\.${suite}Tests/"
done
toolchain=$(dirname "$(dirname "$(readlink -f "$(command -v swiftc)")")")
clang=$toolchain/bin/clang
runtime=$toolchain/lib/swift/linux

# A request that cannot be met returns NULL, as without a sanitizer. Leaks are searched for unless a tool prevents it.
export ASAN_OPTIONS=allocator_may_return_null=1:detect_leaks=1:detect_stack_use_after_return=1
export TSAN_OPTIONS=allocator_may_return_null=1:die_after_fork=0:suppressions=$PWD/Tests/Hostile/Sanitizers/races.supp
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export LSAN_OPTIONS=suppressions=$PWD/Tests/Support/leaks.supp:print_suppressions=0

# compile SANITIZERS DIRECTORY PROGRAM SOURCES...
compile() {
  local sanitizers=$1 directory=$2 program=$3
  shift 3
  local link=(-L"$directory/lib" -lgmmswift -Wl,-rpath,"$PWD/$directory/lib" -pthread -lm -ldl)
  # The toolchain's ThreadSanitizer intercepts libdispatch, which the program then needs.
  [ "$sanitizers" != thread ] || link+=(-L"$runtime" -ldispatch -lBlocksRuntime -Wl,-rpath,"$runtime")
  "$clang" -fuse-ld=lld -fsanitize="$sanitizers" -fno-sanitize-recover=undefined -fno-omit-frame-pointer \
    -std=c99 -D_POSIX_C_SOURCE=200809L -O1 -g -Wall -Wextra -Werror -pedantic -Iinclude -ITests/Support/C \
    -ITests/Hostile/Table -I"$directory" "$@" \
    -o "$directory/$program" "${link[@]}"
}

# quiet PROGRAM...: runs a program; a report of a sanitizer is a failure, whatever the exit code.
quiet() {
  local output status
  output=$("$@" 2>&1)
  status=$?
  printf '%s\n' "$output"
  [ "$status" -eq 0 ] && ! grep -qE '(Sanitizer|runtime error):' <<<"$output"
}

support=(Tests/Support/C/check.c Tests/Support/C/draws.c Tests/Support/C/fixture.c)
for sanitizer in address thread; do
  directory=build/sanitizers/$sanitizer
  mkdir -p "$directory/lib" build/hostile build/interface
  flags=(-c release -Xswiftc -enable-testing -Xswiftc -g --sanitize=$sanitizer --scratch-path "$directory")
  check "library and Swift tests build with the $sanitizer sanitizer" swift build --build-tests "${flags[@]}"
  ln -sf ../release/libgmmswift.so "$directory/lib/libgmmswift.so"
  ln -sf ../release/libgmmswift.so "$directory/lib/libgmmswift.so.0"
  check "the table of misuse is made" python3 Tests/Hostile/Table/generate.py include/interface.json \
    Tests/Hostile/Table/table.h "$directory/table.c"
  kinds=$sanitizer
  [ $sanitizer != address ] || kinds=address,undefined
  check "the table of errors is made" python3 Tests/Hostile/errors.py "$directory/errors.inc"
  for program in Hostile/Programs/{misuse,errors,degenerate,stress} Interface/Programs/behaviour; do
    name=$(basename $program)
    check "$name builds with $kinds" compile $kinds "$directory" "$name" Tests/$program*.c "${support[@]}"
  done
  check "the table builds with $kinds" compile $kinds "$directory" table "$directory/table.c" Tests/Hostile/Table/table.c \
    "${support[@]}"
  check "misuse is clean under the $sanitizer sanitizer" quiet "$directory/misuse"
  check "the table of errors is clean under the $sanitizer sanitizer" quiet "$directory/errors"
  check "the table of misuse is clean under the $sanitizer sanitizer" quiet "$directory/table"
  check "degenerate data are clean under the $sanitizer sanitizer" quiet "$directory/degenerate"
  check "behaviour is clean under the $sanitizer sanitizer" quiet "$directory/behaviour"
  for part in threads cancelling forks callbacks handles; do
    # A process with a thread in a call may not use ThreadSanitizer's own locks after fork.
    [ "$sanitizer $part" != "thread forks" ] || continue
    check "stress of $part is clean under the $sanitizer sanitizer" quiet "$directory/stress" "$scale" $part
  done
  for example in examples/c/*.c; do
    name=$(basename "$example" .c)
    [ "$name" != load_with_dlopen ] || continue
    check "the example $name builds with $kinds" compile $kinds "$directory" "$name" "$example"
    check "the example $name is clean under the $sanitizer sanitizer" quiet "$directory/$name"
  done
  # The test runner keeps what it made until the process ends.
  ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 check "the Swift tests are clean under the $sanitizer sanitizer" \
    quiet swift test --skip-build "${flags[@]}" --skip "${skipped[$sanitizer]}"
done
finish
