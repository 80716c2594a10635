/* Every combination of priors and constraints, with data and without, under both methods; and the ends of the range of
 * K. */
#include "behaviour.h"

enum { K = 3 };
static const double fixed_weights[K] = {0.25, 0.35, 0.4}, fixed_means[K] = {-3.0, 0.5, 4.0};
static const double zero = 0.0, one = 1.0, two = 2.0, ten = 10.0, fixed_sd = 1.5;

/* Checks that each draw keeps to the model: constraints, fixed values, and the log posterior's definition. */
static void draws_keep_to(const gmm_model *model, const gmm_model_options *options, const gmm_posterior *posterior) {
  const gmm_view weights = view_of(posterior, GMM_FIELD_WEIGHTS), means = view_of(posterior, GMM_FIELD_MEANS);
  const gmm_view sds = view_of(posterior, GMM_FIELD_SDS), density = view_of(posterior, GMM_FIELD_LOG_POSTERIOR);
  const gmm_view likelihood = view_of(posterior, GMM_FIELD_LOG_LIKELIHOOD);
  EXPECT(all_finite(posterior));
  for (int64_t draw = 0; draw < weights.shape[1]; draw++) {
    double w[K], m[K], s[K], prior = NAN;
    for (int64_t k = 0; k < K; k++) {
      w[k] = element(&weights, 0, draw, k);
      m[k] = element(&means, 0, draw, k);
      s[k] = element(&sds, 0, draw, k < sds.shape[2] ? k : 0);
      EXPECT(w[k] >= options->minimum_weight && s[k] > 0.0);
      EXPECT(k == 0 || !options->ordered_means || m[k - 1] <= m[k]);
      EXPECT(options->weights.family != GMM_PRIOR_FIXED || w[k] == fixed_weights[k]);
      EXPECT(options->means.family != GMM_PRIOR_FIXED || m[k] == fixed_means[k]);
      EXPECT(options->spread.family != GMM_PRIOR_FIXED || s[k] == fixed_sd);
      if (options->means.family == GMM_PRIOR_EACH && options->means.priors[k].family == GMM_PRIOR_FIXED) {
        EXPECT(m[k] == options->means.priors[k].first[0]);
      }
      if (options->spread.family == GMM_PRIOR_EACH && options->spread.priors[k].family == GMM_PRIOR_FIXED) {
        EXPECT(s[k] == options->spread.priors[k].first[0]);
      }
    }
    ACCEPTED(gmm_model_log_prior(model, w, m, s, &prior, out_error));
    const double sum = element(&likelihood, 0, draw, 0) + prior;
    EXPECT(fabs(element(&density, 0, draw, 0) - sum) <= 1e-12 * (1.0 + fabs(prior) + fabs(sum)));
  }
}

static void samples_right(const gmm_model_options *options) {
  gmm_model *model = fixture_model(options);
  gmm_sample_options sampling = fixture_sample_options();
  sampling.num_chains = 1;
  sampling.num_tune = 5;
  sampling.num_draws = 10;
  for (int32_t method = GMM_METHOD_GIBBS; method <= GMM_METHOD_METROPOLIS; method++) {
    sampling.method = method;
    for (int64_t count = 0; count <= FIXTURE_COUNT; count += FIXTURE_COUNT) {
      gmm_posterior *posterior = NULL;
      ACCEPTED(gmm_sample(model, count == 0 ? NULL : fixture_data_set(), &sampling, NULL, &posterior, out_error));
      if (posterior != NULL) draws_keep_to(model, options, posterior);
      gmm_posterior_destroy(posterior);
    }
  }
  gmm_posterior *prior = NULL;
  ACCEPTED(gmm_sample_prior(model, 10, 1, NULL, &prior, out_error));
  if (prior != NULL) draws_keep_to(model, options, prior);
  gmm_posterior_destroy(prior);
  gmm_model_destroy(model);
}

static void every_combination_works(void) {
  const gmm_prior weights[] = {{GMM_PRIOR_DIRICHLET, 1, &two, NULL, NULL},
                               {GMM_PRIOR_FIXED, K, fixed_weights, NULL, NULL}};
  const gmm_prior means[] = {{GMM_PRIOR_NORMAL, 1, &zero, &ten, NULL}, {GMM_PRIOR_FIXED, K, fixed_means, NULL, NULL}};
  const gmm_prior spreads[] = {
      {GMM_PRIOR_UNIFORM, 1, &zero, &ten, NULL},    {GMM_PRIOR_HALF_CAUCHY, 1, &two, NULL, NULL},
      {GMM_PRIOR_HALF_NORMAL, 1, &two, NULL, NULL}, {GMM_PRIOR_INVERSE_GAMMA, 1, &two, &one, NULL},
      {GMM_PRIOR_GAMMA, 1, &two, &one, NULL},       {GMM_PRIOR_FIXED, 1, &fixed_sd, NULL, NULL}};
  const double minima[] = {0.0, 0.2};
  for (int choice = 0; choice < 2 * 2 * 2 * 2 * 2 * 6; choice++) {
    gmm_model_options options = fixture_model_options();
    options.num_components = K;
    options.weights = weights[choice & 1];
    options.means = means[choice >> 1 & 1];
    options.minimum_weight = minima[choice >> 2 & 1];
    options.ordered_means = choice >> 3 & 1;
    options.shared_spread = choice >> 4 & 1;
    options.spread = spreads[choice >> 5];
    samples_right(&options);
  }
}

/* One known mean, one known sd, or both, among others, of one family or of several. */
static void components_have_priors_of_their_own(void) {
  const gmm_prior open = {GMM_PRIOR_NORMAL, 1, &zero, &ten, NULL}, known = {GMM_PRIOR_FIXED, 1, &one, NULL, NULL};
  const gmm_prior spreads[] = {{GMM_PRIOR_HALF_NORMAL, 1, &two, NULL, NULL},
                               {GMM_PRIOR_FIXED, 1, &fixed_sd, NULL, NULL},
                               {GMM_PRIOR_INVERSE_GAMMA, 1, &two, &one, NULL}};
  for (int choice = 0; choice < 3 * 2 * 2; choice++) {
    gmm_prior means[K] = {open, open, open};
    means[choice % 3] = known;
    gmm_model_options options = fixture_model_options();
    options.num_components = K;
    options.means = (gmm_prior){GMM_PRIOR_EACH, K, NULL, NULL, means};
    options.ordered_means = choice / 3 & 1;
    if (choice / 6) options.spread = (gmm_prior){GMM_PRIOR_EACH, K, NULL, NULL, spreads};
    samples_right(&options);
    gmm_em_options fitting;
    gmm_em_options_init(&fitting, sizeof fitting);
    gmm_model *model = fixture_model(&options);
    fitting.model = model;
    gmm_em_fit *fit = NULL;
    gmm_em_result result = {.struct_size = sizeof result};
    ACCEPTED(gmm_fit_em(fixture_data_set(), &fitting, NULL, &fit, out_error));
    if (fit != NULL && gmm_em_fit_get_result(fit, &result, NULL) == GMM_OK) {
      EXPECT(result.means[choice % 3] == one);
      EXPECT(choice / 6 == 0 || result.covariances[1] == fixed_sd * fixed_sd);
    }
    gmm_em_fit_destroy(fit);
    gmm_model_destroy(model);
  }
}

static void one_component_and_the_most(void) {
  const int32_t counts[] = {1, 64, GMM_MAX_COMPONENTS};
  for (int i = 0; i < 3; i++) {
    gmm_model_options options = fixture_model_options();
    options.num_components = counts[i];
    options.ordered_means = i == 1;
    gmm_model *model = fixture_model(&options);
    gmm_sample_options sampling = fixture_sample_options();
    sampling.num_draws = 5;
    sampling.store_assignments = 1;
    for (int32_t method = GMM_METHOD_GIBBS; method <= GMM_METHOD_METROPOLIS; method++) {
      sampling.method = method;
      gmm_posterior *posterior = fixture_posterior(model, &sampling);
      EXPECT(all_finite(posterior) && view_of(posterior, GMM_FIELD_WEIGHTS).shape[2] == counts[i]);
      const gmm_view assignments = view_of(posterior, GMM_FIELD_ASSIGNMENTS);
      for (int64_t n = 0; n < FIXTURE_COUNT; n++) {
        EXPECT(((const uint8_t *)assignments.data)[n * assignments.strides[2]] < counts[i]);
      }
      gmm_posterior_destroy(posterior);
    }
    gmm_model_destroy(model);
  }
}

void behaviour_models(void) {
  every_combination_works();
  components_have_priors_of_their_own();
  one_component_and_the_most();
}
