/* Summaries, predictions, functions on arrays, and the maximum-likelihood fit, against direct computation. */
#include "behaviour.h"

static gmm_posterior *some_posterior(void) {
  const gmm_model_options model_options = fixture_model_options();
  gmm_model *model = fixture_model(&model_options);
  const gmm_sample_options options = fixture_sample_options();
  gmm_posterior *posterior = fixture_posterior(model, &options);
  gmm_model_destroy(model);
  return posterior;
}

static double normal_density(double x, double mean, double sd) {
  const double z = (x - mean) / sd;
  return exp(-0.5 * z * z) / (sd * sqrt(2.0 * acos(-1.0)));
}

void behaviour_summaries(void) {
  gmm_posterior *posterior = some_posterior();
  gmm_summary_options options;
  const double quantiles[] = {0.0, 0.5, 1.0};
  gmm_summary_options_init(&options, sizeof options);
  options.num_quantiles = 3;
  options.quantiles = quantiles;
  options.hdi_probability = 0.9;
  gmm_summary *summary = NULL;
  ACCEPTED(gmm_posterior_summarize(posterior, &options, NULL, &summary, out_error));

  const char *rows[] = {"weights[0]", "weights[1]", "means[0]", "means[1]", "sd[0]", "sd[1]"};
  EXPECT(gmm_summary_num_rows(summary) == 6 && gmm_summary_num_columns(summary) == GMM_COLUMN_QUANTILES + 3);
  for (int32_t row = 0; row < 6; row++) EXPECT(strcmp(gmm_summary_row_name(summary, row), rows[row]) == 0);
  EXPECT(strcmp(gmm_summary_column_name(summary, GMM_COLUMN_MEAN), "mean") == 0);
  EXPECT(strcmp(gmm_summary_column_name(summary, GMM_COLUMN_HDI_LOWER), "hdi_5%") == 0);
  EXPECT(strcmp(gmm_summary_column_name(summary, GMM_COLUMN_QUANTILES + 1), "50%") == 0);

  const gmm_view means = view_of(posterior, GMM_FIELD_MEANS);
  double sum = 0.0, smallest = INFINITY, largest = -INFINITY, copies[2][50];
  for (int64_t chain = 0; chain < 2; chain++) {
    for (int64_t draw = 0; draw < 50; draw++) {
      const double value = copies[chain][draw] = element(&means, chain, draw, 1);
      sum += value;
      smallest = fmin(smallest, value);
      largest = fmax(largest, value);
    }
  }
  /* A mean of a hundred values of one sign: a hundred roundings at most. */
  EXPECT(fabs(gmm_summary_value(summary, 3, GMM_COLUMN_MEAN) - sum / 100.0) <= 100.0 * 2.3e-16 * fabs(sum / 100.0));
  EXPECT(gmm_summary_value(summary, 3, GMM_COLUMN_QUANTILES) == smallest);
  EXPECT(gmm_summary_value(summary, 3, GMM_COLUMN_QUANTILES + 2) == largest);

  /* All cells at once equal the cells one by one, and nothing is written behind them. */
  enum { CELLS = 6 * (GMM_COLUMN_QUANTILES + 3) };
  double cells[CELLS + 1];
  cells[CELLS] = -7.0;
  ACCEPTED(gmm_summary_get_values(summary, cells, CELLS + 1, out_error));
  EXPECT(cells[CELLS] == -7.0);
  for (int32_t i = 0; i < CELLS; i++) {
    const double cell = gmm_summary_value(summary, i / (GMM_COLUMN_QUANTILES + 3), i % (GMM_COLUMN_QUANTILES + 3));
    EXPECT(memcmp(&cells[i], &cell, sizeof cell) == 0);
  }

  const char *text = gmm_summary_text(summary);
  int lines = 0;
  for (const char *c = text; *c != '\0'; c++) lines += *c == '\n';
  EXPECT(lines == 7 && text[strlen(text) - 1] == '\n' && strstr(text, "means[1]") != NULL);

  /* The same numbers as an array of the caller. */
  gmm_summary *direct = NULL;
  const char *names[] = {"a name"};
  ACCEPTED(gmm_summarize(&copies[0][0], 2, 50, 1, names, &options, NULL, &direct, out_error));
  EXPECT(strcmp(gmm_summary_row_name(direct, 0), "a name") == 0);
  for (int32_t column = 0; column < gmm_summary_num_columns(direct); column++) {
    const double left = gmm_summary_value(direct, 0, column), right = gmm_summary_value(summary, 3, column);
    EXPECT(memcmp(&left, &right, sizeof left) == 0);
  }
  gmm_summary_destroy(direct);
  gmm_summary_destroy(summary);
  gmm_posterior_destroy(posterior);
}

void behaviour_predictions(void) {
  gmm_posterior *posterior = some_posterior();
  const gmm_view weights = view_of(posterior, GMM_FIELD_WEIGHTS), means = view_of(posterior, GMM_FIELD_MEANS);
  const gmm_view sds = view_of(posterior, GMM_FIELD_SDS);
  enum { COUNT = FIXTURE_COUNT };
  double fitted[COUNT * 2], predicted[COUNT * 2], log_density[COUNT], single[COUNT * 2];
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  control.num_threads = 1;
  ACCEPTED(gmm_posterior_probabilities(posterior, NULL, fitted, COUNT * 2, out_error));
  ACCEPTED(gmm_posterior_probabilities(posterior, &control, single, COUNT * 2, out_error));
  EXPECT(memcmp(fitted, single, sizeof fitted) == 0);
  ACCEPTED(gmm_posterior_predict_probabilities(posterior, fixture_data_set(), NULL, predicted, COUNT * 2, out_error));
  ACCEPTED(gmm_posterior_log_density(posterior, fixture_data_set(), NULL, log_density, COUNT, out_error));

  for (int i = 0; i < COUNT; i++) {
    double average[2] = {0.0, 0.0}, joint[2] = {0.0, 0.0};
    for (int64_t chain = 0; chain < 2; chain++) {
      for (int64_t draw = 0; draw < 50; draw++) {
        double density[2];
        for (int64_t k = 0; k < 2; k++) {
          density[k] = element(&weights, chain, draw, k) *
                       normal_density(fixture_data[i], element(&means, chain, draw, k), element(&sds, chain, draw, k));
        }
        for (int64_t k = 0; k < 2; k++) {
          average[k] += density[k] / (density[0] + density[1]) / 100.0;
          joint[k] += density[k] / 100.0;
        }
      }
    }
    /* A hundred terms, each the result of about ten rounded operations on numbers of order 1 to 30. */
    for (int k = 0; k < 2; k++) {
      EXPECT(fabs(fitted[2 * i + k] - average[k]) <= 1e-12);
      EXPECT(fabs(predicted[2 * i + k] - joint[k] / (joint[0] + joint[1])) <= 1e-12);
    }
    EXPECT(fabs(log_density[i] - log(joint[0] + joint[1])) <= 1e-12);
    EXPECT(fabs(fitted[2 * i] + fitted[2 * i + 1] - 1.0) <= 1e-14);
  }

  double first[200], again[200], other[200];
  ACCEPTED(gmm_posterior_sample_predictive(posterior, 4, 50, 5, NULL, first, 200, out_error));
  ACCEPTED(gmm_posterior_sample_predictive(posterior, 4, 50, 5, NULL, again, 200, out_error));
  ACCEPTED(gmm_posterior_sample_predictive(posterior, 4, 50, 6, NULL, other, 200, out_error));
  EXPECT(memcmp(first, again, sizeof first) == 0 && memcmp(first, other, sizeof first) != 0);
  for (int i = 0; i < 200; i++) EXPECT(isfinite(first[i]) && fabs(first[i]) < 60.0);
  gmm_posterior_destroy(posterior);
}

void behaviour_arrays(void) {
  const double values[] = {1.0, 9.0, 2.0, 9.0, 4.0, 9.0, 3.0, 9.0}; /* every second one: 1 2 4 3, mean 2.5 */
  double correlation[3], edges[4], points[512], density[512], at_points[2], bandwidth = 0.0;
  int64_t counts[3];
  ACCEPTED(gmm_autocorrelation(values, 4, 2, 2, NULL, correlation, 3, out_error));
  /* Deviations -1.5 -0.5 1.5 0.5: sum of squares 5, lagged products 0.75 - 0.75 + 0.75 and -2.25 - 0.25. */
  EXPECT(correlation[0] == 1.0 && fabs(correlation[1] - 0.15) <= 1e-15 && fabs(correlation[2] + 0.5) <= 1e-15);
  const double constant[] = {2.0, 2.0, 2.0};
  ACCEPTED(gmm_autocorrelation(constant, 3, 1, 1, NULL, correlation, 3, out_error));
  EXPECT(isnan(correlation[0]) && isnan(correlation[1]));

  ACCEPTED(gmm_histogram(values, 4, 2, 1.0, 4.0, 3, NULL, edges, 3 + 1, counts, 3, out_error));
  EXPECT(counts[0] == 1 && counts[1] == 1 && counts[2] == 2); /* the last bin is closed: it has 3 and 4 */
  EXPECT(edges[0] == 1.0 && edges[1] == 2.0 && edges[2] == 3.0 && edges[3] == 4.0);
  ACCEPTED(gmm_histogram(values, 4, 2, NAN, NAN, 3, NULL, edges, 3 + 1, counts, 3, out_error));
  EXPECT(edges[0] == 1.0 && edges[3] == 4.0 && counts[0] + counts[1] + counts[2] == 4);

  gmm_kde_options options;
  gmm_kde_options_init(&options, sizeof options);
  options.rule = GMM_BANDWIDTH_SCOTT;
  ACCEPTED(gmm_kde(values, 4, 2, &options, NULL, 512, NULL, points, 512, density, 512, &bandwidth, out_error));
  EXPECT(fabs(bandwidth - sqrt(5.0 / 3.0) * pow(4.0, -0.2)) <= 1e-14);
  double mass = 0.0;
  for (int i = 0; i < 511; i++) mass += 0.5 * (density[i] + density[i + 1]) * (points[i + 1] - points[i]);
  /* Each of four kernels leaves at most 0.00135 of itself on either side, the trapezoids far less. */
  EXPECT(mass > 1.0 - 0.0027 && mass <= 1.0);
  EXPECT(fabs(points[0] - (1.0 - 3.0 * bandwidth)) <= 1e-14 && fabs(points[511] - (4.0 + 3.0 * bandwidth)) <= 1e-14);
  const double wanted[] = {2.5, 40.0};
  options.bandwidth = 0.5;
  ACCEPTED(gmm_kde(values, 4, 2, &options, wanted, 2, NULL, NULL, 0, at_points, 2, NULL, out_error));
  const double expected = 0.5 * (normal_density(1.0, 2.5, 0.5) + normal_density(2.0, 2.5, 0.5));
  EXPECT(fabs(at_points[0] - expected) <= 1e-14 && at_points[1] >= 0.0 && at_points[1] < 1e-300);
}

/* The rules of the bandwidth, bounds, and the default. */
void behaviour_densities(void) {
  enum { NUM = 300 };
  static double values[NUM], points[NUM], density[NUM], free_density[NUM];
  double by_default = 0.0, by_isj = 0.0, by_scott = 0.0, by_silverman = 0.0;
  /* The quantiles of an exponential distribution. */
  for (int i = 0; i < NUM; i++) values[i] = -log((i + 0.5) / NUM);
  gmm_kde_options options;
  gmm_kde_options_init(&options, sizeof options);
  EXPECT(options.rule == GMM_BANDWIDTH_ISJ && options.bandwidth == 0.0);
  EXPECT(isinf(options.lower) && options.lower < 0.0 && isinf(options.upper) && options.upper > 0.0);
  ACCEPTED(gmm_kde(values, NUM, 1, NULL, NULL, NUM, NULL, points, NUM, density, NUM, &by_default, out_error));
  ACCEPTED(gmm_kde(values, NUM, 1, &options, NULL, NUM, NULL, points, NUM, free_density, NUM, &by_isj, out_error));
  EXPECT(by_default == by_isj && by_isj > 0.0 && memcmp(density, free_density, sizeof density) == 0);
  options.rule = GMM_BANDWIDTH_SCOTT;
  ACCEPTED(gmm_kde(values, NUM, 1, &options, NULL, NUM, NULL, points, NUM, density, NUM, &by_scott, out_error));
  options.rule = GMM_BANDWIDTH_SILVERMAN;
  ACCEPTED(gmm_kde(values, NUM, 1, &options, NULL, NUM, NULL, points, NUM, density, NUM, &by_silverman, out_error));
  EXPECT(by_silverman > 0.0 && by_silverman < 0.91 * by_scott && by_isj < by_silverman);

  /* Without a bound half of the kernel at 0 leaks; with it none does. */
  options.bandwidth = 0.2;
  const double outside[] = {-0.1, 0.0};
  ACCEPTED(gmm_kde(values, NUM, 1, &options, outside, 2, NULL, NULL, 0, free_density, 2, NULL, out_error));
  options.lower = 0.0;
  ACCEPTED(gmm_kde(values, NUM, 1, &options, outside, 2, NULL, NULL, 0, density, 2, NULL, out_error));
  EXPECT(free_density[0] > 0.1 && density[0] == 0.0 && fabs(density[1] - 2.0 * free_density[1]) <= 1e-14);
  options.upper = 20.0;
  ACCEPTED(gmm_kde(values, NUM, 1, &options, NULL, NUM, NULL, points, NUM, density, NUM, NULL, out_error));
  double mass = 0.0;
  for (int i = 1; i < NUM; i++) mass += 0.5 * (density[i - 1] + density[i]) * (points[i] - points[i - 1]);
  /* The grid begins at the bound, and leaves 0.0014 of the last of 300 kernels. */
  EXPECT(points[0] == 0.0 && points[NUM - 1] < 20.0 && fabs(mass - 1.0) <= 1e-5);
}

/* The order of components is the same for every number of dimensions and every form of the covariances. */
static void fits_are_in_the_order_of_means_or_of_the_start(void) {
  for (int32_t dimensions = 1; dimensions <= FIXTURE_COLUMNS; dimensions += FIXTURE_COLUMNS - 1) {
    const gmm_data *data = dimensions == 1 ? fixture_data_set() : fixture_table_set();
    for (int32_t covariance = GMM_COVARIANCE_FULL; covariance <= GMM_COVARIANCE_SPHERICAL; covariance++) {
      gmm_em_options options;
      gmm_em_options_init(&options, sizeof options);
      options.num_components = 2;
      options.covariance = covariance;
      gmm_em_fit *sorted = NULL, *started = NULL;
      gmm_em_result result = {.struct_size = sizeof result}, again = result;
      ACCEPTED(gmm_fit_em(data, &options, NULL, &sorted, out_error));
      ACCEPTED(gmm_em_fit_get_result(sorted, &result, out_error));
      EXPECT(result.num_dimensions == dimensions && result.means[0] < result.means[dimensions]);
      const int has_matrices = dimensions > 1 && covariance <= GMM_COVARIANCE_TIED;
      EXPECT(result.shared_spread == (covariance == GMM_COVARIANCE_TIED) && (result.sds == NULL) == has_matrices);
      for (int64_t i = 0; !has_matrices && i < result.num_covariances; i++) {
        EXPECT(result.sds[i] == sqrt(result.covariances[i]));
      }

      double turned[2 * FIXTURE_COLUMNS];
      for (int32_t d = 0; d < dimensions; d++) {
        turned[d] = result.means[dimensions + d];
        turned[dimensions + d] = result.means[d];
      }
      options.initial_means = turned;
      for (int32_t order = GMM_ORDER_MEANS; order <= GMM_ORDER_START; order++) {
        options.order = order;
        ACCEPTED(gmm_fit_em(data, &options, NULL, &started, out_error));
        ACCEPTED(gmm_em_fit_get_result(started, &again, out_error));
        EXPECT((again.means[0] < again.means[dimensions]) == (order == GMM_ORDER_MEANS));
        gmm_em_fit_destroy(started);
      }
      gmm_em_fit_destroy(sorted);
    }
  }
}

void behaviour_em(void) {
  fits_are_in_the_order_of_means_or_of_the_start();
  gmm_em_options options;
  gmm_em_options_init(&options, sizeof options);
  options.num_components = 2;
  gmm_em_fit *fit = NULL;
  gmm_em_result result = {.struct_size = sizeof result};
  ACCEPTED(gmm_fit_em(fixture_data_set(), &options, NULL, &fit, out_error));
  ACCEPTED(gmm_em_fit_get_result(fit, &result, out_error));
  EXPECT(result.num_components == 2 && result.num_covariances == 2 && result.converged && result.num_at_floor == 0);
  EXPECT(result.num_iterations >= 1 && result.means[0] < result.means[1]);
  double log_likelihood = 0.0, members[2] = {0.0, 0.0}, sums[2] = {0.0, 0.0};
  for (int i = 0; i < FIXTURE_COUNT; i++) {
    double density[2];
    for (int k = 0; k < 2; k++) {
      density[k] = result.weights[k] * normal_density(fixture_data[i], result.means[k], result.sds[k]);
    }
    log_likelihood += log(density[0] + density[1]);
    for (int k = 0; k < 2; k++) {
      const double responsibility = density[k] / (density[0] + density[1]);
      members[k] += responsibility;
      sums[k] += responsibility * fixture_data[i];
    }
  }
  EXPECT(fabs(result.log_likelihood - log_likelihood) <= 1e-11 * fabs(log_likelihood));
  EXPECT(fabs(result.bic - (-2.0 * log_likelihood + 5.0 * log(FIXTURE_COUNT))) <= 1e-9);
  EXPECT(fabs(result.aic - (-2.0 * log_likelihood + 10.0)) <= 1e-9);

  /* The fit is a fixed point: one more step of the algorithm gives the same parameters. These groups hardly overlap, so
   * that the distance to the fixed point is below a small multiple of the last step. */
  for (int k = 0; k < 2; k++) {
    EXPECT(fabs(result.weights[k] - members[k] / FIXTURE_COUNT) <= 1e-6);
    EXPECT(fabs(result.means[k] - sums[k] / members[k]) <= 1e-6);
  }

  options.shared_spread = 1;
  gmm_em_fit *shared = NULL;
  ACCEPTED(gmm_fit_em(fixture_data_set(), &options, NULL, &shared, out_error));
  ACCEPTED(gmm_em_fit_get_result(shared, &result, out_error));
  EXPECT(result.shared_spread == 1 && result.log_likelihood <= log_likelihood + 1e-9);
  EXPECT(result.log_prior == 0.0 && result.num_covariances == 1 && result.sds[0] == sqrt(result.covariances[0]));
  gmm_em_fit_destroy(shared);

  /* Under a model: its shape, whatever the options say; its prior at the estimate; less likely than the other. */
  gmm_model_options model_options = fixture_ordered_options();
  gmm_model *model = fixture_model(&model_options);
  gmm_em_fit *posterior = NULL;
  double log_prior = 0.0;
  options.model = model;
  options.num_components = 7;
  ACCEPTED(gmm_fit_em(fixture_data_set(), &options, NULL, &posterior, out_error));
  ACCEPTED(gmm_em_fit_get_result(posterior, &result, out_error));
  EXPECT(result.num_components == gmm_model_num_components(model));
  EXPECT(result.num_covariances == gmm_model_num_sds(model) && result.converged);
  ACCEPTED(gmm_model_log_prior(model, result.weights, result.means, result.sds, &log_prior, out_error));
  EXPECT(fabs(result.log_prior - log_prior) <= 1e-12 * fabs(log_prior) && log_prior > -1e3);
  EXPECT(fabs(result.lower_bound * FIXTURE_COUNT - (result.log_likelihood + log_prior)) <= 1e-6);
  gmm_em_fit_destroy(posterior);
  gmm_model_destroy(model);
  gmm_em_fit_destroy(fit);
}
