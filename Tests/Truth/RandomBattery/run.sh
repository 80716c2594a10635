#!/usr/bin/env bash
# Tests the random streams with dieharder, each test on fresh numbers:
#
#     Tests/Truth/RandomBattery/run.sh [STREAM...]
#
# JOBS tests run at a time, by default as many as there are processors. Two processors take about half an hour.
#
# A perfect source has a p-value below 0.005 or above 0.995 (WEAK) in one result in a hundred. Such a test is repeated
# with two other seeds. It fails if one of them fails or both are weak again, which a perfect source does once in ten
# thousand weak results. A test fails at once below 1e-6 or above 1 - 1e-6. The results are in build/battery/table.txt.
set -euo pipefail
cd "$(dirname "$0")/../../.."

if ! command -v dieharder >/dev/null; then
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "battery: dieharder is missing; install it with the package manager of this system" >&2
    exit 1
  fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends dieharder >/dev/null
fi
swift build -c release --package-path Tests/Truth/RandomBattery --scratch-path .build/battery -Xswiftc -enable-testing

export GENERATOR=$PWD/.build/battery/release/RandomBattery OUTPUT=$PWD/build/battery
streams=("$@")
[ $# -gt 0 ] || streams=(assignments keys parameters)

# All of dieharder's tests but those that it lists as suspect (5, 6, 7) or not to be used (14): number, size of tuples.
tests() {
  local n
  for n in 0 1 2 3 4 8 9 10 11 12 13 15 16 17 100 101 102 204 205 206 207 208 209; do echo "$n 0"; done
  for n in {1..12}; do echo "200 $n"; done
  for n in {2..5}; do echo "201 $n"; echo "202 $n"; done
  for n in 0 1 2 3 4 5 7 8 15 16 19 31; do echo "203 $n"; done
}

# Runs one test: STREAM NUMBER TUPLE SEED. Prints a row for each result: stream, number of the test, its name, which of
# its results, tuple, samples, repetitions, seed, p-value, verdict. The generator ends when its reader has had enough.
run_test() {
  # Seeds of different tests are far apart: each stream covers two neighbouring ones.
  "$GENERATOR" "$1" "$(($4 + 1000 * $2 + 10 * $3))" |
    nice dieharder -g 200 -d "$2" -n "$3" -k 2 -D test_name -D ntuple -D tsamples -D psamples -D pvalues -D assessment |
    awk -F '|' -v stream="$1" -v number="$2" -v seed="$4" '
      $NF ~ /PASSED|WEAK|FAILED/ { gsub(/ /, ""); print stream, number, $1, ++part, $2, $3, $4, seed, $5, $6 }'
}

# Runs one test and, where a result is weak, two more: STREAM NUMBER TUPLE.
examine() {
  local file=$OUTPUT/$1-$2-$3.txt seed
  run_test "$1" "$2" "$3" 1000000 >"$file"
  if grep -q WEAK "$file"; then
    for seed in 2000000 3000000; do run_test "$1" "$2" "$3" "$seed" >>"$file"; done
  fi
  [ -s "$file" ] || echo "$1 $2 none 0 $3 0 0 0 - FAILED" >"$file"
}
export -f run_test examine

rm -rf "$OUTPUT"
mkdir -p "$OUTPUT"
# A battery that passes everything is worth nothing: streams started from neighbouring states must fail.
if [[ $(run_test unmixed 8 0 1000000) != *FAILED* ]]; then
  echo "battery: dieharder does not see the flaw of the stream made with one" >&2
  exit 1
fi
for stream in "${streams[@]}"; do tests | sed "s/^/$stream /"; done |
  xargs -P "${JOBS:-$(nproc)}" -L 1 bash -c 'examine "$@"' examine

sort -k 1,1 -k 2,2n -k 5,5n -k 4,4n -k 8,8n "$OUTPUT"/*-*.txt >"$OUTPUT/table.txt"
column -t "$OUTPUT/table.txt"
awk '
  { row = $1 " " $2 " " $3 " " $4 " " $5 }
  $10 == "FAILED" { failed[$1]++; print "FAILED:", $0 }
  $10 == "WEAK" && ++weak[row] == 3 { failed[$1]++; print "weak three times:", row }
  # What a repeated test shows besides the weak result has been counted with the first seed.
  $8 == 1000000 || $8 == 0 { total[$1]++; if ($10 == "WEAK") suspects[$1]++ }
  END {
    for (stream in total) {
      printf "%s: %d results, %d weak at first, %d failed\n", stream, total[stream], suspects[stream], failed[stream]
      sum += failed[stream]
    }
    exit sum > 0
  }' "$OUTPUT/table.txt"
