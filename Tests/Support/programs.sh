# Building and running the C programs of the tests; to be sourced, after `libdir` and `out` are set.

strict=(-Wall -Wextra -Werror -pedantic -Iinclude -ITests/Support/C)
link=(-L"$libdir" -lgmmswift -Wl,-rpath,"$libdir" -pthread -lm -ldl)
support=(Tests/Support/C/check.c Tests/Support/C/draws.c Tests/Support/C/fixture.c)

# compile PROGRAM SOURCES AND FLAGS...: builds a C99 program into `out`.
compile() {
  local program=$1
  shift
  gcc -std=c99 -D_POSIX_C_SOURCE=200809L -O1 -g "${strict[@]}" "$@" -o "$out/$program" "${link[@]}"
}

# build PROGRAM FLAGS...: builds a program from the files that are named after it, with what the programs share.
build() {
  compile "$1" "${@:2}" $(find Tests/{Hostile,Interface}/Programs -name "$1.c" -o -name "$1_*.c") "${support[@]}"
}

# build_exceptions COMPILER: builds the program exceptions, in C++ with the C sources that it shares.
build_exceptions() {
  local source objects=()
  for source in Tests/Interface/Programs/behaviour_long_calls_made.c "${support[@]}"; do
    objects+=("$out/exceptions_$(basename "$source" .c).o")
    gcc -std=c99 -D_POSIX_C_SOURCE=200809L -O1 -g "${strict[@]}" -c "$source" -o "${objects[-1]}" || return
  done
  "$1" -std=c++17 -O1 -g "${strict[@]}" Tests/Interface/Programs/exceptions.cpp "${objects[@]}" -o "$out/exceptions" \
    "${link[@]}"
}

# Builds the program misuse_table, whose rows are made from the header.
build_table() {
  python3 Tests/Hostile/Table/generate.py include/interface.json Tests/Hostile/Table/table.h "$out/misuse_table.c" &&
    compile misuse_table -ITests/Hostile/Table "$out/misuse_table.c" Tests/Hostile/Table/table.c "${support[@]}"
}

# Builds the program errors, which makes the calls of errors.json.
build_errors() { python3 Tests/Hostile/errors.py "$out/errors.inc" && build errors -I"$out"; }

# Runs a program; it reports in one line, and nothing else may be written by it or by the library.
silent() {
  local output status
  output=$("$@" 2>&1)
  status=$?
  printf '%s\n' "$output"
  [ "$status" -eq 0 ] && [ "$(wc -l <<<"$output")" -eq 1 ]
}
