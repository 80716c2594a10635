/* Results without labels, against direct computation from the draws. */
#include "behaviour.h"

enum { N = FIXTURE_COUNT, CHAINS = 2, DRAWS = 50, SCALARS = 9 };

static gmm_posterior *some_posterior(void) {
  const gmm_model_options model_options = fixture_model_options();
  gmm_model *model = fixture_model(&model_options);
  const gmm_sample_options options = fixture_sample_options();
  gmm_posterior *posterior = fixture_posterior(model, &options);
  gmm_model_destroy(model);
  return posterior;
}

/* The share of component k at x under a draw. */
static double share(const gmm_posterior *posterior, int64_t chain, int64_t draw, int64_t k, double x) {
  const gmm_view weights = view_of(posterior, GMM_FIELD_WEIGHTS), means = view_of(posterior, GMM_FIELD_MEANS);
  const gmm_view sds = view_of(posterior, GMM_FIELD_SDS);
  const double sd = element(&sds, chain, draw, k), z = (x - element(&means, chain, draw, k)) / sd;
  return element(&weights, chain, draw, k) * exp(-0.5 * z * z) / (sd * sqrt(2.0 * acos(-1.0)));
}

static void check_pairs(const gmm_posterior *posterior) {
  static double all[N * N];
  ACCEPTED(gmm_posterior_coclustering(posterior, 0, NULL, 0, NULL, NULL, all, (int64_t)N * N, out_error));
  const int64_t rows[] = {7, 0, 7}, columns[] = {N - 1, 7};
  double part[6];
  ACCEPTED(gmm_posterior_coclustering(posterior, 3, rows, 2, columns, NULL, part, 6, out_error));
  for (int a = 0; a < 3; a++) {
    for (int b = 0; b < 2; b++) {
      EXPECT(part[2 * a + b] == all[rows[a] * N + columns[b]]);
      double sum = 0.0;
      for (int64_t t = 0; t < CHAINS * DRAWS; t++) {
        const double x = fixture_data[rows[a]], y = fixture_data[columns[b]];
        const double first[] = {share(posterior, t / DRAWS, t % DRAWS, 0, x),
                                share(posterior, t / DRAWS, t % DRAWS, 1, x)};
        const double second[] = {share(posterior, t / DRAWS, t % DRAWS, 0, y),
                                 share(posterior, t / DRAWS, t % DRAWS, 1, y)};
        sum += (first[0] * second[0] + first[1] * second[1]) / ((first[0] + first[1]) * (second[0] + second[1]));
      }
      const double expected = rows[a] == columns[b] ? 1.0 : sum / (CHAINS * DRAWS);
      EXPECT(fabs(part[2 * a + b] - expected) < 1e-12);
    }
  }
}

static void check_partition(const gmm_posterior *posterior) {
  static int64_t labels[4 * N], again[4 * N];
  gmm_partition_options options;
  gmm_partition_options_init(&options, sizeof options);
  EXPECT(options.num_draws == 1000 && options.num_starts == 16 && options.ball_probability == 0.95);
  options.loss = GMM_PARTITION_BINDER;
  gmm_partition_result result;
  gmm_partition_result_init(&result, sizeof result);
  ACCEPTED(gmm_posterior_partition(posterior, &options, NULL, labels, (int64_t)4 * N, &result, out_error));
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  control.num_threads = 1;
  ACCEPTED(gmm_posterior_partition(posterior, &options, &control, again, (int64_t)4 * N, NULL, out_error));
  EXPECT(memcmp(labels, again, sizeof labels) == 0);
  EXPECT(result.loss == GMM_PARTITION_BINDER && result.num_draws == (int64_t)CHAINS * DRAWS);
  EXPECT(result.expected_loss >= 0.0 && result.radius <= 1.0);
  EXPECT(result.horizontal_distance <= result.radius && result.upper_clusters <= result.lower_clusters);
  /* The numbers of clusters are those of the labels, and the distance of the horizontal bound is that of Binder. */
  const int64_t counts[] = {result.num_clusters, result.horizontal_clusters, result.upper_clusters,
                            result.lower_clusters};
  int64_t pairs = 0;
  for (int i = 0; i < N; i++) {
    for (int row = 0; row < 4; row++) EXPECT(labels[row * N + i] >= 0 && labels[row * N + i] < counts[row]);
    for (int j = 0; j < N; j++) pairs += (labels[i] == labels[j]) != (labels[N + i] == labels[N + j]);
  }
  EXPECT(fabs(result.horizontal_distance - (double)pairs / ((double)N * N)) < 1e-12);
}

static void check_scalars(const gmm_posterior *posterior) {
  static double values[CHAINS * DRAWS * SCALARS];
  const char *names[] = {"log_posterior",     "sum_squared_weights", "sorted_weights[0]",
                         "sorted_weights[1]", "log_density[0]",      "log_density[1]",
                         "log_density[2]",    "log_density[3]",      "log_density[4]"};
  EXPECT(gmm_posterior_num_label_free(posterior) == SCALARS);
  for (int32_t j = 0; j < SCALARS; j++) EXPECT(strcmp(gmm_posterior_label_free_name(posterior, j), names[j]) == 0);
  EXPECT(gmm_posterior_label_free_name(posterior, SCALARS) == NULL);
  ACCEPTED(gmm_posterior_label_free(posterior, NULL, values, (int64_t)CHAINS * DRAWS * SCALARS, out_error));
  /* The median: the value that half of the others do not exceed. */
  double median = NAN;
  for (int i = 0; i < N; i++) {
    int below = 0, equal = 0;
    for (int j = 0; j < N; j++) below += fixture_data[j] < fixture_data[i], equal += fixture_data[j] == fixture_data[i];
    if (2 * below < N && 2 * (below + equal) >= N) median = fixture_data[i];
  }
  const gmm_view weights = view_of(posterior, GMM_FIELD_WEIGHTS),
                 log_posterior = view_of(posterior, GMM_FIELD_LOG_POSTERIOR);
  for (int64_t t = 0; t < CHAINS * DRAWS; t++) {
    const double *found = values + t * SCALARS;
    const double a = element(&weights, t / DRAWS, t % DRAWS, 0), b = element(&weights, t / DRAWS, t % DRAWS, 1);
    EXPECT(found[0] == element(&log_posterior, t / DRAWS, t % DRAWS, 0));
    EXPECT(fabs(found[1] - a * a - b * b) < 1e-15 && found[2] == fmax(a, b) && found[3] == fmin(a, b));
    const double density =
        share(posterior, t / DRAWS, t % DRAWS, 0, median) + share(posterior, t / DRAWS, t % DRAWS, 1, median);
    EXPECT(fabs(found[6] - log(density)) < 1e-11);
  }
}

void behaviour_label_free(void) {
  gmm_posterior *posterior = some_posterior();
  check_pairs(posterior);
  check_partition(posterior);
  check_scalars(posterior);
  gmm_posterior_destroy(posterior);
}
