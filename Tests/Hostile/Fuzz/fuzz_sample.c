/* Models, sampling, and everything that reads a posterior. */
#include "input.h"

enum { MOST_ROWS = 48, MOST_POINTS = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Checks that no number of a field of a posterior is NaN. */
static void hold_field(const gmm_posterior *posterior, int32_t field, const char *what) {
  gmm_view view;
  gmm_error *error = NULL;
  const gmm_status status = gmm_posterior_view(posterior, field, &view, &error);
  hold_error(status, &error);
  if (status != GMM_OK) return;
  int64_t inner = 1;
  for (int32_t axis = 2; axis < view.num_axes; axis++) inner *= view.shape[axis];
  for (int64_t chain = 0; chain < view.shape[0]; chain++) {
    for (int64_t draw = 0; draw < view.shape[1]; draw++) {
      hold_numbers((const double *)view.data + chain * view.strides[0] + draw * view.strides[1], inner, what);
    }
  }
}

/* Reads a posterior in every way. */
static void read_posterior(input *self, const gmm_posterior *posterior, int32_t components, int32_t dimensions,
                           int64_t rows) {
  static double output[MOST_ROWS * 256];
  hold_field(posterior, GMM_FIELD_WEIGHTS, "weights are numbers");
  hold_field(posterior, GMM_FIELD_MEANS, "means are numbers");
  hold_field(posterior, GMM_FIELD_SDS, "sds are numbers");
  hold_field(posterior, GMM_FIELD_COVARIANCES, "covariances are numbers");
  hold_field(posterior, GMM_FIELD_LOG_LIKELIHOOD, "log likelihoods are numbers");
  hold_field(posterior, GMM_FIELD_ACCEPTANCE, "acceptance probabilities are numbers");
  hold_field(posterior, GMM_FIELD_BACKGROUND, "weights of a background are numbers");
  gmm_summary *summary = NULL;
  gmm_error *error = NULL;
  gmm_summary_options options;
  gmm_summary_options_init(&options, sizeof options);
  options.hdi_probability = input_number(self);
  hold_error(gmm_posterior_summarize(posterior, &options, NULL, &summary, &error), &error);
  (void)gmm_summary_text(summary);
  gmm_summary_destroy(summary);
  hold_error(gmm_posterior_probabilities(posterior, NULL, output, MOST_ROWS * 256, &error), &error);
  gmm_status status = gmm_posterior_probabilities(posterior, NULL, output, rows * components, NULL);
  if (status == GMM_OK) hold_numbers(output, rows * components, "probabilities are numbers");
  status = gmm_posterior_background(posterior, NULL, output, MOST_ROWS, &error);
  hold_error(status, &error);
  if (status == GMM_OK) hold_numbers(output, rows, "probabilities of a background are numbers");
  static int64_t labels[4 * MOST_ROWS];
  status = gmm_posterior_coclustering(posterior, 1, labels, 0, NULL, NULL, output, 1, &error);
  hold_error(status, &error);
  gmm_partition_options partition;
  gmm_partition_options_init(&partition, sizeof partition);
  partition.loss = (int32_t)input_count(self, 1);
  partition.num_starts = 2;
  hold_error(gmm_posterior_partition(posterior, &partition, NULL, labels, 4 * MOST_ROWS, NULL, &error), &error);
  memset(labels, 0, sizeof labels);
  hold_error(gmm_posterior_label_free(posterior, NULL, output, MOST_ROWS * 256, &error), &error);
  const double *points = input_array(self);
  const int64_t count = input_count(self, MOST_POINTS);
  if (count > MOST_POINTS && points != NULL) return; /* it would be the harness that reads too far */
  gmm_data *set = NULL;
  hold_error(gmm_data_create(points, count, dimensions, NULL, &set, &error), &error);
  status = gmm_posterior_log_density(posterior, set, NULL, output, MOST_POINTS, &error);
  hold_error(status, &error);
  if (status == GMM_OK && count > 0) hold_numbers(output, count, "log densities are numbers");
  status = gmm_posterior_predict_probabilities(posterior, set, NULL, output, MOST_POINTS * 256, &error);
  hold_error(status, &error);
  if (status == GMM_OK && count > 0) hold_numbers(output, count * components, "predicted probabilities are numbers");
  status = gmm_posterior_predict_background(posterior, set, NULL, output, MOST_POINTS, &error);
  hold_error(status, &error);
  gmm_data_destroy(set);
  if (status == GMM_OK && count > 0) hold_numbers(output, count, "those of a background too");
  status = gmm_posterior_sample_predictive(posterior, input_count(self, 4), input_count(self, 8), 3, NULL, output,
                                           MOST_ROWS * 256, &error);
  hold_error(status, &error);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  static input self;
  input_start(&self, bytes, size);
  gmm_model *model = NULL;
  gmm_posterior *posterior = NULL, *more = NULL;
  gmm_error *error = NULL;
  gmm_model_options options = input_model(&self);
  int64_t rows = input_count(&self, MOST_ROWS);
  const double *data = input_array(&self);
  if (rows > MOST_ROWS) rows = MOST_ROWS;
  /* An array never ends before its count says. */
  if (data != NULL && rows > 0 && (data - self.pool) + rows * options.num_dimensions > POOL) data = self.pool;
  gmm_data *set = NULL;
  hold_error(gmm_data_create(data, rows, options.num_dimensions, NULL, &set, &error), &error);
  gmm_model *open = NULL;
  gmm_status status = gmm_model_create(&options, &open, &error);
  hold_error(status, &error);
  if (status == GMM_OK) {
    status = gmm_model_for_data(open, set, NULL, &model, &error);
    hold_error(status, &error);
  }
  gmm_model_destroy(open);
  if (status != GMM_OK) {
    gmm_data_destroy(set);
    return 0;
  }

  double density = 0.0;
  hold_error(gmm_model_log_prior(model, self.pool, self.pool + 256, self.pool + 512, &density, &error), &error);
  hold_numbers(&density, 1, "a log prior is a number");
  gmm_sample_options sampling;
  gmm_sample_options_init(&sampling, sizeof sampling);
  const uint8_t flags = input_byte(&self);
  sampling.method = flags & 1 ? GMM_METHOD_METROPOLIS : GMM_METHOD_GIBBS;
  sampling.store_assignments = flags >> 1 & 1;
  sampling.num_chains = flags >> 2 & 1 ? 2 : 1;
  sampling.num_draws = 1 + (flags >> 3 & 7);
  sampling.num_tune = flags >> 6 == 3 ? 210 : flags >> 6;
  sampling.thin = 1 + input_byte(&self) % 3;
  sampling.seed = input_byte(&self);
  const uint8_t initial = input_byte(&self);
  if (initial & 1) {
    sampling.num_initial = 1;
    if (initial & 2) sampling.initial_weights = input_array(&self);
    if (initial & 4) sampling.initial_means = input_array(&self);
    if (initial & 8) sampling.initial_sds = input_array(&self);
    if (initial & 16) sampling.initial_covariances = input_array(&self);
  }
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  control.num_threads = 1;
  status = gmm_sample(model, set, &sampling, &control, &posterior, &error);
  gmm_data_destroy(set);
  hold_error(status, &error);
  if (status == GMM_OK) {
    read_posterior(&self, posterior, options.num_components, options.num_dimensions, rows);
    hold_error(gmm_posterior_extend(posterior, input_count(&self, 4), NULL, &control, &more, &error), &error);
    gmm_posterior_destroy(more);
    hold_error(gmm_posterior_subset(posterior, input_count(&self, 4), input_count(&self, 4), &more, &error), &error);
    if (more != NULL) read_posterior(&self, more, options.num_components, options.num_dimensions, rows);
    gmm_posterior_destroy(more);
  }
  gmm_posterior_destroy(posterior);
  const int64_t prior_draws = input_count(&self, 4);
  if (prior_draws < 100) {
    status = gmm_sample_prior(model, prior_draws, 1, NULL, &posterior, &error);
    hold_error(status, &error);
    if (status == GMM_OK) hold_field(posterior, GMM_FIELD_MEANS, "prior means are numbers");
    gmm_posterior_destroy(posterior);
  }
  gmm_model_destroy(model);
  return 0;
}
