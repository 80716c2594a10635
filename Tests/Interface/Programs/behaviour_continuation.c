/* Extension, subsets, thinning and tuning lead to the same draws. */
#include "behaviour.h"

static void extension_equals_one_long_run(const gmm_model *model, int32_t method) {
  gmm_sample_options options = fixture_sample_options();
  options.method = method;
  options.thin = 3;
  options.num_draws = 45;
  options.store_assignments = 1;
  gmm_posterior *whole = fixture_posterior(model, &options);
  options.num_draws = 20;
  gmm_posterior *first = fixture_posterior(model, &options), *second = NULL, *third = NULL;
  ACCEPTED(gmm_posterior_extend(first, 10, NULL, NULL, &second, out_error));
  gmm_posterior_destroy(first);
  ACCEPTED(gmm_posterior_extend(second, 15, NULL, NULL, &third, out_error));
  EXPECT(same_draws(whole, third));
  EXPECT(info_of(second).num_draws == 30 && holds_draws(second, whole, 0, 1));
  EXPECT(info_of(third).can_extend == 1 && info_of(third).thin == 3 && info_of(third).num_tune == 20);

  whole = drawn_of(whole);
  third = drawn_of(third);
  const gmm_view left = view_of(whole, GMM_FIELD_ASSIGNMENTS), right = view_of(third, GMM_FIELD_ASSIGNMENTS);
  const uint8_t *left_labels = left.data, *right_labels = right.data;
  for (int64_t draw = 0; draw < 45; draw++) {
    for (int64_t i = 0; i < FIXTURE_COUNT; i++) {
      EXPECT(left_labels[left.strides[0] + draw * left.strides[1] + i * left.strides[2]] ==
             right_labels[right.strides[0] + draw * right.strides[1] + i * right.strides[2]]);
    }
  }
  gmm_posterior_destroy(third);
  gmm_posterior_destroy(second);
  gmm_posterior_destroy(whole);
}

static void thinning_and_tuning_only_skip(const gmm_model *model) {
  gmm_sample_options options = fixture_sample_options();
  options.moves = GMM_MOVES_NONE; /* they come before iterations that the tuning chooses */
  options.num_tune = 0;
  options.num_draws = 60;
  gmm_posterior *all = fixture_posterior(model, &options);
  options.num_tune = 12;
  options.num_draws = 12;
  options.thin = 4;
  gmm_posterior *some = fixture_posterior(model, &options);
  EXPECT(holds_draws(some, all, 12 + 3, 4));
  gmm_posterior_destroy(some);
  gmm_posterior_destroy(all);
}

static void a_chain_does_not_know_how_many_there_are(const gmm_model *model) {
  gmm_sample_options options = fixture_sample_options();
  options.num_chains = 1;
  gmm_posterior *one = fixture_posterior(model, &options);
  options.num_chains = 3;
  gmm_posterior *three = fixture_posterior(model, &options);
  const gmm_view left = view_of(one, GMM_FIELD_MEANS), right = view_of(three, GMM_FIELD_MEANS);
  for (int64_t draw = 0; draw < left.shape[1]; draw++) {
    EXPECT(element(&left, 0, draw, 1) == element(&right, 0, draw, 1));
  }
  gmm_posterior_destroy(three);
  gmm_posterior_destroy(one);
}

static void subsets_share_and_outlive(const gmm_model *model) {
  const gmm_sample_options options = fixture_sample_options();
  gmm_posterior *all = fixture_posterior(model, &options), *half = NULL, *few = NULL;
  ACCEPTED(gmm_posterior_subset(all, 10, 2, &half, out_error));
  ACCEPTED(gmm_posterior_subset(half, 1, 3, &few, out_error));
  EXPECT(info_of(half).num_draws == 20 && holds_draws(half, all, 10, 2));
  EXPECT(info_of(few).num_draws == 7 && holds_draws(few, all, 12, 6));
  EXPECT(info_of(half).thin == 2 && info_of(few).thin == 6 && info_of(few).can_extend == 0);
  EXPECT((const double *)view_of(half, GMM_FIELD_MEANS).data ==
         (const double *)view_of(all, GMM_FIELD_MEANS).data + 10 * view_of(all, GMM_FIELD_MEANS).strides[1]);

  const gmm_view means = view_of(all, GMM_FIELD_MEANS);
  const double kept = element(&means, 1, 12, 0);
  gmm_posterior_destroy(all);
  gmm_posterior_destroy(half);
  const gmm_view survivors = view_of(few, GMM_FIELD_MEANS);
  EXPECT(element(&survivors, 1, 0, 0) == kept);
  gmm_posterior_destroy(few);
}

static void starts_can_be_given(const gmm_model *model) {
  const double weights[] = {0.5, 0.5}, means[] = {4.0, -3.0}, sds[] = {1.0, 1.0};
  gmm_sample_options options = fixture_sample_options();
  options.moves = GMM_MOVES_NONE;
  options.num_tune = 0;
  options.num_draws = 5;
  options.num_initial = 1;
  options.initial_weights = weights;
  options.initial_means = means;
  options.initial_sds = sds;
  gmm_posterior *posterior = drawn_of(fixture_posterior(model, &options));
  const gmm_view found = view_of(posterior, GMM_FIELD_MEANS);

  /* The groups are seven apart, eight times their spread: labels cannot switch in five draws. */
  for (int64_t chain = 0; chain < 2; chain++) {
    for (int64_t draw = 0; draw < 5; draw++) {
      EXPECT(element(&found, chain, draw, 0) > 2.0 && element(&found, chain, draw, 1) < -1.0);
    }
  }
  gmm_posterior_destroy(posterior);
}

void behaviour_continuation(void) {
  const gmm_model_options options = fixture_model_options();
  gmm_model *model = fixture_model(&options);
  extension_equals_one_long_run(model, GMM_METHOD_GIBBS);
  extension_equals_one_long_run(model, GMM_METHOD_METROPOLIS);
  thinning_and_tuning_only_skip(model);
  a_chain_does_not_know_how_many_there_are(model);
  subsets_share_and_outlive(model);
  starts_can_be_given(model);
  gmm_model_destroy(model);
}
