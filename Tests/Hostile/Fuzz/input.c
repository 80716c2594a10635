#include "input.h"

#include <float.h>
#include <stdio.h>

void broken(const char *promise) {
  fprintf(stderr, "broken: %s\n", promise);
  abort();
}

uint8_t input_byte(input *self) {
  if (self->size == 0) return 0;
  self->size--;
  return *self->bytes++;
}

/* The next eight bytes. */
static uint64_t input_word(input *self) {
  uint64_t word = 0;
  for (int i = 0; i < 8; i++) word |= (uint64_t)input_byte(self) << (8 * i);
  return word;
}

double input_number(input *self) {
  static const double special[] = {0.0,
                                   -0.0,
                                   1.0,
                                   -1.0,
                                   0.5,
                                   2.0,
                                   1e12,
                                   1e-12,
                                   1e143,
                                   1e145,
                                   -1e150,
                                   1e300,
                                   DBL_MAX,
                                   -DBL_MAX,
                                   1e-300,
                                   5e-324,
                                   1e-160,
                                   2.2e-308,
                                   (double)INFINITY,
                                   -(double)INFINITY,
                                   (double)NAN,
                                   3.0,
                                   10.0,
                                   0.25};
  const uint8_t kind = input_byte(self);
  if (kind < 160) return ((double)input_byte(self) - 128.0) / 16.0;
  if (kind < 200) return (double)kind - 160.0 + (double)input_byte(self) / 256.0;
  if (kind < 240) return special[input_byte(self) % (sizeof special / sizeof special[0])];
  double number;
  const uint64_t word = input_word(self);
  memcpy(&number, &word, sizeof number);
  return number;
}

void input_start(input *self, const uint8_t *bytes, size_t size) {
  self->bytes = bytes;
  self->size = size;
  self->num_priors = 0;
  /* Sixty-four numbers of the input, over and over, each time a little different so that not all columns are equal. */
  double first[64];
  for (int i = 0; i < 64; i++) first[i] = input_number(self);
  for (int i = 0; i < POOL; i++) self->pool[i] = first[i % 64] + (i / 64) * 0.0625;
}

int64_t input_count(input *self, int64_t bound) {
  const uint8_t byte = input_byte(self);
  if (byte < 250) return byte % bound;
  switch (byte) {
    case 250:
      return INT64_MAX;
    case 251:
      return INT64_MIN;
    case 252:
      return -1;
    case 253:
      return INT32_MAX;
    case 254:
      return (int64_t)1 << 40;
    default:
      return bound;
  }
}

const double *input_array(input *self) {
  const uint8_t byte = input_byte(self);
  return byte == 255 ? NULL : self->pool + byte * 8;
}

static gmm_prior input_one_prior(input *self, int32_t components) {
  static const int32_t families[] = {GMM_PRIOR_SCALED,      GMM_PRIOR_FIXED,           GMM_PRIOR_DIRICHLET,
                                     GMM_PRIOR_NORMAL,      GMM_PRIOR_NORMAL_KAPPA,    GMM_PRIOR_UNIFORM,
                                     GMM_PRIOR_HALF_CAUCHY, GMM_PRIOR_HALF_NORMAL,     GMM_PRIOR_INVERSE_GAMMA,
                                     GMM_PRIOR_GAMMA,       GMM_PRIOR_INVERSE_WISHART, 99,
                                     GMM_PRIOR_LOG_NORMAL,  GMM_PRIOR_HALF_STUDENT_T};
  gmm_prior prior;
  prior.family = families[input_byte(self) % 14];
  const uint8_t values = input_byte(self);
  prior.num_values = values < 200 ? 1 : values < 250 ? components : (int32_t)input_count(self, 9);
  prior.first = input_array(self);
  prior.second = input_array(self);
  prior.priors = NULL;
  return prior;
}

gmm_prior input_prior(input *self, int32_t components) {
  gmm_prior prior = input_one_prior(self, components);
  /* Most of what has no family becomes priors of components, of which there may be too few or too many. */
  if (prior.family != 99 || prior.first == NULL) return prior;
  prior.family = GMM_PRIOR_EACH;
  const int32_t count = prior.num_values;
  if (count < 1 || count > GMM_MAX_COMPONENTS) return prior;
  gmm_prior *priors = self->priors[self->num_priors++ % 2];
  for (int32_t k = 0; k < count; k++) priors[k] = input_one_prior(self, 1);
  prior.priors = priors;
  return prior;
}

const gmm_background *input_background(input *self) {
  gmm_background *background = &self->background;
  gmm_background_init(background, sizeof *background);
  const uint8_t kinds = input_byte(self);
  if (kinds & 1) background->volume = input_number(self);
  if (kinds & 2) background->lower = input_array(self);
  if (kinds & 2) background->upper = input_array(self);
  if (kinds & 4) background->weight_first = input_number(self);
  if (kinds & 8) background->weight_second = input_number(self);
  if (kinds & 16) background->fixed_weight = input_number(self);
  return background;
}

gmm_model_options input_model(input *self) {
  gmm_model_options options;
  gmm_model_options_init(&options, sizeof options);
  const uint8_t components = input_byte(self), dimensions = input_byte(self);
  /* D x D numbers for each of K values are at most 2048. */
  options.num_components = components < 240 ? components % 6 + 1 : components < 250 ? 128 : (int32_t)components - 252;
  options.num_dimensions = dimensions < 250 ? (dimensions & 1 ? dimensions / 2 % 4 + 1 : 1) : (int32_t)dimensions - 252;
  const uint8_t flags = input_byte(self);
  options.ordered_means = flags & 1;
  options.shared_spread = flags >> 1 & 1;
  options.covariance = flags >> 2 & 3;
  options.order_coordinate = flags >> 4 & 1;
  if (flags >> 5 & 1) options.background = input_background(self);
  if (flags >> 6 == 3) options.minimum_weight = input_number(self);
  if (input_byte(self) >= 128) options.weights = input_prior(self, options.num_components);
  options.means = input_prior(self, options.num_components);
  options.spread = input_prior(self, options.num_components);
  return options;
}

void hold_error(gmm_status status, gmm_error **error) {
  if (status == GMM_OK ? *error != NULL : *error == NULL) broken("an error object for a failure and for nothing else");
  if (status != GMM_OK) {
    if (status == GMM_ERROR_INTERNAL) broken(gmm_error_message(*error));
    if (strcmp(gmm_status_name(status), "GMM_UNKNOWN_STATUS") == 0) broken("statuses have names");
    if (gmm_error_status(*error) != status) broken("the error has the status");
    if (gmm_error_message(*error)[0] == '\0') broken("the error has a message");
  }
  gmm_error_destroy(*error);
  *error = NULL;
}

void hold_numbers(const double *numbers, int64_t count, const char *what) {
  for (int64_t i = 0; i < count; i++) {
    if (isnan(numbers[i])) broken(what);
  }
}
