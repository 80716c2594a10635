/* Runs beside the program. */
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

void behaviour_runs(void) {
  const gmm_model_options model_options = fixture_ordered_options();
  gmm_model *model = fixture_model(&model_options);
  check_whole_run(model);
  check_steering(model);
  check_stream(model);
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
