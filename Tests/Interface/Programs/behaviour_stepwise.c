/* Stepwise fits of data in parts, and mixtures by logarithms. */
#include "behaviour.h"

enum { D = FIXTURE_COLUMNS, K = 2, COUNT = FIXTURE_COUNT };

static const double weights[K] = {0.4, 0.6}, means[K * D] = {-3.0, -1.0, -1.0, 4.0, 2.0, 1.0};
static const double unit[K * D * D] = {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1};

static gmm_mixture start(void) {
  gmm_mixture mixture;
  gmm_mixture_init(&mixture, sizeof mixture);
  mixture.num_components = K;
  mixture.num_dimensions = D;
  mixture.weights = weights;
  mixture.means = means;
  mixture.covariances = unit;
  return mixture;
}

static gmm_em_fit *fit_of(const gmm_stepwise *state, gmm_em_result *result) {
  gmm_em_fit *fit = NULL;
  ACCEPTED(gmm_stepwise_get_fit(state, &fit, out_error));
  *result = (gmm_em_result){.struct_size = sizeof *result};
  ACCEPTED(gmm_em_fit_get_result(fit, result, out_error));
  return fit;
}

/* The first part is an iteration of expectation-maximisation; nothing has been learned before it. */
static void first_part(const gmm_mixture *mixture) {
  gmm_stepwise *before = NULL, *after = NULL;
  ACCEPTED(gmm_stepwise_create(mixture, 0.0, 1e-6, 1e-12, &before, out_error));
  gmm_em_result none, first, once = {.struct_size = sizeof once};
  gmm_em_fit *fits[3];
  fits[0] = fit_of(before, &none);
  EXPECT(none.num_iterations == 0 && isnan(none.log_likelihood) && memcmp(none.means, means, sizeof means) == 0);
  ACCEPTED(gmm_stepwise_update(before, fixture_table_set(), NULL, &after, out_error));
  EXPECT(gmm_stepwise_total_weight(before) == 0.0 && gmm_stepwise_total_weight(after) == COUNT);
  fits[1] = fit_of(after, &first);
  gmm_statistics *statistics = NULL;
  ACCEPTED(gmm_statistics_compute(mixture, fixture_table_set(), NULL, &statistics, out_error));
  ACCEPTED(gmm_statistics_maximize(statistics, 1e-6, 1e-12, &fits[2], out_error));
  ACCEPTED(gmm_em_fit_get_result(fits[2], &once, out_error));
  EXPECT(first.num_iterations == 1 && first.log_likelihood == once.log_likelihood);
  /* Sums over 60 rows of order 10 are divided by 60 first: a few roundings. */
  for (int i = 0; i < K; i++) EXPECT(fabs(first.weights[i] - once.weights[i]) < 1e-14);
  for (int i = 0; i < K * D; i++) EXPECT(fabs(first.means[i] - once.means[i]) < 1e-13);
  for (int i = 0; i < K * D * D; i++) EXPECT(fabs(first.covariances[i] - once.covariances[i]) < 1e-12);
  for (int i = 0; i < 3; i++) gmm_em_fit_destroy(fits[i]);
  gmm_statistics_destroy(statistics);
  gmm_stepwise_destroy(before);
  gmm_stepwise_destroy(after);
}

/* With one component the mean is the running mean: a part of the sum s after n has the share (s / (n + s))^0.7. */
static void shares_of_parts(void) {
  static const double one = 1.0, zero = 0.0;
  gmm_mixture mixture;
  gmm_mixture_init(&mixture, sizeof mixture);
  mixture.weights = &one;
  mixture.means = &zero;
  mixture.covariances = &one;
  gmm_stepwise *state = NULL, *next = NULL;
  ACCEPTED(gmm_stepwise_create(&mixture, 0.0, 1e-6, 1e-12, &state, out_error));
  double mean = 0.0, total = 0.0;
  for (int part = 0; part < 3; part++) {
    const int64_t count = part == 2 ? 1 : COUNT / 2;
    const double *data = fixture_data + part * (COUNT / 2) - (part == 2);
    double sum = 0.0, weight = 0.0, row_weights[COUNT];
    for (int i = 0; i < count; i++) {
      row_weights[i] = part == 2 ? 7.5 : (double)(i % 3);
      weight += row_weights[i];
      sum += row_weights[i] * data[i];
    }
    gmm_data *rows = fixture_weighted_rows(data, count, 1, row_weights);
    ACCEPTED(gmm_stepwise_update(state, rows, NULL, &next, out_error));
    gmm_data_destroy(rows);
    gmm_stepwise_destroy(state);
    state = next;
    mean += pow(weight / (total + weight), 0.7) * (sum / weight - mean);
    total += weight;
    gmm_em_result result;
    gmm_em_fit *fit = fit_of(state, &result);
    EXPECT(fabs(result.means[0] - mean) < 1e-13 && gmm_stepwise_total_weight(state) == total);
    gmm_em_fit_destroy(fit);
  }
  gmm_stepwise_destroy(state);
}

/* A fit that is written as bytes is read back from an odd address. It learns on with the same bits. */
static void bytes(const gmm_mixture *mixture) {
  gmm_stepwise *state = NULL, *learned = NULL, *back = NULL, *ends[2] = {NULL, NULL};
  gmm_data *half = fixture_rows(fixture_table, COUNT / 2, D);
  ACCEPTED(gmm_stepwise_create(mixture, 40.0, 0.0, 1e-12, &state, out_error));
  ACCEPTED(gmm_stepwise_update(state, half, NULL, &learned, out_error));
  gmm_data_destroy(half);
  const int64_t size = gmm_stepwise_size(learned);
  uint8_t *first = malloc((size_t)size + 1), *second = malloc((size_t)size + 1);
  if (!EXPECT(size > 0 && size < 10000 && first != NULL && second != NULL)) exit(EXIT_FAILURE);
  ACCEPTED(gmm_stepwise_write(learned, first + 1, size, out_error));
  ACCEPTED(gmm_stepwise_read(first + 1, size, &back, out_error));
  ACCEPTED(gmm_stepwise_update(learned, fixture_table_set(), NULL, &ends[0], out_error));
  ACCEPTED(gmm_stepwise_update(back, fixture_table_set(), NULL, &ends[1], out_error));
  EXPECT(gmm_stepwise_size(ends[0]) == size && gmm_stepwise_size(ends[1]) == size);
  ACCEPTED(gmm_stepwise_write(ends[0], first, size, out_error));
  ACCEPTED(gmm_stepwise_write(ends[1], second, size, out_error));
  EXPECT(memcmp(first, second, (size_t)size) == 0);
  free(first);
  free(second);
  gmm_stepwise_destroy(state);
  gmm_stepwise_destroy(learned);
  gmm_stepwise_destroy(back);
  for (int i = 0; i < 2; i++) gmm_stepwise_destroy(ends[i]);
}

/* Logarithms of probabilities go on where these underflow, and logarithms of weights where those would. */
static void logarithms(const gmm_mixture *mixture) {
  enum { POINTS = 2 };
  static const double rows[POINTS * D] = {0.0, 0.5, 0.0, 3000.0, 0.0, 0.0};
  gmm_data *points = fixture_rows(rows, POINTS, D);
  double probabilities[POINTS * K], logs[POINTS * K], density[POINTS], shifted[POINTS];
  ACCEPTED(gmm_mixture_probabilities(mixture, points, NULL, probabilities, POINTS * K, out_error));
  ACCEPTED(gmm_mixture_log_probabilities(mixture, points, NULL, logs, POINTS * K, out_error));
  for (int k = 0; k < K; k++) EXPECT(fabs(logs[k] - log(probabilities[k])) < 1e-13);
  /* The logarithm of the ratio of the components' densities at (3000, 0, 0). */
  const double far = log(weights[0] / weights[1]) - 0.5 * (3003.0 * 3003 + 1 + 1) + 0.5 * (2996.0 * 2996 + 4 + 1);
  EXPECT(probabilities[K] == 0.0 && fabs(logs[K] / far - 1.0) < 1e-12 && logs[K + 1] == 0.0);
  ACCEPTED(gmm_mixture_log_density(mixture, points, NULL, density, POINTS, out_error));
  gmm_mixture other = *mixture;
  const double log_weights[K] = {log(weights[0]) - 900.0, log(weights[1]) - 900.0};
  other.weights = NULL;
  other.log_weights = log_weights;
  ACCEPTED(gmm_mixture_log_density(&other, points, NULL, shifted, POINTS, out_error));
  for (int i = 0; i < POINTS; i++) EXPECT(fabs((density[i] - 900.0) / shifted[i] - 1.0) < 1e-13);
  const double one_only[K] = {-5e5, -INFINITY};
  other.log_weights = one_only;
  ACCEPTED(gmm_mixture_log_probabilities(&other, points, NULL, logs, POINTS * K, out_error));
  for (int i = 0; i < POINTS; i++) EXPECT(logs[i * K] == 0.0 && isinf(logs[i * K + 1]) && logs[i * K + 1] < 0.0);
  gmm_data_destroy(points);
}

void behaviour_stepwise(void) {
  const gmm_mixture mixture = start();
  first_part(&mixture);
  shares_of_parts();
  bytes(&mixture);
  logarithms(&mixture);
}
