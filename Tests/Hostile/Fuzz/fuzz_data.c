/* Data sets with rows, strides, first rows, weights and names of every kind, and the calls that take data sets. */
#include "input.h"

enum { MOST_ROWS = 40, MOST_COLUMNS = 4, MOST_STRIDE = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Holds a data set to be what it was made of, and to be the same when its rows follow each other. */
static void hold_data(const gmm_data *data, const double *rows, int64_t count, int64_t columns, int64_t stride,
                      const gmm_data_options *options) {
  if (gmm_data_num_observations(data) != count || gmm_data_num_dimensions(data) != columns)
    broken("a data set has the size of what it is made of");
  if (gmm_data_has_sample_weights(data) != (options->sample_weights != NULL && count > 0))
    broken("a data set has weights where some were given");
  for (int64_t d = 0; d <= columns && d <= MOST_COLUMNS; d++) {
    const char *name = gmm_data_column_name(data, d);
    if ((name != NULL) != (options->column_names != NULL && d < columns)) broken("columns have their names");
    if (name != NULL && strcmp(name, options->column_names[d]) != 0) broken("names come back as they were");
  }
  if (gmm_data_knows(data) != 0 || options->missing != GMM_MISSING_REFUSED) return;
  double dense[MOST_ROWS * MOST_COLUMNS];
  gmm_data *again = NULL;
  gmm_error *error = NULL;
  if (columns > MOST_COLUMNS) return;
  for (int64_t i = 0; i < count * columns; i++) dense[i] = rows[i / columns * stride + i % columns];
  const gmm_status status = gmm_data_create(dense, count, columns, NULL, &again, &error);
  hold_error(status, &error);
  if (status != GMM_OK) broken("rows that were accepted are accepted without a stride");
  if (gmm_data_fingerprint(again) != gmm_data_fingerprint(data)) broken("equal values have equal fingerprints");
  gmm_data_destroy(again);
}

/* Samples, and holds the posterior to have the data. */
static void sample(input *self, const gmm_data *data, int32_t columns) {
  static const double zero = 0.0, one = 1.0, ten = 10.0;
  gmm_model_options options;
  gmm_model_options_init(&options, sizeof options);
  const uint8_t components = input_byte(self);
  options.num_components = 1 + components % 3;
  if (components >= 192) options.background = input_background(self);
  options.num_dimensions = columns;
  options.covariance = GMM_COVARIANCE_DIAG;
  options.means = (gmm_prior){GMM_PRIOR_NORMAL, 1, &zero, &ten, NULL};
  options.spread = (gmm_prior){GMM_PRIOR_INVERSE_GAMMA, 1, &one, &one, NULL};
  gmm_model *open = NULL, *model = NULL;
  gmm_posterior *posterior = NULL;
  gmm_data *kept = NULL;
  gmm_summary *summary = NULL;
  gmm_error *error = NULL;
  if (input_byte(self) < 128) options.means.family = options.spread.family = GMM_PRIOR_SCALED;
  hold_error(gmm_model_create(&options, &open, &error), &error);
  hold_error(gmm_model_for_data(open, data, NULL, &model, &error), &error);
  gmm_model_destroy(open);
  gmm_sample_options sampling;
  gmm_sample_options_init(&sampling, sizeof sampling);
  sampling.num_draws = 3;
  sampling.num_tune = 2;
  sampling.num_chains = 1;
  sampling.store_assignments = 1;
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  control.num_threads = 1;
  const gmm_status status = gmm_sample(model, data, &sampling, &control, &posterior, &error);
  hold_error(status, &error);
  if (status == GMM_OK) {
    hold_error(gmm_posterior_get_data(posterior, &kept, &error), &error);
    if (gmm_data_fingerprint(kept) != gmm_data_fingerprint(data)) broken("a posterior has its data");
    if (gmm_data_has_sample_weights(kept) != gmm_data_has_sample_weights(data)) broken("and their weights");
    if ((gmm_data_column_name(kept, 0) != NULL) != (gmm_data_column_name(data, 0) != NULL)) broken("and their names");
    hold_error(gmm_posterior_summarize(posterior, NULL, NULL, &summary, &error), &error);
    (void)gmm_summary_text(summary);
  }
  gmm_summary_destroy(summary);
  gmm_data_destroy(kept);
  gmm_posterior_destroy(posterior);
  gmm_model_destroy(model);
}

/* Fits, and evaluates the fitted mixture at the points. */
static void fit(input *self, const gmm_data *data, int32_t columns) {
  static double output[MOST_ROWS * 3];
  gmm_em_options options;
  gmm_em_options_init(&options, sizeof options);
  const uint8_t components = input_byte(self);
  options.num_components = 1 + components % 3;
  if (components >= 192) options.background = input_background(self);
  options.num_starts = 1;
  options.max_iterations = 5;
  options.regularization = input_byte(self) < 128 ? 1e-6 : 0.0;
  gmm_em_fit *made = NULL;
  gmm_statistics *statistics = NULL;
  gmm_error *error = NULL;
  const gmm_status status = gmm_fit_em(data, &options, NULL, &made, &error);
  hold_error(status, &error);
  if (status == GMM_OK) {
    gmm_em_result result = {.struct_size = sizeof result};
    hold_error(gmm_em_fit_get_result(made, &result, &error), &error);
    gmm_mixture mixture;
    gmm_mixture_init(&mixture, sizeof mixture);
    mixture.num_components = result.num_components;
    mixture.num_dimensions = columns;
    mixture.covariance = result.covariance;
    mixture.weights = result.weights;
    mixture.means = result.means;
    mixture.covariances = result.covariances;
    mixture.background_weight = result.background_weight;
    mixture.log_background = result.log_background;
    mixture.background_lower = result.background_lower;
    mixture.background_upper = result.background_upper;
    const int64_t rows = gmm_data_num_observations(data);
    const gmm_status evaluated = gmm_mixture_probabilities(&mixture, data, NULL, output, MOST_ROWS * 3, &error);
    hold_error(evaluated, &error);
    if (evaluated == GMM_OK) hold_numbers(output, rows * result.num_components, "probabilities are numbers");
    const gmm_status beside = gmm_mixture_background(&mixture, data, NULL, output, MOST_ROWS * 3, &error);
    hold_error(beside, &error);
    if (beside == GMM_OK) hold_numbers(output, rows, "probabilities of a background are numbers");
    hold_error(gmm_mixture_log_density(&mixture, data, NULL, output, MOST_ROWS * 3, &error), &error);
    hold_error(gmm_statistics_compute(&mixture, data, NULL, &statistics, &error), &error);
  }
  gmm_statistics_destroy(statistics);
  gmm_em_fit_destroy(made);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  static const char *const names[] = {"a", "\xc3\xa9", "a, b]", "\n", "e", "", "a", "e\xcc\x81", "\xff", NULL};
  static input self;
  input_start(&self, bytes, size);
  gmm_data_options options;
  gmm_data_options_init(&options, sizeof options);
  const int64_t rows = input_count(&self, MOST_ROWS), columns = input_count(&self, MOST_COLUMNS + 1);
  const double *values = input_array(&self);
  const uint8_t kinds = input_byte(&self);
  if (kinds & 1) options.row_stride = input_count(&self, MOST_STRIDE);
  if (kinds & 2)
    options.first_row = input_byte(&self) < 200 ? 4096 * (int64_t)input_byte(&self) : input_count(&self, 9);
  if (kinds & 4) options.sample_weights = input_array(&self);
  /* There are at least as many names as columns. */
  if (kinds & 8 && columns <= MOST_COLUMNS) options.column_names = names + input_byte(&self) % 7;
  static int32_t labels[MOST_ROWS];
  /* Missing values, errors, intervals and labels, in any combination. */
  if (kinds >> 4 > 8 && columns <= MOST_COLUMNS) {
    const uint8_t known = input_byte(&self);
    if (known & 1) options.missing = input_byte(&self) < 240 ? GMM_MISSING_AT_RANDOM : input_byte(&self);
    if (known & 2) options.error_sds = input_array(&self);
    if (known & 4) options.lower = input_array(&self);
    if (known & 4) options.upper = known & 8 ? input_array(&self) : options.lower;
    if (known & 16) {
      for (int i = 0; i < MOST_ROWS; i++) labels[i] = (int32_t)(input_byte(&self) % 4) - 1;
      options.labels = labels;
    }
  }
  /* It would be the harness that reads too far. */
  if (rows > MOST_ROWS || columns > MOST_COLUMNS || options.row_stride > MOST_STRIDE) values = NULL;
  gmm_data *data = NULL;
  gmm_error *error = NULL;
  const gmm_status status = gmm_data_create(values, rows, columns, &options, &data, &error);
  hold_error(status, &error);
  if ((status == GMM_OK) != (data != NULL)) broken("a data set where there is no error");
  if (data == NULL) return 0;
  hold_data(data, values, rows, columns, options.row_stride == 0 ? columns : options.row_stride, &options);
  if (columns <= MOST_COLUMNS) {
    sample(&self, data, (int32_t)columns);
    fit(&self, data, (int32_t)columns);
  }
  gmm_data_destroy(data);
  return 0;
}
