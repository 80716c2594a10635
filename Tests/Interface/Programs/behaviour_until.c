/* Runs that go on until their draws have converged. */
#include "behaviour.h"

static gmm_sample_options options_until(const gmm_until *until) {
  gmm_sample_options options = fixture_sample_options();
  options.until = until;
  return options;
}

static gmm_until_result result_of(const gmm_posterior *posterior) {
  gmm_until_result result;
  gmm_until_result_init(&result, sizeof result);
  ACCEPTED(gmm_posterior_get_until(posterior, &result, out_error));
  return result;
}

static int64_t num_draws_of(const gmm_posterior *posterior) {
  gmm_posterior_info info;
  gmm_posterior_info_init(&info, sizeof info);
  ACCEPTED(gmm_posterior_get_info(posterior, &info, out_error));
  return info.num_draws;
}

/* The draws as drawn of a run have the bits of one of the same length without `until`. */
static void check_bits(const gmm_model *model, const gmm_posterior *posterior) {
  gmm_sample_options options = fixture_sample_options();
  options.num_draws = num_draws_of(posterior);
  gmm_posterior *straight = fixture_posterior(model, &options);
  const gmm_view a = view_of(posterior, GMM_FIELD_LOG_POSTERIOR), b = view_of(straight, GMM_FIELD_LOG_POSTERIOR);
  for (int64_t chain = 0; chain < 2; chain++) {
    for (int64_t draw = 0; draw < options.num_draws; draw++) {
      EXPECT(element(&a, chain, draw, 0) == element(&b, chain, draw, 0));
    }
  }
  gmm_until_result result;
  gmm_until_result_init(&result, sizeof result);
  REFUSED(GMM_ERROR_UNSUPPORTED, "posterior", gmm_posterior_get_until(straight, &result, out_error));
  gmm_posterior_destroy(straight);
}

static gmm_posterior *extended(const gmm_posterior *posterior, int64_t num_draws, const gmm_until *until) {
  gmm_posterior *longer = NULL;
  ACCEPTED(gmm_posterior_extend_until(posterior, num_draws, until, NULL, NULL, &longer, out_error));
  return longer;
}

/* A run until something stricter is the same in one call or in two, and a file keeps what it has reached. */
static void check_extending(const gmm_model *model) {
  gmm_until until, stricter;
  gmm_until_init(&until, sizeof until);
  until.ess = 150.0;
  until.max_draws = 100000;
  stricter = until;
  stricter.ess = 1000.0;
  gmm_sample_options options = options_until(&until);
  gmm_posterior *start = fixture_posterior(model, &options);
  options.until = &stricter;
  gmm_posterior *direct = fixture_posterior(model, &options), *longer = extended(start, 0, &stricter);
  EXPECT(num_draws_of(start) < num_draws_of(direct) && num_draws_of(longer) == num_draws_of(direct));
  const gmm_until_result expected = result_of(direct), result = result_of(longer);
  EXPECT(result.end == GMM_UNTIL_MET && result.ess == expected.ess && result.r_hat == expected.r_hat);
  check_bits(model, longer);

  uint8_t *const bytes = malloc((size_t)gmm_posterior_size(longer));
  ACCEPTED(gmm_posterior_write(longer, NULL, bytes, gmm_posterior_size(longer), out_error));
  gmm_posterior *read = NULL;
  ACCEPTED(gmm_posterior_read(bytes, gmm_posterior_size(longer), NULL, &read, out_error));
  free(bytes);
  const gmm_until_result stored = result_of(read);
  EXPECT(stored.end == result.end && stored.ess == result.ess && stored.r_hat == result.r_hat);
  EXPECT(stored.ess_scalar == result.ess_scalar && stored.r_hat_scalar == result.r_hat_scalar);
  gmm_posterior_destroy(read);

  /* What has converged stays as it is, unless more draws are wanted. */
  gmm_posterior *same = extended(longer, 0, NULL), *more = extended(longer, 1, &until);
  EXPECT(num_draws_of(same) == num_draws_of(longer));
  EXPECT(num_draws_of(more) == num_draws_of(longer) + num_draws_of(longer) / 2);
  stricter.max_draws = num_draws_of(longer);
  gmm_posterior *none = NULL;
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "until.max_draws", none,
                 gmm_posterior_extend_until(longer, 1, &stricter, NULL, NULL, &none, out_error));
  gmm_posterior_destroy(more);
  gmm_posterior_destroy(same);
  gmm_posterior_destroy(longer);
  gmm_posterior_destroy(direct);
  gmm_posterior_destroy(start);
}

void behaviour_until(void) {
  const gmm_model_options model_options = fixture_ordered_options();
  gmm_model *model = fixture_model(&model_options);
  gmm_until until;
  gmm_until_init(&until, sizeof until);
  EXPECT(until.ess == 1000.0 && until.r_hat == 1.01 && until.max_draws == 0 && until.seconds == 0.0);

  until.max_draws = 100000;
  gmm_sample_options options = options_until(&until);
  gmm_posterior *posterior = fixture_posterior(model, &options);
  gmm_until_result result = result_of(posterior);
  EXPECT(result.end == GMM_UNTIL_MET && result.ess >= 1000.0 && result.r_hat <= 1.01);
  EXPECT(result.ess_scalar >= GMM_UNTIL_LOG_POSTERIOR && result.ess_scalar < GMM_UNTIL_SORTED_WEIGHTS + 2);
  EXPECT(num_draws_of(posterior) > 500);
  check_bits(model, posterior);
  gmm_posterior *drawn = NULL;
  ACCEPTED(gmm_posterior_as_drawn(posterior, &drawn, out_error));
  EXPECT(result_of(drawn).ess == result.ess);
  gmm_posterior_destroy(drawn);
  gmm_posterior_destroy(posterior);

  /* It can never be met: all draws are handed back. */
  until.ess = 1e12;
  until.max_draws = 0;
  posterior = fixture_posterior(model, &options);
  result = result_of(posterior);
  EXPECT(result.end == GMM_UNTIL_MAX_DRAWS && result.ess > 0.0 && result.ess < 1e12 && result.r_hat > 0.9);
  EXPECT(num_draws_of(posterior) == 500);
  check_bits(model, posterior);
  gmm_posterior_destroy(posterior);

  until.max_draws = INT64_MAX / 1000000;
  until.seconds = 0.05;
  posterior = fixture_posterior(model, &options);
  EXPECT(result_of(posterior).end == GMM_UNTIL_SECONDS);
  gmm_posterior_destroy(posterior);

  /* One chain has no R-hat. */
  until.max_draws = 0;
  until.seconds = 0.0;
  until.ess = 1.0;
  options.num_chains = 1;
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "until.r_hat", posterior,
                 gmm_sample(model, fixture_data_set(), &options, NULL, &posterior, out_error));
  until.r_hat = 0.0;
  posterior = fixture_posterior(model, &options);
  EXPECT(result_of(posterior).end == GMM_UNTIL_MET && isnan(result_of(posterior).r_hat));
  gmm_posterior_destroy(posterior);
  check_extending(model);
  gmm_model_destroy(model);
}
