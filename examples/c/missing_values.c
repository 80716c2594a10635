/*
 * The eruptions of the Old Faithful geyser again, now with values that are missing: every fourth wait, and every tenth
 * duration.
 *
 *     x_i | z_i = k ~ Normal(means[k], covariances[k]),   weights ~ Dirichlet(1, 1),
 *     priors of means and covariances at the scale of the data (see gmm_model_for_data),
 *     means[0, 0] <= means[1, 0]: the first component has the shorter eruptions.
 *
 * NaN in the data is a value that is missing at random. Nothing is filled in: the posterior is that of the values that
 * there are. The program prints its summary table, and how far the waits that were taken away are from what is expected
 * of them. It completes the table 200 times and combines the mean waits by Rubin's rules. At last it predicts from
 * points of which one coordinate is known.
 *
 *     missing_values [examples/data/faithful.txt]
 */
#include <math.h>

#include "example.h"

enum { DIMENSIONS = 2, ERUPTION = 0, WAIT = 1, TABLES = 200 };

/* Returns the mean of a column, and writes the variance of this mean. */
static double mean_of(const double *table, int64_t num_rows, int64_t column, double *out_variance) {
  double mean = 0.0, squares = 0.0;
  for (int64_t i = 0; i < num_rows; i++) {
    const double step = table[i * DIMENSIONS + column] - mean;
    mean += step / (double)(i + 1);
    squares += step * (table[i * DIMENSIONS + column] - mean);
  }
  *out_variance = squares / (double)(num_rows - 1) / (double)num_rows;
  return mean;
}

int main(int argc, char **argv) {
  gmm_error *error = NULL;
  int64_t num_values = 0;
  double *values = read_values(argc > 1 ? argv[1] : "examples/data/faithful.txt", &num_values);
  const int64_t num_rows = num_values / DIMENSIONS;

  double *known = malloc((size_t)num_values * sizeof *known);
  double *expected = malloc((size_t)num_values * sizeof *expected);
  double *tables = malloc((size_t)(TABLES * num_values) * sizeof *tables);
  if (known == NULL || expected == NULL || tables == NULL) return EXIT_FAILURE;
  for (int64_t i = 0; i < num_rows; i++) {
    known[i * DIMENSIONS + ERUPTION] = i % 10 == 1 ? NAN : values[i * DIMENSIONS + ERUPTION];
    known[i * DIMENSIONS + WAIT] = i % 4 == 3 ? NAN : values[i * DIMENSIONS + WAIT];
  }

  /* NaN is an error unless the data say what it means. */
  const char *const names[] = {"eruption", "wait"};
  gmm_data_options data_options;
  gmm_data_options_init(&data_options, sizeof data_options);
  data_options.column_names = names;
  data_options.missing = GMM_MISSING_AT_RANDOM;

  gmm_data *data = NULL;
  check(gmm_data_create(known, num_rows, DIMENSIONS, &data_options, &data, &error), &error);
  printf("%d eruptions, %d values missing\n", (int)num_rows, (int)gmm_data_num_missing(data));

  gmm_model_options options;
  gmm_model_options_init(&options, sizeof options);
  options.num_components = 2;
  options.num_dimensions = DIMENSIONS;
  options.covariance = GMM_COVARIANCE_FULL;
  options.default_priors = GMM_DEFAULT_PRIORS_FRALEY_RAFTERY;
  options.ordered_means = 1;
  options.order_coordinate = ERUPTION;

  gmm_model *model = NULL;
  check(gmm_model_create(&options, &model, &error), &error);

  gmm_sample_options sampling;
  gmm_sample_options_init(&sampling, sizeof sampling);
  sampling.num_draws = 5000;
  sampling.seed = 1;

  gmm_posterior *posterior = NULL;
  check(gmm_sample(model, data, &sampling, NULL, &posterior, &error), &error);

  gmm_summary *summary = NULL;
  check(gmm_posterior_summarize(posterior, NULL, NULL, &summary, &error), &error);
  printf("%s", gmm_summary_text(summary));

  /* Each missing value, expected given the other value of its row. Without that value the mean of the column would be
   * the best guess. */
  check(gmm_posterior_impute_mean(posterior, NULL, NULL, expected, num_values, &error), &error);
  double mean_wait = 0.0, squares = 0.0, plain_squares = 0.0;
  int64_t num_known = 0, num_taken = 0;
  for (int64_t i = 0; i < num_rows; i++) {
    const double wait = known[i * DIMENSIONS + WAIT];
    if (!isnan(wait)) mean_wait += (wait - mean_wait) / (double)++num_known;
  }
  for (int64_t i = 0; i < num_rows; i++) {
    const double wait = values[i * DIMENSIONS + WAIT];
    if (!isnan(known[i * DIMENSIONS + WAIT])) continue;
    squares += pow(expected[i * DIMENSIONS + WAIT] - wait, 2);
    plain_squares += pow(mean_wait - wait, 2);
    num_taken++;
  }
  printf("\nthe %d waits that are missing differ by %.1f minutes from what is expected, by %.1f from the mean wait\n",
         (int)num_taken, sqrt(squares / (double)num_taken), sqrt(plain_squares / (double)num_taken));

  /* Rubin's rules: the variance of an estimate is the one within a table plus that between tables. */
  check(gmm_posterior_impute(posterior, TABLES, 1, NULL, tables, TABLES * num_values, &error), &error);
  double mean = 0.0, within = 0.0, between = 0.0;
  for (int64_t table = 0; table < TABLES; table++) {
    double variance = 0.0;
    const double one = mean_of(tables + table * num_values, num_rows, WAIT, &variance);
    const double step = one - mean;
    mean += step / (double)(table + 1);
    between += step * (one - mean) / (double)(TABLES - 1);
    within += variance / (double)TABLES;
  }
  between *= 1.0 + 1.0 / (double)TABLES;
  printf("mean wait: %.2f, standard error %.2f, of which missing values are %.0f %% of the variance\n", mean,
         sqrt(within + between), 100.0 * between / (within + between));

  /* New points of which one coordinate is known. */
  const double rows[] = {3.2, NAN, NAN, 50.0};
  double completed[4], probabilities[4];
  gmm_data *points = NULL;
  check(gmm_data_create(rows, 2, DIMENSIONS, &data_options, &points, &error), &error);
  check(gmm_posterior_predict_probabilities(posterior, points, NULL, probabilities, 4, &error), &error);
  check(gmm_posterior_impute_mean(posterior, points, NULL, completed, 4, &error), &error);
  printf("an eruption of 3.2 minutes is a long one with probability %.3f; the wait after it is expected to be %.1f\n",
         probabilities[1], completed[1]);
  printf("before a wait of 50 minutes it is long with probability %.3f, and expected to last %.2f\n", probabilities[3],
         completed[2]);

  gmm_data_destroy(points);
  gmm_summary_destroy(summary);
  gmm_posterior_destroy(posterior);
  gmm_model_destroy(model);
  gmm_data_destroy(data);
  free(tables);
  free(expected);
  free(known);
  free(values);
  return EXIT_SUCCESS;
}
