/*
 * Three clusters that only the order of their means tells apart. None of them is nearly empty.
 *
 *     x_i | z_i = k ~ Normal(means[k], sd),   weights ~ Dirichlet(1, 1, 1) with every weight at least 0.1,
 *     means ~ Normal(0, 15) with means[0] <= means[1] <= means[2],   sd ~ Uniform(0, 20).
 *
 * The program samples the posterior and keeps every fifth draw of the second half. It prints the summary table, the
 * autocorrelation of the sd, and the cluster of the first observation.
 *
 *     three_components [examples/data/three_components.txt]
 */
#include "example.h"

int main(int argc, char **argv) {
  gmm_error *error = NULL;
  int64_t num_values = 0;
  double *values = read_values(argc > 1 ? argv[1] : "examples/data/three_components.txt", &num_values);
  gmm_data *data = NULL;
  check(gmm_data_create(values, num_values, 1, NULL, &data, &error), &error);

  /* The model. Both constraints are exact: no draw breaks them. */
  const double concentration = 1.0, prior_mean = 0.0, prior_sd = 15.0, sd_lower = 0.0, sd_upper = 20.0;

  gmm_model_options options;
  gmm_model_options_init(&options, sizeof options);
  options.num_components = 3;
  options.ordered_means = 1;
  options.shared_spread = 1;
  options.minimum_weight = 0.1;
  options.weights = (gmm_prior){GMM_PRIOR_DIRICHLET, 1, &concentration, NULL, NULL};
  options.means = (gmm_prior){GMM_PRIOR_NORMAL, 1, &prior_mean, &prior_sd, NULL};
  options.spread = (gmm_prior){GMM_PRIOR_UNIFORM, 1, &sd_lower, &sd_upper, NULL};

  gmm_model *model = NULL;
  check(gmm_model_create(&options, &model, &error), &error);

  gmm_sample_options sampling;
  gmm_sample_options_init(&sampling, sizeof sampling);
  sampling.num_chains = 4;
  sampling.num_tune = 0;
  sampling.num_draws = 10000;
  sampling.seed = 1;

  gmm_posterior *all = NULL, *posterior = NULL;
  check(gmm_sample(model, data, &sampling, NULL, &all, &error), &error);
  check(gmm_posterior_subset(all, 5000, 5, &posterior, &error), &error);

  gmm_summary *summary = NULL;
  check(gmm_posterior_summarize(posterior, NULL, NULL, &summary, &error), &error);
  printf("%s", gmm_summary_text(summary));

  /* A view is the posterior's own memory. This view is the sd, (chains, draws); the program uses the first chain. */
  enum { MAX_LAG = 5 };
  gmm_view sd;
  double autocorrelation[MAX_LAG + 1];
  check(gmm_posterior_view(posterior, GMM_FIELD_SDS, &sd, &error), &error);
  check(gmm_autocorrelation(sd.data, sd.shape[1], sd.strides[1], MAX_LAG, NULL, autocorrelation, MAX_LAG + 1, &error),
        &error);
  printf("\nautocorrelation of sd:");
  for (int lag = 0; lag <= MAX_LAG; lag++) printf(" %.3f", autocorrelation[lag]);

  /* P(component | data) of every observation: num_values rows of three. */
  double *probabilities = malloc((size_t)num_values * 3 * sizeof *probabilities);
  if (probabilities == NULL) return EXIT_FAILURE;
  check(gmm_posterior_probabilities(posterior, NULL, probabilities, num_values * 3, &error), &error);
  printf("\nfirst observation: %.2f, in component 0 1 2 with probability %.4f %.4f %.4f\n", values[0], probabilities[0],
         probabilities[1], probabilities[2]);

  free(probabilities);
  gmm_summary_destroy(summary);
  gmm_posterior_destroy(posterior);
  gmm_posterior_destroy(all);
  gmm_model_destroy(model);
  gmm_data_destroy(data);
  free(values);
  return EXIT_SUCCESS;
}
