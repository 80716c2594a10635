/* Misuse of mixtures and posteriors as starts of chains. */
#include "misuse.h"

/* Checks that sampling is refused when options are changed by the statement that follows. */
#define START_REFUSED(expected, name, ...)                                                                 \
  do {                                                                                                     \
    gmm_sample_options options = fixture_sample_options();                                                 \
    gmm_mixture mixture;                                                                                   \
    gmm_mixture_init(&mixture, sizeof mixture);                                                            \
    mixture.num_components = 2;                                                                            \
    mixture.weights = halves;                                                                              \
    mixture.means = means;                                                                                 \
    mixture.covariances = unit;                                                                            \
    options.initial_mixture = &mixture;                                                                    \
    __VA_ARGS__;                                                                                           \
    REFUSED_HANDLE(expected, name, posterior,                                                              \
                   gmm_sample(handles->model, fixture_data_set(), &options, NULL, &posterior, out_error)); \
  } while (0)

void misuse_starts(const misuse_handles *handles) {
  static const double halves[] = {0.5, 0.5, 0.5}, means[] = {-3.0, 4.0, 0.0, 0.0}, unit[] = {1.0, 1.0, 1.0};
  static const double negative[] = {1.0, -1.0}, hole[] = {NAN, 0.0};
  static const double unit_matrices[] = {1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0};
  gmm_posterior *posterior = NULL, *other = NULL;
  const gmm_model_options shared = fixture_ordered_options();
  const gmm_sample_options plain = fixture_sample_options();
  gmm_model *shared_model = fixture_model(&shared);
  other = fixture_posterior(shared_model, &plain);
  START_REFUSED(GMM_ERROR_STRUCT_SIZE, "mixture", mixture.struct_size = 1);
  START_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "initial_mixture", mixture.num_components = 1; mixture.weights = unit);
  START_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "initial_mixture", mixture.num_dimensions = 2;
                mixture.covariances = unit_matrices);
  START_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "weights", mixture.weights = unit);
  START_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "means[0]", mixture.means = hole);
  START_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "covariances[1]", mixture.covariances = negative);
  START_REFUSED(GMM_ERROR_NULL_ARGUMENT, "means", mixture.means = NULL);
  START_REFUSED(GMM_ERROR_UNSUPPORTED, "log_weights", mixture.log_weights = means);
  START_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "initial_mixture", options.initial_posterior = handles->posterior);
  START_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "initial_mixture", options.num_initial = 1; options.initial_means = means);
  START_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "initial_posterior", options.initial_mixture = NULL;
                options.initial_posterior = handles->posterior; options.num_initial = 1);
  START_REFUSED(GMM_ERROR_WRONG_HANDLE, "initial_posterior", options.initial_mixture = NULL;
                options.initial_posterior = (const gmm_posterior *)handles->model);
  START_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "initial_posterior", options.initial_mixture = NULL;
                options.initial_posterior = other);
  /* So many starts that no machine has memory for them. */
  gmm_sample_options options = plain;
  options.num_chains = INT64_MAX / 128;
  options.initial_posterior = handles->posterior;
  EXPECT(gmm_sample(handles->model, fixture_data_set(), &options, NULL, &posterior, NULL) == GMM_ERROR_OUT_OF_MEMORY);
  /* And so many that their iterations cannot be counted. */
  START_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_draws", options.num_chains = INT64_MAX; options.initial_mixture = NULL;
                options.initial_posterior = handles->posterior);
  gmm_posterior_destroy(other);
  gmm_model_destroy(shared_model);
}
