/* Runs beside the program. */
#include <pthread.h>

#include "behaviour.h"

enum { MANY = 2000000 };

static gmm_run *started(const gmm_model *model, int64_t num_draws) {
  gmm_sample_options options = fixture_sample_options();
  options.num_draws = num_draws;
  gmm_run *run = NULL;
  ACCEPTED(gmm_run_start(model, fixture_data_set(), &options, NULL, &run, out_error));
  return run;
}

static gmm_run_info state_of(const gmm_run *run, int64_t *draws) {
  gmm_run_info info;
  gmm_run_info_init(&info, sizeof info);
  ACCEPTED(gmm_run_poll(run, &info, draws, draws ? 2 : 0, out_error));
  return info;
}

static gmm_posterior *snapshot_of(const gmm_run *run) {
  gmm_posterior *posterior = NULL;
  ACCEPTED(gmm_run_snapshot(run, &posterior, out_error));
  return posterior;
}

/* The draws have the bits of a call of the same length. */
static void check_bits(const gmm_model *model, const gmm_posterior *posterior) {
  gmm_posterior_info info;
  gmm_posterior_info_init(&info, sizeof info);
  ACCEPTED(gmm_posterior_get_info(posterior, &info, out_error));
  gmm_sample_options options = fixture_sample_options();
  options.num_draws = info.num_draws;
  gmm_posterior *straight = fixture_posterior(model, &options);
  const gmm_view a = view_of(posterior, GMM_FIELD_MEANS), b = view_of(straight, GMM_FIELD_MEANS);
  int is_same = 1;
  for (int64_t draw = 0; draw < info.num_draws; draw++) {
    for (int64_t place = 0; place < 4; place++) {
      if (element(&a, place / 2, draw, place % 2) != element(&b, place / 2, draw, place % 2)) is_same = 0;
    }
  }
  EXPECT(is_same);
  gmm_posterior_destroy(straight);
}

static void check_whole_run(const gmm_model *model) {
  gmm_run *run = started(model, 400);
  gmm_posterior *posterior = NULL, *again = NULL;
  ACCEPTED(gmm_run_wait(run, NULL, &posterior, out_error));
  ACCEPTED(gmm_run_wait(run, NULL, &again, out_error));
  int64_t draws[2] = {0, 0};
  gmm_run_info info = state_of(run, draws);
  EXPECT(info.state == GMM_RUN_FINISHED && info.status == GMM_OK && info.num_chains == 2 && info.num_draws == 400);
  EXPECT(draws[0] == 400 && draws[1] == 400 && info.draws_done == 800 && info.draws_total == 800);
  EXPECT(info.iterations_done == 840 && info.iterations_total == 840 && info.seconds > 0.0);
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity", gmm_run_poll(run, &info, draws, 1, out_error));
  check_bits(model, posterior);
  check_bits(model, again);
  gmm_run_destroy(run);
  gmm_posterior_destroy(posterior);
  gmm_posterior_destroy(again);
}

static void check_steering(const gmm_model *model) {
  gmm_run *run = started(model, MANY);
  gmm_posterior *early = NULL;
  while (!early) early = snapshot_of(run);
  gmm_run_pause(run);
  gmm_run_pause(run);
  const gmm_run_info paused = state_of(run, NULL);
  EXPECT(paused.state == GMM_RUN_PAUSED && paused.num_draws > 0);
  gmm_posterior *rest = snapshot_of(run);
  EXPECT(state_of(run, NULL).num_draws == paused.num_draws);
  gmm_run_resume(run);
  gmm_run_resume(run);
  EXPECT(state_of(run, NULL).state == GMM_RUN_RUNNING);
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  control.time_limit = 0.01;
  gmm_posterior *end = NULL;
  EXPECT(gmm_run_wait(run, &control, &end, NULL) == GMM_CANCELLED && end == NULL);
  gmm_run_stop(run);
  gmm_run_stop(run);
  gmm_error *error = NULL;
  EXPECT(gmm_run_wait(run, NULL, &end, &error) == GMM_CANCELLED && end != NULL && error != NULL);
  EXPECT(strstr(gmm_error_message(error), "cancelled after ") != NULL);
  gmm_error_destroy(error);
  EXPECT(state_of(run, NULL).state == GMM_RUN_STOPPED && state_of(run, NULL).status == GMM_CANCELLED);
  gmm_run_destroy(run);
  check_bits(model, early);
  check_bits(model, rest);
  check_bits(model, end);
  gmm_posterior_destroy(early);
  gmm_posterior_destroy(rest);
  gmm_posterior_destroy(end);
}

/* The parts of a stream are the draws of a call. */
static void check_stream(const gmm_model *model) {
  gmm_sample_options options = fixture_sample_options();
  gmm_posterior *whole = fixture_posterior(model, &options), *part = NULL;
  gmm_stream *stream = NULL;
  const gmm_view expected = view_of(whole, GMM_FIELD_LOG_POSTERIOR);
  const int64_t num_draws[] = {20, 20, 10};
  ACCEPTED(gmm_stream_start(model, fixture_data_set(), &options, 20, NULL, &stream, out_error));
  for (int64_t i = 0; i < 3; i++) {
    ACCEPTED(gmm_stream_next(stream, NULL, &part, out_error));
    const gmm_view view = view_of(part, GMM_FIELD_LOG_POSTERIOR);
    EXPECT(view.shape[0] == 2 && view.shape[1] == num_draws[i]);
    for (int64_t draw = 0; draw < num_draws[i]; draw++) {
      EXPECT(element(&view, 0, draw, 0) == element(&expected, 0, 20 * i + draw, 0));
      EXPECT(element(&view, 1, draw, 0) == element(&expected, 1, 20 * i + draw, 0));
    }
    gmm_posterior_destroy(part);
  }
  ACCEPTED(gmm_stream_next(stream, NULL, &part, out_error));
  EXPECT(part == NULL);
  gmm_stream_destroy(stream);
  gmm_posterior_destroy(whole);

  /* It needs memory for parts alone, waits for the program, and ends at any moment. */
  options.num_draws = INT64_MAX / 1000000;
  for (int moment = 0; moment < 20; moment++) {
    ACCEPTED(gmm_stream_start(model, fixture_data_set(), &options, 10, NULL, &stream, out_error));
    if (moment % 2) {
      ACCEPTED(gmm_stream_next(stream, NULL, &part, out_error));
      gmm_posterior_destroy(part);
    }
    gmm_stream_destroy(stream);
  }
  gmm_checkpoint checkpoint;
  gmm_checkpoint_init(&checkpoint, sizeof checkpoint);
  checkpoint.path = "build/stream.gmmckpt";
  options.checkpoint = &checkpoint;
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "checkpoint", stream,
                 gmm_stream_start(model, fixture_data_set(), &options, 10, NULL, &stream, out_error));
  gmm_until until;
  gmm_until_init(&until, sizeof until);
  options.checkpoint = NULL;
  options.until = &until;
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "until", stream,
                 gmm_stream_start(model, fixture_data_set(), &options, 10, NULL, &stream, out_error));
  gmm_stream_destroy(NULL);
}

/* What a sink receives, and how it is to end. */
typedef struct received {
  const gmm_model *model;
  const gmm_posterior *whole;
  int64_t num_parts, num_draws;
  int64_t last;         /* the sink ends the call when it has so many draws */
  gmm_posterior *kept;  /* the first part, as long as the sink wants it */
  gmm_cancel *cancel;   /* raised at the second part */
  int64_t num_reported; /* draws of the last report */
  pthread_t caller;
} received;

static int32_t receive(const gmm_part *part, void *user_data) {
  received *self = user_data;
  EXPECT(pthread_equal(pthread_self(), self->caller));
  EXPECT(part->struct_size == sizeof *part && part->num_chains == 2 && part->first_draw == self->num_draws);
  gmm_posterior_info info;
  gmm_posterior_info_init(&info, sizeof info);
  ACCEPTED(gmm_posterior_get_info(part->posterior, &info, out_error));
  EXPECT(info.num_draws == part->num_draws && info.num_chains == 2 && !info.can_extend);
  if (self->whole) {
    const gmm_view view = view_of(part->posterior, GMM_FIELD_LOG_POSTERIOR);
    const gmm_view expected = view_of(self->whole, GMM_FIELD_LOG_POSTERIOR);
    for (int64_t draw = 0; draw < part->num_draws; draw++) {
      EXPECT(element(&view, 0, draw, 0) == element(&expected, 0, part->first_draw + draw, 0));
      EXPECT(element(&view, 1, draw, 0) == element(&expected, 1, part->first_draw + draw, 0));
    }
  }
  if (!self->kept) ACCEPTED(gmm_posterior_subset(part->posterior, 0, 1, &self->kept, out_error));
  self->num_draws += part->num_draws;
  if (++self->num_parts == 2) gmm_cancel_request(self->cancel);
  return self->num_draws >= self->last;
}

static int32_t count_draws(const gmm_progress *progress, void *user_data) {
  received *self = user_data;
  /* The last report of a call that a sink ends counts the part of that sink. */
  EXPECT(progress->draws_done == 2 * self->num_draws && progress->num_chains == 2);
  self->num_reported = progress->draws_done;
  return 0;
}

/* A sink that calls the library, a sampling with a sink included. */
static int32_t receive_within(const gmm_part *part, void *user_data) {
  received *outer = user_data, inner = {.model = outer->model, .last = INT64_MAX, .caller = outer->caller};
  gmm_sample_options options = fixture_sample_options();
  ACCEPTED(gmm_sample_to(outer->model, fixture_data_set(), &options, 25, NULL, receive, &inner, out_error));
  EXPECT(inner.num_parts == 2 && inner.num_draws == 50);
  gmm_posterior_destroy(inner.kept);
  return receive(part, user_data);
}

/* A sink receives the draws of a call, on the thread of the call. */
static void check_sink(const gmm_model *model) {
  gmm_sample_options options = fixture_sample_options();
  gmm_posterior *whole = fixture_posterior(model, &options);
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  control.progress = count_draws;
  control.progress_interval = 0.0;
  for (int32_t num_threads = 1; num_threads <= 3; num_threads += 2) {
    received all = {.model = model, .whole = whole, .last = INT64_MAX, .caller = pthread_self()};
    control.num_threads = num_threads;
    control.progress_user_data = &all;
    ACCEPTED(gmm_sample_to(model, fixture_data_set(), &options, 20, &control, receive, &all, out_error));
    EXPECT(all.num_parts == 3 && all.num_draws == 50 && all.num_reported == 100);
    /* A part that the sink kept is still there. */
    const gmm_view kept = view_of(all.kept, GMM_FIELD_LOG_POSTERIOR);
    const gmm_view expected = view_of(whole, GMM_FIELD_LOG_POSTERIOR);
    EXPECT(kept.shape[1] == 20 && element(&kept, 1, 19, 0) == element(&expected, 1, 19, 0));
    gmm_posterior_destroy(all.kept);
  }
  received nested = {.model = model, .whole = whole, .last = INT64_MAX, .caller = pthread_self()};
  ACCEPTED(gmm_sample_to(model, fixture_data_set(), &options, 20, NULL, receive_within, &nested, out_error));
  EXPECT(nested.num_parts == 3 && nested.num_draws == 50);
  gmm_posterior_destroy(nested.kept);
  gmm_posterior_destroy(whole);

  /* A run without an end is stopped by its sink, by a flag, and by time. */
  options.num_draws = INT64_MAX / 1000000;
  received some = {.model = model, .last = 25, .caller = pthread_self()};
  gmm_error *error = NULL;
  EXPECT(gmm_sample_to(model, fixture_data_set(), &options, 10, NULL, receive, &some, &error) == GMM_CANCELLED);
  EXPECT(some.num_parts == 3 && some.num_draws == 30);
  EXPECT(strcmp(gmm_error_message(error), "the sink ended the run after 30 draws of each chain") == 0);
  gmm_error_destroy(error);
  gmm_posterior_destroy(some.kept);
  received two = {.model = model, .last = INT64_MAX, .caller = pthread_self()};
  ACCEPTED(gmm_cancel_create(&two.cancel, out_error));
  gmm_control_init(&control, sizeof control);
  control.cancel = two.cancel;
  EXPECT(gmm_sample_to(model, fixture_data_set(), &options, 10, &control, receive, &two, NULL) == GMM_CANCELLED);
  EXPECT(two.num_parts == 2);
  gmm_posterior_destroy(two.kept);
  gmm_cancel_destroy(two.cancel);
  received late = {.model = model, .last = INT64_MAX, .caller = pthread_self()};
  gmm_control_init(&control, sizeof control);
  control.time_limit = 0.05;
  EXPECT(gmm_sample_to(model, fixture_data_set(), &options, 10, &control, receive, &late, NULL) == GMM_CANCELLED);
  gmm_posterior_destroy(late.kept);

  REFUSED(GMM_ERROR_NULL_ARGUMENT, "sink", gmm_sample_to(model, NULL, &options, 10, NULL, NULL, &late, out_error));
  gmm_until until;
  gmm_until_init(&until, sizeof until);
  options.until = &until;
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "until",
          gmm_sample_to(model, NULL, &options, 10, NULL, receive, &late, out_error));
}

void behaviour_runs(void) {
  const gmm_model_options model_options = fixture_ordered_options();
  gmm_model *model = fixture_model(&model_options);
  check_whole_run(model);
  check_steering(model);
  check_stream(model);
  check_sink(model);
  /* Destroyed at any moment of its life. */
  for (int moment = 0; moment < 40; moment++) {
    gmm_run *run = started(model, moment % 4 == 3 ? 1 : MANY);
    if (moment % 4 == 1) gmm_run_pause(run);
    if (moment % 4 == 2) gmm_run_stop(run);
    gmm_run_destroy(run);
  }
  gmm_run_pause(NULL);
  gmm_run_resume(NULL);
  gmm_run_stop(NULL);
  gmm_run_destroy(NULL);
  gmm_model_destroy(model);
}
