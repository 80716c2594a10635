/*
 * Three clusters with roughly known means and one unknown spread.
 *
 *     x_i | z_i = k ~ Normal(means[k], sd),   weights ~ Dirichlet(1, 1, 1),
 *     means ~ Normal((10, 20, 35), 2),   sd ~ HalfCauchy(5).
 *
 * The program prints the summary table, and compares 50 data sets that are drawn from the fitted model with the data.
 *
 *     book_unknown [examples/data/book.txt]
 */
#include "example.h"

/* Prints the percentages of `count` values that fall in each of ten bins over [0, 50]. */
static void print_histogram(const char *label, const double *values, int64_t count) {
  enum { NUM_BINS = 10 };
  gmm_error *error = NULL;
  int64_t counts[NUM_BINS];
  check(gmm_histogram(values, count, 1, 0.0, 50.0, NUM_BINS, NULL, NULL, 0, counts, NUM_BINS, &error), &error);
  printf("%-10s", label);
  for (int bin = 0; bin < NUM_BINS; bin++) printf(" %4.1f", 100.0 * (double)counts[bin] / (double)count);
  printf("\n");
}

int main(int argc, char **argv) {
  gmm_error *error = NULL;
  int64_t num_values = 0;
  double *values = read_values(argc > 1 ? argv[1] : "examples/data/book.txt", &num_values);
  gmm_data *data = NULL;
  check(gmm_data_create(values, num_values, 1, NULL, &data, &error), &error);

  const double prior_means[] = {10.0, 20.0, 35.0}, prior_sds[] = {2.0, 2.0, 2.0};
  const double sd_scale = 5.0;

  gmm_model_options options;
  gmm_model_options_init(&options, sizeof options);
  options.num_components = 3;
  options.shared_spread = 1;
  options.means = (gmm_prior){GMM_PRIOR_NORMAL, 3, prior_means, prior_sds, NULL};
  options.spread = (gmm_prior){GMM_PRIOR_HALF_CAUCHY, 1, &sd_scale, NULL, NULL};

  gmm_model *model = NULL;
  check(gmm_model_create(&options, &model, &error), &error);

  gmm_sample_options sampling;
  gmm_sample_options_init(&sampling, sizeof sampling);
  sampling.num_tune = 1000;
  sampling.num_draws = 9000;
  sampling.seed = 1;

  gmm_posterior *posterior = NULL;
  check(gmm_sample(model, data, &sampling, NULL, &posterior, &error), &error);

  gmm_summary *summary = NULL;
  check(gmm_posterior_summarize(posterior, NULL, NULL, &summary, &error), &error);
  printf("%s", gmm_summary_text(summary));

  enum { NUM_DATA_SETS = 50 };
  int64_t num_predicted = NUM_DATA_SETS * num_values;
  double *predicted = malloc((size_t)num_predicted * sizeof *predicted);
  if (predicted == NULL) return EXIT_FAILURE;
  check(
      gmm_posterior_sample_predictive(posterior, NUM_DATA_SETS, num_values, 2, NULL, predicted, num_predicted, &error),
      &error);
  printf("\nper cent of values in bins of width 5, from 0 to 50\n");
  print_histogram("data", values, num_values);
  print_histogram("predicted", predicted, num_predicted);

  free(predicted);
  gmm_summary_destroy(summary);
  gmm_posterior_destroy(posterior);
  gmm_model_destroy(model);
  gmm_data_destroy(data);
  free(values);
  return EXIT_SUCCESS;
}
