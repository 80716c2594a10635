/* Checks for the C tests. They are counted. A failure is printed with its place, and the program goes on. */
#ifndef CHECK_H
#define CHECK_H

#include <gmmswift.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The numbers of checks and failures of a program. */
extern int num_checks, num_failures;

/* Counts a check and returns whether it holds. If it does not hold, it prints what was expected. */
int check_holds(int holds, const char *file, int line, const char *what);

/* Checks what a refused call left behind: the status, and an error object with that status, an argument that contains
 * `name`, and a message of the form `argument: rule, got value`. */
void check_refusal(gmm_status status, const gmm_error *error, gmm_status expected, const char *name, const char *file,
                   int line, const char *call);

/* Prints the result in one line and returns the exit code. */
int check_report(const char *program);

#define EXPECT(condition) check_holds((condition) ? 1 : 0, __FILE__, __LINE__, #condition)

/* Checks that a call succeeds; in `call` the variable `out_error` stands for the last argument. */
#define ACCEPTED(call)                                                                \
  do {                                                                                \
    gmm_error *error = NULL, **out_error = &error;                                    \
    if (!check_holds((call) == GMM_OK && error == NULL, __FILE__, __LINE__, #call)) { \
      printf("  %s\n", gmm_error_message(error));                                     \
    }                                                                                 \
    gmm_error_destroy(error);                                                         \
  } while (0)

/* Checks that a call is refused, with an error object and without one. */
#define REFUSED(expected, name, call)                                                    \
  do {                                                                                   \
    gmm_error *error = NULL, **out_error = &error;                                       \
    const gmm_status status_of_call = (call);                                            \
    check_refusal(status_of_call, error, (expected), (name), __FILE__, __LINE__, #call); \
    gmm_error_destroy(error);                                                            \
    out_error = NULL;                                                                    \
    check_holds((call) == (expected), __FILE__, __LINE__, #call " without error");       \
  } while (0)

/* The same for a call that makes a handle, which must come back as NULL whatever it was before. */
#define REFUSED_HANDLE(expected, name, handle, call)                                      \
  do {                                                                                    \
    (handle) = (void *)&num_checks;                                                       \
    REFUSED(expected, name, call);                                                        \
    check_holds((handle) == NULL, __FILE__, __LINE__, #call " sets " #handle " to NULL"); \
    (handle) = NULL;                                                                      \
  } while (0)

#endif
