/*
 * Draws that are used while they are made: the predictive density at some points, in the memory of a part of the draws.
 *
 *     draws_in_parts [examples/data/three_components.txt]
 */
#include <math.h>

#include "example.h"

enum { num_points = 5, draws = 20 * 1000, part = 1000 };

/* What the sink keeps from part to part. */
typedef struct {
  gmm_data *points;
  double sum[num_points];
  gmm_error *error;
} densities;

/* Adds the density of a part's draws, averaged over them, as often as it has draws. */
static int32_t add_part(const gmm_part *received, void *user_data) {
  densities *all = user_data;
  double log_density[num_points];
  gmm_status status =
      gmm_posterior_log_density(received->posterior, all->points, NULL, log_density, num_points, &all->error);
  if (status != GMM_OK) return 1;
  for (int i = 0; i < num_points; i++) all->sum[i] += (double)received->num_draws * exp(log_density[i]);
  return 0;
}

int main(int argc, char **argv) {
  gmm_error *error = NULL;
  int64_t num_values = 0;
  double *values = read_values(argc > 1 ? argv[1] : "examples/data/three_components.txt", &num_values);
  gmm_data *data = NULL;
  check(gmm_data_create(values, num_values, 1, NULL, &data, &error), &error);

  gmm_model_options options;
  gmm_model_options_init(&options, sizeof options);
  options.num_components = 3;
  gmm_model *model = NULL;
  check(gmm_model_create(&options, &model, &error), &error);

  gmm_sample_options sampling;
  gmm_sample_options_init(&sampling, sizeof sampling);
  sampling.num_draws = draws;

  const double places[num_points] = {-6.0, -3.0, 0.0, 3.0, 6.0};
  densities all = {0};
  check(gmm_data_create(places, num_points, 1, NULL, &all.points, &error), &error);

  /* GMM_CANCELLED means that the sink has ended the call; its own error says why. */
  gmm_status status = gmm_sample_to(model, data, &sampling, part, NULL, add_part, &all, &error);
  if (all.error != NULL) check(status, &all.error);
  check(status, &error);

  /* The same draws, all in memory. */
  gmm_posterior *posterior = NULL;
  double log_density[num_points];
  check(gmm_sample(model, data, &sampling, NULL, &posterior, &error), &error);
  check(gmm_posterior_log_density(posterior, all.points, NULL, log_density, num_points, &error), &error);

  for (int i = 0; i < num_points; i++) {
    printf("density at %4.1f: %.6f, of all draws at once %.6f\n", places[i], all.sum[i] / draws, exp(log_density[i]));
  }

  gmm_posterior_destroy(posterior);
  gmm_data_destroy(all.points);
  gmm_model_destroy(model);
  gmm_data_destroy(data);
  free(values);
  return EXIT_SUCCESS;
}
