/* Misuse of posteriors and of prediction. */
#include "misuse.h"

enum { ROOM = FIXTURE_COUNT * 2 };

/* An output buffer. Each element shows whether it was written. */
static double output[ROOM];

static void fill_output(void) {
  for (int i = 0; i < ROOM; i++) output[i] = -4321.0;
}

static int output_is_untouched(void) {
  for (int i = 0; i < ROOM; i++) {
    if (output[i] != -4321.0) return 0;
  }
  return 1;
}

void misuse_posteriors(const misuse_handles *handles) {
  const gmm_posterior *posterior = handles->posterior;
  gmm_posterior_info info = {.struct_size = sizeof info};
  gmm_view view = {.num_axes = 99};

  const void *wrong[] = {NULL, handles->model, handles->cancel, handles->zeros};
  fill_output();
  for (int i = 0; i < 4; i++) {
    const gmm_status status = wrong[i] == NULL ? GMM_ERROR_NULL_ARGUMENT : GMM_ERROR_WRONG_HANDLE;
    REFUSED(status, "posterior", gmm_posterior_get_info(wrong[i], &info, out_error));
    REFUSED(status, "posterior", gmm_posterior_view(wrong[i], GMM_FIELD_MEANS, &view, out_error));
    REFUSED(status, "posterior", gmm_posterior_probabilities(wrong[i], NULL, output, ROOM, out_error));
    gmm_posterior_destroy((gmm_posterior *)wrong[i]);
  }
  EXPECT(gmm_model_num_components(handles->model) == 2);

  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_info", gmm_posterior_get_info(posterior, NULL, out_error));
  const uint32_t sizes[] = {0, 3};
  for (int i = 0; i < 2; i++) {
    info.struct_size = sizes[i];
    REFUSED(GMM_ERROR_STRUCT_SIZE, "out_info", gmm_posterior_get_info(posterior, &info, out_error));
  }

  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_view", gmm_posterior_view(posterior, GMM_FIELD_MEANS, NULL, out_error));
  const int32_t fields[] = {-1, 17, 19, 22, INT32_MAX, INT32_MIN};
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
    REFUSED(GMM_ERROR_INVALID_ARGUMENT, "field", gmm_posterior_view(posterior, fields[i], &view, out_error));
  }
  REFUSED(GMM_ERROR_UNSUPPORTED, "field", gmm_posterior_view(posterior, GMM_FIELD_ASSIGNMENTS, &view, out_error));
  REFUSED(GMM_ERROR_UNSUPPORTED, "field", gmm_posterior_view(posterior, GMM_FIELD_NUM_COMPONENTS, &view, out_error));
  REFUSED(GMM_ERROR_UNSUPPORTED, "field", gmm_posterior_view(posterior, GMM_FIELD_CLUSTER_SIZES, &view, out_error));
  for (int32_t field = GMM_FIELD_CONCENTRATION; field <= GMM_FIELD_BACKGROUND; field++) {
    REFUSED(GMM_ERROR_UNSUPPORTED, "field", gmm_posterior_view(posterior, field, &view, out_error));
  }
  REFUSED(GMM_ERROR_UNSUPPORTED, "field", gmm_posterior_view(posterior, GMM_FIELD_COVARIANCES, &view, out_error));
  REFUSED(GMM_ERROR_UNSUPPORTED, "field", gmm_posterior_view(posterior, GMM_FIELD_SAMPLE_WEIGHTS, &view, out_error));
  EXPECT(view.num_axes == 99);

  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_probabilities",
          gmm_posterior_probabilities(posterior, NULL, NULL, ROOM, out_error));
  const int64_t capacities[] = {ROOM - 1, 0, -1, INT64_MIN};
  for (int i = 0; i < 4; i++) {
    REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity",
            gmm_posterior_probabilities(posterior, NULL, output, capacities[i], out_error));
  }
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  control.num_threads = -1;
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_threads",
          gmm_posterior_probabilities(posterior, &control, output, ROOM, out_error));
  EXPECT(output_is_untouched());
}

/* One of the two functions that evaluate new points. */
typedef gmm_status (*evaluate_fn)(const gmm_posterior *posterior, const gmm_data *points, const gmm_control *control,
                                  double *output, int64_t capacity, gmm_error **out_error);

static void misuse_evaluation(const misuse_handles *handles, evaluate_fn evaluate, const char *output_name,
                              int64_t needed) {
  const gmm_posterior *posterior = handles->posterior;
  const void *wrong[] = {NULL, handles->model, handles->zeros};
  for (int i = 0; i < 3; i++) {
    const gmm_status status = wrong[i] == NULL ? GMM_ERROR_NULL_ARGUMENT : GMM_ERROR_WRONG_HANDLE;
    REFUSED(status, "posterior", evaluate(wrong[i], fixture_data_set(), NULL, output, ROOM, out_error));
  }
  const void *no_points[] = {NULL, handles->model, handles->zeros};
  for (int i = 0; i < 3; i++) {
    const gmm_status status = no_points[i] == NULL ? GMM_ERROR_NULL_ARGUMENT : GMM_ERROR_WRONG_HANDLE;
    REFUSED(status, "points", evaluate(posterior, no_points[i], NULL, output, ROOM, out_error));
  }
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "points",
          evaluate(posterior, fixture_table_set(), NULL, output, ROOM, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, output_name, evaluate(posterior, fixture_data_set(), NULL, NULL, ROOM, out_error));

  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity",
          evaluate(posterior, fixture_data_set(), NULL, output, needed - 1, out_error));
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity", evaluate(posterior, fixture_data_set(), NULL, output, -1, out_error));

  gmm_control control;
  gmm_control_init(&control, sizeof control);
  control.cancel = (gmm_cancel *)handles->model;
  REFUSED(GMM_ERROR_WRONG_HANDLE, "cancel", evaluate(posterior, fixture_data_set(), &control, output, ROOM, out_error));

  gmm_data *none = fixture_rows(NULL, 0, 1);
  ACCEPTED(evaluate(posterior, none, NULL, output, ROOM, out_error));
  gmm_data_destroy(none);
  EXPECT(output_is_untouched());
  ACCEPTED(evaluate(posterior, fixture_data_set(), NULL, output, needed, out_error));
  fill_output();
}

void misuse_prediction(const misuse_handles *handles) {
  fill_output();
  misuse_evaluation(handles, gmm_posterior_predict_probabilities, "out_probabilities", FIXTURE_COUNT * 2);
  misuse_evaluation(handles, gmm_posterior_log_density, "out_log_density", FIXTURE_COUNT);

  const gmm_posterior *posterior = handles->posterior;
  const void *wrong[] = {NULL, handles->model, handles->zeros};
  for (int i = 0; i < 3; i++) {
    const gmm_status status = wrong[i] == NULL ? GMM_ERROR_NULL_ARGUMENT : GMM_ERROR_WRONG_HANDLE;
    REFUSED(status, "posterior", gmm_posterior_sample_predictive(wrong[i], 2, 10, 1, NULL, output, ROOM, out_error));
  }
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_values",
          gmm_posterior_sample_predictive(posterior, 2, 10, 1, NULL, NULL, ROOM, out_error));
  const int64_t counts[] = {-1, INT64_MIN};
  for (int i = 0; i < 2; i++) {
    REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_draws",
            gmm_posterior_sample_predictive(posterior, counts[i], 10, 1, NULL, output, ROOM, out_error));
    REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_points",
            gmm_posterior_sample_predictive(posterior, 2, counts[i], 1, NULL, output, ROOM, out_error));
  }
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "capacity",
          gmm_posterior_sample_predictive(posterior, INT64_MAX, INT64_MAX, 1, NULL, output, ROOM, out_error));
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity",
          gmm_posterior_sample_predictive(posterior, 2, 10, 1, NULL, output, 19, out_error));
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity",
          gmm_posterior_sample_predictive(posterior, 2, 10, 1, NULL, output, -1, out_error));
  EXPECT(output_is_untouched());
  /* If the number of points is 0, there is nothing to write and nothing to wait for, whatever the number of draws. */
  ACCEPTED(gmm_posterior_sample_predictive(handles->posterior, INT64_MAX, 0, 1, NULL, NULL, 0, out_error));
}
