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
  const gmm_prior means[] = {{GMM_PRIOR_NORMAL, 1, &zero, &ten, NULL},
                             {GMM_PRIOR_FIXED, K, fixed_means, NULL, NULL},
                             {GMM_PRIOR_UNIFORM, 1, &zero, &ten, NULL}};
  const gmm_prior spreads[] = {
      {GMM_PRIOR_UNIFORM, 1, &zero, &ten, NULL},    {GMM_PRIOR_HALF_CAUCHY, 1, &two, NULL, NULL},
      {GMM_PRIOR_HALF_NORMAL, 1, &two, NULL, NULL}, {GMM_PRIOR_INVERSE_GAMMA, 1, &two, &one, NULL},
      {GMM_PRIOR_GAMMA, 1, &two, &one, NULL},       {GMM_PRIOR_FIXED, 1, &fixed_sd, NULL, NULL},
      {GMM_PRIOR_LOG_NORMAL, 1, &zero, &one, NULL}, {GMM_PRIOR_HALF_STUDENT_T, 1, &ten, &two, NULL}};
  const double minima[] = {0.0, 0.2};
  for (int choice = 0; choice < 2 * 3 * 2 * 2 * 2 * 8; choice++) {
    gmm_model_options options = fixture_model_options();
    options.num_components = K;
    options.weights = weights[choice & 1];
    options.minimum_weight = minima[choice >> 1 & 1];
    options.ordered_means = choice >> 2 & 1;
    options.shared_spread = choice >> 3 & 1;
    options.spread = spreads[choice >> 4 & 7];
    options.means = means[choice >> 7];
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
      gmm_posterior *posterior = drawn_of(fixture_posterior(model, &sampling));
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

/* A model whose priors wait for data is used as it is; the data of a call choose the priors that gmm_model_for_data
 * does. */
static void open_models_take_the_data_of_the_call(void) {
  /* Each form with a stated rule, and with the rule left to the calls. */
  for (int32_t i = 0; i < 2 * (GMM_COVARIANCE_SPHERICAL + 1); i++) {
    const int32_t covariance = i / 2, rule = i % 2 ? GMM_DEFAULT_PRIORS_FRALEY_RAFTERY : 0;
    const int32_t of_draws = rule == 0 ? GMM_DEFAULT_PRIORS_MALSINER_WALLI : rule;
    gmm_model_options options, stated;
    gmm_model_options_init(&options, sizeof options);
    options.num_components = 2;
    options.num_dimensions = FIXTURE_COLUMNS;
    options.covariance = covariance;
    options.default_priors = rule;
    gmm_model *open = fixture_model(&options), *closed = NULL, *of_posterior = NULL;
    EXPECT(gmm_model_is_open(open) == 1 && gmm_model_covariance(open) == covariance);
    EXPECT(gmm_model_default_priors(open) == rule);
    stated.struct_size = sizeof stated;
    ACCEPTED(gmm_model_get_options(open, &stated, out_error));
    EXPECT(stated.means.family == GMM_PRIOR_SCALED && stated.spread.family == GMM_PRIOR_SCALED);
    ACCEPTED(gmm_model_for_data(open, fixture_table_set(), NULL, &closed, out_error));
    EXPECT(gmm_model_is_open(closed) == 0);
    EXPECT(gmm_model_num_sds(open) == gmm_model_num_sds(closed));
    EXPECT(gmm_model_num_covariances(open) == gmm_model_num_covariances(closed));
    EXPECT(gmm_model_default_priors(closed) == of_draws);

    const gmm_sample_options sampling = fixture_sample_options();
    gmm_posterior *left = NULL, *right = NULL;
    ACCEPTED(gmm_sample(open, fixture_table_set(), &sampling, NULL, &left, out_error));
    ACCEPTED(gmm_sample(closed, fixture_table_set(), &sampling, NULL, &right, out_error));
    const gmm_view drawn = view_of(left, GMM_FIELD_LOG_POSTERIOR), expected = view_of(right, GMM_FIELD_LOG_POSTERIOR);
    for (int64_t j = 0; j < drawn.shape[0] * drawn.shape[1]; j++) {
      const int64_t chain = j / drawn.shape[1], draw = j % drawn.shape[1];
      EXPECT(element(&drawn, chain, draw, 0) == element(&expected, chain, draw, 0));
    }
    ACCEPTED(gmm_posterior_get_model(left, &of_posterior, out_error));
    ACCEPTED(gmm_model_get_options(of_posterior, &stated, out_error));
    if (rule == 0) {
      EXPECT(stated.means.family == GMM_PRIOR_NORMAL && stated.spread.priors != NULL);
    } else {
      EXPECT(stated.means.family == GMM_PRIOR_NORMAL_KAPPA && stated.means.second[0] == 0.01);
    }
    EXPECT(stated.default_priors == of_draws);
    /* The options state where the priors come from, so a model made of them knows it, too. */
    gmm_model *again = fixture_model(&stated);
    EXPECT(gmm_model_default_priors(again) == of_draws);
    gmm_model_destroy(again);
    stated.default_priors = 0;
    again = fixture_model(&stated);
    EXPECT(gmm_model_default_priors(again) == 0);
    gmm_model_destroy(again);

    /* Fits have their own rule where none is stated. */
    options.default_priors = GMM_DEFAULT_PRIORS_FRALEY_RAFTERY;
    gmm_model *fitted_open = fixture_model(&options), *fitted = NULL;
    ACCEPTED(gmm_model_for_data(fitted_open, fixture_table_set(), NULL, &fitted, out_error));
    gmm_model_destroy(fitted_open);
    gmm_em_options fitting;
    gmm_em_options_init(&fitting, sizeof fitting);
    gmm_em_fit *fits[2] = {NULL, NULL};
    gmm_em_result results[2] = {{.struct_size = sizeof results[0]}, {.struct_size = sizeof results[1]}};
    for (int j = 0; j < 2; j++) {
      fitting.model = j == 0 ? open : fitted;
      ACCEPTED(gmm_fit_em(fixture_table_set(), &fitting, NULL, &fits[j], out_error));
      ACCEPTED(gmm_em_fit_get_result(fits[j], &results[j], out_error));
    }
    EXPECT(results[0].log_prior == results[1].log_prior && results[0].log_prior != 0.0);
    for (int j = 0; j < 2; j++) gmm_em_fit_destroy(fits[j]);
    gmm_model_destroy(fitted);

    /* Questions about the prior alone need all priors. */
    gmm_posterior *made = NULL;
    const double numbers[2 * FIXTURE_COLUMNS * FIXTURE_COLUMNS] = {0.5, 0.5};
    double density = 42.0;
    REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "model", made, gmm_sample(open, NULL, NULL, NULL, &made, out_error));
    REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "model", made, gmm_sample_prior(open, 5, 1, NULL, &made, out_error));
    REFUSED(GMM_ERROR_INVALID_ARGUMENT, "model",
            gmm_model_log_prior(open, numbers, numbers, numbers, &density, out_error));
    EXPECT(density == 42.0);
    gmm_posterior_destroy(left);
    gmm_posterior_destroy(right);
    gmm_model_destroy(of_posterior);
    gmm_model_destroy(closed);
    gmm_model_destroy(open);
  }
}

void behaviour_models(void) {
  open_models_take_the_data_of_the_call();
  every_combination_works();
  components_have_priors_of_their_own();
  one_component_and_the_most();
}
