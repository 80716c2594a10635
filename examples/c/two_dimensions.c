/*
 * Two groups of eruptions of the Old Faithful geyser: minutes of an eruption, and minutes until the next one.
 *
 *     x_i | z_i = k ~ Normal(means[k], covariances[k]),   weights ~ Dirichlet(1, 1),
 *     priors of means and covariances at the scale of the data (see gmm_model_for_data),
 *     means[0, 0] <= means[1, 0]: the first component has the shorter eruptions.
 *
 * The program samples the posterior and prints the summary table, and the posterior means of each component's weight,
 * mean and covariance matrix. It also prints the group of an eruption of medium length, given the wait that follows.
 *
 *     two_dimensions [examples/data/faithful.txt]
 */
#include "example.h"

enum { DIMENSIONS = 2, COMPONENTS = 2 };

/* Returns the average over all draws of the number at `offset` elements from the beginning of each draw of a view. */
static double average(const gmm_view *view, int64_t offset) {
  const double *values = view->data;
  double sum = 0.0;
  for (int64_t chain = 0; chain < view->shape[0]; chain++) {
    for (int64_t draw = 0; draw < view->shape[1]; draw++) {
      sum += values[chain * view->strides[0] + draw * view->strides[1] + offset];
    }
  }
  return sum / (double)(view->shape[0] * view->shape[1]);
}

int main(int argc, char **argv) {
  gmm_error *error = NULL;
  int64_t num_values = 0;
  double *values = read_values(argc > 1 ? argv[1] : "examples/data/faithful.txt", &num_values);

  /* The data are copied, checked and laid out once, for all calls that take them. */
  const char *const names[] = {"eruption", "wait"};
  gmm_data_options data_options;
  gmm_data_options_init(&data_options, sizeof data_options);
  data_options.column_names = names;

  gmm_data *data = NULL;
  check(gmm_data_create(values, num_values / DIMENSIONS, DIMENSIONS, &data_options, &data, &error), &error);
  free(values);

  /* The model. Weights, means and covariances keep their default priors. Those of the last two wait for the data, which
   * choose them after Fraley and Raftery. Without the rule they would be hierarchical ones, with a scale that is
   * learned.
   */
  gmm_model_options options;
  gmm_model_options_init(&options, sizeof options);
  options.num_components = COMPONENTS;
  options.num_dimensions = DIMENSIONS;
  options.covariance = GMM_COVARIANCE_FULL;
  options.default_priors = GMM_DEFAULT_PRIORS_FRALEY_RAFTERY;
  options.ordered_means = 1;
  options.order_coordinate = 0;

  gmm_model *model = NULL;
  check(gmm_model_create(&options, &model, &error), &error);

  gmm_sample_options sampling;
  gmm_sample_options_init(&sampling, sizeof sampling);
  sampling.num_draws = 5000;
  sampling.seed = 1;

  gmm_posterior *posterior = NULL;
  check(gmm_sample(model, data, &sampling, NULL, &posterior, &error), &error);

  gmm_summary *summary = NULL;
  check(gmm_posterior_summarize(posterior, NULL, NULL, &summary, &error), &error);
  printf("%s", gmm_summary_text(summary));

  /* Views are the posterior's own memory: (chains, draws, K), (chains, draws, K, D) and (chains, draws, K, D, D). */
  gmm_view weights, means, covariances;
  check(gmm_posterior_view(posterior, GMM_FIELD_WEIGHTS, &weights, &error), &error);
  check(gmm_posterior_view(posterior, GMM_FIELD_MEANS, &means, &error), &error);
  check(gmm_posterior_view(posterior, GMM_FIELD_COVARIANCES, &covariances, &error), &error);
  for (int64_t k = 0; k < COMPONENTS; k++) {
    printf("\ncomponent %d: weight %.3f\n  mean       ", (int)k, average(&weights, k * weights.strides[2]));
    for (int64_t d = 0; d < DIMENSIONS; d++) {
      printf(" %8.3f", average(&means, k * means.strides[2] + d * means.strides[3]));
    }
    for (int64_t i = 0; i < DIMENSIONS; i++) {
      printf("\n  %s", i == 0 ? "covariance " : "           ");
      for (int64_t j = 0; j < DIMENSIONS; j++) {
        const int64_t offset = k * covariances.strides[2] + i * covariances.strides[3] + j * covariances.strides[4];
        printf(" %8.3f", average(&covariances, offset));
      }
    }
    printf("\n");
  }

  /* P(component | x, data) at new points: two rows of two. */
  const double rows[] = {3.2, 50.0, 3.2, 80.0};
  gmm_data *points = NULL;
  check(gmm_data_create(rows, 2, DIMENSIONS, NULL, &points, &error), &error);
  double probabilities[2 * COMPONENTS];
  check(gmm_posterior_predict_probabilities(posterior, points, NULL, probabilities, 2 * COMPONENTS, &error), &error);
  printf("\nan eruption of 3.2 minutes is a long one with probability %.3f before a wait of 50 minutes, %.3f of 80\n",
         probabilities[1], probabilities[3]);

  gmm_data_destroy(points);
  gmm_summary_destroy(summary);
  gmm_posterior_destroy(posterior);
  gmm_model_destroy(model);
  gmm_data_destroy(data);
  return EXIT_SUCCESS;
}
