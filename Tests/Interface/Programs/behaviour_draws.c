/* Draws: shapes, constraints, densities, and the values on which they depend. */
#include <float.h>

#include "behaviour.h"

/* There are more than two blocks of observations, so that threads share the work. */
enum { MANY = 9001 };
static double many_values[MANY];

static gmm_posterior *sample(const gmm_model *model, const gmm_data *data, const gmm_sample_options *options,
                             int32_t num_threads) {
  gmm_control control;
  gmm_posterior *posterior = NULL;
  gmm_control_init(&control, sizeof control);
  control.num_threads = num_threads;
  ACCEPTED(gmm_sample(model, data, options, &control, &posterior, out_error));
  return posterior;
}

static void draws_do_not_depend_on_threads(const gmm_model *model, int32_t method) {
  gmm_sample_options options = fixture_sample_options();
  options.method = method;
  options.num_draws = 10;
  options.num_tune = 5;
  options.num_chains = 3;
  const int32_t threads[] = {2, 5, 0};
  gmm_data *many = fixture_rows(many_values, MANY, 1);
  gmm_posterior *alone = sample(model, many, &options, 1);
  for (int i = 0; i < 3; i++) {
    gmm_posterior *together = sample(model, many, &options, threads[i]);
    EXPECT(same_draws(alone, together));
    gmm_posterior_destroy(together);
  }
  gmm_posterior_destroy(alone);
  gmm_data_destroy(many);
}

static void draws_depend_on_seed_and_chain(const gmm_model *model) {
  gmm_sample_options options = fixture_sample_options();
  gmm_posterior *first = fixture_posterior(model, &options), *again = fixture_posterior(model, &options);
  EXPECT(same_draws(first, again));
  options.seed++;
  gmm_posterior *other = fixture_posterior(model, &options);
  EXPECT(!same_draws(first, other));

  const gmm_view means = view_of(first, GMM_FIELD_MEANS);
  for (int64_t draw = 0; draw < means.shape[1]; draw++) {
    EXPECT(element(&means, 0, draw, 0) != element(&means, 1, draw, 0));
  }
  gmm_posterior_destroy(other);
  gmm_posterior_destroy(again);
  gmm_posterior_destroy(first);
}

static void data_may_have_a_stride(const gmm_model *model) {
  static double spaced[FIXTURE_COUNT * 3];
  for (int i = 0; i < FIXTURE_COUNT * 3; i++) spaced[i] = (double)NAN;
  for (int i = 0; i < FIXTURE_COUNT; i++) spaced[i * 3] = fixture_data[i];
  const gmm_sample_options options = fixture_sample_options();
  gmm_posterior *dense = fixture_posterior(model, &options);
  gmm_data_options data_options = fixture_data_options();
  gmm_data *data = NULL;
  data_options.row_stride = 3;
  ACCEPTED(gmm_data_create(spaced, FIXTURE_COUNT, 1, &data_options, &data, out_error));
  gmm_posterior *sparse = sample(model, data, &options, 0);
  gmm_data_destroy(data);
  EXPECT(same_draws(dense, sparse));
  const gmm_view copy = view_of(sparse, GMM_FIELD_OBSERVATIONS);
  EXPECT(copy.num_axes == 2 && copy.shape[0] == FIXTURE_COUNT && copy.shape[1] == 1 && copy.shape[2] == 1);
  for (int i = 0; i < FIXTURE_COUNT; i++) {
    EXPECT(((const double *)copy.data)[i * copy.strides[0]] == fixture_data[i]);
  }
  gmm_posterior_destroy(sparse);
  gmm_posterior_destroy(dense);
}

static void weights_are_kept(const gmm_model *model) {
  static double weights[FIXTURE_COUNT];
  for (int i = 0; i < FIXTURE_COUNT; i++) weights[i] = 0.25 * (double)(1 + i % 5);
  const gmm_sample_options options = fixture_sample_options();
  gmm_data_options data_options = fixture_data_options();
  gmm_data *data = NULL;
  data_options.sample_weights = weights;
  ACCEPTED(gmm_data_create(fixture_data, FIXTURE_COUNT, 1, &data_options, &data, out_error));
  gmm_posterior *posterior = sample(model, data, &options, 0);
  gmm_data_destroy(data);
  const gmm_view view = view_of(posterior, GMM_FIELD_SAMPLE_WEIGHTS);
  EXPECT(view.num_axes == 1 && view.shape[0] == FIXTURE_COUNT && view.strides[0] == 1);
  EXPECT(memcmp(view.data, weights, sizeof weights) == 0);
  gmm_posterior_destroy(posterior);
  gmm_posterior *plain = fixture_posterior(model, &options);
  gmm_view none;
  REFUSED(GMM_ERROR_UNSUPPORTED, "field", gmm_posterior_view(plain, GMM_FIELD_SAMPLE_WEIGHTS, &none, out_error));
  gmm_posterior_destroy(plain);
}

static void chains_tell_their_rungs(const gmm_model *model) {
  gmm_sample_options options = fixture_sample_options();
  static const int32_t numbers[] = {0, GMM_RUNGS_AUTOMATIC, 4}, refused[] = {-1, 65};
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    const int32_t rungs = options.num_rungs = numbers[i];
    gmm_posterior *posterior = fixture_posterior(model, &options);
    gmm_chain_tempering tempering;
    EXPECT(gmm_chain_tempering_init(&tempering, sizeof tempering) == GMM_OK);
    double powers[64], rates[64];
    ACCEPTED(gmm_posterior_get_tempering(posterior, 1, &tempering, powers, 64, rates, 64, out_error));
    EXPECT(rungs == 0 ? tempering.num_rungs == 1 : rungs == 4 ? tempering.num_rungs == 4 : tempering.num_rungs >= 2);
    EXPECT(powers[0] == 1 && tempering.num_round_trips >= 0);
    double barrier = 0;
    for (int32_t rung = 0; rung + 1 < tempering.num_rungs; rung++) {
      EXPECT(powers[rung + 1] < powers[rung] && powers[rung + 1] > 0 && rates[rung] >= 0 && rates[rung] <= 1);
      barrier += 1 - rates[rung];
    }
    EXPECT(fabs(tempering.barrier - barrier) < 1e-12);
    REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "powers_capacity",
            gmm_posterior_get_tempering(posterior, 0, &tempering, powers, 0, NULL, 0, out_error));
    REFUSED(GMM_ERROR_INVALID_ARGUMENT, "chain",
            gmm_posterior_get_tempering(posterior, 2, &tempering, NULL, 0, NULL, 0, out_error));
    gmm_posterior_destroy(posterior);
  }
  for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
    options.num_rungs = refused[i];
    gmm_posterior *posterior = NULL;
    REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_rungs",
            gmm_sample(model, fixture_data_set(), &options, NULL, &posterior, out_error));
  }
}

static void modes_share_the_draws(const gmm_model *model) {
  const gmm_sample_options options = fixture_sample_options();
  gmm_posterior *posterior = fixture_posterior(model, &options);
  gmm_mode_options how;
  EXPECT(gmm_mode_options_init(&how, sizeof how) == GMM_OK && how.num_draws == 400 && how.num_steps == 50);
  gmm_mode_result result;
  EXPECT(gmm_mode_result_init(&result, sizeof result) == GMM_OK);
  double masses[100], errors[100], tops[100], shares[200];
  int64_t best[200];
  ACCEPTED(gmm_posterior_modes(posterior, &how, NULL, &result, masses, errors, tops, best, shares, 100, out_error));
  EXPECT(result.num_modes >= 1 && result.num_draws == 100 && result.reach >= 0 && result.reach <= 1);
  double sum = 0;
  for (int32_t mode = 0; mode < result.num_modes; mode++) {
    EXPECT(masses[mode] > 0 && errors[mode] >= 0 && isfinite(tops[mode]));
    EXPECT(best[2 * mode] >= 0 && best[2 * mode] < 2 && best[2 * mode + 1] >= 0 && best[2 * mode + 1] < 50);
    EXPECT(fabs(masses[mode] - (shares[2 * mode] + shares[2 * mode + 1]) / 2) < 1e-12);
    sum += masses[mode];
  }
  EXPECT(fabs(sum - 1) < 1e-12);
  ACCEPTED(gmm_posterior_modes(posterior, NULL, NULL, &result, NULL, NULL, NULL, NULL, NULL, 0, out_error));
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity",
          gmm_posterior_modes(posterior, NULL, NULL, &result, masses, NULL, NULL, NULL, NULL, 0, out_error));
  how.num_draws = 1;
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_draws",
          gmm_posterior_modes(posterior, &how, NULL, &result, NULL, NULL, NULL, NULL, NULL, 0, out_error));
  gmm_posterior_destroy(posterior);
}

static void chains_tell_their_moves(const gmm_model *model) {
  gmm_sample_options options = fixture_sample_options();
  for (int32_t moves = GMM_MOVES_AUTOMATIC; moves <= GMM_MOVES_NONE; moves++) {
    options.moves = moves;
    gmm_posterior *posterior = fixture_posterior(model, &options);
    for (int64_t chain = 0; chain < 2; chain++) {
      gmm_chain_moves made;
      EXPECT(gmm_chain_moves_init(&made, sizeof made) == GMM_OK);
      ACCEPTED(gmm_posterior_get_moves(posterior, chain, &made, out_error));
      EXPECT(made.num_accepted >= 0 && made.num_accepted <= made.num_proposed && made.reserved == 0);
      EXPECT((made.split_merge == GMM_SPLIT_MERGE_OFF) == (moves == GMM_MOVES_NONE));
      EXPECT((made.interval > 0) == (moves != GMM_MOVES_NONE));
    }
    gmm_chain_moves unused;
    gmm_chain_moves_init(&unused, sizeof unused);
    REFUSED(GMM_ERROR_INVALID_ARGUMENT, "chain", gmm_posterior_get_moves(posterior, 2, &unused, out_error));
    gmm_posterior *part = NULL;
    ACCEPTED(gmm_posterior_subset(posterior, 1, 1, &part, out_error));
    REFUSED(GMM_ERROR_UNSUPPORTED, "posterior", gmm_posterior_get_moves(part, 0, &unused, out_error));
    gmm_posterior_destroy(part);
    gmm_posterior_destroy(posterior);
  }
}

static void views_have_the_documented_shapes(const gmm_model *model, int shared) {
  gmm_sample_options options = fixture_sample_options();
  options.store_assignments = 1;
  gmm_posterior *posterior = drawn_of(fixture_posterior(model, &options));
  const struct {
    int32_t field, num_axes;
    int64_t last;
  } expected[] = {{GMM_FIELD_WEIGHTS, 3, 2},
                  {GMM_FIELD_MEANS, 3, 2},
                  {GMM_FIELD_SDS, shared ? 2 : 3, shared ? 1 : 2},
                  {GMM_FIELD_LOG_LIKELIHOOD, 2, 1},
                  {GMM_FIELD_LOG_POSTERIOR, 2, 1},
                  {GMM_FIELD_ACCEPTANCE, 2, 1},
                  {GMM_FIELD_NUM_CLUSTERS, 2, 1},
                  {GMM_FIELD_ASSIGNMENTS, 3, FIXTURE_COUNT}};
  for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
    const gmm_view view = view_of(posterior, expected[i].field);
    EXPECT(view.data != NULL && view.num_axes == expected[i].num_axes);
    EXPECT(view.shape[0] == 2 && view.shape[1] == 50 && view.shape[2] == expected[i].last && view.shape[3] == 1);
    EXPECT(view.strides[0] > 0 && view.strides[1] > 0 && view.strides[3] == 0);
    EXPECT((view.strides[2] > 0) == (view.num_axes == 3));
    EXPECT(view.element == (expected[i].field == GMM_FIELD_ASSIGNMENTS ? GMM_ELEMENT_UINT8 : GMM_ELEMENT_FLOAT64));
  }

  const gmm_view assignments = view_of(posterior, GMM_FIELD_ASSIGNMENTS);
  const uint8_t *labels = assignments.data;
  int used[2] = {0, 0};
  for (int64_t draw = 0; draw < 50; draw++) {
    for (int64_t i = 0; i < FIXTURE_COUNT; i++) {
      const uint8_t label = labels[draw * assignments.strides[1] + i * assignments.strides[2]];
      if (EXPECT(label < 2)) used[label] = 1;
    }
  }
  EXPECT(used[0] && used[1]);

  options.store_assignments = 0;
  gmm_posterior *without = fixture_posterior(model, &options);
  EXPECT(same_draws(posterior, without));
  gmm_posterior_destroy(without);
  gmm_posterior_destroy(posterior);
}

/* log of the sum over components of w N(x | mean, sd), summed over the fixture's data. */
static double log_likelihood(const double *weights, const double *means, const double *sds, int64_t num_sds) {
  double sum = 0.0;
  for (int i = 0; i < FIXTURE_COUNT; i++) {
    double density = 0.0;
    for (int k = 0; k < 2; k++) {
      const double sd = sds[num_sds == 1 ? 0 : k], z = (fixture_data[i] - means[k]) / sd;
      density += weights[k] * exp(-0.5 * z * z) / (sd * sqrt(2.0 * acos(-1.0)));
    }
    sum += log(density);
  }
  return sum;
}

static void every_draw_is_consistent(const gmm_model *model, int32_t method, int ordered, double minimum_weight) {
  gmm_sample_options options = fixture_sample_options();
  options.method = method;
  gmm_posterior *posterior = fixture_posterior(model, &options);
  const gmm_view weights = view_of(posterior, GMM_FIELD_WEIGHTS), means = view_of(posterior, GMM_FIELD_MEANS);
  const gmm_view sds = view_of(posterior, GMM_FIELD_SDS), acceptance = view_of(posterior, GMM_FIELD_ACCEPTANCE);
  const gmm_view likelihood = view_of(posterior, GMM_FIELD_LOG_LIKELIHOOD);
  const gmm_view density = view_of(posterior, GMM_FIELD_LOG_POSTERIOR);
  for (int64_t chain = 0; chain < 2; chain++) {
    for (int64_t draw = 0; draw < 50; draw++) {
      const double w[] = {element(&weights, chain, draw, 0), element(&weights, chain, draw, 1)};
      const double m[] = {element(&means, chain, draw, 0), element(&means, chain, draw, 1)};
      const double s[] = {element(&sds, chain, draw, 0), element(&sds, chain, draw, sds.shape[2] - 1)};
      /* Two roundings in normalising and one in the sum, each of at most an ulp of 1. */
      EXPECT(fabs(w[0] + w[1] - 1.0) <= 3.0 * DBL_EPSILON && w[0] >= minimum_weight && w[1] >= minimum_weight);
      EXPECT(!ordered || m[0] <= m[1]);
      EXPECT(s[0] > 0.0 && s[0] < 10.0 && s[1] > 0.0 && s[1] < 10.0);

      /* Sixty terms of a few units each, with a few rounding errors in every one. */
      const double expected = log_likelihood(w, m, s, sds.shape[2]), found = element(&likelihood, chain, draw, 0);
      EXPECT(fabs(found - expected) <= 1e-11 * fabs(expected));
      double prior = 0.0;
      ACCEPTED(gmm_model_log_prior(model, w, m, s, &prior, out_error));
      EXPECT(fabs(element(&density, chain, draw, 0) - (found + prior)) <= 1e-11 * fabs(expected));

      const double accepted = element(&acceptance, chain, draw, 0);
      EXPECT(method == GMM_METHOD_GIBBS ? accepted == 1.0 : accepted >= 0.0 && accepted <= 1.0);
    }
  }
  gmm_posterior_destroy(posterior);
}

void behaviour_draws(void) {
  for (int i = 0; i < MANY; i++) many_values[i] = fixture_data[i % FIXTURE_COUNT] + 1e-4 * i;
  gmm_model_options separate_options = fixture_model_options(), ordered_options = fixture_ordered_options();
  ordered_options.minimum_weight = 0.3;
  gmm_model *separate = fixture_model(&separate_options), *ordered = fixture_model(&ordered_options);

  draws_do_not_depend_on_threads(separate, GMM_METHOD_GIBBS);
  draws_do_not_depend_on_threads(ordered, GMM_METHOD_METROPOLIS);
  draws_depend_on_seed_and_chain(separate);
  data_may_have_a_stride(separate);
  weights_are_kept(separate);
  chains_tell_their_moves(separate);
  chains_tell_their_rungs(separate);
  modes_share_the_draws(separate);
  views_have_the_documented_shapes(separate, 0);
  views_have_the_documented_shapes(ordered, 1);
  for (int32_t method = GMM_METHOD_GIBBS; method <= GMM_METHOD_METROPOLIS; method++) {
    every_draw_is_consistent(separate, method, 0, 0.0);
    every_draw_is_consistent(ordered, method, 1, 0.3);
  }
  gmm_model_destroy(ordered);
  gmm_model_destroy(separate);
}
