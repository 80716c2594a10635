/* Progress and cancelling of the calls that neither sample nor fit. */
#include "behaviour_long_calls.h"

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

/* The reports that a progress callback has seen. */
typedef struct report_log {
  pthread_t thread;
  int64_t num_calls, cancel_at, request_at;
  gmm_cancel *cancel;
  gmm_progress last;
  int is_consistent;
} report_log;

static int32_t record(const gmm_progress *progress, void *user_data) {
  report_log *log = user_data;
  log->is_consistent =
      log->is_consistent && pthread_equal(pthread_self(), log->thread) && progress->struct_size == sizeof *progress &&
      progress->num_chains == 0 && progress->draws_done == 0 && progress->draws_total == 0 &&
      progress->iterations_done >= log->last.iterations_done &&
      progress->iterations_done <= progress->iterations_total && progress->seconds_elapsed >= log->last.seconds_elapsed;
  log->last = *progress;
  log->num_calls++;
  if (log->num_calls == log->request_at) gmm_cancel_request(log->cancel);
  return log->num_calls == log->cancel_at;
}

static gmm_control recording_control(report_log *log) {
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  *log = (report_log){.thread = pthread_self(), .is_consistent = 1};
  control.num_threads = 1;
  control.progress = record;
  control.progress_user_data = log;
  control.progress_interval = 0.0;
  return control;
}

static void clear(result *made) {
  for (int64_t i = 0; i < RESULT_CAPACITY; i++) made->numbers[i] = -7.0;
  made->count = 0;
}

static int is_untouched(const result *made) {
  for (int64_t i = 0; i < RESULT_CAPACITY; i++) {
    if (made->numbers[i] != -7.0) return 0;
  }
  return 1;
}

static int is_same(const result *left, const result *right) {
  return left->count > 0 && left->count == right->count &&
         memcmp(left->numbers, right->numbers, (size_t)left->count * sizeof *left->numbers) == 0;
}

/* Returns whether the files are unchanged and no other file lies beside them. */
static int keeps_files(void) {
  static result before, now;
  static int is_known;
  struct stat status;
  result *files = is_known ? &now : &before;
  files->count = 0;
  take_file(long_calls_file, files);
  take_file(long_calls_csv, files);
  is_known = 1;
  return files->count > 0 && (files == &before || is_same(&before, &now)) &&
         stat("build/interface/long_calls.gmm.gmmtmp", &status) != 0 &&
         stat("build/interface/long_calls.csv.gmmtmp", &status) != 0;
}

static void expect_cancelled(const long_call *call, const gmm_control *control) {
  static result made;
  gmm_error *error = NULL;
  clear(&made);
  const gmm_status status = call->run(control, &made, &error);
  if (!EXPECT(status == GMM_CANCELLED && gmm_error_status(error) == GMM_CANCELLED)) printf("  %s\n", call->name);
  EXPECT(gmm_error_message(error)[0] != '\0' && gmm_error_argument(error)[0] == '\0');
  gmm_error_destroy(error);
  if (!EXPECT(call->writes_parts || is_untouched(&made))) printf("  %s\n", call->name);
  EXPECT(keeps_files());
}

static void check_call(const long_call *call, gmm_cancel *cancel) {
  static result plain, made;
  clear(&plain);
  ACCEPTED(call->run(NULL, &plain, out_error));

  /* Reports come on this thread, reach the total, and change nothing. */
  report_log log;
  gmm_control control = recording_control(&log);
  clear(&made);
  ACCEPTED(call->run(&control, &made, out_error));
  if (!EXPECT(is_same(&plain, &made))) printf("  %s\n", call->name);
  if (!EXPECT(log.is_consistent && log.num_calls >= call->num_reports)) {
    printf("  %s: %d reports\n", call->name, (int)log.num_calls);
  }
  if (!EXPECT(log.last.iterations_done == log.last.iterations_total &&
              (call->iterations_total < 0 || log.last.iterations_total == call->iterations_total))) {
    printf("  %s: %d of %d\n", call->name, (int)log.last.iterations_done, (int)log.last.iterations_total);
  }

  /* The number of threads changes nothing either. */
  for (int32_t threads = 2; threads <= 5; threads += 3) {
    control = recording_control(&log);
    control.num_threads = threads;
    clear(&made);
    ACCEPTED(call->run(&control, &made, out_error));
    if (!EXPECT(is_same(&plain, &made) && log.is_consistent)) printf("  %s, %d threads\n", call->name, (int)threads);
    EXPECT(log.last.iterations_done == log.last.iterations_total);
  }

  /* If the interval is longer than the call, the only report is the one at the end. */
  control = recording_control(&log);
  control.progress_interval = 3600.0;
  clear(&made);
  ACCEPTED(call->run(&control, &made, out_error));
  EXPECT(log.num_calls == 1 && log.last.iterations_done == log.last.iterations_total);

  /* A call that the first report cancels makes only the last report, far from its end. */
  control = recording_control(&log);
  log.cancel_at = 1;
  expect_cancelled(call, &control);
  if (!EXPECT(log.num_calls == 2 && log.last.iterations_done < (log.last.iterations_total + 1) / 2 + 1)) {
    printf("  %s: %d reports, %d of %d\n", call->name, (int)log.num_calls, (int)log.last.iterations_done,
           (int)log.last.iterations_total);
  }

  /* A flag that is raised then does the same, whatever the number of threads. */
  for (int32_t threads = 1; threads <= 2; threads++) {
    gmm_cancel_reset(cancel);
    control = recording_control(&log);
    control.num_threads = threads;
    control.cancel = log.cancel = cancel;
    log.request_at = 1;
    expect_cancelled(call, &control);
    EXPECT(log.num_calls >= 2 && log.num_calls <= 4);
  }

  /* With a flag that is raised before the call, no work is done. */
  control = recording_control(&log);
  control.cancel = cancel;
  expect_cancelled(call, &control);
  if (!EXPECT(log.num_calls <= 2 && log.last.iterations_done == 0)) printf("  %s\n", call->name);

  /* The report at the end cannot cancel. */
  control = recording_control(&log);
  control.progress_interval = 3600.0;
  log.cancel_at = 1;
  clear(&made);
  ACCEPTED(call->run(&control, &made, out_error));
  if (!EXPECT(is_same(&plain, &made))) printf("  %s\n", call->name);
}

void behaviour_long_calls(void) {
  const gmm_posterior *posterior = long_calls_prepare();
  gmm_cancel *cancel = NULL;
  ACCEPTED(gmm_cancel_create(&cancel, out_error));
  EXPECT(keeps_files());
  for (int i = 0; i < NUM_LONG_CALLS; i++) {
    gmm_cancel_reset(cancel);
    check_call(&long_calls[i], cancel);
  }

  /* The progress counts the bytes of a saved posterior without its header of 64 bytes. */
  report_log log;
  gmm_control control = recording_control(&log);
  struct stat status;
  ACCEPTED(gmm_posterior_save(posterior, long_calls_file, &control, out_error));
  EXPECT(stat(long_calls_file, &status) == 0 && log.last.iterations_total == status.st_size - 64);
  gmm_posterior *loaded = NULL;
  control = recording_control(&log);
  ACCEPTED(gmm_posterior_load(long_calls_file, &control, &loaded, out_error));
  EXPECT(log.last.iterations_total == 2 * (status.st_size - 64) && same_draws(loaded, posterior));

  gmm_posterior_destroy(loaded);
  gmm_cancel_destroy(cancel);
  long_calls_end();
}
