/* Misuse of models in several dimensions, and of their starting values. */
#include "misuse.h"

enum { D = FIXTURE_COLUMNS, K = 2 };

static const double zero = 0.0, one = 1.0, two = 2.0, five = 5.0, minus = -1.0, hole = NAN, endless = INFINITY;
static const double unit[] = {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1};

/* A conjugate model with full covariances. */
static gmm_model_options valid_options(void) {
  gmm_model_options options = fixture_model_options();
  options.num_dimensions = D;
  options.means = (gmm_prior){GMM_PRIOR_NORMAL_KAPPA, 1, unit, &one, NULL};
  options.spread = (gmm_prior){GMM_PRIOR_INVERSE_WISHART, 1, &five, unit, NULL};
  return options;
}

/* Checks that the valid options, changed by the statement that follows, are refused with data and without. */
#define MODEL_REFUSED(expected, name, ...)                                                          \
  do {                                                                                              \
    gmm_model_options options = valid_options();                                                    \
    gmm_model *model = NULL;                                                                        \
    __VA_ARGS__;                                                                                    \
    REFUSED_HANDLE(expected, name, model, gmm_model_create(&options, &model, out_error));           \
    REFUSED_HANDLE(expected, name, model,                                                           \
                   fixture_model_for_data(&options, fixture_table_set(), NULL, &model, out_error)); \
  } while (0)

static void misuse_of_priors(void) {
  /* Families that do not go with covariance matrices, or with sds. */
  const int32_t on_sds[] = {GMM_PRIOR_UNIFORM, GMM_PRIOR_HALF_CAUCHY, GMM_PRIOR_HALF_NORMAL,   GMM_PRIOR_INVERSE_GAMMA,
                            GMM_PRIOR_GAMMA,   GMM_PRIOR_LOG_NORMAL,  GMM_PRIOR_HALF_STUDENT_T};
  for (int i = 0; i < 7; i++) {
    MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "spread", options.spread = ((gmm_prior){on_sds[i], 3, unit, unit, NULL}));
    MODEL_REFUSED(GMM_ERROR_INVALID_MODEL, "spread", options.spread = ((gmm_prior){on_sds[i], 1, &one, &two, NULL}));
    MODEL_REFUSED(GMM_ERROR_INVALID_MODEL, "spread", options.covariance = GMM_COVARIANCE_TIED;
                  options.spread = ((gmm_prior){on_sds[i], 1, &one, &two, NULL}));
  }
  MODEL_REFUSED(GMM_ERROR_INVALID_MODEL, "spread", options.covariance = GMM_COVARIANCE_DIAG);
  MODEL_REFUSED(GMM_ERROR_INVALID_MODEL, "spread", options.covariance = GMM_COVARIANCE_SPHERICAL);

  /* Lengths: one value or one of each; vectors and matrices count as one. */
  const int32_t lengths[] = {0, -1, 4, INT32_MAX, INT32_MIN};
  for (int i = 0; i < 5; i++) {
    MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "means", options.means.num_values = lengths[i]);
    MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "spread", options.spread.num_values = lengths[i]);
    MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "means",
                  options.means = ((gmm_prior){GMM_PRIOR_NORMAL, lengths[i], unit, unit, NULL}));
    MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "spread", options.covariance = GMM_COVARIANCE_DIAG;
                  options.spread = ((gmm_prior){GMM_PRIOR_HALF_NORMAL, lengths[i], unit, NULL, NULL}));
  }
  MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "spread", options.covariance = GMM_COVARIANCE_TIED;
                options.spread.num_values = K);
  MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "spread", options.covariance = GMM_COVARIANCE_SPHERICAL;
                options.spread = ((gmm_prior){GMM_PRIOR_HALF_NORMAL, D, unit, NULL, NULL}));

  /* Arrays that are missing. */
  MODEL_REFUSED(GMM_ERROR_NULL_ARGUMENT, "means.mean", options.means.first = NULL);
  MODEL_REFUSED(GMM_ERROR_NULL_ARGUMENT, "means.kappa", options.means.second = NULL);
  MODEL_REFUSED(GMM_ERROR_NULL_ARGUMENT, "spread.dof", options.spread.first = NULL);
  MODEL_REFUSED(GMM_ERROR_NULL_ARGUMENT, "spread.scale", options.spread.second = NULL);

  /* Numbers out of range. */
  const double *never[] = {&zero, &minus, &hole, &endless};
  for (int i = 0; i < 4; i++) {
    MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "means.kappa", options.means.second = never[i]);
    MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "spread.dof", options.spread.first = never[i]);
  }
  MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "spread.dof", options.spread.first = &two);
  const double holes[] = {0, 0, NAN};
  MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "means.mean[2]", options.means.first = holes);

  /* Matrices: not positive definite, not symmetric, not finite; the second of two. */
  double scales[K * D * D];
  const double dofs[] = {5, 5};
  const struct {
    int at;
    double value;
    const char *name;
  } spoilt[] = {
      {9, 0.0, "spread.scale[1]"},        {13, -1.0, "spread.scale[1]"},           {10, 0.5, "spread.scale[1]"},
      {12, NAN, "spread.scale[1, 1, 0]"}, {17, INFINITY, "spread.scale[1, 2, 2]"}, {4, 0.0, "spread.scale[0]"}};
  for (size_t i = 0; i < sizeof spoilt / sizeof spoilt[0]; i++) {
    memcpy(scales, unit, sizeof scales);
    scales[spoilt[i].at] = spoilt[i].value;
    MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, spoilt[i].name,
                  options.spread = ((gmm_prior){GMM_PRIOR_INVERSE_WISHART, K, dofs, scales, NULL}));
  }
  for (size_t i = 0; i < sizeof spoilt / sizeof spoilt[0]; i++) {
    memcpy(scales, unit, sizeof scales);
    scales[spoilt[i].at] = spoilt[i].value;
    MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "spread.values",
                  options.spread = ((gmm_prior){GMM_PRIOR_FIXED, K, scales, NULL, NULL}));
  }

  /* An order that fixed means do not have, in a coordinate of theirs. */
  const double means[] = {0, 1, 0, 1, 0, 1};
  MODEL_REFUSED(GMM_ERROR_INVALID_MODEL, "means.values[1, 1]", options.ordered_means = 1; options.order_coordinate = 1;
                options.means = ((gmm_prior){GMM_PRIOR_FIXED, K * D, means, NULL, NULL}));
  MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "order_coordinate", options.order_coordinate = D);
}

/* Checks that priors are not scaled to this table. */
#define SCALING_REFUSED(values, count, expected)                                                            \
  do {                                                                                                      \
    gmm_data *data = fixture_rows(values, count, D);                                                        \
    REFUSED_HANDLE(expected, "data", made, fixture_model_for_data(&options, data, NULL, &made, out_error)); \
    gmm_data_destroy(data);                                                                                 \
  } while (0)

static void misuse_of_data_for_priors(void) {
  gmm_model_options options;
  gmm_model_options_init(&options, sizeof options);
  options.num_dimensions = D;
  gmm_model *made = NULL;
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_model",
          fixture_model_for_data(&options, fixture_table_set(), NULL, NULL, out_error));
  REFUSED_HANDLE(GMM_ERROR_NULL_ARGUMENT, "options", made,
                 fixture_model_for_data(NULL, fixture_table_set(), NULL, &made, out_error));

  /* Too few rows, too little weight, columns without a scale, columns that determine each other. */
  double values[5 * D];
  for (int64_t count = 0; count < 2; count++) SCALING_REFUSED(fixture_table, count, GMM_ERROR_INVALID_ARGUMENT);
  const double light[] = {0.5, 0.5, 0.5, 0.25, 0.0};
  gmm_data *weighted = fixture_weighted_rows(fixture_table, 5, D, light);
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "sample_weights", made,
                 fixture_model_for_data(&options, weighted, NULL, &made, out_error));
  gmm_data_destroy(weighted);
  const int32_t structures[] = {GMM_COVARIANCE_FULL, GMM_COVARIANCE_TIED, GMM_COVARIANCE_DIAG,
                                GMM_COVARIANCE_SPHERICAL};
  for (int i = 0; i < 4; i++) {
    options.covariance = structures[i];
    memcpy(values, fixture_table, sizeof values);
    for (int row = 0; row < 5; row++) values[row * D + 1] = 7.0;
    SCALING_REFUSED(values, 5, GMM_ERROR_DEGENERATE);
    if (i >= 2) continue;
    /* Hierarchical priors need no covariance matrix of the data. */
    options.default_priors = GMM_DEFAULT_PRIORS_FRALEY_RAFTERY;
    for (int row = 0; row < 5; row++) {
      values[row * D] = row * row;
      values[row * D + 1] = row;
      values[row * D + 2] = 3.0 * row * row - row;
    }
    SCALING_REFUSED(values, 5, GMM_ERROR_DEGENERATE);
    options.default_priors = 0;
  }
}

static void misuse_of_outputs(const gmm_posterior *posterior) {
  double output[FIXTURE_COUNT * K];
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity",
          gmm_posterior_predict_probabilities(posterior, fixture_table_set(), NULL, output, FIXTURE_COUNT * K - 1,
                                              out_error));
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity",
          gmm_posterior_log_density(posterior, fixture_table_set(), NULL, output, FIXTURE_COUNT - 1, out_error));
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity",
          gmm_posterior_sample_predictive(posterior, 2, 10, 1, NULL, output, 2 * 10 * D - 1, out_error));
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "capacity",
          gmm_posterior_sample_predictive(posterior, INT64_MAX / 2, 2, 1, NULL, output, INT64_MAX, out_error));
  gmm_view view = {.num_axes = 99};
  REFUSED(GMM_ERROR_UNSUPPORTED, "field", gmm_posterior_view(posterior, GMM_FIELD_SDS, &view, out_error));
  EXPECT(view.num_axes == 99);
}

/* Checks that sampling is refused when its options are changed by the statement that follows. */
#define START_REFUSED(expected, name, ...)                                                                          \
  do {                                                                                                              \
    gmm_sample_options options = fixture_sample_options();                                                          \
    options.num_initial = 1;                                                                                        \
    __VA_ARGS__;                                                                                                    \
    REFUSED_HANDLE(expected, name, made, gmm_sample(model, fixture_table_set(), &options, NULL, &made, out_error)); \
  } while (0)

static void misuse_of_starts(const gmm_model *model) {
  gmm_posterior *made = NULL;
  double numbers[K * D * D];
  START_REFUSED(GMM_ERROR_UNSUPPORTED, "method", options.num_initial = 0; options.method = GMM_METHOD_METROPOLIS);
  START_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "initial_sds", options.initial_sds = unit);
  START_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_initial", options.num_initial = 0; options.initial_covariances = unit);
  START_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_initial", options.num_initial = 3; options.initial_covariances = unit);
  const double spoilt[] = {0.0, -2.0, NAN, INFINITY};
  for (int i = 0; i < 4; i++) {
    memcpy(numbers, unit, sizeof numbers);
    numbers[D * D] = spoilt[i];
    START_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "initial_covariances[0, ", options.initial_covariances = numbers);
  }
  numbers[0] = NAN;
  START_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "initial_means[0, 0]", options.initial_means = numbers);
}

void misuse_dimensions(const misuse_handles *handles) {
  misuse_of_priors();
  misuse_of_data_for_priors();

  const gmm_model_options options = valid_options();
  gmm_model *model = fixture_model(&options);
  const gmm_sample_options sampling = fixture_sample_options();
  gmm_posterior *posterior = NULL;
  ACCEPTED(gmm_sample(model, fixture_table_set(), &sampling, NULL, &posterior, out_error));
  if (posterior == NULL) return;
  misuse_of_outputs(posterior);
  misuse_of_starts(model);

  double density = 42.0;
  const double weights[] = {0.5, 0.5};
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "spread", gmm_model_log_prior(model, weights, unit, NULL, &density, out_error));
  EXPECT(density == 42.0);
  /* Each model has its own number of dimensions. */
  EXPECT(gmm_model_num_dimensions(handles->model) == 1 && gmm_model_num_dimensions(model) == D);
  gmm_posterior_destroy(posterior);
  gmm_model_destroy(model);
}
