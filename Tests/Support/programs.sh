# Building and running the C programs of the tests; to be sourced, after `libdir` and `out` are set.

strict=(-Wall -Wextra -Werror -pedantic -Iinclude -ITests/Support/C)
link=(-L"$libdir" -lgmmswift -Wl,-rpath,"$libdir" -pthread -lm)
support=(Tests/Support/C/check.c Tests/Support/C/draws.c Tests/Support/C/fixture.c)

# build PROGRAM SOURCES AND FLAGS...: builds a program into `out`.
build() {
  local program=$1
  shift
  gcc -std=c99 -D_POSIX_C_SOURCE=200809L -O1 -g "${strict[@]}" "$@" "${support[@]}" -o "$out/$program" "${link[@]}"
}

# Runs a program; it reports in one line, and nothing else may be written by it or by the library.
silent() {
  local output status
  output=$("$@" 2>&1)
  status=$?
  printf '%s\n' "$output"
  [ "$status" -eq 0 ] && [ "$(wc -l <<<"$output")" -eq 1 ]
}
