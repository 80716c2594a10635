/*
 * Three clusters with known means and a known spread. Only their weights are unknown.
 *
 *     x_i | z_i = k ~ Normal((10, 20, 35)[k], 2),   weights ~ Dirichlet(1, 1, 1).
 *
 *     book_known [examples/data/book.txt]
 */
#include "example.h"

int main(int argc, char **argv) {
  gmm_error *error = NULL;
  int64_t num_values = 0;
  double *values = read_values(argc > 1 ? argv[1] : "examples/data/book.txt", &num_values);
  gmm_data *data = NULL;
  check(gmm_data_create(values, num_values, 1, NULL, &data, &error), &error);

  /* The weights keep their default, Dirichlet(1, 1, 1). */
  const double means[] = {10.0, 20.0, 35.0};
  const double sd = 2.0;

  gmm_model_options options;
  gmm_model_options_init(&options, sizeof options);
  options.num_components = 3;
  options.shared_spread = 1;
  options.means = (gmm_prior){GMM_PRIOR_FIXED, 3, means, NULL, NULL};
  options.spread = (gmm_prior){GMM_PRIOR_FIXED, 1, &sd, NULL, NULL};

  gmm_model *model = NULL;
  check(gmm_model_create(&options, &model, &error), &error);

  gmm_sample_options sampling;
  gmm_sample_options_init(&sampling, sizeof sampling);
  sampling.num_tune = 1000;
  sampling.num_draws = 9000;
  sampling.seed = 1;

  gmm_posterior *posterior = NULL;
  check(gmm_sample(model, data, &sampling, NULL, &posterior, &error), &error);

  gmm_summary *summary = NULL;
  check(gmm_posterior_summarize(posterior, NULL, NULL, &summary, &error), &error);
  printf("%s", gmm_summary_text(summary));

  gmm_summary_destroy(summary);
  gmm_posterior_destroy(posterior);
  gmm_model_destroy(model);
  gmm_data_destroy(data);
  free(values);
  return EXIT_SUCCESS;
}
