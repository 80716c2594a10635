/* The inputs that the fuzzer's bytes are read as, and the checks of every target. */
#ifndef INPUT_H
#define INPUT_H

#include <gmmswift.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { POOL = 4096 };

/* Bytes that are used up from the front; zeros when there are none left. */
typedef struct input {
  const uint8_t *bytes;
  size_t size;
  double pool[POOL];                       /* numbers for every array of a call */
  gmm_prior priors[2][GMM_MAX_COMPONENTS]; /* the priors of single components, of means and spread in turn */
  unsigned num_priors;
} input;

/* Starts reading, and fills the pool from the first bytes. */
void input_start(input *self, const uint8_t *bytes, size_t size);

uint8_t input_byte(input *self);

/* A number below `bound` for most bytes; now and then a hostile one. */
int64_t input_count(input *self, int64_t bound);

/* A number of a kind that the next byte names: small, large, tiny, special, or any bits. */
double input_number(input *self);

/* Numbers from somewhere in the pool; now and then NULL. There are at least 2048 of them. */
const double *input_array(input *self);

/* A prior of any family, or one for each component. */
gmm_prior input_prior(input *self, int32_t components);

/* Model options; sizes are small enough that arrays from the pool suffice. */
gmm_model_options input_model(input *self);

/* Ends the program: the library broke a promise. */
void broken(const char *promise);

/* Holds a refusal to its form: a known status with an error object that has a message; frees the error and
 * leaves NULL. (A pointer, because the call that sets the error may be evaluated after it in the same list of
 * arguments.) */
void hold_error(gmm_status status, gmm_error **error);

/* Holds `count` numbers to be free of NaN. */
void hold_numbers(const double *numbers, int64_t count, const char *what);

#endif
