#!/usr/bin/env bash
# Builds the C examples and the host example without a warning, runs them, and checks what they print:
#
#     Tests/Interface/Examples/run.sh LIBDIR
set -uo pipefail
cd "$(dirname "$0")/../../.."
source Tests/Support/check.sh

libdir=$(realpath "${1:?usage: run.sh LIBDIR}")
out=build/examples
mkdir -p "$out"
strict=(-std=c99 -D_POSIX_C_SOURCE=200809L -O2 -Wall -Wextra -Werror -pedantic -pthread -Iinclude)
link=(-L"$libdir" -lgmmswift -Wl,-rpath,"$libdir" -lm -ldl)

# Runs an example; what it prints is kept for the checks that follow.
run() {
  local name=$1
  shift
  "$out/$name" "$@" >"$out/$name.txt" || { cat "$out/$name.txt"; return 1; }
}

# Whether the table that an example printed agrees with expected.txt: each mean within four standard errors, its own and
# the reference's combined, plus half a unit of the last digit that the table shows. Names have no spaces here.
agrees() {
  sed 's/, /,/g' "$out/$1.txt" >"$out/$1.table"
  awk -v program="$1" '
    FNR == NR { if ($1 == program) { mean[$2] = $3; error[$2] = $4; wanted++ } next }
    !("mean" in column) { for (i = 1; i <= NF; i++) column[$i] = i + ($1 == "mean" ? 1 : 0); next }
    $1 in mean {
      value = $column["mean"]; own = $column["mcse_mean"]
      digits = index(value, ".") ? length(value) - index(value, ".") : 0
      bound = 4 * sqrt(own ^ 2 + error[$1] ^ 2) + 0.5 * 10 ^ -digits
      distance = value - mean[$1]; if (distance < 0) distance = -distance
      found++
      if (!(own > 0) || distance > bound) { print $1, value, "expected", mean[$1], "within", bound; bad = 1 }
    }
    END { if (found != wanted || wanted == 0) { print found + 0, "of", wanted + 0, "parameters found"; bad = 1 }
          exit bad }' Tests/Interface/Examples/expected.txt "$out/$1.table"
}

prints() { grep -qE "$2" "$out/$1.txt" || { cat "$out/$1.txt"; return 1; }; }

# Whether each of the five densities of the parts is that of all draws at once.
same_densities() {
  awk -F '[ ,]+' '$4 > 0 && $4 == $NF { same++ } END { exit same != 5 }' "$out/draws_in_parts.txt" ||
    { cat "$out/draws_in_parts.txt"; return 1; }
}

# The data files, but for those that no recipe makes, are what their script writes, where there is a numpy to run it.
python=build/venv/bin/python
if "$python" -c 'import numpy' 2>/dev/null; then
  same_data() {
    local file
    rm -rf "$out/data" && mkdir -p "$out/data" && "$python" examples/data/make_data.py "$out/data" || return
    for file in "$out"/data/*.txt; do cmp "$file" "examples/data/$(basename "$file")" || return; done
  }
  check "the data are what make_data.py writes, bit for bit" same_data
else
  skip "the data against make_data.py" "build/venv has no numpy"
fi

for source in examples/c/*.c; do
  name=$(basename "$source" .c)
  if command -v clang >/dev/null; then
    check "$name builds with clang" clang "${strict[@]}" -fsyntax-only "$source"
  fi
  libraries=("${link[@]}")
  [ "$name" != load_with_dlopen ] || libraries=(-ldl)
  check "$name builds with gcc" gcc "${strict[@]}" "$source" -o "$out/$name" "${libraries[@]}"
done

if command -v g++ >/dev/null; then
  check "exception builds with g++" \
    g++ -std=c++17 -O2 -Wall -Wextra -Werror -pedantic -Iinclude examples/cpp/exception.cpp -o "$out/exception" "${link[@]}"
  check "exception runs" run exception
  check "exception catches what the callback threw" prints exception '^caught after the call: enough of it$'
fi
for name in two_components three_components book_known book_unknown two_dimensions missing_values unknown_count; do
  check "$name runs" run $name
  check "$name finds the reference posterior" agrees $name
done
check "two_components fits by maximum likelihood" \
  prints two_components '^maximum likelihood: means 150\.617 201\.985, sd 10\.003 17\.357, log likelihood -4417\.180$'
check "three_components finds the first observation's cluster" \
  prints three_components '^first observation: 3\.29, in component 0 1 2 with probability 0\.0000 0\.02[0-9]* 0\.97[0-9]*$'
check "book_unknown predicts from the data's own range" prints book_unknown '^predicted( +[0-9]+\.[0-9]){10}$'
check "two_dimensions prints each component's covariance matrix" \
  prints two_dimensions '^  covariance +0\.[0-9]{3} +[0-9]\.[0-9]{3}$'
check "two_dimensions tells medium eruptions apart by the wait" \
  prints two_dimensions '^an eruption of 3\.2 minutes .* 0\.[0-4][0-9]* before a wait of 50 minutes, (1\.000|0\.9[0-9]*) of 80$'
check "missing_values knows how many are missing" prints missing_values '^272 eruptions, 96 values missing$'
check "missing_values completes better than the mean does" \
  prints missing_values '^the 68 waits that are missing differ by 7\.3 minutes .* by 12\.5 from the mean wait$'
check "missing_values combines completed tables" \
  prints missing_values '^mean wait: 70\.[67][0-9], standard error 0\.8[5-9], of which missing values are ([7-9]|1[01]) % '
check "missing_values predicts from one coordinate" \
  prints missing_values '^before a wait of 50 minutes it is long with probability 0\.000, and expected to last 1\.9[789]$'
check "unknown_count keeps apart the groups that lie apart" \
  prints unknown_count '^the slowest galaxy .* next one with probability 0\.9[0-9]*, with the fastest one 0\.00[0-9]$'
check "unknown_count shows the draws of the most probable number of clusters" \
  prints unknown_count '^given [78] clusters: [1-9][0-9]* draws$'
check "data_in_parts runs" run data_in_parts
check "data_in_parts reaches the published maximum, -1130.264 for 272 rows" \
  prints data_in_parts '^iteration  9: mean log likelihood -4\.15538[0-9], moved by [0-9.]+e-0[5-9]$'
check "data_in_parts fits as with all data at once" prints data_in_parts '^all 21760 rows at once: the same bits$'
check "draws_in_parts runs" run draws_in_parts
check "draws_in_parts averages the densities of all parts" same_densities
check "cancel_from_thread runs" run cancel_from_thread
check "cancel_from_thread keeps the finished draws" prints cancel_from_thread '^[1-9][0-9]* draws of each of 4 chains$'
check "load_with_dlopen runs" run load_with_dlopen "$libdir/libgmmswift.so.0"
check "load_with_dlopen fits through the loaded functions" prints load_with_dlopen '^means 1\.0000 5\.0200$'

# block LANGUAGE [PAGE]: a page's examples in this language, one after the other; by default the README's.
block() { sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" "${2:-README.md}" | sed '/^```/d'; }
if [ -f README.md ]; then
  block c >"$out/readme.c"
  check "the README's C example builds" gcc "${strict[@]}" "$out/readme.c" -o "$out/readme" "${link[@]}"
  check "and prints a table" eval '"$out/readme" | grep -qE "^means\[2\] +[0-9.]+ "'
fi
if [ -f docs/DATA.md ]; then
  block c docs/DATA.md >"$out/missing_rows.c"
  check "the C example of docs/DATA.md builds" gcc "${strict[@]}" "$out/missing_rows.c" -o "$out/missing_rows" "${link[@]}"
  check "and runs" run missing_rows
  check "and completes rows on their line" prints missing_rows '^expected: [56]\.[0-9] and [45]\.[0-9]; in the first table: '
fi

if can_find_leaks; then
  for name in two_components three_components book_known book_unknown two_dimensions missing_values unknown_count \
    data_in_parts draws_in_parts cancel_from_thread; do
    check "$name loses no memory" without_leaks "$out/$name"
  done
  check "load_with_dlopen loses no memory" without_leaks "$out/load_with_dlopen" build/symbols/libgmmswift.so.0
else
  skip "leaks" "gcc has no LeakSanitizer"
fi

# The host example embeds the Python that build/venv was made from: its own python3-config has the flags.
python_config=$("$python" -c 'import sys; print("%s/bin/python%d.%d-config" % (sys.base_prefix, *sys.version_info[:2]))' 2>/dev/null)
if [ -x "$python_config" ] && "$python" -c 'import gmmswift' 2>/dev/null; then
  # Python's headers are not ours to keep free of warnings.
  includes=$("$python_config" --includes | sed 's/-I/-isystem /g')
  # shellcheck disable=SC2046
  check "host builds" gcc -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -Iinclude $includes examples/host/host.c -o "$out/host" \
    "${link[@]}" $("$python_config" --embed --ldflags) "-Wl,-rpath,$("$python_config" --prefix)/lib"
  check "host runs" run host examples/data/three_components.txt "$python"
  check "host samples the same draws from C and from Python" prints host '^identical draws$'
else
  skip "the host example" "build/venv has no gmmswift, or its Python has no python-config (python3-dev)"
fi

if "$python" -c 'import gmmswift' 2>/dev/null; then
  block python >"$out/readme.py"
  # It saves a file where it runs.
  check "the README's Python example runs" env -C "$out" "$PWD/$python" readme.py
else
  skip "the README's Python example" "build/venv has no gmmswift"
fi
finish
