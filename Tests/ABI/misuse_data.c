/* Bad data in several dimensions: the message says what and where, and nothing has changed afterwards. */
#include "misuse.h"

enum { D = FIXTURE_COLUMNS, K = 2, N = FIXTURE_COUNT, WIDE = D + 2 };

static const double one = 1.0, five = 5.0;
static const double unit[] = {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1};

/* What data go to: each call makes a handle or writes numbers. */
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

/* Gives the same data to every call that takes some. */
static void expect_data_refused(const targets *to, const double *data, int64_t count, int64_t dimensions,
                                int64_t stride, gmm_status expected, const char *argument, const char *part) {
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

  gmm_status status = gmm_sample(to->model, data, count, dimensions, stride, NULL, NULL, &posterior, &error);
  expect_error(status, error, expected, argument, part);
  status = gmm_model_create_for_data(to->scaled, data, count, dimensions, stride, NULL, &model, &error);
  expect_error(status, error, expected, argument, part);
  status = gmm_statistics_compute(to->mixture, data, count, dimensions, stride, NULL, NULL, &statistics, &error);
  expect_error(status, error, expected, argument, part);
  status = gmm_posterior_log_density(to->posterior, data, count, dimensions, stride, NULL, output, N, &error);
  expect_error(status, error, expected, argument, part);
  status =
      gmm_posterior_predict_probabilities(to->posterior, data, count, dimensions, stride, NULL, output, N * K, &error);
  expect_error(status, error, expected, argument, part);
  if (dimensions == D || dimensions == 0) {
    /* A fit has the dimensions of its data. */
    status = gmm_fit_em(data, count, dimensions, stride, &options, NULL, &fit, &error);
    expect_error(status, error, expected, argument, part);
  }
  EXPECT(model == NULL && posterior == NULL && fit == NULL && statistics == NULL);
  for (int i = 0; i < N * K; i++) {
    if (!EXPECT(output[i] == 42.0)) break;
  }
}

/* Every row and column, at more than one distance between rows; the caller's memory beyond the columns is not looked
 * at. */
static void numbers_that_are_not_finite(const targets *to) {
  static const double bad[] = {NAN, INFINITY, -INFINITY};
  static const char *const shown[] = {"nan", "inf", "-inf"};
  double values[N * WIDE];
  for (int i = 0; i < 9; i++) {
    const int row = i * 7 % N, column = i % D;
    for (int j = 0; j < N * WIDE; j++) values[j] = NAN;
    for (int j = 0; j < N * D; j++) values[j / D * WIDE + j % D] = fixture_table[j];
    values[row * WIDE + column] = bad[i % 3];
    char argument[32], part[64];
    snprintf(argument, sizeof argument, "data[%d, %d]", row, column);
    snprintf(part, sizeof part, "must be finite, got %s in row %d, column %d", shown[i % 3], row, column);
    expect_data_refused(to, values, N, D, WIDE, GMM_ERROR_INVALID_DATA, argument, part);
  }
}

static void wrong_numbers_of_columns(const targets *to) {
  gmm_error *error = NULL;
  gmm_posterior *posterior = NULL;
  expect_data_refused(to, fixture_table, N, 0, D, GMM_ERROR_INVALID_ARGUMENT, "num_dimensions", "got 0");
  const int64_t wrong[] = {D - 1, D + 1, 1, 4096};
  for (int i = 0; i < 4; i++) {
    char part[32];
    snprintf(part, sizeof part, "3, got %d", (int)wrong[i]);
    expect_data_refused(to, fixture_table, 1, wrong[i], wrong[i], GMM_ERROR_INVALID_ARGUMENT, "num_dimensions", part);
  }
  const gmm_status status = gmm_sample(to->model, fixture_table, N, D + 1, D + 1, NULL, NULL, &posterior, &error);
  expect_error(status, error, GMM_ERROR_INVALID_ARGUMENT, "num_dimensions", "must be the model's, 3, got 4");
}

/* Checks what making a model of changed priors says. */
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
  PRIOR_REFUSED("spread.scale[0]", "positive definite, got pivot -2.0 in row 0", changed.spread.second = first);
  PRIOR_REFUSED("spread.scale[0]", "positive definite, got pivot -3.0 in row 1", changed.spread.second = second);
  PRIOR_REFUSED("spread.scale[0]", "positive definite, got pivot 0.0 in row 2", changed.spread.second = third);
  PRIOR_REFUSED("spread.scale[0]", "symmetric, got 0.25 at (1, 0) and 0.5 at (0, 1)", changed.spread.second = lopsided);
  PRIOR_REFUSED("spread.dof[0]", "= 2, got 2.0", changed.spread.first = &two);
  PRIOR_REFUSED("spread.dof[0]", "= 2, got 1.0", changed.spread.first = &below);
  PRIOR_REFUSED("spread.dof[1]", "= 2, got 1.5",
                changed.spread = ((gmm_prior){GMM_PRIOR_INVERSE_WISHART, K, dofs, unit}));
}

/* Checks what a fit of the table says when valid options are changed by the statement that follows. */
#define FIT_REFUSED(expected, argument, part, ...)                                         \
  do {                                                                                     \
    gmm_em_options options;                                                                \
    gmm_em_options_init(&options, sizeof options);                                         \
    options.num_components = K;                                                            \
    gmm_error *error = NULL;                                                               \
    gmm_em_fit *fit = NULL;                                                                \
    const double *data = fixture_table;                                                    \
    int64_t count = N;                                                                     \
    __VA_ARGS__;                                                                           \
    const gmm_status status = gmm_fit_em(data, count, D, D, &options, NULL, &fit, &error); \
    expect_error(status, error, expected, argument, part);                                 \
    EXPECT(fit == NULL);                                                                   \
  } while (0)

static void fits_without_a_maximum(void) {
  double values[N * D], sample_weights[N];
  FIT_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "data", "at least num_components = 2 observations, got 1", count = 1);
  for (int i = 0; i < N; i++) sample_weights[i] = 0.0;
  FIT_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "sample_weights", "got 0.0", options.sample_weights = sample_weights);
  sample_weights[7] = 1.0;
  FIT_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "data", "got 1", options.sample_weights = sample_weights);
  for (int i = 0; i < N; i++) sample_weights[i] = 1.0;
  const double bad[] = {-1.0, NAN, INFINITY};
  for (int i = 0; i < 3; i++) {
    sample_weights[N - 1] = bad[i];
    FIT_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "sample_weights[59]", "finite and not negative, got",
                options.sample_weights = sample_weights);
  }

  memcpy(values, fixture_table, sizeof values);
  for (int i = 0; i < N; i++) values[i * D + 1] = -7.5;
  const int32_t structures[] = {GMM_COVARIANCE_FULL, GMM_COVARIANCE_TIED, GMM_COVARIANCE_DIAG};
  for (int i = 0; i < 3; i++) {
    FIT_REFUSED(GMM_ERROR_DEGENERATE, "data", "column 1", data = values; options.covariance = structures[i]);
  }

  /* Columns that determine each other, and what regularization makes of them and of a constant one. */
  gmm_em_fit *fit = NULL;
  gmm_em_options options;
  gmm_em_options_init(&options, sizeof options);
  options.num_components = K;
  options.regularization = 1e-6;
  ACCEPTED(gmm_fit_em(values, N, D, D, &options, NULL, &fit, out_error));
  gmm_em_fit_destroy(fit);
  for (int i = 0; i < N; i++) values[i * D + 1] = 2.0 * values[i * D] - values[i * D + 2];
  gmm_em_result result = {.struct_size = sizeof result};
  for (int is_regular = 0; is_regular < 2; is_regular++) {
    options.regularization = is_regular ? 1e-6 : 0.0;
    ACCEPTED(gmm_fit_em(values, N, D, D, &options, NULL, &fit, out_error));
    ACCEPTED(gmm_em_fit_get_result(fit, &result, out_error));
    EXPECT(result.num_collapsed == (is_regular ? 0 : K));
    EXPECT(isfinite(result.log_likelihood) && isfinite(result.bic));
    for (int i = 0; i < K * D * D; i++) {
      EXPECT(isfinite(result.covariances[i]) && isfinite(result.precisions_cholesky[i]));
    }
    for (int64_t i = 0; i < result.num_collapsed; i++) EXPECT(result.collapsed_coordinates[i] == D - 1);
    gmm_em_fit_destroy(fit);
  }

  /* The start's covariance that is not positive definite, by its pivot. */
  double covariances[K * D * D];
  memcpy(covariances, unit, sizeof covariances);
  covariances[D * D + D] = 1.0; /* (1, 0) of the second */
  FIT_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "initial_covariances[1]", "positive definite, got pivot 0.0 in row 1",
              options.initial_covariances = covariances);
}

void misuse_data_tables(const misuse_handles *handles) {
  (void)handles;
  gmm_model_options options = fixture_model_options(), scaled;
  options.num_dimensions = D;
  options.means = (gmm_prior){GMM_PRIOR_NORMAL_KAPPA, 1, unit, &one};
  options.spread = (gmm_prior){GMM_PRIOR_INVERSE_WISHART, 1, &five, unit};
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
  numbers_that_are_not_finite(&to);
  wrong_numbers_of_columns(&to);
  priors_that_are_not_proper(&options);
  fits_without_a_maximum();

  /* Model and posterior are as they were: the same draws and densities, bit for bit. */
  ACCEPTED(gmm_posterior_log_density(posterior, fixture_table_set(), NULL, after, N, out_error));
  EXPECT(memcmp(before, after, sizeof before) == 0);
  ACCEPTED(gmm_sample(model, fixture_table_set(), &sampling, NULL, &again, out_error));
  ACCEPTED(gmm_posterior_log_density(again, fixture_table_set(), NULL, after, N, out_error));
  EXPECT(memcmp(before, after, sizeof before) == 0);
  gmm_posterior_destroy(again);
  gmm_posterior_destroy(posterior);
  gmm_model_destroy(model);
}
