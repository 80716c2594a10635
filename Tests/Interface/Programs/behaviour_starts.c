/* Chains that start from a mixture, or from a posterior. */
#include "behaviour.h"

enum { D = FIXTURE_COLUMNS, K = 2 };

static gmm_posterior *sampled(const gmm_model *model, const gmm_sample_options *options) {
  gmm_posterior *posterior = NULL;
  ACCEPTED(gmm_sample(model, fixture_data_set(), options, NULL, &posterior, out_error));
  return posterior;
}

/* A mixture in the other order, with a weight and an sd outside of what the model allows: the same bits as from the
 * values that it stands for. */
static void mixtures_take_the_form_of_the_model(void) {
  static const double zero = 0.0, ten = 10.0, weights[K] = {1.0, 0.0}, means[K] = {4.0, -3.0};
  static const double variances[K] = {4.0, 400.0};
  gmm_model_options model_options = fixture_model_options();
  model_options.ordered_means = 1;
  model_options.minimum_weight = 0.125;
  model_options.spread = (gmm_prior){GMM_PRIOR_UNIFORM, 1, &zero, &ten, NULL};
  gmm_model *model = fixture_model(&model_options);
  gmm_mixture mixture;
  gmm_mixture_init(&mixture, sizeof mixture);
  mixture.num_components = K;
  mixture.covariance = GMM_COVARIANCE_SPHERICAL;
  mixture.weights = weights;
  mixture.means = means;
  mixture.covariances = variances;
  gmm_sample_options options = fixture_sample_options();
  options.num_tune = 0;
  options.num_draws = 3;
  options.initial_mixture = &mixture;
  gmm_posterior *found = sampled(model, &options);
  static const double given_weights[K] = {0.125, 0.875}, given_means[K] = {-3.0, 4.0};
  const double given_sds[K] = {10.0 - 1e-3 * 10.0, 2.0};
  options.initial_mixture = NULL;
  options.num_initial = 1;
  options.initial_weights = given_weights;
  options.initial_means = given_means;
  options.initial_sds = given_sds;
  gmm_posterior *expected = sampled(model, &options);
  EXPECT(same_draws(found, expected));
  gmm_posterior_destroy(found);
  gmm_posterior_destroy(expected);
  gmm_model_destroy(model);
}

/* Three chains from a posterior of two start at the last draws of chains 0, 1 and 0. */
static void posteriors_lead_on(void) {
  const gmm_model_options model_options = fixture_model_options();
  gmm_model *model = fixture_model(&model_options);
  gmm_sample_options options = fixture_sample_options();
  gmm_posterior *first = sampled(model, &options);
  options.num_chains = 3;
  options.num_draws = 4;
  options.num_tune = 0;
  options.initial_posterior = first;
  gmm_posterior *found = sampled(model, &options);
  first = drawn_of(first);
  double weights[3 * K], means[3 * K], sds[3 * K];
  double *targets[] = {weights, means, sds};
  for (int32_t field = GMM_FIELD_WEIGHTS; field <= GMM_FIELD_SDS; field++) {
    const gmm_view view = view_of(first, field);
    for (int c = 0; c < 3; c++) {
      const double *last =
          (const double *)view.data + (c % 2) * view.strides[0] + (view.shape[1] - 1) * view.strides[1];
      for (int k = 0; k < K; k++) targets[field][c * K + k] = last[k * view.strides[2]];
    }
  }
  options.initial_posterior = NULL;
  options.num_initial = 3;
  options.initial_weights = weights;
  options.initial_means = means;
  options.initial_sds = sds;
  gmm_posterior *expected = sampled(model, &options);
  EXPECT(same_draws(found, expected));
  gmm_posterior_destroy(first);
  gmm_posterior_destroy(found);
  gmm_posterior_destroy(expected);
  gmm_model_destroy(model);
}

/* The arrays of a fit can be used as a start unchanged, for every form of the model's covariances. */
static void fits_serve_models_of_every_form(void) {
  gmm_em_options em_options;
  gmm_em_options_init(&em_options, sizeof em_options);
  em_options.num_components = K;
  gmm_em_fit *fit = NULL;
  ACCEPTED(gmm_fit_em(fixture_table_set(), &em_options, NULL, &fit, out_error));
  gmm_em_result result = {.struct_size = sizeof result};
  ACCEPTED(gmm_em_fit_get_result(fit, &result, out_error));
  gmm_mixture mixture;
  gmm_mixture_init(&mixture, sizeof mixture);
  mixture.num_components = K;
  mixture.num_dimensions = D;
  mixture.weights = result.weights;
  mixture.means = result.means;
  mixture.covariances = result.covariances;
  for (int32_t covariance = GMM_COVARIANCE_FULL; covariance <= GMM_COVARIANCE_SPHERICAL; covariance++) {
    gmm_model_options model_options;
    gmm_model_options_init(&model_options, sizeof model_options);
    model_options.num_components = K;
    model_options.num_dimensions = D;
    model_options.covariance = covariance;
    gmm_model *model = NULL;
    ACCEPTED(fixture_model_for_data(&model_options, fixture_table_set(), NULL, &model, out_error));
    gmm_sample_options options = fixture_sample_options();
    options.num_tune = 0;
    options.num_draws = 2;
    options.initial_mixture = &mixture;
    gmm_posterior *posterior = NULL;
    ACCEPTED(gmm_sample(model, fixture_table_set(), &options, NULL, &posterior, out_error));
    gmm_posterior_destroy(posterior);
    gmm_model_destroy(model);
  }
  gmm_em_fit_destroy(fit);
}

void behaviour_starts(void) {
  mixtures_take_the_form_of_the_model();
  posteriors_lead_on();
  fits_serve_models_of_every_form();
}
