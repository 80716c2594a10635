/* Fits in several dimensions, at once and in parts. */
#include "behaviour.h"

enum { COUNT = 5000, BLOCK = 4096 };

static double points[COUNT][2];
static gmm_data *whole, *parts[2];

/* Two groups of points, on lines of different slopes with a spread about them. */
static void fill(void) {
  uint64_t state = 1;
  for (int i = 0; i < COUNT; i++) {
    double uniform[3];
    for (int j = 0; j < 3; j++) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      uniform[j] = (double)(state >> 11) * 0x1p-53;
    }
    const double center = uniform[2] < 0.4 ? -4.0 : 4.0;
    points[i][0] = center + 2.0 * uniform[0];
    points[i][1] = center + (center > 0 ? 1.0 : -1.0) * uniform[0] + uniform[1];
  }
}

static gmm_em_result result_of(const gmm_em_fit *fit) {
  gmm_em_result result = {.struct_size = sizeof result};
  ACCEPTED(gmm_em_fit_get_result(fit, &result, out_error));
  return result;
}

/* Covariance times U Uᵀ is the unit matrix, to a few roundings of entries of size 10. */
static void factors_are_of_the_inverse(const gmm_em_result *result) {
  for (int k = 0; k < result->num_components; k++) {
    const double *c = result->covariances + 4 * k, *u = result->precisions_cholesky + 4 * k;
    EXPECT(c[1] == c[2] && u[2] == 0.0 && u[0] > 0.0 && u[3] > 0.0);
    const double precision[] = {u[0] * u[0] + u[1] * u[1], u[1] * u[3], u[1] * u[3], u[3] * u[3]};
    for (int i = 0; i < 2; i++) {
      for (int j = 0; j < 2; j++) {
        const double sum = c[2 * i] * precision[j] + c[2 * i + 1] * precision[2 + j];
        EXPECT(fabs(sum - (i == j)) < 1e-12);
      }
    }
  }
}

static void iterations_over_parts(const gmm_em_result *expected, const gmm_em_options *options) {
  gmm_mixture mixture;
  gmm_mixture_init(&mixture, sizeof mixture);
  EXPECT(mixture.num_components == 1 && mixture.num_dimensions == 1);
  mixture.num_components = mixture.num_dimensions = 2;
  mixture.weights = options->initial_weights;
  mixture.means = options->initial_means;
  mixture.covariances = options->initial_covariances;
  gmm_em_fit *fit = NULL;
  for (int i = 0; i < options->max_iterations; i++) {
    gmm_statistics *both[2] = {NULL, NULL}, *merged = NULL;
    for (int j = 0; j < 2; j++) ACCEPTED(gmm_statistics_compute(&mixture, parts[j], NULL, &both[1 - j], out_error));
    ACCEPTED(gmm_statistics_merge((const gmm_statistics *const *)both, 2, NULL, &merged, out_error));
    gmm_em_fit *next = NULL;
    ACCEPTED(gmm_statistics_maximize(merged, 0.0, 1e-12, &next, out_error));
    for (int j = 0; j < 2; j++) gmm_statistics_destroy(both[j]);
    gmm_statistics_destroy(merged);
    const gmm_em_result result = result_of(next);
    EXPECT(result.num_iterations == 1 && result.converged == 0 && result.history[0] == expected->history[i]);
    mixture.weights = result.weights;
    mixture.means = result.means;
    mixture.covariances = result.covariances;
    gmm_em_fit_destroy(fit);
    fit = next;
  }
  EXPECT(memcmp(mixture.weights, expected->weights, 2 * sizeof(double)) == 0);
  EXPECT(memcmp(mixture.means, expected->means, 4 * sizeof(double)) == 0);
  EXPECT(memcmp(mixture.covariances, expected->covariances, 8 * sizeof(double)) == 0);
  gmm_em_fit_destroy(fit);
}

void behaviour_statistics(void) {
  fill();
  whole = fixture_rows(points[0], COUNT, 2);
  parts[0] = fixture_rows(points[0], BLOCK, 2);
  parts[1] = fixture_rows(points[BLOCK], COUNT - BLOCK, 2);
  static const double weights[] = {0.5, 0.5}, means[] = {-1.0, -1.0, 1.0, 1.0};
  static const double covariances[] = {4.0, 0.0, 0.0, 4.0, 4.0, 0.0, 0.0, 4.0};
  gmm_em_options options;
  gmm_em_options_init(&options, sizeof options);
  EXPECT(options.covariance == GMM_COVARIANCE_FULL && options.start == GMM_START_KMEANS);
  EXPECT(options.criterion == GMM_CRITERION_MOVEMENT && options.regularization == 0.0);
  EXPECT(options.order == GMM_ORDER_MEANS);
  options.num_components = 2;
  gmm_em_fit *fit = NULL;
  ACCEPTED(gmm_fit_em(whole, &options, NULL, &fit, out_error));
  gmm_em_result result = result_of(fit);
  EXPECT(result.num_dimensions == 2 && result.covariance == GMM_COVARIANCE_FULL && result.converged == 1);
  EXPECT(result.sds == NULL && result.shared_spread == 0 && result.num_collapsed == 0);
  EXPECT(result.history[result.num_iterations - 1] == result.lower_bound && result.move <= 1e-9);
  /* 40 % of 5000 points, and the middle of a uniform number of width 2: within 5 standard errors. */
  EXPECT(fabs(result.weights[0] - 0.4) < 5 * 0.007 && fabs(result.means[0] + 3.0) < 5 * 0.013);
  factors_are_of_the_inverse(&result);
  gmm_em_fit_destroy(fit);

  options.max_iterations = 6;
  options.tolerance = 0.0;
  options.initial_weights = weights;
  options.initial_means = means;
  options.initial_covariances = covariances;
  options.order = GMM_ORDER_START;
  ACCEPTED(gmm_fit_em(whole, &options, NULL, &fit, out_error));
  result = result_of(fit);
  EXPECT(result.num_iterations == 6);
  iterations_over_parts(&result, &options);
  gmm_em_fit_destroy(fit);

  /* A column that repeats the first: in both components nothing is left of coordinate 1. */
  for (int i = 0; i < COUNT; i++) points[i][1] = points[i][0];
  gmm_data *repeated = fixture_rows(points[0], COUNT, 2);
  gmm_em_options_init(&options, sizeof options);
  options.num_components = 2;
  ACCEPTED(gmm_fit_em(repeated, &options, NULL, &fit, out_error));
  result = result_of(fit);
  EXPECT(result.num_collapsed == 2 && result.num_at_floor == 2);
  for (int k = 0; k < 2; k++) EXPECT(result.collapsed_components[k] == k && result.collapsed_coordinates[k] == 1);
  gmm_em_fit_destroy(fit);
  gmm_data_destroy(repeated);
  for (int j = 0; j < 2; j++) gmm_data_destroy(parts[j]);
  gmm_data_destroy(whole);
}
