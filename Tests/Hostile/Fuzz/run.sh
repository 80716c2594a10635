#!/usr/bin/env bash
# Feeds hostile inputs to the library through its C interface:
#
#     run.sh --short LIBDIR [SECONDS]   the built library, inputs changed blindly; for the ordinary tests
#     run.sh [SECONDS]                  libFuzzer, with coverage of Swift and C and AddressSanitizer
#     run.sh --seeds LIBDIR             writes files of this version into the corpus
#
# SECONDS is the time of each target. The corpus is the folder corpus, and for files Tests/Truth/Golden too. Inputs that
# have broken something stay in the corpus. New inputs of libFuzzer go to build/fuzz/corpus, and inputs that break
# something to build/fuzz/broken.
set -uo pipefail
cd "$(dirname "$0")/../../.."
source Tests/Support/check.sh
here=Tests/Hostile/Fuzz
targets=(data sample em arrays files)
support=($here/input.c $here/stored.c $here/saved_again.c $here/xxh64.c)
strict=(-std=c99 -D_POSIX_C_SOURCE=200809L -g -Wall -Wextra -Werror -pedantic -Iinclude)
# Files are longer than other inputs. Memory is limited to the needs of files of 4 kB: 1 GB for a process (of addresses
# in the short run), and 8 MB for one allocation (the library allocates 4 MB to see that they are there).
golden=(Tests/Truth/Golden/format_*)
declare -A room=([files]="-max_len=4096 -rss_limit_mb=1024 -malloc_limit_mb=8")
declare -A limits=([files]=--as=1000000000)

# judge WHAT LOG STATUS: counts a target that has ended with a status; its executions are in the name of the check.
judge() {
  local what=$1 log=$2 status=$3
  local total=$(sed -nE 's/^stat::number_of_executed_units: *//p; s/^([0-9]+) executions.*/\1/p' "$log")
  executions=$((executions + ${total:-0}))
  check "$what: ${total:-no} executions" sh -c "[ $status -eq 0 ] || { tail -n 60 '$log'; false; }"
}
executions=0

if [ "${1:-}" = --seeds ]; then
  libdir=$(realpath "$2")
  mkdir -p build/fuzz-short
  gcc -O1 "${strict[@]}" $here/seeds.c "${support[@]}" -o build/fuzz-short/seeds -L"$libdir" -lgmmswift \
    -Wl,-rpath,"$libdir" -lm -pthread && exec build/fuzz-short/seeds $here/corpus/files
  exit 1
elif [ "${1:-}" = --short ]; then
  libdir=$(realpath "$2")
  time=${3:-2}
  out=build/fuzz-short
  mkdir -p "$out"
  for target in "${targets[@]}"; do
    check "the target $target builds" gcc -O1 "${strict[@]}" $here/fuzz_$target.c "${support[@]}" \
      $here/standalone.c -o "$out/$target" -L"$libdir" -lgmmswift -Wl,-rpath,"$libdir" -lm
    inputs=($here/corpus/$target/*)
    [ $target = files ] && inputs+=(Tests/Truth/Golden/format_*/*.gmm Tests/Truth/Golden/format_*/damaged/*.gmm)
    prlimit ${limits[$target]:-} "$out/$target" "$time" "${inputs[@]}" >"$out/$target.log" 2>&1
    judge "$target survives" "$out/$target.log" $?
  done
else
  time=${1:-60}
  out=build/fuzz
  clang=$(dirname "$(readlink -f "$(command -v swiftc)")")/clang
  mkdir -p "$out/lib" "$out/broken"
  # The front end alone is told of the fuzzer: a shared library must not carry libFuzzer's main.
  check "the library builds with coverage" swift build -c release --product gmmswift --sanitize=address \
    --scratch-path "$out" -Xswiftc -g -Xswiftc -Xfrontend -Xswiftc -sanitize=address,fuzzer
  ln -sf ../release/libgmmswift.so "$out/lib/libgmmswift.so"
  ln -sf ../release/libgmmswift.so "$out/lib/libgmmswift.so.0"
  export ASAN_OPTIONS=allocator_may_return_null=1
  declare -A processes=()
  judge_running() {
    local running
    for running in "${!processes[@]}"; do
      wait "${processes[$running]}"
      judge "$running survives" "$out/$running.log" $?
    done
    processes=()
  }
  for target in "${targets[@]}"; do
    mkdir -p "$out/corpus/$target"
    inputs=("$out/corpus/$target" $here/corpus/$target)
    [ $target = files ] && inputs+=("${golden[@]}")
    check "the target $target builds" "$clang" -fuse-ld=lld -fsanitize=fuzzer,address,undefined \
      -fno-sanitize-recover=undefined -O1 "${strict[@]}" $here/fuzz_$target.c "${support[@]}" \
      -o "$out/fuzz_$target" -L"$out/lib" -lgmmswift -Wl,-rpath,"$PWD/$out/lib" -lm -pthread
    "$out/fuzz_$target" -max_total_time="$time" -max_len=600 -len_control=0 -rss_limit_mb=4096 ${room[$target]:-} \
      -timeout=20 -print_final_stats=1 -artifact_prefix="$out/broken/$target-" "${inputs[@]}" >"$out/$target.log" 2>&1 &
    processes[$target]=$!
    # Two at a time: a target uses one core.
    [ ${#processes[@]} -lt 2 ] || judge_running
  done
  judge_running
fi
echo "$executions executions"
finish
