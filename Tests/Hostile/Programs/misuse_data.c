/* Bad data in several dimensions: the message names the value and its place, and nothing has changed afterwards. */
#include "misuse.h"

enum { D = FIXTURE_COLUMNS, K = 2, N = FIXTURE_COUNT };

static const double one = 1.0, five = 5.0;
static const double unit[] = {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1};

/* The calls that take data. Each makes a handle or writes numbers. */
typedef struct targets {
  const gmm_model *model;
  const gmm_model_options *scaled;
  const gmm_posterior *posterior;
  const gmm_mixture *mixture;
} targets;

/* Checks a status, the argument and a part of the message. */
static void expect_error(gmm_status status, gmm_error *error, gmm_status expected, const char *argument,
                         const char *part) {
  check_refusal(status, error, expected, argument, __FILE__, __LINE__, part);
  if (!EXPECT(strcmp(gmm_error_argument(error), argument) == 0 && strstr(gmm_error_message(error), part) != NULL)) {
    printf("  %s, not %s ... %s\n", gmm_error_message(error), argument, part);
  }
  gmm_error_destroy(error);
}

/* Gives the same data set to every call that takes one. */
static void expect_data_refused(const targets *to, const gmm_data *data, gmm_status expected, const char *part) {
  gmm_error *error = NULL;
  gmm_model *model = NULL;
  gmm_posterior *posterior = NULL;
  gmm_em_fit *fit = NULL;
  gmm_statistics *statistics = NULL;
  gmm_em_options options;
  gmm_em_options_init(&options, sizeof options);
  options.num_components = K;
  double output[N * K];
  for (int i = 0; i < N * K; i++) output[i] = 42.0;

  gmm_status status = GMM_OK;
  if (data != NULL) {
    /* Without data, the prior is sampled. */
    status = gmm_sample(to->model, data, NULL, NULL, &posterior, &error);
    expect_error(status, error, expected, "data", part);
  }
  status = fixture_model_for_data(to->scaled, data, NULL, &model, &error);
  expect_error(status, error, expected, "data", part);
  status = gmm_statistics_compute(to->mixture, data, NULL, &statistics, &error);
  expect_error(status, error, expected, "data", part);
  status = gmm_mixture_probabilities(to->mixture, data, NULL, output, N * K, &error);
  expect_error(status, error, expected, "points", part);
  status = gmm_mixture_log_density(to->mixture, data, NULL, output, N, &error);
  expect_error(status, error, expected, "points", part);
  status = gmm_posterior_log_density(to->posterior, data, NULL, output, N, &error);
  expect_error(status, error, expected, "points", part);
  status = gmm_posterior_predict_probabilities(to->posterior, data, NULL, output, N * K, &error);
  expect_error(status, error, expected, "points", part);
  if (expected != GMM_ERROR_INVALID_ARGUMENT) {
    /* A fit has the dimensions of its data. */
    status = gmm_fit_em(data, &options, NULL, &fit, &error);
    expect_error(status, error, expected, "data", part);
  }
  EXPECT(model == NULL && posterior == NULL && fit == NULL && statistics == NULL);
  for (int i = 0; i < N * K; i++) {
    if (!EXPECT(output[i] == 42.0)) break;
  }
}

static void no_data_sets(const targets *to, const misuse_handles *handles) {
  gmm_data *destroyed = fixture_rows(fixture_table, N, D);
  gmm_data_destroy(destroyed);
  expect_data_refused(to, NULL, GMM_ERROR_NULL_ARGUMENT, "NULL");
  const void *wrong[] = {handles->model, handles->posterior, handles->zeros, destroyed};
  for (int i = 0; i < 4; i++) expect_data_refused(to, wrong[i], GMM_ERROR_WRONG_HANDLE, "got");
}

static void wrong_numbers_of_columns(const targets *to) {
  static double zeros[4096];
  const int64_t wrong[] = {D - 1, D + 1, 1, 4096};
  for (int i = 0; i < 4; i++) {
    char part[64];
    snprintf(part, sizeof part, "number of dimensions, 3, got %d", (int)wrong[i]);
    gmm_data *data = fixture_rows(zeros, 1, wrong[i]);
    expect_data_refused(to, data, GMM_ERROR_INVALID_ARGUMENT, part);
    gmm_data_destroy(data);
  }
  /* Data without rows have no columns that could be wrong. */
  gmm_data *none = fixture_rows(NULL, 0, D + 1);
  gmm_posterior *prior = NULL;
  const gmm_sample_options options = fixture_sample_options();
  ACCEPTED(gmm_sample(to->model, none, &options, NULL, &prior, out_error));
  ACCEPTED(gmm_posterior_log_density(to->posterior, none, NULL, NULL, 0, out_error));
  gmm_posterior_destroy(prior);
  gmm_data_destroy(none);
}

/* Checks the error of creating a model with changed priors. */
#define PRIOR_REFUSED(argument, part, ...)                                   \
  do {                                                                       \
    gmm_model_options changed = *options;                                    \
    gmm_error *error = NULL;                                                 \
    gmm_model *model = NULL;                                                 \
    __VA_ARGS__;                                                             \
    const gmm_status status = gmm_model_create(&changed, &model, &error);    \
    expect_error(status, error, GMM_ERROR_INVALID_ARGUMENT, argument, part); \
    EXPECT(model == NULL);                                                   \
  } while (0)

static void priors_that_are_not_proper(const gmm_model_options *options) {
  /* The pivot of row i is the variance of coordinate i given those before it. */
  const double first[] = {-2, 0, 0, 0, 1, 0, 0, 0, 1}, second[] = {1, 2, 0, 2, 1, 0, 0, 0, 1};
  const double third[] = {1, 0, 0.5, 0, 1, 0, 0.5, 0, 0.25}, lopsided[] = {1, 0.5, 0, 0.25, 1, 0, 0, 0, 1};
  const double two = 2.0, below = 1.0, dofs[] = {5.0, 1.5};
  PRIOR_REFUSED("spread.scale", "positive definite, got pivot -2.0 in row 0", changed.spread.second = first);
  PRIOR_REFUSED("spread.scale", "positive definite, got pivot -3.0 in row 1", changed.spread.second = second);
  PRIOR_REFUSED("spread.scale", "positive definite, got pivot 0.0 in row 2", changed.spread.second = third);
  PRIOR_REFUSED("spread.scale", "symmetric, got 0.25 at (1, 0) and 0.5 at (0, 1)", changed.spread.second = lopsided);
  PRIOR_REFUSED("spread.dof", "= 2, got 2.0", changed.spread.first = &two);
  PRIOR_REFUSED("spread.dof", "= 2, got 1.0", changed.spread.first = &below);
  PRIOR_REFUSED("spread.dof[1]", "= 2, got 1.5",
                changed.spread = ((gmm_prior){GMM_PRIOR_INVERSE_WISHART, K, dofs, unit, NULL}));
}

/* Checks what a fit of the table says when valid options, or the table, are changed by the statement that follows. */
#define FIT_REFUSED(expected, argument, part, ...)                            \
  do {                                                                        \
    gmm_em_options options;                                                   \
    gmm_em_options_init(&options, sizeof options);                            \
    options.num_components = K;                                               \
    gmm_error *error = NULL;                                                  \
    gmm_em_fit *fit = NULL;                                                   \
    const double *rows = fixture_table, *sample_weights = NULL;               \
    int64_t count = N;                                                        \
    __VA_ARGS__;                                                              \
    gmm_data *data = fixture_weighted_rows(rows, count, D, sample_weights);   \
    const gmm_status status = gmm_fit_em(data, &options, NULL, &fit, &error); \
    expect_error(status, error, expected, argument, part);                    \
    EXPECT(fit == NULL);                                                      \
    gmm_data_destroy(data);                                                   \
  } while (0)

static void fits_without_a_maximum(void) {
  static const double alone[N] = {[7] = 1.0};
  double values[N * D];
  FIT_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "data", "at least `num_components` = 2 observations, got 1", count = 1);
  FIT_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "data", "got 1", sample_weights = alone);

  memcpy(values, fixture_table, sizeof values);
  for (int i = 0; i < N; i++) values[i * D + 1] = -7.5;
  const int32_t structures[] = {GMM_COVARIANCE_FULL, GMM_COVARIANCE_TIED, GMM_COVARIANCE_DIAG};
  for (int i = 0; i < 3; i++) {
    FIT_REFUSED(GMM_ERROR_DEGENERATE, "data", "column 1", rows = values; options.covariance = structures[i]);
  }

  /* With regularization a constant column can be fitted, and no component collapses if columns determine each other. */
  gmm_em_fit *fit = NULL;
  gmm_em_options options;
  gmm_em_options_init(&options, sizeof options);
  options.num_components = K;
  options.regularization = 1e-6;
  gmm_data *constant = fixture_rows(values, N, D);
  ACCEPTED(gmm_fit_em(constant, &options, NULL, &fit, out_error));
  gmm_em_fit_destroy(fit);
  gmm_data_destroy(constant);
  for (int i = 0; i < N; i++) values[i * D + 1] = 2.0 * values[i * D] - values[i * D + 2];
  gmm_data *determined = fixture_rows(values, N, D);
  gmm_em_result result = {.struct_size = sizeof result};
  for (int is_regular = 0; is_regular < 2; is_regular++) {
    options.regularization = is_regular ? 1e-6 : 0.0;
    ACCEPTED(gmm_fit_em(determined, &options, NULL, &fit, out_error));
    ACCEPTED(gmm_em_fit_get_result(fit, &result, out_error));
    EXPECT(result.num_collapsed == (is_regular ? 0 : K));
    EXPECT(isfinite(result.log_likelihood) && isfinite(result.bic));
    for (int i = 0; i < K * D * D; i++) {
      EXPECT(isfinite(result.covariances[i]) && isfinite(result.precisions_cholesky[i]));
    }
    for (int64_t i = 0; i < result.num_collapsed; i++) EXPECT(result.collapsed_coordinates[i] == D - 1);
    gmm_em_fit_destroy(fit);
  }
  gmm_data_destroy(determined);

  /* The start's covariance that is not positive definite, by its pivot. */
  double covariances[K * D * D];
  memcpy(covariances, unit, sizeof covariances);
  covariances[D * D + D] = covariances[D * D + 1] = 1.0; /* (1, 0) and (0, 1) of the second */
  FIT_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "initial_covariances[1]", "positive definite, got pivot 0.0 in row 1",
              options.initial_covariances = covariances);
}

void misuse_data_tables(const misuse_handles *handles) {
  gmm_model_options options = fixture_model_options(), scaled;
  options.num_dimensions = D;
  options.means = (gmm_prior){GMM_PRIOR_NORMAL_KAPPA, 1, unit, &one, NULL};
  options.spread = (gmm_prior){GMM_PRIOR_INVERSE_WISHART, 1, &five, unit, NULL};
  gmm_model_options_init(&scaled, sizeof scaled);
  scaled.num_components = K;
  scaled.num_dimensions = D;
  gmm_model *model = fixture_model(&options);
  const gmm_sample_options sampling = fixture_sample_options();
  gmm_posterior *posterior = NULL, *again = NULL;
  ACCEPTED(gmm_sample(model, fixture_table_set(), &sampling, NULL, &posterior, out_error));
  if (posterior == NULL) exit(EXIT_FAILURE);
  gmm_mixture mixture;
  gmm_mixture_init(&mixture, sizeof mixture);
  mixture.num_components = K;
  mixture.num_dimensions = D;
  mixture.weights = (const double[]){0.5, 0.5};
  mixture.means = (const double[]){-1, 0, 0, 1, 0, 0};
  mixture.covariances = unit;
  double before[N], after[N];
  ACCEPTED(gmm_posterior_log_density(posterior, fixture_table_set(), NULL, before, N, out_error));

  const targets to = {model, &scaled, posterior, &mixture};
  no_data_sets(&to, handles);
  wrong_numbers_of_columns(&to);
  priors_that_are_not_proper(&options);
  fits_without_a_maximum();

  /* The model and the posterior have not changed: their draws and densities are the same, bit for bit. */
  ACCEPTED(gmm_posterior_log_density(posterior, fixture_table_set(), NULL, after, N, out_error));
  EXPECT(memcmp(before, after, sizeof before) == 0);
  ACCEPTED(gmm_sample(model, fixture_table_set(), &sampling, NULL, &again, out_error));
  ACCEPTED(gmm_posterior_log_density(again, fixture_table_set(), NULL, after, N, out_error));
  EXPECT(memcmp(before, after, sizeof before) == 0);
  gmm_posterior_destroy(again);
  gmm_posterior_destroy(posterior);
  gmm_model_destroy(model);
}
