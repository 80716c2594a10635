#!/usr/bin/env bash
# Checks what a built library makes of wrong arguments, hard hosts, degenerate data, little memory and failing disks:
#
#     Tests/Hostile/run.sh LIBDIR
set -uo pipefail
cd "$(dirname "$0")/../.."
source Tests/Support/check.sh

libdir=$(realpath "${1:?usage: run.sh LIBDIR}")
header=include/gmmswift.h
out=build/hostile
mkdir -p "$out"
source Tests/Support/programs.sh

check "the program of misuse builds" build misuse
check "all misuse is refused, with a message, and nothing traps" silent "$out/misuse"
check "the program of the table of errors builds" build_errors
check "wrong values are refused in the words of the table of errors" silent "$out/errors"
check "every function of the header has its rows in the table of misuse, which builds" build_table
# A header with one function more: the generator must miss its rows.
newer=$(mktemp -d)
sed '/^void gmm_error_destroy(gmm_error \*error);/r /dev/stdin' $header >"$newer/h" <<'HEADER'

/** Is new.
 * @return GMM_ERROR_NULL_ARGUMENT. */
GMM_NODISCARD gmm_status gmm_new(const double *novelty, gmm_error **out_error);
HEADER
python3 bindings/interface --print json --header "$newer/h" >"$newer/json"
check "a function without rows is noticed" grep -q "no valid value for gmm_new, const double \*novelty" <<<"$(
  python3 Tests/Hostile/Table/generate.py "$newer/json" Tests/Hostile/Table/table.h /dev/null 2>&1)"
rm -r "$newer"
check "every wrong argument of every function is refused" silent "$out/misuse_table"
check "the program of degenerate data builds" build degenerate
check "degenerate data give finite draws or an error with a reason" silent "$out/degenerate"
check "the program of hard hosts builds" build stress
check "64 threads, forks, cancelling at any moment, slow callbacks: nothing breaks" silent "$out/stress"
check "the program of variables for the runtime builds" compile environment \
  Tests/Hostile/Programs/environment.c Tests/Support/C/check.c
# It does not find swift-backtrace by itself; with it, it would install handlers.
check "the runtime reads no variable, prints nothing and installs no handler" \
  silent env SWIFT_DEBUG_HELP=YES SWIFT_BACKTRACE=enable=yes,swift-backtrace=/bin/true "$out/environment" "$libdir/libgmmswift.so"
check "the program of little memory builds" build pressure -D_DEFAULT_SOURCE
check "with little memory every call succeeds or says that there is not enough" silent "$out/pressure"
check "the program of failing disks builds" build disk -D_GNU_SOURCE
check "whichever call of the system fails, files stay as they were and draws are handed back" silent "$out/disk"
if can_find_leaks; then
  exit_code_of_leaks() { without_leaks "$out/leak" >/dev/null 2>&1 || echo $?; }
  check "the program that loses a posterior builds" build leak
  check "lost memory is noticed" equal "$(exit_code_of_leaks)" 99
  for program in misuse errors misuse_table degenerate disk; do
    check "$program loses no memory" without_leaks "$out/$program"
  done
else
  skip "leaks" "gcc has no LeakSanitizer"
fi
finish
