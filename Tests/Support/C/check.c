#include "check.h"

int num_checks = 0, num_failures = 0;

/* Counts a failure; whether its place is another than that of the one before, which is worth a line. */
static int is_new_failure(const char *file, int line) {
  static const char *last_file = "";
  static int last_line = 0;
  const int is_new = line != last_line || strcmp(file, last_file) != 0;
  num_failures++;
  last_file = file;
  last_line = line;
  return is_new;
}

int check_holds(int holds, const char *file, int line, const char *what) {
  num_checks++;
  if (holds) return 1;
  if (is_new_failure(file, line)) printf("%s:%d: does not hold: %s\n", file, line, what);
  return 0;
}

void check_refusal(gmm_status status, const gmm_error *error, gmm_status expected, const char *name, const char *file,
                   int line, const char *call) {
  const char *message = gmm_error_message(error);
  const char *argument = gmm_error_argument(error);
  const size_t length = strlen(argument);
  const char *colon = strstr(message, ": "), *got = strstr(message, ", got ");

  /* What the system says of a file follows `argument: 'path': `. */
  const int is_of_file =
      expected == GMM_ERROR_FILE || expected == GMM_ERROR_FILE_FORMAT || expected == GMM_ERROR_FILE_MISMATCH;
  if (is_of_file && colon != NULL && colon[2] == '\'') got = strstr(colon, "': ");

  num_checks++;
  if (status == expected && error != NULL && gmm_error_status(error) == expected && strstr(argument, name) != NULL &&
      strncmp(message, argument, length) == 0 && colon == message + length && got > colon + 2 &&
      got[strlen(is_of_file ? "': " : ", got ")] != '\0') {
    return;
  }
  if (!is_new_failure(file, line)) return;
  printf("%s:%d: %s\n  expected %s about %s, got %s [%s] \"%s\"\n", file, line, call, gmm_status_name(expected), name,
         gmm_status_name(status), argument, message);
}

int check_report(const char *program) {
  printf("%s: %d checks, %d failed\n", program, num_checks, num_failures);
  return num_failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
