/* Progress, cancelling, threads and processes. */
#include <dirent.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "behaviour.h"

/* The reports that a progress callback has seen. */
typedef struct progress_log {
  pthread_t thread;
  int64_t num_calls;
  int64_t cancel_at; /* the call that asks to stop, or 0 */
  gmm_progress last;
  int is_consistent;
} progress_log;

static int32_t record(const gmm_progress *progress, void *user_data) {
  progress_log *log = user_data;
  log->is_consistent =
      log->is_consistent && pthread_equal(pthread_self(), log->thread) && progress->struct_size == sizeof *progress &&
      progress->iterations_done >= log->last.iterations_done &&
      progress->iterations_done <= progress->iterations_total && progress->draws_done >= log->last.draws_done &&
      progress->draws_done <= progress->draws_total && progress->seconds_elapsed >= log->last.seconds_elapsed &&
      (isnan(progress->seconds_left) || progress->seconds_left >= 0.0);
  log->last = *progress;
  log->num_calls++;
  return log->num_calls == log->cancel_at;
}

static gmm_control recording_control(progress_log *log) {
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  *log = (progress_log){.thread = pthread_self(), .is_consistent = 1};
  control.num_threads = 2;
  control.progress = record;
  control.progress_user_data = log;
  control.progress_interval = 0.0;
  return control;
}

/* While the data choose the priors of an open model, the call reports that its own work has not begun; it has one end.
 */
static void open_models_report_as_one_call(void) {
  gmm_model_options open_options;
  gmm_model_options_init(&open_options, sizeof open_options);
  open_options.num_components = 2;
  gmm_model *open = fixture_model(&open_options);
  const gmm_sample_options options = fixture_sample_options();
  progress_log log;
  gmm_control control = recording_control(&log);
  gmm_posterior *posterior = NULL;
  ACCEPTED(gmm_sample(open, fixture_data_set(), &options, &control, &posterior, out_error));
  EXPECT(log.num_calls >= 2 && log.is_consistent && log.last.num_chains == 2);
  EXPECT(log.last.iterations_done == 140 && log.last.iterations_total == 140 && log.last.draws_done == 100);
  gmm_posterior_destroy(posterior);
  control = recording_control(&log);
  control.progress_interval = 3600.0;
  ACCEPTED(gmm_sample(open, fixture_data_set(), &options, &control, &posterior, out_error));
  EXPECT(log.num_calls == 1 && log.last.draws_done == 100);
  gmm_posterior_destroy(posterior);

  gmm_em_options fitting;
  gmm_em_options_init(&fitting, sizeof fitting);
  fitting.model = open;
  gmm_em_fit *fit = NULL;
  control = recording_control(&log);
  control.progress_interval = 3600.0;
  ACCEPTED(gmm_fit_em(fixture_data_set(), &fitting, &control, &fit, out_error));
  EXPECT(log.num_calls == 1 && log.last.iterations_done == 10 && log.last.iterations_total == 10);
  gmm_em_fit_destroy(fit);

  /* A refusal in the middle has an end as well. */
  const double equal[] = {1.0, 1.0, 1.0};
  gmm_data *constant = fixture_rows(equal, 3, 1);
  control = recording_control(&log);
  control.progress_interval = 3600.0;
  EXPECT(gmm_sample(open, constant, &options, &control, &posterior, NULL) == GMM_ERROR_DEGENERATE);
  EXPECT(log.num_calls == 1 && log.last.num_chains == 2 && log.last.iterations_done == 0);
  gmm_data_destroy(constant);
  gmm_model_destroy(open);
}

void behaviour_control(void) {
  const gmm_model_options model_options = fixture_model_options();
  gmm_model *model = fixture_model(&model_options);
  gmm_sample_options options = fixture_sample_options();
  options.num_draws = 20000;
  progress_log log;
  gmm_control control = recording_control(&log);
  gmm_posterior *posterior = NULL, *longer = NULL;
  ACCEPTED(gmm_sample(model, fixture_data_set(), &options, &control, &posterior, out_error));
  EXPECT(log.num_calls >= 2 && log.is_consistent);
  EXPECT(log.last.num_chains == 2 && log.last.draws_done == 40000 && log.last.draws_total == 40000);
  EXPECT(log.last.iterations_done == 40040 && log.last.iterations_total == 40040);

  /* If the interval is longer than the run, the only report is the one at the end. */
  control = recording_control(&log);
  control.progress_interval = 3600.0;
  ACCEPTED(gmm_posterior_extend(posterior, 10, NULL, &control, &longer, out_error));
  EXPECT(log.num_calls == 1 && log.is_consistent);

  const gmm_posterior_info info = info_of(posterior);
  EXPECT(info.num_components == 2 && info.num_dimensions == 1 && info.num_sds == 2 && info.num_chains == 2);
  EXPECT(info.num_draws == 20000 && info.num_observations == FIXTURE_COUNT && info.num_tune == 20 && info.thin == 1);
  EXPECT(info.seed == 7 && info.method == GMM_METHOD_GIBBS && !info.has_assignments && !info.is_prior);
  EXPECT(info.can_extend && info.seconds > 0.0 && info_of(longer).seconds > info.seconds);
  gmm_posterior_destroy(longer);
  gmm_posterior_destroy(posterior);
  gmm_model_destroy(model);
  open_models_report_as_one_call();
}

/* The best fit so far comes back: the later a call is cancelled, the better its fit is, up to that of the whole call.
 */
static void cancelled_fits_come_back(void) {
  gmm_em_options options;
  gmm_em_options_init(&options, sizeof options);
  options.num_components = 2;
  options.num_starts = 3;
  options.max_iterations = 6;
  options.tolerance = 0.0;
  double last = -INFINITY;
  int64_t num_cancelled = 0, num_fits = 0;
  for (int64_t count = 1;; count++) {
    progress_log log;
    gmm_control control = recording_control(&log);
    control.num_threads = 1;
    log.cancel_at = count;
    gmm_em_fit *fit = NULL;
    gmm_error *error = NULL;
    const gmm_status status = gmm_fit_em(fixture_data_set(), &options, &control, &fit, &error);
    EXPECT(status == gmm_error_status(error) || (status == GMM_OK && error == NULL));
    gmm_error_destroy(error);
    gmm_em_result result = {.struct_size = sizeof result};
    if (fit != NULL) {
      ACCEPTED(gmm_em_fit_get_result(fit, &result, out_error));
      /* The rounding of the sum of 60 terms. */
      EXPECT(result.log_likelihood >= last - 1e-10 && result.converged == 0);
      EXPECT(result.num_iterations >= 1 && result.num_iterations <= 6 && result.means[0] <= result.means[1]);
      last = result.log_likelihood;
      num_fits++;
    }
    gmm_em_fit_destroy(fit);
    if (status == GMM_OK) break;
    if (!EXPECT(status == GMM_CANCELLED && count < 1000)) break;
    num_cancelled++;
  }
  EXPECT(num_fits >= 3 * 5 && num_cancelled >= num_fits - 1);

  gmm_variational_options bayes;
  gmm_variational_options_init(&bayes, sizeof bayes);
  bayes.num_components = 2;
  bayes.max_iterations = 6;
  bayes.tolerance = 0.0;
  for (int64_t count = 3; count <= 7; count++) {
    progress_log log;
    gmm_control control = recording_control(&log);
    control.num_threads = 1;
    log.cancel_at = count;
    gmm_variational_fit *part = NULL, *whole = NULL;
    EXPECT(gmm_fit_variational(fixture_data_set(), &bayes, &control, &part, NULL) == GMM_CANCELLED);
    gmm_variational_result left = {.struct_size = sizeof left}, right = {.struct_size = sizeof right};
    ACCEPTED(gmm_variational_fit_get_result(part, &left, out_error));
    gmm_variational_options fewer = bayes;
    fewer.max_iterations = left.num_iterations;
    ACCEPTED(gmm_fit_variational(fixture_data_set(), &fewer, NULL, &whole, out_error));
    ACCEPTED(gmm_variational_fit_get_result(whole, &right, out_error));
    EXPECT(left.num_iterations == count - 2 && left.converged == 0 && left.lower_bound == right.lower_bound);
    EXPECT(memcmp(left.means, right.means, 2 * sizeof(double)) == 0);
    gmm_variational_fit_destroy(part);
    gmm_variational_fit_destroy(whole);
  }
}

/* A limit far below the clock's unit has always passed, and one of a century never. */
static void time_limits_cancel(const gmm_model *model) {
  gmm_control late, early;
  gmm_control_init(&late, sizeof late);
  gmm_control_init(&early, sizeof early);
  EXPECT(late.time_limit == 0.0);
  late.time_limit = 1e-300;
  early.time_limit = 3e9;
  gmm_em_fit *fit = NULL;
  gmm_posterior *posterior = NULL;
  double output[FIXTURE_COUNT * 2];
  EXPECT(gmm_fit_em(fixture_data_set(), NULL, &late, &fit, NULL) == GMM_CANCELLED && fit == NULL);
  ACCEPTED(gmm_fit_em(fixture_data_set(), NULL, &early, &fit, out_error));
  gmm_em_fit_destroy(fit);
  const gmm_sample_options options = fixture_sample_options();
  EXPECT(gmm_sample(model, fixture_data_set(), &options, &late, &posterior, NULL) == GMM_CANCELLED);
  EXPECT(posterior == NULL);
  ACCEPTED(gmm_sample(model, fixture_data_set(), &options, &early, &posterior, out_error));
  gmm_error *error = NULL;
  EXPECT(gmm_posterior_probabilities(posterior, &late, output, FIXTURE_COUNT * 2, &error) == GMM_CANCELLED);
  EXPECT(strstr(gmm_error_message(error), "time limit") != NULL);
  gmm_error_destroy(error);
  ACCEPTED(gmm_posterior_probabilities(posterior, &early, output, FIXTURE_COUNT * 2, out_error));
  gmm_posterior_destroy(posterior);
}

void behaviour_cancelling(void) {
  const gmm_model_options model_options = fixture_model_options();
  gmm_model *model = fixture_model(&model_options);
  gmm_sample_options options = fixture_sample_options();
  options.num_tune = 0;
  options.num_draws = 2000000;
  options.num_chains = 3;
  progress_log log;
  gmm_control control = recording_control(&log);
  control.progress_interval = 0.05;
  log.cancel_at = 2;

  /* After a callback's nonzero result, the draws that every chain has finished come back, and can be continued. */
  gmm_posterior *part = NULL, *whole = NULL, *continued = NULL;
  gmm_error *error = NULL;
  EXPECT(gmm_sample(model, fixture_data_set(), &options, &control, &part, &error) == GMM_CANCELLED);
  EXPECT(error != NULL && gmm_error_status(error) == GMM_CANCELLED && gmm_error_message(error)[0] != '\0');
  gmm_error_destroy(error);
  if (EXPECT(part != NULL)) {
    const int64_t finished = info_of(part).num_draws;
    EXPECT(finished >= 1 && finished < options.num_draws && info_of(part).num_chains == 3);
    EXPECT(info_of(part).can_extend);
    options.num_draws = finished + 10;
    whole = fixture_posterior(model, &options);
    EXPECT(holds_draws(part, whole, 0, 1));
    ACCEPTED(gmm_posterior_extend(part, 10, NULL, NULL, &continued, out_error));
    EXPECT(same_draws(whole, continued));
    gmm_posterior_destroy(continued);
    gmm_posterior_destroy(whole);
  }

  /* A flag that is raised before the call stops every kind of call at once. */
  gmm_cancel *cancel = NULL;
  gmm_posterior *more = NULL;
  gmm_em_fit *fit = NULL;
  double probabilities[FIXTURE_COUNT * 2];
  ACCEPTED(gmm_cancel_create(&cancel, out_error));
  gmm_cancel_request(cancel);
  gmm_control_init(&control, sizeof control);
  control.cancel = cancel;
  options.num_draws = 2000000;
  EXPECT(gmm_sample(model, fixture_data_set(), &options, &control, &more, NULL) == GMM_CANCELLED);
  gmm_posterior_destroy(more);
  EXPECT(gmm_fit_em(fixture_data_set(), NULL, &control, &fit, NULL) == GMM_CANCELLED && fit == NULL);
  if (part != NULL) {
    EXPECT(gmm_posterior_extend(part, 10, NULL, &control, &more, NULL) == GMM_CANCELLED);
    EXPECT(more == NULL || holds_draws(part, more, 0, 1));
    gmm_posterior_destroy(more);
    EXPECT(gmm_posterior_probabilities(part, &control, probabilities, FIXTURE_COUNT * 2, NULL) == GMM_CANCELLED);
    gmm_cancel_reset(cancel);
    ACCEPTED(gmm_posterior_probabilities(part, &control, probabilities, FIXTURE_COUNT * 2, out_error));
  }
  gmm_cancel_destroy(cancel);
  gmm_posterior_destroy(part);
  cancelled_fits_come_back();
  time_limits_cancel(model);
  gmm_model_destroy(model);
}

/* The number of threads of this process, without that of ThreadSanitizer's runtime. */
static int num_threads(void) {
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
  int count = -1;
#else
  int count = 0;
#endif
#else
  int count = 0;
#endif
  DIR *tasks = opendir("/proc/self/task");
  if (tasks == NULL) return -1;
  for (struct dirent *task = readdir(tasks); task != NULL; task = readdir(tasks)) count += task->d_name[0] != '.';
  closedir(tasks);
  return count;
}

static void *sample_in_thread(void *model) {
  const gmm_sample_options options = fixture_sample_options();
  return fixture_posterior(model, &options);
}

void behaviour_processes(void) {
  const gmm_model_options model_options = fixture_model_options();
  gmm_model *model = fixture_model(&model_options);
  const gmm_sample_options options = fixture_sample_options();
  gmm_posterior *posterior = fixture_posterior(model, &options);
  EXPECT(num_threads() == 1);

  /* A child of fork samples the same draws, because nothing of the parent's calls is running or locked. */
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    gmm_posterior *again = fixture_posterior(model, &options);
    const int is_same = same_draws(posterior, again);
    gmm_posterior_destroy(again);
    gmm_posterior_destroy(posterior);
    gmm_model_destroy(model);
    _exit(is_same ? 0 : 1);
  }
  int outcome = -1;
  EXPECT(waitpid(child, &outcome, 0) == child && WIFEXITED(outcome) && WEXITSTATUS(outcome) == 0);

  /* Threads that sample at the same time from one model get the same draws too. */
  pthread_t threads[3];
  for (int i = 0; i < 3; i++) EXPECT(pthread_create(&threads[i], NULL, sample_in_thread, model) == 0);
  for (int i = 0; i < 3; i++) {
    void *made = NULL;
    EXPECT(pthread_join(threads[i], &made) == 0);
    EXPECT(same_draws(posterior, made));
    gmm_posterior_destroy(made);
  }
  EXPECT(num_threads() == 1);
  gmm_posterior_destroy(posterior);
  gmm_model_destroy(model);
}
