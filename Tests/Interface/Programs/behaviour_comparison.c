/* Pointwise log likelihoods, leave-one-out cross-validation, and what two models differ by. */
#include <math.h>

#include "behaviour.h"

enum { DRAWS = 50, CHAINS = 2 };

static int is_close(double left, double right) { return fabs(left - right) <= 1e-10 * (1.0 + fabs(right)); }

/* The terms of the rows add up to the log likelihood of each draw. */
static void pointwise_terms_add_up(const gmm_posterior *posterior) {
  static double terms[CHAINS * DRAWS * FIXTURE_COUNT], some[CHAINS * DRAWS * 9];
  ACCEPTED(gmm_posterior_pointwise_log_likelihood(posterior, 0, FIXTURE_COUNT, NULL, terms,
                                                  CHAINS * DRAWS * FIXTURE_COUNT, out_error));
  ACCEPTED(gmm_posterior_pointwise_log_likelihood(posterior, 5, 9, NULL, some, CHAINS * DRAWS * 9, out_error));
  const gmm_view total = view_of(posterior, GMM_FIELD_LOG_LIKELIHOOD);
  for (int64_t draw = 0; draw < CHAINS * DRAWS; draw++) {
    double sum = 0.0;
    for (int64_t i = 0; i < FIXTURE_COUNT; i++) sum += terms[draw * FIXTURE_COUNT + i];
    EXPECT(is_close(sum, element(&total, draw / DRAWS, draw % DRAWS, 0)));
    for (int64_t i = 0; i < 9; i++) EXPECT(some[draw * 9 + i] == terms[draw * FIXTURE_COUNT + 5 + i]);
  }
}

/* Totals are sums of terms, and an older caller's struct gets what it has room for. */
static void totals_are_sums_of_terms(const gmm_posterior *posterior) {
  double elpd[FIXTURE_COUNT], k[FIXTURE_COUNT];
  gmm_loo loo;
  EXPECT(gmm_loo_init(&loo, sizeof loo) == GMM_OK && loo.struct_size == sizeof loo && loo.elpd == 0.0);
  ACCEPTED(gmm_posterior_loo(posterior, 0.0, NULL, &loo, elpd, FIXTURE_COUNT, k, FIXTURE_COUNT, out_error));
  double sum = 0.0, squares = 0.0;
  int64_t num_bad = 0;
  for (int i = 0; i < FIXTURE_COUNT; i++) {
    sum += elpd[i];
    num_bad += k[i] > loo.good_k;
  }
  for (int i = 0; i < FIXTURE_COUNT; i++) squares += pow(elpd[i] - sum / FIXTURE_COUNT, 2.0);
  EXPECT(is_close(loo.elpd, sum) && is_close(loo.se, sqrt(squares)) && loo.num_bad_k == num_bad);
  EXPECT(loo.num_draws == CHAINS * DRAWS && is_close(loo.good_k, 0.5) && loo.p_loo > 0.0);
  EXPECT(loo.relative_efficiency > 0.0);

  gmm_loo older = {.struct_size = offsetof(gmm_loo, se), .se = 77.0}, given = {.struct_size = sizeof given};
  ACCEPTED(gmm_posterior_loo(posterior, 0.0, NULL, &older, NULL, 0, NULL, 0, out_error));
  EXPECT(older.elpd == loo.elpd && older.se == 77.0);
  ACCEPTED(gmm_posterior_loo(posterior, loo.relative_efficiency, NULL, &given, NULL, 0, NULL, 0, out_error));
  EXPECT(given.elpd == loo.elpd && given.relative_efficiency == loo.relative_efficiency);
}

/* A weight of 2 is a pair counted twice. */
static void differences_are_over_pairs(void) {
  const double left[] = {-1.0, -2.0, -4.0}, right[] = {-2.0, -2.5, -1.0}, weights[] = {2.0, 0.0, 1.0};
  const double twice[] = {-1.0, -1.0, -4.0}, other[] = {-2.0, -2.0, -1.0};
  double difference = 0.0, se = 0.0, repeated = 0.0, repeated_se = 0.0;
  ACCEPTED(gmm_loo_difference(left, right, NULL, 3, &difference, &se, out_error));
  /* The differences are 1, 0.5 and -3, with the mean -0.5. */
  EXPECT(is_close(difference, -1.5) && is_close(se, sqrt(1.5 * 1.5 + 1.0 + 2.5 * 2.5)));
  ACCEPTED(gmm_loo_difference(left, right, weights, 3, &difference, &se, out_error));
  ACCEPTED(gmm_loo_difference(twice, other, NULL, 3, &repeated, &repeated_se, out_error));
  EXPECT(is_close(difference, repeated) && is_close(se, repeated_se));
  ACCEPTED(gmm_loo_difference(left, left, weights, 3, &difference, NULL, out_error));
  EXPECT(difference == 0.0);
}

static void bic_is_that_of_the_best_draw(const gmm_posterior *posterior) {
  const gmm_view total = view_of(posterior, GMM_FIELD_LOG_LIKELIHOOD);
  double best = -HUGE_VAL, bic = 0.0;
  for (int64_t draw = 0; draw < CHAINS * DRAWS; draw++)
    best = fmax(best, element(&total, draw / DRAWS, draw % DRAWS, 0));
  ACCEPTED(gmm_posterior_bic(posterior, &bic, out_error));
  /* One weight, two means and two sds are free. */
  EXPECT(is_close(bic, -2.0 * best + 5.0 * log(FIXTURE_COUNT)));
}

/* Both methods agree, threads change no bit, and an older caller's struct gets what it has room for. */
static void evidence_is_the_same_by_both_methods(const gmm_posterior *posterior) {
  gmm_evidence_options options = {.struct_size = sizeof options, .num_draws = 1000};
  gmm_evidence bridge, again, stones;
  gmm_control control;
  EXPECT(gmm_control_init(&control, sizeof control) == GMM_OK);
  EXPECT(gmm_evidence_init(&bridge, sizeof bridge) == GMM_OK && bridge.num_draws == 0);
  again = stones = bridge;
  ACCEPTED(gmm_posterior_log_evidence(posterior, &options, NULL, &bridge, out_error));
  EXPECT(bridge.method == GMM_EVIDENCE_BRIDGE && bridge.num_draws == CHAINS * DRAWS / 2);
  EXPECT(bridge.num_terms == CHAINS * DRAWS / 2 && bridge.num_rungs == 0 && !bridge.is_exact);
  EXPECT(bridge.error > 0.0 && bridge.error < 1.0 && bridge.overlap > 0.0 && bridge.overlap <= 1.0);
  control.num_threads = 3;
  ACCEPTED(gmm_posterior_log_evidence(posterior, &options, &control, &again, out_error));
  EXPECT(again.log_evidence == bridge.log_evidence && again.error == bridge.error);
  options.method = GMM_EVIDENCE_STEPPING_STONES;
  ACCEPTED(gmm_posterior_log_evidence(posterior, &options, NULL, &stones, out_error));
  EXPECT(stones.method == GMM_EVIDENCE_STEPPING_STONES && stones.num_rungs > 2 && stones.num_terms == 0);
  EXPECT(fabs(stones.log_evidence - bridge.log_evidence) < 4.0 * hypot(stones.error, bridge.error));
  control.num_threads = 1;
  ACCEPTED(gmm_posterior_log_evidence(posterior, &options, &control, &again, out_error));
  EXPECT(again.log_evidence == stones.log_evidence && again.error == stones.error);
  gmm_evidence older = {.struct_size = offsetof(gmm_evidence, error), .error = 77.0};
  options.method = GMM_EVIDENCE_BRIDGE;
  ACCEPTED(gmm_posterior_log_evidence(posterior, &options, NULL, &older, out_error));
  EXPECT(older.log_evidence == bridge.log_evidence && older.error == 77.0);
}

/* Draws from the prior, and a handful of draws, have nothing to compare. */
static void what_cannot_be_compared_is_refused(const gmm_model *model) {
  gmm_loo loo = {.struct_size = sizeof loo, .elpd = 5.0};
  gmm_posterior *prior = NULL, *few = NULL;
  double bic = 5.0;
  gmm_error *error = NULL;
  ACCEPTED(gmm_sample_prior(model, 50, 1, NULL, &prior, out_error));
  EXPECT(gmm_posterior_loo(prior, 0.0, NULL, &loo, NULL, 0, NULL, 0, &error) == GMM_ERROR_UNSUPPORTED);
  EXPECT(strcmp(gmm_error_message(error), "posterior: must be of draws from a posterior, got prior draws") == 0);
  gmm_error_destroy(error);
  EXPECT(gmm_posterior_bic(prior, &bic, &error) == GMM_ERROR_UNSUPPORTED);
  gmm_error_destroy(error);
  gmm_sample_options options = fixture_sample_options();
  options.num_draws = 10;
  few = fixture_posterior(model, &options);
  EXPECT(gmm_posterior_loo(few, 0.0, NULL, &loo, NULL, 0, NULL, 0, &error) == GMM_ERROR_UNSUPPORTED);
  EXPECT(strcmp(gmm_error_message(error), "posterior: must have at least 21 draws over all chains, got 20") == 0);
  gmm_error_destroy(error);
  gmm_evidence evidence = {.struct_size = sizeof evidence, .log_evidence = 5.0};
  EXPECT(gmm_posterior_log_evidence(prior, NULL, NULL, &evidence, &error) == GMM_ERROR_UNSUPPORTED);
  EXPECT(strcmp(gmm_error_message(error), "posterior: must be given data to have an evidence, got prior draws") == 0);
  gmm_error_destroy(error);
  gmm_posterior_destroy(few);
  options.num_draws = 9;
  few = fixture_posterior(model, &options);
  EXPECT(gmm_posterior_log_evidence(few, NULL, NULL, &evidence, &error) == GMM_ERROR_UNSUPPORTED);
  EXPECT(strcmp(gmm_error_message(error),
                "posterior: must have at least 20 draws, 2 of each chain, for bridge sampling, got 2 x 9") == 0);
  gmm_error_destroy(error);
  EXPECT(loo.elpd == 5.0 && bic == 5.0 && evidence.log_evidence == 5.0);
  gmm_posterior_destroy(few);
  gmm_posterior_destroy(prior);
}

void behaviour_comparison(void) {
  const gmm_model_options model_options = fixture_model_options();
  const gmm_sample_options options = fixture_sample_options();
  gmm_model *model = fixture_model(&model_options);
  gmm_posterior *posterior = fixture_posterior(model, &options);
  pointwise_terms_add_up(posterior);
  totals_are_sums_of_terms(posterior);
  differences_are_over_pairs();
  bic_is_that_of_the_best_draw(posterior);
  evidence_is_the_same_by_both_methods(posterior);
  what_cannot_be_compared_is_refused(model);
  gmm_posterior_destroy(posterior);
  gmm_model_destroy(model);
}
