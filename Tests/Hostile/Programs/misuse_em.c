/* Misuse of the maximum-likelihood fit. */
#include "misuse.h"

/* Checks that a fit is refused when options for two components are changed by the statement that follows. */
#define EM_REFUSED(expected, name, ...)                                                                   \
  do {                                                                                                    \
    gmm_em_options options;                                                                               \
    gmm_em_options_init(&options, sizeof options);                                                        \
    options.num_components = 2;                                                                           \
    __VA_ARGS__;                                                                                          \
    REFUSED_HANDLE(expected, name, fit, gmm_fit_em(fixture_data_set(), &options, NULL, &fit, out_error)); \
  } while (0)

static void misuse_em_options(void) {
  static const double weights[] = {0.5, 0.5}, means[] = {-1.0, 1.0}, variances[] = {1.0, 1.0};
  static const double too_much[] = {0.5, 0.6}, holes[] = {NAN, 1.0}, no_variance[] = {0.0, 1.0};
  gmm_em_fit *fit = NULL;
  EM_REFUSED(GMM_ERROR_STRUCT_SIZE, "options", options.struct_size = 0);
  gmm_model_options model_options = fixture_ordered_options();
  gmm_model *model = fixture_model(&model_options);
  gmm_cancel *cancel = NULL;
  gmm_cancel_create(&cancel, NULL);
  EM_REFUSED(GMM_ERROR_WRONG_HANDLE, "model", options.model = (const gmm_model *)cancel);
  EM_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "regularization", options.model = model; options.regularization = 1e-6);
  gmm_model_destroy(model);
  gmm_cancel_destroy(cancel);
  static double responsibilities[2 * FIXTURE_COUNT];
  EM_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "initial_responsibilities",
             options.initial_responsibilities = responsibilities);
  EM_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "initial_covariances", options.initial_covariances = no_variance);
  EM_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "initial_weights", options.initial_weights = too_much;
             options.initial_means = means; options.initial_covariances = variances);
  EM_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "initial_means", options.initial_weights = weights;
             options.initial_means = holes; options.initial_covariances = variances);
  EM_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "initial_covariances", options.initial_weights = weights;
             options.initial_means = means; options.initial_covariances = no_variance);
}

/* Checks that fitting two components to this array is refused. */
#define VALUES_REFUSED(expected, values, count, weights)                                      \
  do {                                                                                        \
    gmm_data *data = fixture_weighted_rows(values, count, 1, weights);                        \
    REFUSED_HANDLE(expected, "data", fit, gmm_fit_em(data, &options, NULL, &fit, out_error)); \
    gmm_data_destroy(data);                                                                   \
  } while (0)

void misuse_em(const misuse_handles *handles) {
  gmm_em_options options;
  gmm_em_fit *fit = NULL;
  gmm_em_options_init(&options, sizeof options);
  options.num_components = 2;

  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_fit", gmm_fit_em(fixture_data_set(), &options, NULL, NULL, out_error));
  const void *no_data[] = {NULL, handles->model, handles->zeros};
  for (int i = 0; i < 3; i++) {
    const gmm_status status = no_data[i] == NULL ? GMM_ERROR_NULL_ARGUMENT : GMM_ERROR_WRONG_HANDLE;
    REFUSED_HANDLE(status, "data", fit, gmm_fit_em(no_data[i], &options, NULL, &fit, out_error));
  }
  const double equal[] = {5.0, 5.0, 5.0}, alone[FIXTURE_COUNT] = {[3] = 1.0};
  VALUES_REFUSED(GMM_ERROR_INVALID_ARGUMENT, NULL, 0, NULL);
  VALUES_REFUSED(GMM_ERROR_INVALID_ARGUMENT, fixture_data, 1, NULL);
  VALUES_REFUSED(GMM_ERROR_INVALID_ARGUMENT, fixture_data, FIXTURE_COUNT, alone);
  VALUES_REFUSED(GMM_ERROR_DEGENERATE, equal, 3, NULL);
  misuse_em_options();

  gmm_control control;
  gmm_control_init(&control, sizeof control);
  control.num_threads = -1;
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "num_threads", fit,
                 gmm_fit_em(fixture_data_set(), &options, &control, &fit, out_error));

  gmm_em_result result = {.struct_size = sizeof result};
  const void *wrong[] = {NULL, handles->model, handles->zeros};
  for (int i = 0; i < 3; i++) {
    const gmm_status status = wrong[i] == NULL ? GMM_ERROR_NULL_ARGUMENT : GMM_ERROR_WRONG_HANDLE;
    REFUSED(status, "fit", gmm_em_fit_get_result(wrong[i], &result, out_error));
    gmm_em_fit_destroy((gmm_em_fit *)wrong[i]);
  }
  EXPECT(gmm_model_num_components(handles->model) == 2);

  ACCEPTED(gmm_fit_em(fixture_data_set(), &options, NULL, &fit, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_result", gmm_em_fit_get_result(fit, NULL, out_error));
  result.struct_size = 0;
  REFUSED(GMM_ERROR_STRUCT_SIZE, "out_result", gmm_em_fit_get_result(fit, &result, out_error));
  EXPECT(gmm_posterior_get_info((gmm_posterior *)fit, NULL, NULL) != GMM_OK);
  gmm_em_fit_destroy(fit);
}
