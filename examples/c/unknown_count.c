/*
 * How many clusters the velocities of 82 galaxies make, where the number of components K has a prior.
 *
 *     x_i | z_i = k ~ Normal(means[k], variances[k]),   weights ~ Dirichlet(1, ..., 1),
 *     means[k] ~ Normal(20.831, variances[k] / 0.05),   variances[k] ~ inverse-Gamma(2, 2.6085),
 *     K - 1 ~ beta-negative-binomial(1, 4, 3),   K <= 64.
 *
 * The program prints the posterior probabilities of the number of components and of clusters, which are components with
 * rows, with their Monte-Carlo errors. What needs no labels is of all draws: the predictive density, and the
 * probability that two galaxies share a component. Then come the draws with the most probable number of clusters, and
 * how certain the label of each of them is.
 *
 *     unknown_count [examples/data/galaxies.txt]
 */
#include <math.h>

#include "example.h"

enum { MOST = 64, POINTS = 4 };

/* Prints the probabilities of the numbers that have at least one in a hundred, and returns the most probable number. */
static int32_t print_counts(const gmm_posterior *posterior, int32_t count, const char *name) {
  gmm_error *error = NULL;
  double probabilities[MOST + 1], errors[MOST + 1];
  check(gmm_posterior_count_probabilities(posterior, count, probabilities, errors, MOST + 1, &error), &error);
  int32_t best = 0;
  for (int32_t k = 0; k <= MOST; k++) {
    if (probabilities[k] >= 0.01) printf("%s[%d] %.4f %.4f\n", name, (int)k, probabilities[k], errors[k]);
    if (probabilities[k] > probabilities[best]) best = k;
  }
  return best;
}

/* Prints what all draws say, whatever their numbers of components. */
static void print_predictions(const gmm_posterior *posterior, int64_t num_rows) {
  gmm_error *error = NULL;
  const double places[POINTS] = {10.0, 15.0, 20.0, 23.0};
  gmm_data *points = NULL;
  double log_density[POINTS];
  check(gmm_data_create(places, POINTS, 1, NULL, &points, &error), &error);
  check(gmm_posterior_log_density(posterior, points, NULL, log_density, POINTS, &error), &error);
  gmm_data_destroy(points);
  for (int i = 0; i < POINTS; i++) printf("density at %.0f: %.4f\n", places[i], exp(log_density[i]));

  /* Pairs of the slowest galaxy with the next one and with the fastest one. */
  const int64_t rows[] = {0}, columns[] = {1, num_rows - 1};
  double together[2];
  check(gmm_posterior_coclustering(posterior, 1, rows, 2, columns, NULL, together, 2, &error), &error);
  printf("the slowest galaxy shares a component with the next one with probability %.3f, with the fastest one %.3f\n",
         together[0], together[1]);
}

/* Prints the clusters of the draws that have so many. */
static void print_given(const gmm_posterior *posterior, int32_t num_clusters) {
  gmm_error *error = NULL;
  gmm_posterior *given = NULL;
  check(gmm_posterior_given_clusters(posterior, num_clusters, &given, &error), &error);
  gmm_posterior_info info = {.struct_size = sizeof info};
  check(gmm_posterior_get_info(given, &info, &error), &error);
  double confidence[MOST], overall;
  check(gmm_posterior_label_confidence(given, NULL, confidence, MOST, &overall, &error), &error);
  gmm_view weights, means;
  check(gmm_posterior_view(given, GMM_FIELD_WEIGHTS, &weights, &error), &error);
  check(gmm_posterior_view(given, GMM_FIELD_MEANS, &means, &error), &error);

  printf("given %d clusters: %d draws\n", (int)num_clusters, (int)info.num_draws);
  for (int64_t k = 0; k < num_clusters; k++) {
    double weight = 0.0, mean = 0.0;
    for (int64_t draw = 0; draw < info.num_draws; draw++) {
      weight += ((const double *)weights.data)[draw * weights.strides[1] + k * weights.strides[2]];
      mean += ((const double *)means.data)[draw * means.strides[1] + k * means.strides[2]];
    }
    printf("  cluster %d: weight %.3f, mean %6.3f, its label is certain in %3.0f %% of the draws\n", (int)k,
           weight / (double)info.num_draws, mean / (double)info.num_draws, 100.0 * confidence[k]);
  }
  gmm_posterior_destroy(given);
}

int main(int argc, char **argv) {
  gmm_error *error = NULL;
  int64_t num_values = 0;
  double *values = read_values(argc > 1 ? argv[1] : "examples/data/galaxies.txt", &num_values);
  gmm_data *data = NULL;
  check(gmm_data_create(values, num_values, 1, NULL, &data, &error), &error);

  /* All components have the same priors, because their number varies. */
  const double center = 20.831, kappa = 0.05, shape = 2.0, scale = 2.6085, count[] = {1.0, 4.0, 3.0};
  gmm_model_options options;
  gmm_model_options_init(&options, sizeof options);
  options.num_components = MOST;
  options.means = (gmm_prior){GMM_PRIOR_NORMAL_KAPPA, 1, &center, &kappa, NULL};
  options.spread = (gmm_prior){GMM_PRIOR_INVERSE_GAMMA, 1, &shape, &scale, NULL};
  options.count = (gmm_prior){GMM_PRIOR_BETA_NEGATIVE_BINOMIAL, 3, count, NULL, NULL};
  gmm_model *model = NULL;
  check(gmm_model_create(&options, &model, &error), &error);

  gmm_sample_options sampling;
  gmm_sample_options_init(&sampling, sizeof sampling);
  sampling.num_draws = 20000;
  sampling.seed = 1;
  gmm_posterior *posterior = NULL;
  check(gmm_sample(model, data, &sampling, NULL, &posterior, &error), &error);

  printf("               mean mcse_mean\n");
  print_counts(posterior, GMM_COUNT_COMPONENTS, "components");
  const int32_t best = print_counts(posterior, GMM_COUNT_CLUSTERS, "clusters");
  print_predictions(posterior, num_values);
  print_given(posterior, best);

  gmm_posterior_destroy(posterior);
  gmm_model_destroy(model);
  gmm_data_destroy(data);
  free(values);
  return EXIT_SUCCESS;
}
