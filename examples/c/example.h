/* Functions of all examples: they read a file of numbers, and end the program when a call fails. */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include <gmmswift.h>
#include <stdio.h>
#include <stdlib.h>

/* Ends the program with the library's message if a call has failed. It is used around the call itself:
 *
 *     check(gmm_model_create(&options, &model, &error), &error);
 */
static inline void check(gmm_status status, gmm_error **error) {
  if (status == GMM_OK) return;
  fprintf(stderr, "%s: %s\n", gmm_status_name(status), gmm_error_message(*error));
  gmm_error_destroy(*error);
  exit(EXIT_FAILURE);
}

/* Reads a text file with one number on each line. The caller frees the array. */
static inline double *read_values(const char *path, int64_t *out_count) {
  FILE *file = fopen(path, "r");
  if (file == NULL) {
    fprintf(stderr, "%s: cannot be opened\n", path);
    exit(EXIT_FAILURE);
  }
  int64_t count = 0, capacity = 1024;
  double *values = malloc((size_t)capacity * sizeof *values);
  while (values != NULL && fscanf(file, "%lf", &values[count]) == 1) {
    if (++count == capacity) {
      double *larger = realloc(values, (size_t)(capacity *= 2) * sizeof *values);
      if (larger == NULL) free(values);
      values = larger;
    }
  }
  fclose(file);
  if (values == NULL) {
    fprintf(stderr, "%s: too large for the memory of this machine\n", path);
    exit(EXIT_FAILURE);
  }
  *out_count = count;
  return values;
}

#endif
