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

/* Everything that reads a model or a posterior, from one of many threads. */
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
    self->is_right &=
        gmm_sample(self->model, fixture_data, FIXTURE_COUNT, 1, 1, &options, &control, &posterior, NULL) == GMM_OK &&
        begins(posterior, self->expected) && begins(self->expected, posterior);
    self->is_right &=
        gmm_posterior_probabilities(self->expected, &control, probabilities, FIXTURE_COUNT * 2, NULL) == GMM_OK;
    self->is_right &= gmm_posterior_log_density(self->expected, fixture_data, FIXTURE_COUNT, 1, 1, &control, densities,
                                                FIXTURE_COUNT, NULL) == GMM_OK;
    self->is_right &= gmm_posterior_summarize(self->expected, NULL, &summary, NULL) == GMM_OK;
    self->is_right &= gmm_fit_em(fixture_data, FIXTURE_COUNT, 1, 1, NULL, &control, &fit, NULL) == GMM_OK;
    self->is_right &= gmm_sample(self->model, NULL, 5, 1, 1, NULL, NULL, &(gmm_posterior *){NULL}, &error) != GMM_OK;
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
  long microseconds;
} canceller;

static void *cancel_later(void *argument) {
  const canceller *self = argument;
  sleep_microseconds(self->microseconds);
  gmm_cancel_request(self->cancel);
  return NULL;
}

void stress_cancelling(int scale) {
  const gmm_model_options model_options = fixture_model_options();
  gmm_model *model = fixture_model(&model_options);
  gmm_sample_options options = fixture_sample_options();
  options.num_draws = 4000;
  gmm_posterior *whole = fixture_posterior(model, &options);
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  canceller self = {NULL, 0};
  ACCEPTED(gmm_cancel_create(&self.cancel, out_error));
  control.cancel = self.cancel;
  control.num_threads = 2;
  int num_cancelled = 0, num_finished = 0;
  for (int round = 0; round < 100 * scale; round++) {
    /* From before the call until after its end. */
    self.microseconds = round * 7919L % 12000;
    gmm_cancel_reset(self.cancel);
    pthread_t thread;
    if (!EXPECT(pthread_create(&thread, NULL, cancel_later, &self) == 0)) exit(EXIT_FAILURE);
    gmm_posterior *part = NULL, *rest = NULL;
    const gmm_status status = gmm_sample(model, fixture_data, FIXTURE_COUNT, 1, 1, &options, &control, &part, NULL);
    EXPECT(status == GMM_OK || status == GMM_CANCELLED);
    EXPECT(begins(part, whole));
    num_cancelled += status == GMM_CANCELLED;
    num_finished += status == GMM_OK;
    EXPECT(pthread_join(thread, NULL) == 0);
    /* What was cancelled goes on as if nothing had been. */
    if (round % 20 == 0 && status == GMM_CANCELLED && part != NULL) {
      gmm_posterior_info info = {.struct_size = sizeof info};
      ACCEPTED(gmm_posterior_get_info(part, &info, out_error));
      ACCEPTED(gmm_posterior_extend(part, options.num_draws - info.num_draws, NULL, &rest, out_error));
      EXPECT(begins(whole, rest) && begins(rest, whole));
    }
    gmm_posterior_destroy(rest);
    gmm_posterior_destroy(part);
  }
  EXPECT(num_cancelled > 0 && num_cancelled + num_finished == 100 * scale);
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
      REFUSED_HANDLE(GMM_ERROR_WRONG_HANDLE, "model", made, gmm_sample_prior(model, 1, 0, &made, out_error));
  }
}
