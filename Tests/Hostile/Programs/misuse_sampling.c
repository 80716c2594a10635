/* Misuse of gmm_sample, gmm_sample_prior, gmm_posterior_extend, gmm_control and gmm_cancel. */
#include "misuse.h"

/* Checks that sampling is refused when its valid options are changed by the statement that follows. */
#define SAMPLE_REFUSED(expected, name, ...)                                                           \
  do {                                                                                                \
    gmm_sample_options options = fixture_sample_options();                                            \
    gmm_posterior *made = NULL;                                                                       \
    __VA_ARGS__;                                                                                      \
    REFUSED_HANDLE(expected, name, made,                                                              \
                   gmm_sample(handles->model, fixture_data_set(), &options, NULL, &made, out_error)); \
  } while (0)

static void misuse_starting_values(const misuse_handles *handles) {
  static const double weights[] = {0.5, 0.5}, means[] = {-1.0, 1.0}, sds[] = {1.0, 1.0};
  static const double too_much[] = {0.5, 0.6}, negative[] = {-0.5, 1.5}, holes[] = {NAN, 1.0}, wide[] = {1.0, 11.0};
  static const double endless[] = {0.0, INFINITY}, no_sd[] = {0.0, 1.0};
  SAMPLE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_initial", options.num_initial = 3; options.initial_means = means);
  SAMPLE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "initial_weights", options.num_initial = 1;
                 options.initial_weights = too_much);
  SAMPLE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "initial_weights", options.num_initial = 1;
                 options.initial_weights = negative);
  SAMPLE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "initial_weights", options.num_initial = 1;
                 options.initial_weights = holes);
  SAMPLE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "initial_means", options.num_initial = 1; options.initial_means = holes);
  SAMPLE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "initial_means", options.num_initial = 1; options.initial_means = endless);
  SAMPLE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "initial_sds", options.num_initial = 1; options.initial_sds = holes);
  SAMPLE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "initial_sds", options.num_initial = 1; options.initial_sds = no_sd);
  SAMPLE_REFUSED(GMM_ERROR_INVALID_MODEL, "initial_sds", options.num_initial = 1; options.initial_sds = wide);

  SAMPLE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "initial_covariances", options.num_initial = 1;
                 options.initial_covariances = sds);
  SAMPLE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_initial", options.initial_covariances = sds);

  gmm_model_options ordered_options = fixture_ordered_options();
  gmm_model *ordered = fixture_model(&ordered_options);
  gmm_sample_options options = fixture_sample_options();
  gmm_posterior *made = NULL;
  const double decreasing[] = {1.0, -1.0};
  options.num_initial = 1;
  options.initial_weights = weights;
  options.initial_means = decreasing;
  options.initial_sds = sds;
  REFUSED_HANDLE(GMM_ERROR_INVALID_MODEL, "initial_means", made,
                 gmm_sample(ordered, fixture_data_set(), &options, NULL, &made, out_error));
  gmm_model_destroy(ordered);
}

static int32_t ignore(const gmm_progress *progress, void *user_data) {
  (void)progress;
  (void)user_data;
  return 0;
}

/* Handles that are no runs, and runs that cannot begin. */
static void misuse_runs(const misuse_handles *handles) {
  gmm_run_info info;
  gmm_run_info_init(&info, sizeof info);
  gmm_posterior *made = NULL;
  gmm_run *wrong[] = {(gmm_run *)handles->cancel, handles->zeros, (gmm_run *)handles->posterior};
  for (int i = 0; i < 3; i++) {
    REFUSED(GMM_ERROR_WRONG_HANDLE, "run", gmm_run_poll(wrong[i], &info, NULL, 0, out_error));
    REFUSED_HANDLE(GMM_ERROR_WRONG_HANDLE, "run", made, gmm_run_snapshot(wrong[i], &made, out_error));
    REFUSED_HANDLE(GMM_ERROR_WRONG_HANDLE, "run", made, gmm_run_wait(wrong[i], NULL, &made, out_error));
    gmm_run_pause(wrong[i]);
    gmm_run_resume(wrong[i]);
    gmm_run_stop(wrong[i]);
    gmm_run_destroy(wrong[i]);
  }
  gmm_run *run = NULL;
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  control.progress = ignore;
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "progress", run,
                 gmm_run_start(handles->model, fixture_data_set(), NULL, &control, &run, out_error));
  gmm_sample_options options = fixture_sample_options();
  options.num_draws = 0;
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "num_draws", run,
                 gmm_run_start(handles->model, fixture_data_set(), &options, NULL, &run, out_error));
  /* A run that fails says so as gmm_sample does. */
  gmm_checkpoint checkpoint;
  gmm_checkpoint_init(&checkpoint, sizeof checkpoint);
  checkpoint.path = "build/no folder/run.gmmckpt";
  options = fixture_sample_options();
  options.checkpoint = &checkpoint;
  ACCEPTED(gmm_run_start(handles->model, fixture_data_set(), &options, NULL, &run, out_error));
  REFUSED_HANDLE(GMM_ERROR_FILE, "checkpoint.path", made, gmm_run_wait(run, NULL, &made, out_error));
  ACCEPTED(gmm_run_poll(run, &info, NULL, 0, out_error));
  EXPECT(info.state == GMM_RUN_FAILED && info.status == GMM_ERROR_FILE && info.num_draws == 0);
  gmm_run_destroy(run);
  /* The handle of a run that was destroyed. */
  REFUSED(GMM_ERROR_WRONG_HANDLE, "run", gmm_run_poll(run, &info, NULL, 0, out_error));
  gmm_run_destroy(run);
}

static void misuse_handles_of_sampling(const misuse_handles *handles) {
  const gmm_sample_options options = fixture_sample_options();
  gmm_posterior *made = NULL;
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_posterior",
          gmm_sample(handles->model, fixture_data_set(), &options, NULL, NULL, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_posterior", gmm_sample_prior(handles->model, 10, 1, NULL, NULL, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_posterior",
          gmm_posterior_extend(handles->posterior, 10, NULL, NULL, NULL, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_posterior", gmm_posterior_subset(handles->posterior, 0, 1, NULL, out_error));

  const void *wrong[] = {NULL, handles->cancel, handles->zeros};
  for (int i = 0; i < 3; i++) {
    const gmm_status status = wrong[i] == NULL ? GMM_ERROR_NULL_ARGUMENT : GMM_ERROR_WRONG_HANDLE;
    REFUSED_HANDLE(status, "model", made, gmm_sample(wrong[i], fixture_data_set(), &options, NULL, &made, out_error));
    if (wrong[i] != NULL) {
      REFUSED_HANDLE(status, "data", made, gmm_sample(handles->model, wrong[i], &options, NULL, &made, out_error));
    }
    REFUSED_HANDLE(status, "model", made, gmm_sample_prior(wrong[i], 10, 1, NULL, &made, out_error));
    REFUSED_HANDLE(status, "posterior", made, gmm_posterior_extend(wrong[i], 10, NULL, NULL, &made, out_error));
    REFUSED_HANDLE(status, "posterior", made, gmm_posterior_subset(wrong[i], 0, 1, &made, out_error));
  }

  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "data", made,
                 gmm_sample(handles->model, fixture_table_set(), &options, NULL, &made, out_error));

  const int64_t counts[] = {0, -1, INT64_MIN};
  for (int i = 0; i < 3; i++) {
    REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "num_draws", made,
                   gmm_sample_prior(handles->model, counts[i], 1, NULL, &made, out_error));
    REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "num_draws", made,
                   gmm_posterior_extend(handles->posterior, counts[i], NULL, NULL, &made, out_error));
  }
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "num_draws", made,
                 gmm_posterior_extend(handles->posterior, INT64_MAX, NULL, NULL, &made, out_error));

  /* These counts fit a counter, but their draws do not fit memory. */
  const int64_t large[] = {INT64_MAX, INT64_MAX / 8, INT64_MAX / 128};
  gmm_sample_options options_of_large = options;
  for (int i = 0; i < 3; i++) {
    EXPECT(gmm_sample_prior(handles->model, large[i], 1, NULL, &made, NULL) == GMM_ERROR_OUT_OF_MEMORY && made == NULL);
    options_of_large.num_draws = large[i] / 4;
    EXPECT(gmm_sample(handles->model, fixture_data_set(), &options_of_large, NULL, &made, NULL) ==
               GMM_ERROR_OUT_OF_MEMORY &&
           made == NULL);
  }
  REFUSED_HANDLE(GMM_ERROR_UNSUPPORTED, "posterior", made,
                 gmm_posterior_extend(handles->prior, 10, NULL, NULL, &made, out_error));

  gmm_posterior *subset = NULL;
  ACCEPTED(gmm_posterior_subset(handles->posterior, 10, 2, &subset, out_error));
  REFUSED_HANDLE(GMM_ERROR_UNSUPPORTED, "posterior", made,
                 gmm_posterior_extend(subset, 10, NULL, NULL, &made, out_error));
  gmm_posterior_destroy(subset);

  const int64_t burns[] = {-1, 50, INT64_MAX, INT64_MIN}, thins[] = {0, -1, INT64_MIN};
  for (int i = 0; i < 4; i++) {
    REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "burn", made,
                   gmm_posterior_subset(handles->posterior, burns[i], 1, &made, out_error));
  }
  for (int i = 0; i < 3; i++) {
    REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "thin", made,
                   gmm_posterior_subset(handles->posterior, 0, thins[i], &made, out_error));
  }
  ACCEPTED(gmm_posterior_subset(handles->posterior, 49, INT64_MAX, &made, out_error));
  gmm_posterior_destroy(made);
}

/* Checks that sampling is refused when a default control is changed by the statement that follows. */
#define CONTROL_REFUSED(expected, name, ...)                                                          \
  do {                                                                                                \
    gmm_control control;                                                                              \
    gmm_control_init(&control, sizeof control);                                                       \
    __VA_ARGS__;                                                                                      \
    REFUSED_HANDLE(expected, name, made,                                                              \
                   gmm_sample(handles->model, fixture_data_set(), NULL, &control, &made, out_error)); \
  } while (0)

static void misuse_control(const misuse_handles *handles) {
  gmm_posterior *made = NULL;
  CONTROL_REFUSED(GMM_ERROR_WRONG_HANDLE, "cancel", control.cancel = (gmm_cancel *)handles->model);
  CONTROL_REFUSED(GMM_ERROR_WRONG_HANDLE, "cancel", control.cancel = handles->zeros);

  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_cancel", gmm_cancel_create(NULL, out_error));
  gmm_cancel_request(NULL);
  gmm_cancel_reset(NULL);
  gmm_cancel_destroy(NULL);
  gmm_cancel_request((gmm_cancel *)handles->model);
  gmm_cancel_reset((gmm_cancel *)handles->posterior);
  gmm_cancel_destroy((gmm_cancel *)handles->model);
  EXPECT(gmm_model_num_components(handles->model) == 2);
}

void misuse_sampling(const misuse_handles *handles) {
  misuse_handles_of_sampling(handles);
  misuse_starting_values(handles);
  misuse_runs(handles);
  misuse_control(handles);
}
