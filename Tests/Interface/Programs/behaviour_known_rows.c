/* Rows of which more or less than their values is known: missing values, errors, intervals and labels. */
#include "behaviour.h"

enum { ROWS = 8, COLUMNS = 2, SIZE = ROWS * COLUMNS, TABLES = 3 };

static const double nothing = NAN;

/* Creates a data set that `options` describe, and checks what it says of itself. */
static gmm_data *known_data(const double *values, const gmm_data_options *options, int32_t knows) {
  gmm_data *data = NULL;
  ACCEPTED(gmm_data_create(values, ROWS, COLUMNS, options, &data, out_error));
  EXPECT(gmm_data_knows(data) == knows);
  return data;
}

static gmm_data_options data_options(void) {
  gmm_data_options options;
  gmm_data_options_init(&options, sizeof options);
  return options;
}

/* Samples two components, and checks tables of completed and of true values. */
static void check_tables(const gmm_data *data, const double *values, const double *sds, const double *lower,
                         const double *upper) {
  const double zero = 0.0, three = 3.0, one = 1.0;
  gmm_model_options options;
  gmm_model_options_init(&options, sizeof options);
  options.num_components = 2;
  options.num_dimensions = COLUMNS;
  options.covariance = GMM_COVARIANCE_DIAG;
  options.means = (gmm_prior){GMM_PRIOR_NORMAL, 1, &zero, &three, NULL};
  options.spread = (gmm_prior){GMM_PRIOR_HALF_CAUCHY, 1, &one, NULL, NULL};
  gmm_model *model = NULL;
  ACCEPTED(gmm_model_create(&options, &model, out_error));
  gmm_sample_options sampling = fixture_sample_options();
  sampling.num_draws = 50;
  sampling.num_tune = 50;
  gmm_posterior *posterior = NULL;
  ACCEPTED(gmm_sample(model, data, &sampling, NULL, &posterior, out_error));
  double imputed[TABLES * SIZE], drawn[TABLES * SIZE], mean[SIZE], expected[SIZE];
  ACCEPTED(gmm_posterior_impute(posterior, TABLES, 1, NULL, imputed, TABLES * SIZE, out_error));
  ACCEPTED(gmm_posterior_true_values(posterior, TABLES, 1, NULL, drawn, TABLES * SIZE, out_error));
  ACCEPTED(gmm_posterior_impute_mean(posterior, NULL, NULL, mean, SIZE, out_error));
  ACCEPTED(gmm_posterior_true_values_mean(posterior, data, NULL, expected, SIZE, out_error));
  for (int i = 0; i < TABLES * SIZE; i++) {
    const int place = i % SIZE;
    const int is_in_interval = lower != NULL && lower[place] < upper[place];
    EXPECT(isfinite(imputed[i]) && isfinite(drawn[i]) && isfinite(mean[place]) && isfinite(expected[place]));
    if (is_in_interval && sds == NULL) {
      EXPECT(drawn[i] >= lower[place] && drawn[i] <= upper[place]);
    } else if (!is_in_interval && !isnan(values[place])) {
      EXPECT(imputed[i] == values[place] && mean[place] == values[place]);
      if (sds == NULL) EXPECT(drawn[i] == values[place]);
      if (sds != NULL && sds[place] > 0) EXPECT(drawn[i] != values[place]);
    }
  }
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_draws",
          gmm_posterior_impute(posterior, 0, 1, NULL, imputed, TABLES * SIZE, out_error));
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity",
          gmm_posterior_true_values(posterior, TABLES, 1, NULL, drawn, TABLES * SIZE - 1, out_error));
  gmm_posterior_destroy(posterior);
  gmm_model_destroy(model);
}

static void check_mixture(const gmm_data *points) {
  const double weights[] = {0.4, 0.6}, means[] = {-2, 0, 3, 1}, variances[] = {1, 2, 0.5, 1};
  gmm_mixture mixture;
  gmm_mixture_init(&mixture, sizeof mixture);
  mixture.num_components = 2;
  mixture.num_dimensions = COLUMNS;
  mixture.covariance = GMM_COVARIANCE_DIAG;
  mixture.weights = weights;
  mixture.means = means;
  mixture.covariances = variances;
  double completed[SIZE], expected[SIZE];
  ACCEPTED(gmm_mixture_impute_mean(&mixture, points, NULL, completed, SIZE, out_error));
  ACCEPTED(gmm_mixture_true_values_mean(&mixture, points, NULL, expected, SIZE, out_error));
  for (int i = 0; i < SIZE; i++) EXPECT(isfinite(completed[i]) && isfinite(expected[i]));
}

void behaviour_known_rows(void) {
  double values[SIZE], sds[SIZE], covariances[SIZE * COLUMNS], lower[SIZE], upper[SIZE], shares[ROWS * 2];
  int32_t labels[ROWS];
  for (int i = 0; i < ROWS; i++) {
    const double side = i % 2 == 0 ? -2.0 : 3.0;
    values[2 * i] = side + 0.1 * i;
    values[2 * i + 1] = 0.3 * i - 0.1 * side;
    labels[i] = i < 4 ? i % 2 : -1;
    shares[2 * i] = i % 2 == 0 ? 0.75 : 0.25;
    shares[2 * i + 1] = 1.0 - shares[2 * i];
    for (int d = 0; d < COLUMNS; d++) {
      sds[2 * i + d] = 0.1 * (i % 3);
      lower[2 * i + d] = i == 1 ? -INFINITY : values[2 * i + d] - 0.5;
      upper[2 * i + d] = i == 2 ? lower[2 * i + d] : values[2 * i + d] + 0.5;
      for (int e = 0; e < COLUMNS; e++) covariances[4 * i + 2 * d + e] = d == e ? 0.04 : 0.01;
    }
  }
  double holes[SIZE];
  memcpy(holes, values, sizeof holes);
  holes[0] = holes[5] = nothing;
  gmm_data_options options = data_options();
  gmm_data *data = NULL;
  REFUSED_HANDLE(GMM_ERROR_INVALID_DATA, "data[0, 0]", data,
                 gmm_data_create(holes, ROWS, COLUMNS, &options, &data, out_error));
  options.missing = GMM_MISSING_AT_RANDOM;
  data = known_data(holes, &options, 0);
  EXPECT(gmm_data_num_missing(data) == 2);
  double copy[2 * SIZE];
  ACCEPTED(gmm_data_get_values(data, copy, SIZE, out_error));
  for (int i = 0; i < SIZE; i++) EXPECT(isnan(holes[i]) ? isnan(copy[i]) : copy[i] == holes[i]);
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "what", gmm_data_get_known(data, GMM_KNOWS_LABELS, copy, ROWS, out_error));
  check_tables(data, holes, NULL, NULL, NULL);
  check_mixture(data);
  gmm_data_destroy(data);

  options = data_options();
  options.error_sds = sds;
  data = known_data(values, &options, GMM_KNOWS_ERROR_SDS);
  ACCEPTED(gmm_data_get_known(data, GMM_KNOWS_ERROR_SDS, copy, SIZE, out_error));
  EXPECT(memcmp(copy, sds, sizeof sds) == 0);
  check_tables(data, values, sds, NULL, NULL);
  check_mixture(data);
  gmm_data_destroy(data);
  sds[3] = -1;
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "error_sds[1, 1]", data,
                 gmm_data_create(values, ROWS, COLUMNS, &options, &data, out_error));

  options = data_options();
  options.error_covariances = covariances;
  data = known_data(values, &options, GMM_KNOWS_ERROR_COVARIANCES);
  double matrices[SIZE * COLUMNS];
  ACCEPTED(gmm_data_get_known(data, GMM_KNOWS_ERROR_COVARIANCES, matrices, SIZE * COLUMNS, out_error));
  EXPECT(memcmp(matrices, covariances, sizeof matrices) == 0);
  check_mixture(data);
  gmm_data_destroy(data);
  covariances[5] = covariances[6] = 0.09;
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "error_covariances[1]", data,
                 gmm_data_create(values, ROWS, COLUMNS, &options, &data, out_error));

  options = data_options();
  options.lower = lower;
  REFUSED_HANDLE(GMM_ERROR_NULL_ARGUMENT, "upper", data,
                 gmm_data_create(values, ROWS, COLUMNS, &options, &data, out_error));
  options.upper = upper;
  data = known_data(NULL, &options, GMM_KNOWS_INTERVALS);
  ACCEPTED(gmm_data_get_known(data, GMM_KNOWS_INTERVALS, copy, 2 * SIZE, out_error));
  EXPECT(memcmp(copy, lower, sizeof lower) == 0 && memcmp(copy + SIZE, upper, sizeof upper) == 0);
  double ends[SIZE];
  memcpy(ends, values, sizeof ends);
  ends[4] = lower[4];
  ends[5] = lower[5];
  check_tables(data, ends, NULL, lower, upper);
  check_mixture(data);
  gmm_data_destroy(data);

  options = data_options();
  options.labels = labels;
  data = known_data(values, &options, GMM_KNOWS_LABELS);
  ACCEPTED(gmm_data_get_known(data, GMM_KNOWS_LABELS, copy, ROWS, out_error));
  for (int i = 0; i < ROWS; i++) EXPECT(copy[i] == labels[i]);
  check_tables(data, values, NULL, NULL, NULL);
  gmm_data_destroy(data);
  labels[2] = -2;
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "labels[2]", data,
                 gmm_data_create(values, ROWS, COLUMNS, &options, &data, out_error));

  options = data_options();
  options.label_shares = shares;
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "num_label_shares", data,
                 gmm_data_create(values, ROWS, COLUMNS, &options, &data, out_error));
  options.num_label_shares = 2;
  data = known_data(values, &options, GMM_KNOWS_LABEL_SHARES);
  EXPECT(gmm_data_num_label_shares(data) == 2);
  ACCEPTED(gmm_data_get_known(data, GMM_KNOWS_LABEL_SHARES, copy, 2 * ROWS, out_error));
  EXPECT(memcmp(copy, shares, sizeof shares) == 0);
  check_tables(data, values, NULL, NULL, NULL);
  gmm_data_destroy(data);
}
