/*
 * Another thread stops a long run, and the program uses the draws that were finished by then.
 *
 *     cancel_from_thread [examples/data/three_components.txt]
 */
#include <pthread.h>
#include <time.h>

#include "example.h"

/* Stops the run after a fifth of a second, like an impatient user. */
static void *stop_soon(void *cancel) {
  const struct timespec patience = {0, 200 * 1000 * 1000};
  nanosleep(&patience, NULL);
  gmm_cancel_request(cancel);
  return NULL;
}

int main(int argc, char **argv) {
  gmm_error *error = NULL;
  int64_t num_values = 0;
  double *values = read_values(argc > 1 ? argv[1] : "examples/data/three_components.txt", &num_values);
  gmm_data *data = NULL;
  check(gmm_data_create(values, num_values, 1, NULL, &data, &error), &error);

  const double prior_mean = 0.0, prior_sd = 15.0, sd_lower = 0.0, sd_upper = 20.0;

  gmm_model_options options;
  gmm_model_options_init(&options, sizeof options);
  options.num_components = 3;
  options.ordered_means = 1;
  options.shared_spread = 1;
  options.means = (gmm_prior){GMM_PRIOR_NORMAL, 1, &prior_mean, &prior_sd, NULL};
  options.spread = (gmm_prior){GMM_PRIOR_UNIFORM, 1, &sd_lower, &sd_upper, NULL};

  gmm_model *model = NULL;
  check(gmm_model_create(&options, &model, &error), &error);

  /* The run would take a minute. */
  gmm_sample_options sampling;
  gmm_sample_options_init(&sampling, sizeof sampling);
  sampling.num_tune = 0;
  sampling.num_draws = 200 * 1000;
  sampling.thin = 10;

  gmm_cancel *cancel = NULL;
  check(gmm_cancel_create(&cancel, &error), &error);

  gmm_control control;
  gmm_control_init(&control, sizeof control);
  control.cancel = cancel;

  pthread_t stopper;
  if (pthread_create(&stopper, NULL, stop_soon, cancel) != 0) return EXIT_FAILURE;

  gmm_posterior *posterior = NULL;
  gmm_status status = gmm_sample(model, data, &sampling, &control, &posterior, &error);
  pthread_join(stopper, NULL);

  /* GMM_CANCELLED comes with an error object and, if every chain has finished a draw, with a posterior. */
  if (status != GMM_CANCELLED) check(status, &error);
  printf("%s\n", gmm_status_name(status));
  gmm_error_destroy(error);
  error = NULL;

  if (posterior != NULL) {
    gmm_posterior_info info = {.struct_size = sizeof info};
    gmm_summary *summary = NULL;
    check(gmm_posterior_get_info(posterior, &info, &error), &error);
    check(gmm_posterior_summarize(posterior, NULL, NULL, &summary, &error), &error);
    printf("%lld draws of each of %lld chains\n%s", (long long)info.num_draws, (long long)info.num_chains,
           gmm_summary_text(summary));
    gmm_summary_destroy(summary);
  }

  gmm_posterior_destroy(posterior);
  gmm_cancel_destroy(cancel);
  gmm_model_destroy(model);
  gmm_data_destroy(data);
  free(values);
  return EXIT_SUCCESS;
}
