/* Mixtures with known parameters, and statistics as bytes. */
#include "behaviour.h"

enum { D = 2, K = 3, COUNT = 10000 };

static const double weights[K] = {0.5, 0.3, 0.2}, means[K * D] = {-2.0, 0.0, 0.0, 1.0, 3.0, -1.0};
/* Covariances [[1, r], [r, 2]] with r = 0.5, -0.5, 0. */
static const double covariances[K * D * D] = {1.0, 0.5, 0.5, 2.0, 1.0, -0.5, -0.5, 2.0, 1.0, 0.0, 0.0, 2.0};

static gmm_mixture known_mixture(void) {
  gmm_mixture mixture;
  gmm_mixture_init(&mixture, sizeof mixture);
  mixture.num_components = K;
  mixture.num_dimensions = D;
  mixture.weights = weights;
  mixture.means = means;
  mixture.covariances = covariances;
  return mixture;
}

/* log(weight N(x | k)), from the inverse of a matrix of two rows. */
static double log_share(const double *x, int k) {
  const double *c = covariances + 4 * k, a = x[0] - means[2 * k], b = x[1] - means[2 * k + 1];
  const double determinant = c[0] * c[3] - c[1] * c[2];
  const double square = (c[3] * a * a - 2 * c[1] * a * b + c[0] * b * b) / determinant;
  return log(weights[k]) - 0.5 * square - 0.5 * log(determinant) - log(6.283185307179586);
}

static void evaluation(const gmm_mixture *mixture, double (*points)[D]) {
  gmm_data *all = fixture_rows(points[0], COUNT, D), *every_other = NULL, *none = fixture_rows(NULL, 0, D);
  static double probabilities[COUNT][K], log_density[COUNT], again[COUNT][K];
  ACCEPTED(gmm_mixture_probabilities(mixture, all, NULL, probabilities[0], COUNT * K, out_error));
  ACCEPTED(gmm_mixture_log_density(mixture, all, NULL, log_density, COUNT, out_error));
  double largest = 0.0;
  for (int i = 0; i < COUNT; i++) {
    double total = 0.0, sum = 0.0;
    for (int k = 0; k < K; k++) total += exp(log_share(points[i], k));
    for (int k = 0; k < K; k++) {
      largest = fmax(largest, fabs(probabilities[i][k] - exp(log_share(points[i], k)) / total));
      sum += probabilities[i][k];
    }
    largest = fmax(largest, fmax(fabs(sum - 1.0), fabs(log_density[i] - log(total))));
  }
  /* Log shares of order 10 to 100, rounded a few times. */
  EXPECT(largest < 1e-12);

  gmm_control control;
  gmm_control_init(&control, sizeof control);
  for (int threads = 1; threads <= 3; threads += 2) {
    control.num_threads = threads;
    ACCEPTED(gmm_mixture_probabilities(mixture, all, &control, again[0], COUNT * K, out_error));
    EXPECT(memcmp(again, probabilities, sizeof again) == 0);
  }
  /* Rows that are twice as far apart: every other point. */
  gmm_data_options options = fixture_data_options();
  options.row_stride = 2 * D;
  ACCEPTED(gmm_data_create(points[0], COUNT / 2, D, &options, &every_other, out_error));
  ACCEPTED(gmm_mixture_probabilities(mixture, every_other, NULL, again[0], COUNT * K, out_error));
  EXPECT(memcmp(again[1], probabilities[2], sizeof again[1]) == 0);
  ACCEPTED(gmm_mixture_log_density(mixture, none, NULL, NULL, 0, out_error));
  gmm_data_destroy(none);
  gmm_data_destroy(every_other);
  gmm_data_destroy(all);
}

static void sampling(const gmm_mixture *mixture, double (*points)[D]) {
  static double again[COUNT][D];
  static int32_t components[COUNT];
  ACCEPTED(gmm_mixture_sample(mixture, COUNT, 7, NULL, points[0], COUNT * D, components, COUNT, out_error));
  double counts[K] = {0.0}, sums[K] = {0.0};
  for (int i = 0; i < COUNT; i++) {
    if (!EXPECT(components[i] >= 0 && components[i] < K)) return;
    counts[components[i]] += 1.0;
    sums[components[i]] += points[i][0];
  }
  for (int k = 0; k < K; k++) {
    /* Five standard errors: sd 1 in the first coordinate. */
    EXPECT(fabs(counts[k] / COUNT - weights[k]) < 5 * sqrt(weights[k] * (1 - weights[k]) / COUNT));
    EXPECT(fabs(sums[k] / counts[k] - means[2 * k]) < 5 / sqrt(counts[k]));
  }
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  control.num_threads = 3;
  ACCEPTED(gmm_mixture_sample(mixture, COUNT, 7, &control, again[0], COUNT * D, NULL, 0, out_error));
  EXPECT(memcmp(again, points, sizeof again) == 0);
  ACCEPTED(gmm_mixture_sample(mixture, 10, 7, NULL, again[1], 10 * D, NULL, 0, out_error));
  EXPECT(memcmp(again[1], points[0], sizeof(double) * 10 * D) == 0);
  ACCEPTED(gmm_mixture_sample(mixture, 10, 8, NULL, again[1], 10 * D, NULL, 0, out_error));
  EXPECT(memcmp(again[1], points[0], sizeof(double) * 10 * D) != 0);
  ACCEPTED(gmm_mixture_sample(mixture, 0, 7, NULL, NULL, 0, NULL, 0, out_error));
}

/* Parts that were written as bytes and read back are merged to the bytes of all data at once. */
static void bytes(const gmm_mixture *mixture, double (*points)[D]) {
  enum { CUT = 4096 };
  gmm_statistics *whole = NULL, *parts[2] = {NULL, NULL}, *read[2] = {NULL, NULL}, *merged = NULL;
  gmm_data *data[] = {fixture_rows(points[0], COUNT, D), fixture_rows(points[CUT], COUNT - CUT, D),
                      fixture_rows(points[0], CUT, D)};
  gmm_statistics **made[] = {&whole, &parts[0], &parts[1]};
  for (int i = 0; i < 3; i++) {
    ACCEPTED(gmm_statistics_compute(mixture, data[i], NULL, made[i], out_error));
    gmm_data_destroy(data[i]);
  }
  const int64_t size = gmm_statistics_size(whole);
  uint8_t *first = malloc((size_t)size + 1), *second = malloc((size_t)size + 1);
  if (!EXPECT(size > 0 && size < 10000 && first != NULL && second != NULL)) exit(EXIT_FAILURE);
  for (int i = 0; i < 2; i++) {
    EXPECT(gmm_statistics_size(parts[i]) == size);
    /* At an odd address. */
    ACCEPTED(gmm_statistics_write(parts[i], first + 1, size, out_error));
    ACCEPTED(gmm_statistics_read(first + 1, size, &read[i], out_error));
  }
  ACCEPTED(gmm_statistics_merge((const gmm_statistics *const *)read, 2, NULL, &merged, out_error));
  ACCEPTED(gmm_statistics_write(merged, first, size, out_error));
  ACCEPTED(gmm_statistics_write(whole, second, size, out_error));
  EXPECT(memcmp(first, second, (size_t)size) == 0);
  for (int i = 0; i < 2; i++) {
    gmm_statistics_destroy(parts[i]);
    gmm_statistics_destroy(read[i]);
  }
  gmm_statistics_destroy(merged);
  gmm_statistics_destroy(whole);
  free(first);
  free(second);
}

/* The arrays of a fit can be used as a mixture unchanged, even if all components share diagonal covariances. */
static void mixtures_of_fits(double (*points)[D]) {
  static double probabilities[COUNT][K], log_density[COUNT];
  for (int dimensions = 1; dimensions <= D; dimensions++) {
    /* One dimension is the first column. */
    gmm_data_options data_options = fixture_data_options();
    gmm_data *data = NULL;
    data_options.row_stride = D;
    ACCEPTED(gmm_data_create(points[0], COUNT, dimensions, &data_options, &data, out_error));
    for (int32_t covariance = GMM_COVARIANCE_FULL; covariance <= GMM_COVARIANCE_SPHERICAL; covariance++) {
      gmm_em_options options;
      gmm_em_options_init(&options, sizeof options);
      options.num_components = K;
      options.covariance = covariance;
      options.shared_spread = 1;
      options.num_starts = 2;
      gmm_em_fit *fit = NULL;
      ACCEPTED(gmm_fit_em(data, &options, NULL, &fit, out_error));
      gmm_em_result result = {.struct_size = sizeof result};
      ACCEPTED(gmm_em_fit_get_result(fit, &result, out_error));
      gmm_mixture mixture;
      gmm_mixture_init(&mixture, sizeof mixture);
      mixture.num_components = K;
      mixture.num_dimensions = dimensions;
      mixture.covariance = result.covariance;
      mixture.weights = result.weights;
      mixture.means = result.means;
      mixture.covariances = result.covariances;
      ACCEPTED(gmm_mixture_log_density(&mixture, data, NULL, log_density, COUNT, out_error));
      double sum = 0.0;
      for (int i = 0; i < COUNT; i++) sum += log_density[i];
      /* The fit's log likelihood is that of its parameters; both sums are of 10,000 numbers of order 1. */
      EXPECT(fabs(sum / result.log_likelihood - 1.0) < 1e-10);
      ACCEPTED(gmm_mixture_probabilities(&mixture, data, NULL, probabilities[0], COUNT * K, out_error));
      const int64_t one = covariance == GMM_COVARIANCE_SPHERICAL ? 1
                          : covariance == GMM_COVARIANCE_DIAG    ? dimensions
                                                                 : (int64_t)dimensions * dimensions;
      EXPECT(result.num_covariances == one);
      for (int64_t i = 0; covariance >= GMM_COVARIANCE_DIAG && i < K * one; i++) {
        EXPECT(result.covariances[i] == result.covariances[i % one]);
        /* Root, quotient and product round to 1.1e-16 each. */
        EXPECT(fabs(result.precisions_cholesky[i] * sqrt(result.covariances[i]) - 1.0) < 1e-15);
      }
      gmm_em_fit_destroy(fit);
    }
    gmm_data_destroy(data);
  }
}

void behaviour_mixtures(void) {
  static double points[COUNT][D];
  const gmm_mixture mixture = known_mixture();
  sampling(&mixture, points);
  evaluation(&mixture, points);
  bytes(&mixture, points);
  mixtures_of_fits(points);
}
