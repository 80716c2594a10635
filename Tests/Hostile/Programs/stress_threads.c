/* Many host threads at once, and cancelling from outside. */
#include <pthread.h>

#include "stress.h"

enum { HOSTS = 64 };

typedef struct host {
  const gmm_model *model;
  const gmm_posterior *expected;
  int number, scale;
  int is_right;
} host;

/* Makes every call that reads a model or a posterior, on one of many threads. */
static void *work(void *argument) {
  host *self = argument;
  double probabilities[FIXTURE_COUNT * 2], densities[FIXTURE_COUNT];
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  control.num_threads = 1 + self->number % 3;
  self->is_right = 1;
  for (int round = 0; round < 2 * self->scale; round++) {
    const gmm_sample_options options = fixture_sample_options();
    gmm_posterior *posterior = NULL;
    gmm_summary *summary = NULL;
    gmm_em_fit *fit = NULL;
    gmm_error *error = NULL;
    self->is_right &= gmm_sample(self->model, fixture_data_set(), &options, &control, &posterior, NULL) == GMM_OK &&
                      begins(posterior, self->expected) && begins(self->expected, posterior);
    self->is_right &=
        gmm_posterior_probabilities(self->expected, &control, probabilities, FIXTURE_COUNT * 2, NULL) == GMM_OK;
    self->is_right &= gmm_posterior_log_density(self->expected, fixture_data_set(), &control, densities, FIXTURE_COUNT,
                                                NULL) == GMM_OK;
    self->is_right &= gmm_posterior_summarize(self->expected, NULL, NULL, &summary, NULL) == GMM_OK;
    self->is_right &= gmm_fit_em(fixture_data_set(), NULL, &control, &fit, NULL) == GMM_OK;
    self->is_right &= gmm_data_create(NULL, 5, 1, NULL, &(gmm_data *){NULL}, &error) != GMM_OK;
    gmm_error_destroy(error);
    gmm_em_fit_destroy(fit);
    gmm_summary_destroy(summary);
    gmm_posterior_destroy(posterior);
  }
  return NULL;
}

void stress_threads(int scale) {
  const gmm_model_options model_options = fixture_model_options();
  gmm_model *model = fixture_model(&model_options);
  const gmm_sample_options options = fixture_sample_options();
  gmm_posterior *expected = fixture_posterior(model, &options);
  pthread_t threads[HOSTS];
  host hosts[HOSTS];
  for (int i = 0; i < HOSTS; i++) {
    hosts[i] = (host){model, expected, i, scale, 0};
    if (!EXPECT(pthread_create(&threads[i], NULL, work, &hosts[i]) == 0)) exit(EXIT_FAILURE);
  }
  for (int i = 0; i < HOSTS; i++) {
    EXPECT(pthread_join(threads[i], NULL) == 0);
    EXPECT(hosts[i].is_right);
  }
  gmm_posterior_destroy(expected);
  gmm_model_destroy(model);
}

typedef struct canceller {
  gmm_cancel *cancel;
  long microseconds; /* of patience */
  int32_t report;    /* the number of the report that waits for the flag */
} canceller;

static void *cancel_later(void *argument) {
  const canceller *self = argument;
  sleep_microseconds(self->microseconds);
  gmm_cancel_request(self->cancel);
  return NULL;
}

static pthread_t start_canceller(canceller *self) {
  pthread_t thread;
  if (!EXPECT(pthread_create(&thread, NULL, cancel_later, self) == 0)) exit(EXIT_FAILURE);
  return thread;
}

/* Makes another thread raise the flag while the call waits, so that the flag is never too late on any machine. */
static int32_t cancel_at_report(const gmm_progress *progress, void *user_data) {
  canceller *self = user_data;
  if (self->report-- != 0) return 0;
  EXPECT(progress->draws_done < progress->draws_total);
  EXPECT(pthread_join(start_canceller(self), NULL) == 0);
  return 0;
}

void stress_cancelling(int scale) {
  const gmm_model_options model_options = fixture_model_options();
  gmm_model *model = fixture_model(&model_options);
  gmm_sample_options options = fixture_sample_options();
  /* More than three turns of two milliseconds, in which one thread advances one chain. */
  options.num_draws = 10000;
  gmm_posterior *whole = fixture_posterior(model, &options);
  const double microseconds = 1e6 * info_of(whole).seconds;
  canceller self = {0};
  ACCEPTED(gmm_cancel_create(&self.cancel, out_error));
  for (int round = 0; round < 100 * scale; round++) {
    const int at_report = round % 2;
    gmm_control control;
    gmm_control_init(&control, sizeof control);
    control.cancel = self.cancel;
    control.num_threads = at_report ? 1 : 2;
    /* From before the call until after its end. */
    self.microseconds = at_report ? 0 : (long)(1.2 * microseconds * fmod(round * 0.61803398874989485, 1.0));
    self.report = round / 2 % 3;
    if (at_report) {
      control.progress = cancel_at_report;
      control.progress_user_data = &self;
      control.progress_interval = 0.0;
    }
    gmm_cancel_reset(self.cancel);
    gmm_posterior *part = NULL, *rest = NULL;
    const pthread_t thread = at_report ? pthread_self() : start_canceller(&self);
    const gmm_status status = gmm_sample(model, fixture_data_set(), &options, &control, &part, NULL);
    if (!at_report) EXPECT(pthread_join(thread, NULL) == 0);
    EXPECT(status == GMM_CANCELLED || (status == GMM_OK && !at_report));
    EXPECT(begins(part, whole) && (status == GMM_CANCELLED || same_draws(part, whole)));
    /* A cancelled run goes on as if it had not been cancelled. */
    if (round % 5 == 0 && status == GMM_CANCELLED && part != NULL) {
      ACCEPTED(gmm_posterior_extend(part, options.num_draws - info_of(part).num_draws, NULL, NULL, &rest, out_error));
      EXPECT(same_draws(rest, whole));
    }
    gmm_posterior_destroy(rest);
    gmm_posterior_destroy(part);
  }
  gmm_cancel_destroy(self.cancel);
  gmm_posterior_destroy(whole);
  gmm_model_destroy(model);
}

/* Makes, uses and destroys handles of all kinds; of the shared one, every thread tries to be the one that destroys it.
 */
static void *churn(void *argument) {
  gmm_model *const *shared = argument;
  /* First, while fewer than 256 others have been destroyed. */
  gmm_model_destroy(*shared);
  for (int i = 0; i < 15; i++) {
    gmm_cancel *cancel = NULL;
    gmm_error *error = NULL;
    (void)gmm_cancel_create(&cancel, NULL);
    (void)gmm_model_create(NULL, NULL, &error);
    gmm_cancel_destroy(cancel);
    gmm_error_destroy(error);
  }
  return NULL;
}

void stress_handles(int scale) {
  const gmm_model_options options = fixture_model_options();
  for (int round = 0; round < 5 * scale; round++) {
    pthread_t threads[8];
    gmm_model *shared = fixture_model(&options);
    for (int i = 0; i < 8; i++) EXPECT(pthread_create(&threads[i], NULL, churn, &shared) == 0);
    for (int i = 0; i < 8; i++) EXPECT(pthread_join(threads[i], NULL) == 0);
  }
  /* A handle is known to be destroyed until 256 others have been. */
  gmm_model *model = fixture_model(&options);
  gmm_model_destroy(model);
  gmm_posterior *made = NULL;
  for (int i = 0; i < 120; i++) {
    gmm_cancel *other = NULL;
    ACCEPTED(gmm_cancel_create(&other, out_error));
    gmm_cancel_destroy(other);
    gmm_model_destroy(model);
    EXPECT(gmm_model_num_components(model) == 0);
    if (i % 10 == 0)
      REFUSED_HANDLE(GMM_ERROR_WRONG_HANDLE, "model", made, gmm_sample_prior(model, 1, 0, NULL, &made, out_error));
  }
}
