#!/usr/bin/env bash
# Checks the C interface of a built library:
#
#     Tests/Interface/run.sh LIBDIR
set -uo pipefail
cd "$(dirname "$0")/../.."
source Tests/Support/check.sh

libdir=$(realpath "${1:?usage: run.sh LIBDIR}")
library=$libdir/libgmmswift.so
header=include/gmmswift.h
out=build/interface
mkdir -p "$out"
source Tests/Support/programs.sh

# ------------------------------------------------------------------------------------------------ Header and layout

check "interface.json and what is generated from it are as the header says" python3 bindings/interface --check
python3 bindings/interface --print layout >"$out/layout.c"
for language in "gcc -std=c99" "clang -std=c99" "g++ -std=c++17" "clang++ -std=c++17"; do
  compiler=${language%% *}
  if ! command -v "$compiler" >/dev/null; then
    skip "header and layout with $language" "$compiler is missing"
    continue
  fi
  kind=c
  [[ $language != *c++* ]] || kind=c++
  check "the header compiles with $language -pedantic -Wpadded" \
    $language "${strict[@]}" -Wpadded -fsyntax-only -x $kind $header
  if [[ $compiler == clang* ]]; then
    check "the comments document what they stand at with $language" \
      $language -Werror -Wdocumentation -Wdocumentation-pedantic -fsyntax-only -x $kind $header
  fi
  check "sizes, offsets and values are those of interface.json with $language" \
    $language "${strict[@]}" -fsyntax-only -x $kind "$out/layout.c"
done

# ------------------------------------------------------------------------------------------------ The binary

symbols=$(python3 bindings/interface --print symbols)
declared=$(gcc -w -fpreprocessed -dD -E -P $header | grep -oE '\bgmm_[a-z0-9_]+\(' | tr -d '(' | LC_ALL=C sort -u)
exported=$(nm -D --defined-only "$library" | awk '$2 ~ /[A-Z]/ && $2 != "A" { sub(/@.*/, "", $3); print $3 }' | LC_ALL=C sort -u)
check "interface.json has the functions that a compiler finds in the header" equal "$symbols" "$declared"
check "the library exports the functions of interface.json, and nothing else" equal "$exported" "$symbols"

untried=$(for symbol in $symbols; do
  grep -qrw "$symbol" Tests/{Hostile,Interface}/Programs Tests/Support/C || echo "$symbol"
done)
check "every function is called by the tests" equal "$untried" ""

dynamic=$(readelf -dW "$library")
soname=$(sed -n 's/.*Library soname: \[\(.*\)\]/\1/p' <<<"$dynamic")
abi=$(sed -n 's/^#define GMM_ABI_VERSION //p' $header)
check "the soname carries the binary interface's number" equal "$soname" "libgmmswift.so.$abi"

foreign=$(sed -n 's/.*Shared library: \[\(.*\)\]/\1/p' <<<"$dynamic" |
  grep -vxE '(libc|libm|libpthread|libdl|ld-linux-x86-64|libgcc_s|libstdc\+\+)\.so\.[0-9]+')
check "the library needs no other library than the system's own" equal "$foreign" ""
check "the library has no search path" equal "$(grep -E 'RPATH|RUNPATH' <<<"$dynamic")" ""
check "addresses are bound and made read-only at load (full RELRO)" \
  equal "$(grep -c BIND_NOW <<<"$dynamic") $(readelf -lW "$library" | grep -c GNU_RELRO)" "1 1"

# The sections in segments of a kind: `LOAD.*RW` are those that the loader maps as writable.
segments=$(readelf -lW "$library")
sections_in() {
  awk -v kind="$1" '$2 ~ /^0x/ && $1 != "Type" { if ($0 ~ kind) wanted[count + 0]; count++ }
    /Segment Sections/ { lists = 1; next }
    lists && ($1 + 0) in wanted { for (i = 2; i <= NF; i++) print $i }' <<<"$segments" | LC_ALL=C sort -u
}
check "constants are read-only from the start" equal "$(sections_in '^ *LOAD.* R  ' | grep -x .rodata)" .rodata
check "only variables stay writable after load" equal \
  "$(comm -23 <(sections_in '^ *LOAD.* RW ') <(sections_in GNU_RELRO) | grep -vxE '\.(tm_clone_table|relro_padding)')" $'.bss\n.data'
check "the library has no text relocations" equal "$(grep TEXTREL <<<"$dynamic")" ""
check "the library is not unloaded while in use (-z nodelete)" grep -q NODELETE <<<"$dynamic"
check "the stack is not executable" \
  equal "$(readelf -lW "$library" | awk '$1 == "GNU_STACK" && $0 ~ /E +0x/')" ""

newest=$(objdump -T "$library" | grep -oE 'GLIBC_[0-9.]+' | sort -uV | tail -n 1)
check "glibc 2.34 is new enough (the library needs $newest)" \
  equal "$(printf '%s\n' "$newest" GLIBC_2.34 | sort -V | tail -n 1)" GLIBC_2.34

size=$(stat -Lc %s "$library")
check "the library has at most 9.4 MB ($((size / 1000)) kB)" test "$size" -le 9400000
check "the library is stripped" equal "$(readelf -SW "$library" | grep -E '\.(symtab|debug_info)')" ""

# ------------------------------------------------------------------------------------------------ Versions

version=$(cat VERSION)
numbers=$(sed -nE 's/^#define GMM_VERSION_(MAJOR|MINOR|PATCH) ([0-9]+)$/\2/p' $header | paste -sd.)
check "GMM_VERSION_MAJOR, MINOR and PATCH are VERSION" equal "$numbers" "$version"
check "GMM_VERSION_NUMBER is VERSION" \
  equal "$(sed -nE 's/^#define GMM_VERSION_NUMBER ([0-9]+)$/\1/p' $header)" \
  "$(awk -F. '{ print 10000 * $1 + 100 * $2 + $3 }' VERSION)"
check "GMM_VERSION_STRING is VERSION" \
  equal "$(sed -nE 's/^#define GMM_VERSION_STRING "(.*)"$/\1/p' $header)" "$version"
check "the library's file name ends in VERSION" equal "$(basename "$(readlink -f "$library")")" "libgmmswift.so.$version"
if [ -f CHANGELOG.md ]; then
  check "the changelog's newest version is VERSION" \
    equal "$(sed -nE 's/^## \[([0-9.]+)\].*/\1/p' CHANGELOG.md | head -n 1)" "$version"
fi
if grep -q '^version *=' bindings/python/pyproject.toml 2>/dev/null; then
  check "the Python package's version is VERSION" \
    equal "$(sed -nE 's/^version *= *"(.*)"/\1/p' bindings/python/pyproject.toml)" "$version"
fi

# ------------------------------------------------------------------------------------------------ Programs

# The example of the header's introduction, in a program around it.
{
  printf '#include <gmmswift.h>\n#include <stdio.h>\n#include <math.h>\nint main(void) {\n'
  printf '  double values[200];\n  int64_t num_values = 200;\n'
  printf '  for (int i = 0; i < 200; i++) values[i] = (i %% 2 ? 5.0 : 0.0) + sin(0.7 * i);\n'
  sed -n '/^ \* @code$/,/^ \* @endcode$/p' $header | sed -e '/@/d' -e 's/^ \* //'
  printf '  gmm_summary_destroy(summary);\n  gmm_posterior_destroy(posterior);\n  gmm_model_destroy(model);\n'
  printf '  gmm_data_destroy(data);\n  gmm_error_destroy(error);\n  return is_done ? 0 : 1;\n}\n'
} >"$out/introduction.c"
introduction() {
  gcc -std=c99 "${strict[@]}" "$out/introduction.c" -o "$out/introduction" "${link[@]}" &&
    "$out/introduction" | grep -qE '^means\[1\] +[0-9.]+ '
}
check "the example of the header's introduction builds and prints a table" introduction
if command -v valgrind >/dev/null; then
  check "valgrind reads the symbols of the library" under_valgrind "$out/introduction"
else
  skip "the symbols of the library" "valgrind is missing"
fi
check "the program of behaviour builds" build behaviour
check "the library behaves as the header says" silent "$out/behaviour"
check "the program that opens and closes the library builds" \
  gcc -std=c99 -D_POSIX_C_SOURCE=200809L -O1 "${strict[@]}" Tests/Interface/Programs/reload.c -o "$out/reload" -ldl
check "the library can be opened and closed 100 times" silent "$out/reload" "$library"
if command -v g++ >/dev/null; then
  check "a C++17 program with owning wrappers builds" \
    g++ -std=c++17 -O1 "${strict[@]}" Tests/Interface/Programs/wrappers.cpp -o "$out/wrappers" "${link[@]}"
  check "and runs" silent "$out/wrappers"
fi
for compiler in g++ clang++; do
  if ! command -v "$compiler" >/dev/null; then
    skip "exceptions with $compiler" "$compiler is missing"
    continue
  fi
  check "the program of exceptions builds with $compiler" build_exceptions "$compiler"
  check "an exception of a callback ends the call, which leaves no thread and no file behind" silent "$out/exceptions"
  if can_find_leaks; then
    check "and it loses no memory" without_leaks "$out/exceptions" runs
  fi
done
check "a program that counts allocations builds" build allocations
check "iterations of either sampler allocate nothing" silent "$out/allocations"
if can_find_leaks; then
  check "behaviour loses no memory" without_leaks "$out/behaviour"
else
  skip "leaks" "gcc has no LeakSanitizer"
fi
finish
