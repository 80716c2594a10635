/*
 * Two overlapping clusters with known rough places and unknown spreads.
 *
 *     x_i | z_i = k ~ Normal(means[k], sd[k]),   P(z_i = 0) = p ~ Uniform(0, 1),
 *     means ~ Normal((145, 210), precision (0.01, 0.02)),   sd[k] ~ Uniform(0, 100).
 *
 * The program samples the posterior, continues the chain, and prints the summary table and the maximum-likelihood fit.
 *
 *     two_components [examples/data/two_components.txt]
 */
#include <math.h>

#include "example.h"

int main(int argc, char **argv) {
  gmm_error *error = NULL;
  int64_t num_values = 0;
  double *values = read_values(argc > 1 ? argv[1] : "examples/data/two_components.txt", &num_values);
  gmm_data *data = NULL;
  check(gmm_data_create(values, num_values, 1, NULL, &data, &error), &error);

  /* The model. Uniform(0, 1) on p is Dirichlet(1, 1) on (p, 1 - p). */
  const double concentration = 1.0, sd_lower = 0.0, sd_upper = 100.0;
  const double prior_means[] = {145.0, 210.0};
  const double prior_sds[] = {1.0 / sqrt(0.01), 1.0 / sqrt(0.02)};

  gmm_model_options options;
  gmm_model_options_init(&options, sizeof options);
  options.num_components = 2;
  options.weights = (gmm_prior){GMM_PRIOR_DIRICHLET, 1, &concentration, NULL, NULL};
  options.means = (gmm_prior){GMM_PRIOR_NORMAL, 2, prior_means, prior_sds, NULL};
  options.spread = (gmm_prior){GMM_PRIOR_UNIFORM, 1, &sd_lower, &sd_upper, NULL};

  gmm_model *model = NULL;
  check(gmm_model_create(&options, &model, &error), &error);

  /* The chain makes 30,000 draws after 10,000 tuning iterations, and is then continued by 10,000 draws. */
  gmm_sample_options sampling;
  gmm_sample_options_init(&sampling, sizeof sampling);
  sampling.num_chains = 1;
  sampling.num_tune = 10000;
  sampling.num_draws = 30000;
  sampling.seed = 1;

  gmm_posterior *first = NULL, *posterior = NULL;
  check(gmm_sample(model, data, &sampling, NULL, &first, &error), &error);
  check(gmm_posterior_extend(first, 10000, NULL, NULL, &posterior, &error), &error);

  gmm_summary *summary = NULL;
  check(gmm_posterior_summarize(posterior, NULL, NULL, &summary, &error), &error);
  printf("%s", gmm_summary_text(summary));

  /* The same mixture without priors. */
  gmm_em_options em;
  gmm_em_options_init(&em, sizeof em);
  em.num_components = 2;

  gmm_em_fit *fit = NULL;
  gmm_em_result result = {.struct_size = sizeof result};
  check(gmm_fit_em(data, &em, NULL, &fit, &error), &error);
  check(gmm_em_fit_get_result(fit, &result, &error), &error);
  printf("\nmaximum likelihood: means %.3f %.3f, sd %.3f %.3f, log likelihood %.3f\n", result.means[0], result.means[1],
         result.sds[0], result.sds[1], result.log_likelihood);

  gmm_em_fit_destroy(fit);
  gmm_summary_destroy(summary);
  gmm_posterior_destroy(posterior);
  gmm_posterior_destroy(first);
  gmm_model_destroy(model);
  gmm_data_destroy(data);
  free(values);
  return EXIT_SUCCESS;
}
