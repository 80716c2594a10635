/* Summaries, autocorrelations, densities and histograms of any numbers. */
#include "input.h"

enum { MOST = 600 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  static input self;
  static double output[MOST], points[MOST];
  static int64_t counts[MOST];
  input_start(&self, bytes, size);
  gmm_error *error = NULL;
  gmm_summary *summary = NULL;
  gmm_summary_options options;
  gmm_summary_options_init(&options, sizeof options);
  if (input_byte(&self) >= 128) {
    options.num_quantiles = (int32_t)input_count(&self, 6);
    options.quantiles = input_array(&self);
    options.hdi_probability = input_number(&self);
  }
  int64_t chains = input_count(&self, 5), draws = input_count(&self, 100), quantities = input_count(&self, 4);
  const double *values = input_array(&self);
  if (chains > 5 || draws > 100 || quantities > 4) values = NULL;
  const gmm_status status = gmm_summarize(values, chains, draws, quantities, NULL, &options, NULL, &summary, &error);
  hold_error(status, &error);
  if (status == GMM_OK && gmm_summary_num_rows(summary) != quantities) broken("a row for each quantity");
  (void)gmm_summary_text(summary);
  gmm_summary_destroy(summary);

  int64_t count = input_count(&self, 200), stride = input_count(&self, 4);
  values = input_array(&self);
  if (count > 200 || stride > 4) values = NULL;
  hold_error(gmm_autocorrelation(values, count, stride, input_count(&self, 200), NULL, output, MOST, &error), &error);
  gmm_kde_options density;
  gmm_kde_options_init(&density, sizeof density);
  density.bandwidth = input_number(&self);
  if (input_byte(&self) >= 128) {
    density.rule = (int32_t)input_count(&self, 3);
    density.lower = input_number(&self);
    density.upper = input_number(&self);
  }
  const int64_t num_points = input_count(&self, 64);
  const double *at = input_byte(&self) < 128 ? NULL : input_array(&self);
  if (num_points > 64) at = NULL;
  const gmm_status estimated =
      gmm_kde(values, count, stride, &density, at, num_points, NULL, points, MOST, output, MOST, NULL, &error);
  hold_error(estimated, &error);
  if (estimated == GMM_OK) hold_numbers(output, num_points, "densities are numbers");
  hold_error(gmm_histogram(values, count, stride, input_number(&self), input_number(&self), input_count(&self, 64),
                           NULL, points, MOST + 1, counts, MOST, &error),
             &error);
  return 0;
}
