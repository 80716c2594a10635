/* Reads the fuzzer's bytes as arguments of calls, and has the checks of every target. */
#ifndef INPUT_H
#define INPUT_H

#include <gmmswift.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { POOL = 4096 };

/* Bytes that are used up from the front. When all are used, zeros follow. */
typedef struct input {
  const uint8_t *bytes;
  size_t size;
  double pool[POOL];                       /* numbers for every array of a call */
  gmm_prior priors[2][GMM_MAX_COMPONENTS]; /* the priors of single components, of means and spread in turn */
  unsigned num_priors;
  gmm_background background;
} input;

/* Starts reading, and fills the pool from the first bytes. */
void input_start(input *self, const uint8_t *bytes, size_t size);

uint8_t input_byte(input *self);

/* Returns a number below `bound` for most bytes, and sometimes a hostile one. */
int64_t input_count(input *self, int64_t bound);

/* Returns a number of the kind that the next byte names: small, large, tiny, special, or any bits. */
double input_number(input *self);

/* Returns at least 2048 numbers from some place in the pool, and sometimes NULL. */
const double *input_array(input *self);

/* Returns a prior of any family, or one for each component. */
gmm_prior input_prior(input *self, int32_t components);

/* Returns a background: with the box of data, a volume, bounds, or what contradicts itself. */
const gmm_background *input_background(input *self);

/* Model options; sizes are small enough that arrays from the pool suffice. */
gmm_model_options input_model(input *self);

/* Ends the program because the library has broken a promise. */
void broken(const char *promise);

/* Holds a refusal to its form: a known status with an error object that has a message; frees the error and
 * leaves NULL. (A pointer, because the call that sets the error may be evaluated after it in the same list of
 * arguments.) */
void hold_error(gmm_status status, gmm_error **error);

/* Checks that none of `count` numbers is NaN. */
void hold_numbers(const double *numbers, int64_t count, const char *what);

#endif
