/* Fits by variational Bayes. */
#include "behaviour.h"

enum { COUNT = FIXTURE_COUNT, D = FIXTURE_COLUMNS, K = 3 };

static gmm_variational_options plain_options(void) {
  gmm_variational_options options;
  EXPECT(gmm_variational_options_init(&options, sizeof options) == GMM_OK);
  options.num_components = K;
  return options;
}

static gmm_variational_fit *fitted_to(const gmm_data *data, const gmm_variational_options *options,
                                      const gmm_control *control, gmm_variational_result *result) {
  gmm_variational_fit *fit = NULL;
  ACCEPTED(gmm_fit_variational(data, options, control, &fit, out_error));
  EXPECT(gmm_variational_result_init(result, sizeof *result) == GMM_OK);
  ACCEPTED(gmm_variational_fit_get_result(fit, result, out_error));
  return fit;
}

static gmm_variational_fit *fitted(const gmm_variational_options *options, const gmm_control *control,
                                   gmm_variational_result *result) {
  return fitted_to(fixture_table_set(), options, control, result);
}

static int64_t covariance_count(int32_t covariance) {
  switch (covariance) {
    case GMM_COVARIANCE_FULL:
      return K * D * D;
    case GMM_COVARIANCE_TIED:
      return D * D;
    case GMM_COVARIANCE_DIAG:
      return K * D;
    default:
      return K;
  }
}

static void defaults(void) {
  const gmm_variational_options options = plain_options();
  EXPECT(options.covariance == GMM_COVARIANCE_FULL && options.weights_family == GMM_WEIGHTS_DIRICHLET_PROCESS);
  EXPECT(options.start == GMM_START_KMEANS && options.num_starts == 1 && options.max_iterations == 100);
  EXPECT(options.tolerance == 1e-3 && options.regularization == 1e-6 && options.seed == 0);
  EXPECT(options.weight_concentration_prior == 0.0 && options.mean_precision_prior == 1.0);
  EXPECT(options.degrees_of_freedom_prior == 0.0 && options.mean_prior == NULL && options.covariance_prior == NULL);
  EXPECT(options.initial_responsibilities == NULL && options.initial == NULL);
}

/* A result is consistent: counts, the prior that was chosen by the data, and factors of the inverse. */
static void results(void) {
  for (int32_t family = GMM_WEIGHTS_DIRICHLET_PROCESS; family <= GMM_WEIGHTS_DIRICHLET; family++) {
    for (int32_t covariance = GMM_COVARIANCE_FULL; covariance <= GMM_COVARIANCE_SPHERICAL; covariance++) {
      gmm_variational_options options = plain_options();
      options.covariance = covariance;
      options.weights_family = family;
      options.max_iterations = 400;
      gmm_variational_result result;
      gmm_variational_fit *fit = fitted(&options, NULL, &result);
      EXPECT(result.num_components == K && result.num_dimensions == D && result.covariance == covariance);
      EXPECT(result.weights_family == family && result.converged == 1);
      EXPECT(result.history[result.num_iterations - 1] == result.lower_bound);
      EXPECT(result.weight_concentration_prior == 1.0 / K && result.mean_precision_prior == 1.0);
      EXPECT(result.degrees_of_freedom_prior == D);
      double weight = 0.0, precision = 0.0;
      for (int k = 0; k < K; k++) {
        weight += result.weights[k];
        precision += result.mean_precision[k];
      }
      /* Each mean rests on the prior's one observation and its own; sums of 60 terms round to 1e-13. */
      EXPECT(fabs(weight - 1.0) < 1e-14 && fabs(precision - K - COUNT) < 1e-12);
      const int32_t is_tied = covariance == GMM_COVARIANCE_TIED;
      EXPECT(fabs(result.degrees_of_freedom[0] - D - (is_tied ? (double)COUNT / K : result.mean_precision[0] - 1.0)) <
             1e-12);
      if (family == GMM_WEIGHTS_DIRICHLET_PROCESS) {
        EXPECT(result.weight_concentration[2 * K - 1] == 1.0 / K);
        EXPECT(fabs(result.weight_concentration[0] - result.mean_precision[0]) < 1e-12);
      }
      for (int d = 0; d < D; d++) {
        double mean = 0.0;
        for (int i = 0; i < COUNT; i++) mean += fixture_table[i * D + d] / COUNT;
        EXPECT(fabs(result.mean_prior[d] - mean) < 1e-13);
      }
      if (covariance >= GMM_COVARIANCE_DIAG) {
        for (int64_t i = 0; i < covariance_count(covariance); i++) {
          EXPECT(fabs(result.precisions_cholesky[i] * sqrt(result.covariances[i]) - 1.0) < 1e-15);
        }
      }
      gmm_variational_fit_destroy(fit);
    }
  }
}

/* A fit can go on from a caller's arrays. A fit in two calls has the same bits as a fit in one. */
static void going_on(void) {
  for (int32_t covariance = GMM_COVARIANCE_FULL; covariance <= GMM_COVARIANCE_SPHERICAL; covariance++) {
    gmm_variational_options options = plain_options();
    options.covariance = covariance;
    options.tolerance = 0.0;
    options.max_iterations = 9;
    gmm_variational_result whole, first, rest;
    gmm_variational_fit *fits[3];
    fits[0] = fitted(&options, NULL, &whole);
    options.max_iterations = 4;
    fits[1] = fitted(&options, NULL, &first);
    options.max_iterations = 5;
    options.initial = &first;
    fits[2] = fitted(&options, NULL, &rest);
    EXPECT(rest.lower_bound == whole.lower_bound && rest.num_iterations == 5);
    EXPECT(memcmp(rest.history, whole.history + 4, 5 * sizeof(double)) == 0);
    EXPECT(memcmp(rest.means, whole.means, sizeof(double) * K * D) == 0);
    EXPECT(memcmp(rest.covariances, whole.covariances, sizeof(double) * (size_t)covariance_count(covariance)) == 0);
    /* Every change of the bound is below this tolerance, including the first change. */
    options.tolerance = 1e300;
    gmm_variational_result once;
    gmm_variational_fit *fit = fitted(&options, NULL, &once);
    EXPECT(once.num_iterations == 1 && once.converged == 1);
    gmm_variational_fit_destroy(fit);
    for (int i = 0; i < 3; i++) gmm_variational_fit_destroy(fits[i]);
  }
}

/* From given responsibilities the first update is that of their moments. */
static void given_responsibilities(void) {
  static double responsibilities[COUNT * 2], weights[COUNT];
  double counts[2] = {0.0, 0.0}, sums[2] = {0.0, 0.0};
  for (int i = 0; i < COUNT; i++) {
    const int k = i % 3 == 0 ? 0 : 1;
    responsibilities[2 * i + k] = 1.0;
    weights[i] = (double)(i % 4);
    counts[k] += weights[i];
    sums[k] += weights[i] * fixture_table[i * D];
  }
  gmm_variational_options options = plain_options();
  options.num_components = 2;
  options.covariance = GMM_COVARIANCE_DIAG;
  options.max_iterations = 0;
  options.initial_responsibilities = responsibilities;
  gmm_variational_result result;
  gmm_data *data = fixture_weighted_rows(fixture_table, COUNT, D, weights);
  gmm_variational_fit *fit = fitted_to(data, &options, NULL, &result);
  gmm_data_destroy(data);
  EXPECT(result.num_iterations == 0 && result.converged == 0 && isinf(result.lower_bound));
  for (int k = 0; k < 2; k++) {
    EXPECT(fabs(result.mean_precision[k] - 1.0 - counts[k]) < 1e-13);
    EXPECT(fabs(result.means[k * D] - (result.mean_prior[0] + sums[k]) / (1.0 + counts[k])) < 1e-13);
  }
  gmm_variational_fit_destroy(fit);
}

/* Threads change no bit, and starts do not either while the first is the best. */
static void threads_and_starts(void) {
  gmm_variational_options options = plain_options();
  options.num_starts = 4;
  options.start = GMM_START_RANDOM_POINTS;
  options.seed = 3;
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  gmm_variational_result results[2];
  gmm_variational_fit *fits[2];
  for (int i = 0; i < 2; i++) {
    control.num_threads = 1 + 2 * i;
    fits[i] = fitted(&options, &control, &results[i]);
  }
  EXPECT(results[0].lower_bound == results[1].lower_bound);
  EXPECT(memcmp(results[0].means, results[1].means, sizeof(double) * K * D) == 0);
  options.num_starts = 1;
  gmm_variational_result one;
  gmm_variational_fit *fit = fitted(&options, NULL, &one);
  EXPECT(one.lower_bound <= results[0].lower_bound);
  gmm_variational_fit_destroy(fit);
  for (int i = 0; i < 2; i++) gmm_variational_fit_destroy(fits[i]);
}

/* One component and a Dirichlet distribution: E[log w] is 0, and E[log |precision|] is a sum of digammas. */
static void log_weights(void) {
  const double concentration = 2.0, precision = 4.0, mean = 1.0, degrees = 2.0, variance = 3.0;
  gmm_variational_result given;
  gmm_variational_result_init(&given, sizeof given);
  given.num_components = given.num_dimensions = 1;
  given.weights_family = GMM_WEIGHTS_DIRICHLET;
  given.weight_concentration = &concentration;
  given.mean_precision = &precision;
  given.means = &mean;
  given.degrees_of_freedom = &degrees;
  given.covariances = &variance;
  double found = 0.0;
  ACCEPTED(gmm_variational_log_weights(&given, &found, 1, out_error));
  /* log(2 / 2) + digamma(1) - 1 / 4, halved: digamma(1) is minus Euler's constant. */
  EXPECT(fabs(found - 0.5 * (-0.57721566490153286 - 0.25)) < 1e-15);
}

void behaviour_variational(void) {
  defaults();
  results();
  going_on();
  given_responsibilities();
  threads_and_starts();
  log_weights();
}
