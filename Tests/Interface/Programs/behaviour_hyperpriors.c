/* Parameters of priors that have priors themselves: statements, draws, and refusals. */
#include <math.h>
#include <stdlib.h>

#include "behaviour.h"

enum { K = 3 };

static const double zero[] = {0}, one[] = {1}, two[] = {2}, ten[] = {10}, pair[] = {1, 4};
static const double unit[] = {1, 0, 0, 1}, scale[] = {0.3, 0.1, 0.1, 0.2};
static const gmm_prior known = {GMM_PRIOR_FIXED, 0, NULL, NULL, NULL};

static gmm_model_options line_options(const gmm_prior *of_weights, const gmm_prior *of_means,
                                      const gmm_prior *of_spread) {
  gmm_model_options options = fixture_model_options();
  options.num_components = K;
  options.ordered_means = 0;
  options.minimum_weight = 0;
  options.weights = (gmm_prior){GMM_PRIOR_DIRICHLET, 1, one, NULL, of_weights};
  options.means = (gmm_prior){GMM_PRIOR_NORMAL, 1, zero, ten, of_means};
  options.spread = (gmm_prior){GMM_PRIOR_GAMMA, 1, two, one, of_spread};
  return options;
}

/* The priors of the concentration, the mean and the sd of the means and the rate, without those of weights, means and
 * sds. */
static void check_log_priors(const gmm_posterior *posterior, const gmm_posterior_info *info) {
  const size_t count = (size_t)(info->num_chains * info->num_draws);
  double *found = malloc(count * sizeof *found);
  ACCEPTED(gmm_posterior_log_priors(posterior, found, (int64_t)count, out_error));
  const gmm_view alpha = view_of(posterior, GMM_FIELD_CONCENTRATION), center = view_of(posterior, GMM_FIELD_CENTER);
  const gmm_view rate = view_of(posterior, GMM_FIELD_RATE), sd = view_of(posterior, GMM_FIELD_MEANS_SD);
  double shift = 0;
  for (int64_t draw = 0; draw < info->num_draws; draw++) {
    const double a = element(&alpha, 0, draw, 0), c = element(&center, 0, draw, 0);
    const double b = element(&rate, 0, draw, 0), s = element(&sd, 0, draw, 0);
    const double expected = -6 * log1p(a / 5) - (c - 1) * (c - 1) / 200 + log(b) - b - 1.5 * log1p(s * s / 200);
    if (draw == 0) shift = found[0] - expected;
    EXPECT(fabs(found[draw] - expected - shift) < 1e-9);
  }
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity",
          gmm_posterior_log_priors(posterior, found, (int64_t)count - 1, out_error));
  free(found);
}

static void check_line(void) {
  const gmm_prior of_weights[] = {{GMM_PRIOR_F, 1, two, ten, NULL}};
  const gmm_prior of_means[] = {{GMM_PRIOR_NORMAL, 1, one, ten, NULL}, {GMM_PRIOR_HALF_STUDENT_T, 1, two, ten, NULL}};
  const gmm_prior of_spread[] = {known, {GMM_PRIOR_GAMMA, 1, two, one, NULL}};
  const gmm_model_options options = line_options(of_weights, of_means, of_spread);
  gmm_model *model = fixture_model(&options);
  gmm_model_options stated;
  stated.struct_size = sizeof stated;
  ACCEPTED(gmm_model_get_options(model, &stated, out_error));
  EXPECT(stated.weights.priors[0].family == GMM_PRIOR_F && stated.weights.priors[0].second[0] == 10);
  EXPECT(stated.means.priors[0].family == GMM_PRIOR_NORMAL && stated.means.priors[0].first[0] == 1);
  EXPECT(stated.means.priors[1].family == GMM_PRIOR_HALF_STUDENT_T && stated.means.priors[1].second[0] == 10);
  EXPECT(stated.spread.priors[0].family == GMM_PRIOR_FIXED && stated.spread.priors[1].family == GMM_PRIOR_GAMMA);
  EXPECT(stated.spread.priors[1].first[0] == 2 && stated.spread.first[0] == 2 && stated.spread.second[0] == 1);

  const gmm_sample_options sampling = fixture_sample_options();
  gmm_posterior *posterior = fixture_posterior(model, &sampling);
  const int32_t fields[] = {GMM_FIELD_CONCENTRATION, GMM_FIELD_CENTER, GMM_FIELD_RATE, GMM_FIELD_MEANS_SD};
  enum { FIELDS = sizeof fields / sizeof *fields };
  const gmm_posterior_info info = info_of(posterior);
  for (int i = 0; i < FIELDS; i++) {
    const gmm_view view = view_of(posterior, fields[i]);
    EXPECT(view.num_axes == 2 && view.shape[0] == info.num_chains && view.shape[1] == info.num_draws);
    for (int64_t draw = 1; draw < info.num_draws; draw++) {
      const double value = element(&view, 0, draw, 0);
      EXPECT(isfinite(value) && (value > 0 || i == 1) && value != element(&view, 0, draw - 1, 0));
    }
  }
  gmm_view view;
  REFUSED(GMM_ERROR_UNSUPPORTED, "field", gmm_posterior_view(posterior, GMM_FIELD_SCALE, &view, out_error));
  check_log_priors(posterior, &info);
  gmm_posterior_destroy(posterior);

  const double weights[] = {0.2, 0.3, 0.5}, means[] = {0, 1, 2}, sds[] = {1, 1, 1};
  double density;
  REFUSED(GMM_ERROR_UNSUPPORTED, "model", gmm_model_log_prior(model, weights, means, sds, &density, out_error));
  gmm_model_destroy(model);

  const gmm_model_options plain = line_options(NULL, NULL, NULL);
  gmm_model *without = fixture_model(&plain);
  posterior = fixture_posterior(without, &sampling);
  for (int i = 0; i < FIELDS; i++) {
    REFUSED(GMM_ERROR_UNSUPPORTED, "field", gmm_posterior_view(posterior, fields[i], &view, out_error));
  }
  gmm_posterior_destroy(posterior);
  gmm_model_destroy(without);
}

static void check_matrices(void) {
  double rows[2 * 40];
  for (int i = 0; i < 40; i++) {
    rows[2 * i] = (i % 2 ? -3 : 3) + sin(i);
    rows[2 * i + 1] = cos(3 * i);
  }
  const double dof[] = {6}, of_scale[] = {3};
  const gmm_prior of_spread[] = {known, {GMM_PRIOR_WISHART, 1, of_scale, scale, NULL}};
  const gmm_prior of_means[] = {{GMM_PRIOR_NORMAL, 2, pair, pair, NULL}, {GMM_PRIOR_HALF_CAUCHY, 2, pair, NULL, NULL}};
  gmm_model_options options = line_options(NULL, of_means, NULL);
  options.num_components = 2;
  options.num_dimensions = 2;
  options.covariance = GMM_COVARIANCE_FULL;
  options.spread = (gmm_prior){GMM_PRIOR_INVERSE_WISHART, 1, dof, unit, of_spread};
  gmm_model *model = fixture_model(&options);
  gmm_data *data = NULL;
  gmm_posterior *posterior = NULL;
  ACCEPTED(gmm_data_create(rows, 40, 2, NULL, &data, out_error));
  const gmm_sample_options sampling = fixture_sample_options();
  ACCEPTED(gmm_sample(model, data, &sampling, NULL, &posterior, out_error));
  const gmm_view center = view_of(posterior, GMM_FIELD_CENTER), matrix = view_of(posterior, GMM_FIELD_SCALE);
  const gmm_view sds = view_of(posterior, GMM_FIELD_MEANS_SD);
  EXPECT(center.num_axes == 3 && center.shape[2] == 2);
  EXPECT(sds.num_axes == 3 && sds.shape[2] == 2 && *(const double *)sds.data > 0);
  EXPECT(matrix.num_axes == 4 && matrix.shape[2] == 2 && matrix.shape[3] == 2);
  const double *entries = matrix.data;
  EXPECT(entries[1] == entries[2] && entries[0] * entries[3] > entries[1] * entries[2]);
  gmm_posterior_destroy(posterior);
  gmm_data_destroy(data);
  gmm_model_destroy(model);
}

/* Scales with a bound: statements, and draws of twenty equal rows and another, which keep their distance from 0. */
static void check_bounds(void) {
  double rows[2 * 21] = {0};
  rows[40] = rows[41] = 9;
  const double dof[] = {6}, of_scale[] = {3}, lower[] = {0.5, 0.25};
  const gmm_prior wishart = {GMM_PRIOR_WISHART, 1, of_scale, scale, NULL};
  const gmm_prior gamma = {GMM_PRIOR_GAMMA, 1, one, one, NULL};
  const gmm_prior of_matrix[] = {known, {GMM_PRIOR_ABOVE, 2, lower, NULL, &wishart}};
  const gmm_prior of_scales[] = {known, {GMM_PRIOR_ABOVE, 2, lower, NULL, &gamma}};
  gmm_data *data = NULL;
  ACCEPTED(gmm_data_create(rows, 21, 2, NULL, &data, out_error));
  for (int is_diag = 0; is_diag < 2; is_diag++) {
    gmm_model_options options = line_options(NULL, NULL, NULL), stated;
    options.num_dimensions = 2;
    options.covariance = is_diag ? GMM_COVARIANCE_DIAG : GMM_COVARIANCE_FULL;
    options.spread = is_diag ? (gmm_prior){GMM_PRIOR_INVERSE_GAMMA, 1, dof, one, of_scales}
                             : (gmm_prior){GMM_PRIOR_INVERSE_WISHART, 1, dof, unit, of_matrix};
    gmm_model *model = fixture_model(&options);
    stated.struct_size = sizeof stated;
    ACCEPTED(gmm_model_get_options(model, &stated, out_error));
    const gmm_prior bounded = stated.spread.priors[1];
    EXPECT(bounded.family == GMM_PRIOR_ABOVE && bounded.num_values == 2 && bounded.first[1] == 0.25);
    EXPECT(bounded.priors[0].family == (is_diag ? GMM_PRIOR_GAMMA : GMM_PRIOR_WISHART));
    EXPECT(is_diag || (bounded.priors[0].first[0] == 3 && bounded.priors[0].second[3] == 0.2));
    const gmm_sample_options sampling = fixture_sample_options();
    gmm_posterior *posterior = NULL;
    ACCEPTED(gmm_sample(model, data, &sampling, NULL, &posterior, out_error));
    const gmm_view found = view_of(posterior, is_diag ? GMM_FIELD_RATE : GMM_FIELD_SCALE);
    const gmm_posterior_info info = info_of(posterior);
    int most_near = 0;
    for (int64_t draw = 0; draw < info.num_draws; draw++) {
      const double *entries = (const double *)found.data + draw * found.strides[1];
      const double last = entries[is_diag ? 1 : 3];
      EXPECT(entries[0] >= 0.5 && last >= 0.25);
      most_near += last < 0.35;
    }
    EXPECT(most_near > info.num_draws / 2);
    gmm_posterior_destroy(posterior);
    gmm_model_destroy(model);
  }
  gmm_data_destroy(data);
}

static void check_refusals(void) {
  static const double negative_number[] = {-1}, far[] = {900};
  const gmm_prior gamma = {GMM_PRIOR_GAMMA, 1, two, one, NULL}, normal = {GMM_PRIOR_NORMAL, 1, zero, one, NULL};
  const gmm_prior negative = {GMM_PRIOR_GAMMA, 1, two, zero, NULL}, nested = {GMM_PRIOR_GAMMA, 1, two, one, &gamma};
  const struct {
    gmm_prior weights[1], means[2], spread[2];
    gmm_status status;
    const char *argument;
  } cases[] = {
      {{normal}, {known, known}, {known, known}, GMM_ERROR_INVALID_ARGUMENT, "weights.concentration.family"},
      {{negative}, {known, known}, {known, known}, GMM_ERROR_INVALID_ARGUMENT, "weights.concentration.rate"},
      {{known}, {gamma, known}, {known, known}, GMM_ERROR_INVALID_ARGUMENT, "means.mean.family"},
      {{known}, {known, gamma}, {known, known}, GMM_ERROR_INVALID_ARGUMENT, "means.sd.family"},
      {{known},
       {known, {GMM_PRIOR_HALF_NORMAL, 1, zero, NULL, NULL}},
       {known, known},
       GMM_ERROR_INVALID_ARGUMENT,
       "means.sd.scale"},
      {{known}, {known, {GMM_PRIOR_UNIFORM, 1, one, two, NULL}}, {known, known}, GMM_ERROR_INVALID_MODEL, "means.sd"},
      {{known}, {known, known}, {gamma, known}, GMM_ERROR_INVALID_ARGUMENT, "spread.shape.family"},
      {{{GMM_PRIOR_ABOVE, 1, one, NULL, &gamma}},
       {known, known},
       {known, known},
       GMM_ERROR_INVALID_ARGUMENT,
       "weights.concentration.family"},
      {{known},
       {known, known},
       {known, {GMM_PRIOR_ABOVE, 1, one, NULL, NULL}},
       GMM_ERROR_NULL_ARGUMENT,
       "spread.rate.priors"},
      {{known},
       {known, known},
       {known, {GMM_PRIOR_ABOVE, 1, NULL, NULL, &gamma}},
       GMM_ERROR_NULL_ARGUMENT,
       "spread.rate.lower"},
      {{known},
       {known, known},
       {known, {GMM_PRIOR_ABOVE, 2, pair, NULL, &gamma}},
       GMM_ERROR_INVALID_ARGUMENT,
       "spread.rate.lower"},
      {{known},
       {known, known},
       {known, {GMM_PRIOR_ABOVE, 1, negative_number, NULL, &gamma}},
       GMM_ERROR_INVALID_ARGUMENT,
       "spread.rate.lower"},
      {{known},
       {known, known},
       {known, {GMM_PRIOR_ABOVE, 1, far, NULL, &gamma}},
       GMM_ERROR_INVALID_MODEL,
       "spread.rate.lower"},
      {{known},
       {known, known},
       {known, {GMM_PRIOR_ABOVE, 1, one, NULL, &normal}},
       GMM_ERROR_INVALID_ARGUMENT,
       "spread.rate.family"},
      {{known}, {known, known}, {known, normal}, GMM_ERROR_INVALID_ARGUMENT, "spread.rate.family"},
      {{known}, {known, known}, {known, negative}, GMM_ERROR_INVALID_ARGUMENT, "spread.rate.rate"},
      {{known}, {known, known}, {known, nested}, GMM_ERROR_INVALID_ARGUMENT, "spread.rate.shape"},
      {{known},
       {known, known},
       {known, {GMM_PRIOR_FIXED, 1, one, NULL, NULL}},
       GMM_ERROR_INVALID_ARGUMENT,
       "spread.rate.num_values"},
      {{known},
       {known, known},
       {known, {GMM_PRIOR_GAMMA, 2, pair, pair, NULL}},
       GMM_ERROR_INVALID_ARGUMENT,
       "spread.rate.shape"},
  };
  gmm_model *none = NULL;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const gmm_model_options options = line_options(cases[i].weights, cases[i].means, cases[i].spread);
    REFUSED(cases[i].status, cases[i].argument, gmm_model_create(&options, &none, out_error));
  }
  const gmm_prior of_weights[] = {gamma}, of_spread[] = {known, gamma};
  gmm_model_options options = line_options(of_weights, NULL, NULL);
  options.minimum_weight = 0.1;
  REFUSED(GMM_ERROR_INVALID_MODEL, "minimum_weight", gmm_model_create(&options, &none, out_error));
  options = line_options(NULL, NULL, of_spread);
  options.spread = (gmm_prior){GMM_PRIOR_HALF_NORMAL, 1, one, NULL, of_spread};
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "spread.scale", gmm_model_create(&options, &none, out_error));
}

void behaviour_hyperpriors(void) {
  check_line();
  check_matrices();
  check_bounds();
  check_refusals();
}
