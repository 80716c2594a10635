/* Data from which a model can hardly learn give a right answer or an error with a reason, and never NaN. */
#include "behaviour.h"

/* Samples from values, which data sets may refuse too. */
static gmm_status sample_values(const gmm_model *model, const double *values, int64_t count, int32_t method,
                                gmm_posterior **posterior, gmm_error **error) {
  gmm_sample_options options = fixture_sample_options();
  options.method = method;
  options.num_tune = 200;
  options.num_draws = 200;
  gmm_data *data = NULL;
  *posterior = NULL;
  gmm_status status = gmm_data_create(values, count, 1, NULL, &data, error);
  if (status == GMM_OK) status = gmm_sample(model, data, &options, NULL, posterior, error);
  gmm_data_destroy(data);
  return status;
}

/* The average of one component's values over all draws. */
static double average(const gmm_posterior *posterior, int32_t field, int64_t component) {
  const gmm_view view = view_of(posterior, field);
  double sum = 0.0;
  for (int64_t chain = 0; chain < view.shape[0]; chain++) {
    for (int64_t draw = 0; draw < view.shape[1]; draw++) sum += element(&view, chain, draw, component);
  }
  return sum / (double)(view.shape[0] * view.shape[1]);
}

static void the_same_data_elsewhere(double offset, double scale, double prior_sd, double prior_upper) {
  static double values[FIXTURE_COUNT];
  for (int i = 0; i < FIXTURE_COUNT; i++) values[i] = offset + scale * fixture_data[i];
  const double zero = 0.0;
  gmm_model_options options = fixture_ordered_options();
  options.means = (gmm_prior){GMM_PRIOR_NORMAL, 1, &offset, &prior_sd, NULL};
  options.spread = (gmm_prior){GMM_PRIOR_UNIFORM, 1, &zero, &prior_upper, NULL};
  gmm_model *model = fixture_model(&options);
  gmm_posterior *posterior = NULL;
  ACCEPTED(sample_values(model, values, FIXTURE_COUNT, GMM_METHOD_GIBBS, &posterior, out_error));
  EXPECT(all_finite(posterior));

  /* The groups' means are within 0.06 of -3 and 4 and their sd is 3 / sqrt(12) = 0.87, so that the posterior sds are
   * 0.19 for the mean of 20 values, 0.14 for that of 40, and 0.08 for the sd. The bounds are four of these and more;
   * the average of 400 draws is far closer. */
  EXPECT(fabs((average(posterior, GMM_FIELD_MEANS, 0) - offset) / scale + 3.0) < 0.8);
  EXPECT(fabs((average(posterior, GMM_FIELD_MEANS, 1) - offset) / scale - 4.0) < 0.6);
  EXPECT(fabs(average(posterior, GMM_FIELD_SDS, 0) / scale - 0.87) < 0.4);
  gmm_posterior_destroy(posterior);
  gmm_model_destroy(model);
}

static void equal_values(void) {
  const double values[] = {5.0, 5.0, 5.0, 5.0, 5.0, 5.0};
  const double one = 1.0, two = 2.0, five = 5.0;
  const int32_t reaching_zero[] = {GMM_PRIOR_UNIFORM, GMM_PRIOR_HALF_CAUCHY, GMM_PRIOR_HALF_NORMAL,
                                   GMM_PRIOR_HALF_STUDENT_T};
  const double lower[] = {0.0};
  gmm_posterior *posterior = NULL;
  for (int shared = 0; shared < 2; shared++) {
    gmm_model_options options = fixture_model_options();
    options.shared_spread = shared;
    for (int i = 0; i < 4; i++) {
      const int is_uniform = reaching_zero[i] == GMM_PRIOR_UNIFORM;
      options.spread = (gmm_prior){reaching_zero[i], 1, is_uniform ? lower : &five, &five, NULL};
      gmm_model *model = fixture_model(&options);
      REFUSED_HANDLE(GMM_ERROR_DEGENERATE, "data", posterior,
                     sample_values(model, values, 6, GMM_METHOD_GIBBS, &posterior, out_error));
      gmm_model_destroy(model);
    }
    const gmm_prior kept_from_zero[] = {{GMM_PRIOR_UNIFORM, 1, &one, &five, NULL},
                                        {GMM_PRIOR_INVERSE_GAMMA, 1, &two, &one, NULL},
                                        {GMM_PRIOR_GAMMA, 1, &two, &one, NULL},
                                        {GMM_PRIOR_FIXED, 1, &one, NULL, NULL}};
    for (int i = 0; i < 4; i++) {
      options.spread = kept_from_zero[i];
      gmm_model *model = fixture_model(&options);
      for (int32_t method = GMM_METHOD_GIBBS; method <= GMM_METHOD_METROPOLIS; method++) {
        ACCEPTED(sample_values(model, values, 6, method, &posterior, out_error));
        if (posterior != NULL) EXPECT(all_finite(posterior));
        gmm_posterior_destroy(posterior);
      }
      gmm_model_destroy(model);
    }
  }
}

static void few_values_and_none(void) {
  const double values[] = {-1.0, 0.5, 2.0};
  gmm_posterior *posterior = NULL;
  gmm_model_options options = fixture_model_options();
  options.num_components = 5;
  for (int32_t ordered = 0; ordered < 2; ordered++) {
    options.ordered_means = ordered;
    options.minimum_weight = ordered ? 0.2 : 0.05; /* 5 x 0.2 = 1: one point of the simplex is left */
    gmm_model *model = fixture_model(&options);
    for (int64_t count = 0; count <= 3; count++) {
      for (int32_t method = GMM_METHOD_GIBBS; method <= GMM_METHOD_METROPOLIS; method++) {
        ACCEPTED(sample_values(model, count == 0 ? NULL : values, count, method, &posterior, out_error));
        if (posterior == NULL) continue;
        EXPECT(all_finite(posterior));
        double probabilities[15];
        ACCEPTED(gmm_posterior_probabilities(posterior, NULL, probabilities, count * 5, out_error));
        if (count == 0) EXPECT(average(posterior, GMM_FIELD_LOG_LIKELIHOOD, 0) == 0.0);
        gmm_posterior_destroy(posterior);
      }
    }
    gmm_model_destroy(model);
  }
}

static void prior_draws_keep_the_constraints(void) {
  gmm_model_options options = fixture_ordered_options();
  options.num_components = 4;
  options.minimum_weight = 0.2;
  gmm_model *model = fixture_model(&options);
  gmm_posterior *prior = NULL;
  ACCEPTED(gmm_sample_prior(model, 500, 3, NULL, &prior, out_error));
  const gmm_posterior_info info = info_of(prior);
  EXPECT(info.is_prior && !info.can_extend && info.num_chains == 1 && info.num_draws == 500);
  EXPECT(info.num_observations == 0 && all_finite(prior));
  const gmm_view weights = view_of(prior, GMM_FIELD_WEIGHTS), means = view_of(prior, GMM_FIELD_MEANS);
  for (int64_t draw = 0; draw < 500; draw++) {
    for (int64_t k = 0; k < 4; k++) {
      EXPECT(element(&weights, 0, draw, k) >= 0.2);
      EXPECT(k == 0 || element(&means, 0, draw, k - 1) <= element(&means, 0, draw, k));
    }
  }
  EXPECT(average(prior, GMM_FIELD_LOG_LIKELIHOOD, 0) == 0.0);
  gmm_posterior_destroy(prior);
  gmm_model_destroy(model);
}

/* Values whose square overflows, ties under a prior that lets each sd reach 0, and a lone far value have no status
 * that the header fixes. But NaN never comes out. */
static void answers_are_finite_or_refused(void) {
  const double huge[] = {-1e300, 0.0, 1e300, 1.7e308}, ties[] = {0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 7.0};
  const double tiny[] = {5e-324, 0.0, 1e-310, -1e-310}, far[] = {0.0, 0.1, 0.2, 0.3, 1e12};
  const struct {
    const double *values;
    int64_t count;
  } cases[] = {{huge, 4}, {ties, 7}, {tiny, 4}, {far, 5}};
  const gmm_model_options options = fixture_model_options();
  gmm_model *model = fixture_model(&options);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    for (int32_t method = GMM_METHOD_GIBBS; method <= GMM_METHOD_METROPOLIS; method++) {
      gmm_posterior *posterior = NULL;
      gmm_error *error = NULL;
      const gmm_status status = sample_values(model, cases[i].values, cases[i].count, method, &posterior, &error);
      EXPECT(status == GMM_OK || status == GMM_ERROR_DEGENERATE || status == GMM_ERROR_INVALID_DATA);
      /* A chain that collapses leaves the draws before. */
      EXPECT((status == GMM_OK) == (error == NULL));
      EXPECT(posterior != NULL ? status != GMM_ERROR_INVALID_DATA : status != GMM_OK);
      if (posterior != NULL) EXPECT(all_finite(posterior));
      gmm_error_destroy(error);
      gmm_posterior_destroy(posterior);
    }
  }
  gmm_model_destroy(model);
}

void behaviour_data(void) {
  the_same_data_elsewhere(0.0, 1.0, 10.0, 10.0);
  the_same_data_elsewhere(1e9, 1.0, 10.0, 10.0);
  the_same_data_elsewhere(0.0, 1e-9, 1e-8, 1e-8);
  the_same_data_elsewhere(0.0, 1e-9, 10.0, 10.0);
  the_same_data_elsewhere(0.0, 1e9, 1e10, 1e10);
  equal_values();
  few_values_and_none();
  prior_draws_keep_the_constraints();
  answers_are_finite_or_refused();
}
