/* Data from which a mixture can learn little give finite draws or an error that says why. */
#include "check.h"
#include "draws.h"
#include "fixture.h"

enum { ROWS = 40, MOST_DIMENSIONS = 3, PATTERNS = 9 };

/* Fills ROWS x dimensions numbers with one of the patterns; every column is a pattern of its own scale. */
static void fill(double *data, int pattern, int dimensions) {
  for (int i = 0; i < ROWS; i++) {
    for (int d = 0; d < dimensions; d++) {
      const double plain = fixture_table[i * FIXTURE_COLUMNS + d];
      double value = plain;
      switch (pattern) {
        case 0:
          value = 2.5;
          break; /* all equal */
        case 1:
          value = i % 2 == 0 ? -1.0 : 1.0;
          break; /* two values */
        case 2:
          value = i == 7 ? 1e12 : plain;
          break; /* one outlier */
        case 3:
          value = plain * 1e-300;
          break; /* squares are 0 */
        case 4:
          value = i;
          break; /* sorted */
        case 5:
          value = fixture_table[i / 8 * FIXTURE_COLUMNS + d];
          break; /* each eight times */
        case 6:
          value = plain * 1e140;
          break; /* squares near the largest number */
        case 7:
          value = 1e15 + (i % 3);
          break; /* digits end at 1/8 */
        default:
          value = i < 2 ? plain : 0.0;
          break; /* nearly all 0 */
      }
      data[i * dimensions + d] = value;
    }
  }
}

/* Samples. Either all numbers of all draws are finite, or the refusal has a message. Returns whether there were
 * draws. */
static int sampled(const gmm_model *model, const double *data, int64_t rows, int dimensions, int32_t method) {
  gmm_sample_options options = fixture_sample_options();
  gmm_posterior *posterior = NULL;
  gmm_error *error = NULL;
  options.method = method;
  options.num_tune = 250;
  gmm_data *set = fixture_rows(data, rows, dimensions);
  const gmm_status status = gmm_sample(model, set, &options, NULL, &posterior, &error);
  gmm_data_destroy(set);
  if (status == GMM_OK) {
    const int32_t fields[] = {GMM_FIELD_WEIGHTS,     GMM_FIELD_MEANS,          GMM_FIELD_SDS,
                              GMM_FIELD_COVARIANCES, GMM_FIELD_LOG_LIKELIHOOD, GMM_FIELD_LOG_POSTERIOR,
                              GMM_FIELD_ACCEPTANCE};
    for (int f = 0; f < 7; f++) {
      gmm_view view;
      if (gmm_posterior_view(posterior, fields[f], &view, NULL) != GMM_OK) continue;
      int64_t inner = 1;
      for (int32_t axis = 2; axis < view.num_axes; axis++) inner *= view.shape[axis];
      for (int64_t i = 0; i < view.shape[0] * view.shape[1]; i++) {
        const double *row =
            (const double *)view.data + i / view.shape[1] * view.strides[0] + i % view.shape[1] * view.strides[1];
        for (int64_t j = 0; j < inner; j++) EXPECT(isfinite(row[j]));
      }
    }
  } else {
    EXPECT(status == GMM_ERROR_DEGENERATE || status == GMM_ERROR_UNSUPPORTED);
    EXPECT(strstr(gmm_error_message(error), ", got ") != NULL && gmm_error_argument(error)[0] != '\0');
  }
  gmm_error_destroy(error);
  gmm_posterior_destroy(posterior);
  return status == GMM_OK;
}

/* A model with a proper posterior for all data: Normal means, half-Normal sds or an inverse-Wishart prior. */
static gmm_model *proper_model(int dimensions, int components, int is_full, double minimum_weight) {
  static const double zero = 0.0, one = 1.0, ten = 10.0, dof = 6.0, unit[] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  gmm_model_options options = fixture_model_options();
  options.num_components = components;
  options.num_dimensions = dimensions;
  options.minimum_weight = minimum_weight;
  options.covariance = is_full ? GMM_COVARIANCE_FULL : GMM_COVARIANCE_DIAG;
  options.means = (gmm_prior){GMM_PRIOR_NORMAL, 1, &zero, &ten, NULL};
  options.spread = is_full && dimensions > 1 ? (gmm_prior){GMM_PRIOR_INVERSE_WISHART, 1, &dof, unit, NULL}
                                             : (gmm_prior){GMM_PRIOR_INVERSE_GAMMA, 1, &one, &one, NULL};
  return fixture_model(&options);
}

/* Fits; a fit is finite, and a refusal says why. */
static void fitted(const double *data, int64_t rows, int dimensions, int components) {
  gmm_em_options options;
  gmm_em_fit *fit = NULL;
  gmm_error *error = NULL;
  gmm_em_options_init(&options, sizeof options);
  options.num_components = components;
  options.num_starts = 2;
  options.max_iterations = 200;
  gmm_data *set = fixture_rows(data, rows, dimensions);
  const gmm_status status = gmm_fit_em(set, &options, NULL, &fit, &error);
  gmm_data_destroy(set);
  if (status == GMM_OK) {
    gmm_em_result result = {.struct_size = sizeof result};
    ACCEPTED(gmm_em_fit_get_result(fit, &result, out_error));
    EXPECT(isfinite(result.log_likelihood));
    for (int i = 0; i < components; i++) EXPECT(isfinite(result.weights[i]) && result.weights[i] >= 0.0);
    for (int i = 0; i < components * dimensions; i++) EXPECT(isfinite(result.means[i]));
  } else {
    EXPECT(status == GMM_ERROR_DEGENERATE || status == GMM_ERROR_INVALID_ARGUMENT);
    EXPECT(strstr(gmm_error_message(error), ", got ") != NULL);
  }
  gmm_error_destroy(error);
  gmm_em_fit_destroy(fit);
}

/* A component that stays empty has its prior: with weights fixed to 1 and 0, no observation is ever in the second. */
static void empty_component_has_its_prior(void) {
  static const double weights[] = {1.0, 0.0}, zero = 0.0, ten = 10.0, two = 2.0;
  gmm_model_options model_options = fixture_model_options();
  model_options.weights = (gmm_prior){GMM_PRIOR_FIXED, 2, weights, NULL, NULL};
  model_options.means = (gmm_prior){GMM_PRIOR_NORMAL, 1, &zero, &ten, NULL};
  model_options.spread = (gmm_prior){GMM_PRIOR_HALF_NORMAL, 1, &two, NULL, NULL};
  gmm_model *model = fixture_model(&model_options);
  gmm_sample_options options = fixture_sample_options();
  options.num_draws = 20000;
  gmm_posterior *posterior = fixture_posterior(model, &options);
  const gmm_view means = view_of(posterior, GMM_FIELD_MEANS), sds = view_of(posterior, GMM_FIELD_SDS);
  double sum = 0.0, squares = 0.0, spread = 0.0;
  const int64_t total = means.shape[0] * means.shape[1];
  for (int64_t i = 0; i < total; i++) {
    const double mean = element(&means, i / means.shape[1], i % means.shape[1], 1);
    sum += mean;
    squares += mean * mean;
    spread += element(&sds, i / means.shape[1], i % means.shape[1], 1);
  }
  /* 40,000 independent draws of Normal(0, 10): 5 standard errors are 0.25 for the mean and, since a square has the sd
   * sqrt(2) 100, 3.6 for the mean square. The mean of a half-Normal(2) is 2 sqrt(2 / pi), its sd 1.21: 0.031. */
  EXPECT(fabs(sum / (double)total) < 0.25);
  EXPECT(fabs(squares / (double)total - 100.0) < 3.6);
  EXPECT(fabs(spread / (double)total - 1.5957691216) < 0.031);
  gmm_posterior_destroy(posterior);
  gmm_model_destroy(model);
}

/* A model of three components for ties at 0 .. 1.5 and 8 .. 9.5, under a prior of the sd. */
static gmm_model *model_of_ties(gmm_prior spread) {
  static const double four = 4.0, five = 5.0;
  gmm_model_options options = fixture_model_options();
  options.num_components = 3;
  options.means = (gmm_prior){GMM_PRIOR_NORMAL, 1, &four, &five, NULL};
  options.spread = spread;
  return fixture_model(&options);
}

/* Ties are a warning before sampling. A chain that collapses on them leaves the draws that all chains have made
 * before. */
static void ties_are_a_warning_and_leave_draws(void) {
  static const double two = 2.0, lower = 0.1, upper = 10.0, unequal[] = {1.0, 2.0, 3.0, 4.0}, equal[] = {2.0, 2.0, 2.0};
  double ties[60];
  for (int i = 0; i < 60; i++) ties[i] = (i % 2 == 0 ? 0.0 : 8.0) + (i * i % 7) / 4.0;
  gmm_data *data = fixture_rows(ties, 60, 1);
  gmm_model *model = model_of_ties((gmm_prior){GMM_PRIOR_HALF_CAUCHY, 1, &two, NULL, NULL});
  gmm_model *bounded = model_of_ties((gmm_prior){GMM_PRIOR_UNIFORM, 1, &lower, &upper, NULL});
  REFUSED(GMM_IMPROPER, "data", gmm_model_check(model, data, NULL, out_error));
  ACCEPTED(gmm_model_check(bounded, data, NULL, out_error));
  gmm_data *other = fixture_rows(unequal, 4, 1);
  ACCEPTED(gmm_model_check(model, other, NULL, out_error));
  gmm_data_destroy(other);
  other = fixture_rows(equal, 3, 1);
  REFUSED(GMM_ERROR_DEGENERATE, "data", gmm_model_check(model, other, NULL, out_error));
  gmm_data_destroy(other);

  gmm_sample_options options = fixture_sample_options();
  options.num_draws = 3000;
  options.num_tune = 10;
  int kept = 0;
  for (options.seed = 0; options.seed < 40 && !kept; options.seed++) {
    gmm_posterior *posterior = NULL, *longer = NULL;
    gmm_error *error = NULL;
    const gmm_status status = gmm_sample(model, data, &options, NULL, &posterior, &error);
    if (status == GMM_OK) {
      EXPECT(posterior != NULL && error == NULL);
    } else {
      check_refusal(status, error, GMM_ERROR_DEGENERATE, "spread", __FILE__, __LINE__, "gmm_sample");
      EXPECT(strstr(gmm_error_value(error), " in chain ") != NULL);
      if (posterior != NULL) {
        gmm_posterior_info info = {.struct_size = sizeof info};
        ACCEPTED(gmm_posterior_get_info(posterior, &info, out_error));
        EXPECT(info.num_draws > 0 && info.num_draws < 3000 && info.can_extend == 0 && info.is_prior == 0);
        REFUSED_HANDLE(GMM_ERROR_UNSUPPORTED, "posterior", longer,
                       gmm_posterior_extend(posterior, 1, NULL, NULL, &longer, out_error));
        kept = 1;
      }
    }
    gmm_error_destroy(error);
    gmm_posterior_destroy(posterior);
  }
  EXPECT(kept);
  gmm_model_destroy(bounded);
  gmm_model_destroy(model);
  gmm_data_destroy(data);
}

int main(void) {
  double data[ROWS * MOST_DIMENSIONS];
  fixture_fill();
  for (int dimensions = 1; dimensions <= MOST_DIMENSIONS; dimensions += 2) {
    for (int is_full = 0; is_full <= (dimensions > 1); is_full++) {
      for (int components = 1; components <= 5; components += 2) {
        gmm_model *model = proper_model(dimensions, components, is_full, 0.0);
        gmm_model *tight = proper_model(dimensions, components, is_full, 1.0 / components);
        for (int pattern = 0; pattern < PATTERNS; pattern++) {
          fill(data, pattern, dimensions);
          const int64_t rows[] = {ROWS, components, 2, 1}; /* many, N = K, fewer than K */
          for (int r = 0; r < 4; r++) {
            /* A covariance matrix whose prior has the scale 1 is lost beside data of 1e12 and more, and an error
             * says so. */
            const int may_refuse = is_full && (pattern == 2 || pattern == 6 || pattern == 7);
            EXPECT(sampled(model, data, rows[r], dimensions, GMM_METHOD_GIBBS) || may_refuse);
            EXPECT(sampled(tight, data, rows[r], dimensions, GMM_METHOD_GIBBS) || may_refuse);
            if (dimensions == 1) EXPECT(sampled(model, data, rows[r], 1, GMM_METHOD_METROPOLIS));
            fitted(data, rows[r], dimensions, components);
          }
        }
        gmm_model_destroy(tight);
        gmm_model_destroy(model);
      }
    }
  }
  empty_component_has_its_prior();
  ties_are_a_warning_and_leave_draws();
  return check_report("degenerate");
}
