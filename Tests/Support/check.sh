# Counting checks for the shell tests; to be sourced. One line for each check, and at the end `N passed, N failed`.

passed=0 failed=0

# check "what holds" COMMAND...: counts a check; the output of a command that fails is shown.
check() {
  local what=$1 output
  shift
  if output=$("$@" 2>&1); then
    passed=$((passed + 1))
    echo "ok    $what"
  else
    failed=$((failed + 1))
    echo "FAIL  $what"
    printf '%s\n' "$output" | head -n 60 | sed 's/^/      /'
  fi
}

# meanwhile COMMAND...: starts a command on another core; `check "what holds" ended` waits for it. One at a time.
meanwhile() {
  meanwhile_folder=$(mktemp -d)
  {
    "$@" >"$meanwhile_folder/output" 2>&1
    echo $? >"$meanwhile_folder/status"
  } &
}

# Waits for what runs meanwhile, shows its output and has its exit code. (A check is a subshell, which cannot `wait`.)
ended() {
  local status=
  until [ -n "$status" ]; do
    sleep 0.1
    status=$(cat "$meanwhile_folder/status" 2>/dev/null)
  done
  cat "$meanwhile_folder/output"
  rm -r "$meanwhile_folder"
  return "$status"
}

# skip "what would be checked" "why not"
skip() { echo "skip  $1: $2"; }

# equal LEFT RIGHT: whether two texts are the same; shows the difference.
equal() { diff <(printf '%s\n' "$1") <(printf '%s\n' "$2"); }

# Prints the totals and ends the script with the exit code they call for.
finish() {
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
  exit
}

# Whether gcc has its LeakSanitizer, which finds lost memory.
can_find_leaks() { [ -e "$(gcc -print-file-name=liblsan.so)" ]; }

# without_leaks PROGRAM...: runs a program at full speed, and fails on memory that nothing points to at its end. The
# library is the one with symbols, build/symbols, so that reports and the entries of leaks.supp have names.
without_leaks() {
  # A request for too much memory returns NULL, as without a sanitizer.
  local options=exitcode=99:allocator_may_return_null=1:print_suppressions=0
  LD_LIBRARY_PATH=build/symbols LD_PRELOAD=$(gcc -print-file-name=liblsan.so) \
    LSAN_OPTIONS=$options:suppressions=Tests/Support/leaks.supp "$@"
}

# under_valgrind PROGRAM...: runs a program at a hundredth of its speed, and fails on any invalid access or lost memory.
# Threads take fair turns, because working threads would otherwise starve a thread that waits to cancel.
under_valgrind() {
  LD_LIBRARY_PATH=build/symbols valgrind --quiet --fair-sched=yes --child-silent-after-fork=yes --error-exitcode=99 \
    --leak-check=full --show-leak-kinds=definite,indirect,possible --errors-for-leak-kinds=definite,indirect,possible \
    --suppressions=Tests/Support/valgrind.supp "$@"
}
