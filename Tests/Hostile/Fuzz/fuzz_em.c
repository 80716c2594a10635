/* Maximum-likelihood fits, and sufficient statistics of data in parts. */
#include "input.h"

enum { MOST_ROWS = 48 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Checks that a fit contains no NaN. */
static void read_fit(const gmm_em_fit *fit) {
  gmm_em_result result = {.struct_size = sizeof result};
  gmm_error *error = NULL;
  const gmm_status status = gmm_em_fit_get_result(fit, &result, &error);
  hold_error(status, &error);
  if (status != GMM_OK) return;
  const int64_t components = result.num_components, dimensions = result.num_dimensions;
  hold_numbers(result.weights, components, "weights are numbers");
  hold_numbers(result.means, components * dimensions, "means are numbers");
  hold_numbers(&result.log_likelihood, 1, "the log likelihood is a number");
  hold_numbers(&result.background_weight, 1, "the weight of a background is a number");
}

/* Returns a data set with weights, or NULL if it is refused. */
static gmm_data *weighted(const double *data, int64_t rows, int64_t dimensions, const double *sample_weights) {
  gmm_data_options options;
  gmm_data_options_init(&options, sizeof options);
  gmm_data *made = NULL;
  gmm_error *error = NULL;
  options.sample_weights = sample_weights;
  hold_error(gmm_data_create(data, rows, dimensions, &options, &made, &error), &error);
  return made;
}

static void fit_in_parts(input *self, const double *data, int64_t rows, int32_t dimensions) {
  gmm_mixture mixture;
  gmm_mixture_init(&mixture, sizeof mixture);
  mixture.num_components = input_byte(self) % 5;
  mixture.num_dimensions = dimensions;
  mixture.covariance = input_byte(self) % 5;
  double weights[4] = {0.25, 0.25, 0.25, 0.25};
  if (mixture.num_components == 1) weights[0] = 1.0;
  if (mixture.num_components == 2) weights[0] = weights[1] = 0.5;
  if (mixture.num_components == 3) weights[0] = 0.5;
  mixture.weights = input_byte(self) < 200 ? weights : input_array(self);
  mixture.means = input_array(self);
  mixture.covariances = input_array(self);
  /* Returns a unit matrix for each component, or numbers of the input. */
  double units[4 * 16] = {0};
  if (input_byte(self) < 200) {
    const int32_t size = dimensions > 4 || dimensions < 1 ? 1 : dimensions;
    for (int i = 0; i < 64; i++) units[i] = mixture.covariance > 1 || i % (size * size) % (size + 1) == 0 ? 1.0 : 0.0;
    mixture.covariances = units;
  }
  const gmm_statistics *both[2] = {NULL, NULL};
  gmm_statistics *parts[2] = {NULL, NULL}, *merged = NULL;
  gmm_em_fit *fit = NULL;
  gmm_error *error = NULL;
  const int64_t cut = rows / 2;
  for (int part = 0; part < 2; part++) {
    const double *start = data == NULL ? NULL : data + (part == 0 ? 0 : cut * dimensions);
    const double *sample_weights = input_byte(self) < 128 ? NULL : input_array(self);
    gmm_data *set = weighted(start, part == 0 ? cut : rows - cut, dimensions, sample_weights);
    hold_error(gmm_statistics_compute(&mixture, set, NULL, &parts[part], &error), &error);
    gmm_data_destroy(set);
    both[part] = parts[part];
  }
  hold_error(gmm_statistics_merge(both, 2, NULL, &merged, &error), &error);
  const gmm_status status = gmm_statistics_maximize(merged, input_number(self),
                                                    input_byte(self) < 128 ? 1e-9 : input_number(self), &fit, &error);
  hold_error(status, &error);
  if (status == GMM_OK) read_fit(fit);
  gmm_em_fit_destroy(fit);
  gmm_statistics_destroy(merged);
  gmm_statistics_destroy(parts[0]);
  gmm_statistics_destroy(parts[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  static input self;
  input_start(&self, bytes, size);
  gmm_em_options options;
  gmm_em_options_init(&options, sizeof options);
  const uint8_t components = input_byte(&self);
  options.num_components = components % 8;
  const uint8_t flags = input_byte(&self), kinds = input_byte(&self), arrays = input_byte(&self);
  const int32_t dimensions = flags & 1 ? 1 + (flags >> 1 & 3) : 1;
  int64_t rows = input_count(&self, MOST_ROWS);
  const double *data = input_array(&self);
  if (rows > MOST_ROWS) rows = MOST_ROWS;
  /* An array never ends before its count says. */
  if (data != NULL && data - self.pool > POOL - MOST_ROWS * 4) data = self.pool;
  options.shared_spread = flags >> 3 & 1;
  options.covariance = flags >> 4 & 3;
  options.num_starts = 1 + (flags >> 6);
  options.start = kinds % 5;
  options.criterion = kinds / 5 % 3;
  options.order = kinds % 3;
  options.max_iterations = 1 + kinds / 15;
  if (arrays & 1) options.tolerance = input_number(&self);
  if (arrays & 2) options.variance_floor = input_number(&self);
  if (arrays & 4) options.regularization = input_number(&self);
  const double *sample_weights = arrays & 8 ? input_array(&self) : NULL;
  if (arrays & 16) options.initial_weights = input_array(&self);
  if (arrays & 32) options.initial_means = input_array(&self);
  if (arrays & 64) options.initial_covariances = input_array(&self);
  if (arrays & 128) options.initial_responsibilities = input_array(&self);
  if (components >= 192) options.background = input_background(&self);
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  control.num_threads = 1;
  gmm_em_fit *fit = NULL;
  gmm_error *error = NULL;
  gmm_data *set = weighted(data, rows, dimensions, sample_weights);
  const gmm_status status = gmm_fit_em(set, &options, &control, &fit, &error);
  gmm_data_destroy(set);
  hold_error(status, &error);
  if (status == GMM_OK) read_fit(fit);
  gmm_em_fit_destroy(fit);
  if (rows >= 0) fit_in_parts(&self, data, rows, dimensions);
  return 0;
}
