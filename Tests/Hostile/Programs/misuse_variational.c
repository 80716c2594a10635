/* Misuse of the fit by variational Bayes. */
#include "misuse.h"

/* Checks that a fit of three columns is refused when options for two components are changed by the statement that
 * follows. */
#define FIT_REFUSED(expected, name, ...)                                                                            \
  do {                                                                                                              \
    gmm_variational_options options;                                                                                \
    gmm_variational_options_init(&options, sizeof options);                                                         \
    options.num_components = 2;                                                                                     \
    __VA_ARGS__;                                                                                                    \
    REFUSED_HANDLE(expected, name, fit, gmm_fit_variational(fixture_table_set(), &options, NULL, &fit, out_error)); \
  } while (0)

static const double halves[] = {0.5, 0.5, 0.5, 0.5}, ones[] = {1.0, 1.0}, means[] = {0.0, 0.0, 0.0, 1.0, 1.0, 1.0};
static const double degrees[] = {4.0, 4.0};
static const double unit[] = {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1};

/* An approximation from which the fits above can go on. */
static gmm_variational_result valid_approximation(void) {
  gmm_variational_result result;
  gmm_variational_result_init(&result, sizeof result);
  result.num_components = 2;
  result.num_dimensions = FIXTURE_COLUMNS;
  result.weight_concentration = halves;
  result.mean_precision = ones;
  result.means = means;
  result.degrees_of_freedom = degrees;
  result.covariances = unit;
  return result;
}

static void misuse_prior(void) {
  gmm_variational_fit *fit = NULL;
  static const double hole[] = {0.0, NAN, 0.0}, far[] = {0.0, 1e200, 0.0};
  static const double asymmetric[] = {1, 0, 0, 0.5, 1, 0, 0, 0, 1}, indefinite[] = {1, 2, 0, 2, 1, 0, 0, 0, 1};
  static const double infinite[] = {1, 0, 0, 0, 1, 0, 0, 0, INFINITY};
  FIT_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "mean_prior[1]", options.mean_prior = hole);
  FIT_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "mean_prior[1]", options.mean_prior = far);
  FIT_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "covariance_prior", options.covariance_prior = indefinite);
  FIT_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "covariance_prior", options.covariance_prior = asymmetric);
  FIT_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "covariance_prior[2, 2]", options.covariance_prior = infinite);
}

static void misuse_run(const misuse_handles *handles) {
  gmm_variational_fit *fit = NULL;
  static double responsibilities[2 * FIXTURE_COUNT];
  responsibilities[3] = 1.5;
  FIT_REFUSED(GMM_ERROR_STRUCT_SIZE, "options", options.struct_size = 0);
  FIT_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "data", options.num_components = FIXTURE_COUNT + 1);
  FIT_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "initial_responsibilities[1, 1]",
              options.initial_responsibilities = responsibilities);
  REFUSED_HANDLE(GMM_ERROR_NULL_ARGUMENT, "data", fit, gmm_fit_variational(NULL, NULL, NULL, &fit, out_error));
  REFUSED_HANDLE(GMM_ERROR_WRONG_HANDLE, "data", fit,
                 gmm_fit_variational((const gmm_data *)handles->model, NULL, NULL, &fit, out_error));
  static const double zeros[20];
  gmm_data *constant = fixture_rows(zeros, 10, 2);
  gmm_variational_options options;
  gmm_variational_options_init(&options, sizeof options);
  options.regularization = 0.0;
  REFUSED_HANDLE(GMM_ERROR_DEGENERATE, "data", fit, gmm_fit_variational(constant, &options, NULL, &fit, out_error));
  gmm_data_destroy(constant);
}

/* Checks that a fit does not go on from an approximation that is changed by the statement that follows, and that it has
 * no log weights where the fault is its own. */
#define INITIAL_REFUSED(expected, name, is_own, ...)                                                \
  do {                                                                                              \
    gmm_variational_result initial = valid_approximation();                                         \
    __VA_ARGS__;                                                                                    \
    FIT_REFUSED(expected, name, options.initial = &initial);                                        \
    if (is_own) REFUSED(expected, name, gmm_variational_log_weights(&initial, logs, 2, out_error)); \
  } while (0)

static void misuse_initial(void) {
  gmm_variational_fit *fit = NULL;
  double logs[2];
  static const double hole[] = {1.0, NAN, 1.0, 1.0, 1.0, 1.0}, few[] = {4.0, 2.0};
  static const double indefinite[] = {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 2, 0, 2, 1, 0, 0, 0, 1};
  static const double asymmetric[] = {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0.5, 1, 0, 0, 0, 1};
  INITIAL_REFUSED(GMM_ERROR_STRUCT_SIZE, "struct_size", 1, initial.struct_size = 3);
  INITIAL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_components", 1, initial.num_components = 0);
  INITIAL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_dimensions", 1, initial.num_dimensions = 0);
  INITIAL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "covariance", 1, initial.covariance = -1);
  INITIAL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "weights_family", 1, initial.weights_family = 7);
  INITIAL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "initial", 0, initial.num_components = 1);
  INITIAL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "initial", 0, initial.weights_family = GMM_WEIGHTS_DIRICHLET);
  INITIAL_REFUSED(GMM_ERROR_NULL_ARGUMENT, "weight_concentration", 1, initial.weight_concentration = NULL);
  INITIAL_REFUSED(GMM_ERROR_NULL_ARGUMENT, "mean_precision", 1, initial.mean_precision = NULL);
  INITIAL_REFUSED(GMM_ERROR_NULL_ARGUMENT, "means", 1, initial.means = NULL);
  INITIAL_REFUSED(GMM_ERROR_NULL_ARGUMENT, "degrees_of_freedom", 1, initial.degrees_of_freedom = NULL);
  INITIAL_REFUSED(GMM_ERROR_NULL_ARGUMENT, "covariances", 1, initial.covariances = NULL);
  INITIAL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "weight_concentration[1]", 1, initial.weight_concentration = hole);
  INITIAL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "mean_precision[1]", 1, initial.mean_precision = hole);
  INITIAL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "means[1]", 1, initial.means = hole);
  INITIAL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "degrees_of_freedom[1]", 1, initial.degrees_of_freedom = few);
  INITIAL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "covariances[1]", 1, initial.covariances = asymmetric);
  INITIAL_REFUSED(GMM_ERROR_DEGENERATE, "data", 0, initial.covariances = indefinite);
  INITIAL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "lower_bound", 0, initial.lower_bound = (double)NAN);
  const gmm_variational_result valid = valid_approximation();
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity", gmm_variational_log_weights(&valid, logs, 1, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_log_weights", gmm_variational_log_weights(&valid, NULL, 2, out_error));
}

void misuse_variational(const misuse_handles *handles) {
  misuse_prior();
  misuse_run(handles);
  misuse_initial();
  gmm_variational_fit *fit = NULL;
  gmm_variational_result result;
  EXPECT(gmm_variational_result_init(&result, sizeof result) == GMM_OK && result.struct_size == sizeof result);
  EXPECT(gmm_variational_result_init(NULL, sizeof result) == GMM_ERROR_NULL_ARGUMENT);
  EXPECT(gmm_variational_options_init(NULL, 8) == GMM_ERROR_NULL_ARGUMENT);
  REFUSED(GMM_ERROR_WRONG_HANDLE, "fit",
          gmm_variational_fit_get_result((const gmm_variational_fit *)handles->model, &result, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "fit", gmm_variational_fit_get_result(NULL, &result, out_error));
  ACCEPTED(gmm_fit_variational(fixture_table_set(), NULL, NULL, &fit, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_result", gmm_variational_fit_get_result(fit, NULL, out_error));
  gmm_variational_fit_destroy(fit);
  gmm_variational_fit_destroy(fit);
  gmm_variational_fit_destroy(NULL);
}
