// The cost of a whole call from C: gmm_data_create and gmm_sample for 100 observations and 100 draws of one chain
// without tuning, and the destruction of the data set and the posterior. Prints the median in microseconds.
#include <gmmswift.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { OBSERVATIONS = 100, CALLS = 401 };

static int by_size(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

static double microseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return 1e6 * (double)now.tv_sec + 1e-3 * (double)now.tv_nsec;
}

int main(void) {
  double values[OBSERVATIONS], taken[CALLS], mean = 0, sd = 15, lower = 0, upper = 20;
  for (int i = 0; i < OBSERVATIONS; ++i) values[i] = 5.0 * (i % 3 - 1) + (i % 7) / 3.0 - 1;
  gmm_model_options options;
  gmm_sample_options sampling;
  gmm_error *error = NULL;
  gmm_data *data = NULL;
  gmm_model *model = NULL;
  gmm_model_options_init(&options, sizeof options);
  options.num_components = 3;
  options.ordered_means = options.shared_spread = 1;
  options.means = (gmm_prior){GMM_PRIOR_NORMAL, 1, &mean, &sd, NULL};
  options.spread = (gmm_prior){GMM_PRIOR_UNIFORM, 1, &lower, &upper, NULL};
  gmm_sample_options_init(&sampling, sizeof sampling);
  sampling.num_draws = 100;
  sampling.num_tune = 0;
  sampling.num_chains = 1;
  if (gmm_model_create(&options, &model, &error) != GMM_OK) goto failed;
  for (int call = 0; call < CALLS; ++call) {
    gmm_posterior *posterior = NULL;
    double start = microseconds();
    sampling.seed = (uint64_t)call;
    if (gmm_data_create(values, OBSERVATIONS, 1, NULL, &data, &error) != GMM_OK) goto failed;
    if (gmm_sample(model, data, &sampling, NULL, &posterior, &error) != GMM_OK) goto failed;
    gmm_posterior_destroy(posterior);
    gmm_data_destroy(data);
    data = NULL;
    taken[call] = microseconds() - start;
  }
  gmm_model_destroy(model);
  qsort(taken, CALLS, sizeof taken[0], by_size);
  printf("%.3f\n", taken[CALLS / 2]);
  return 0;
failed:
  fprintf(stderr, "%s\n", gmm_error_message(error));
  gmm_error_destroy(error);
  gmm_data_destroy(data);
  gmm_model_destroy(model);
  return 1;
}
