/* Labels: relabelled draws, draws as drawn, chosen labels, chains, and regions of highest density. */
#include <math.h>

#include "behaviour.h"

enum { CHAINS = 2, DRAWS = 50, LABELS = CHAINS * DRAWS * 2 };

/* Two chains whose first components start in different groups, and stay there: moves could exchange them. */
static gmm_posterior *turned_chains(const gmm_model *model) {
  static const double means[] = {-3, 4, 4, -3};
  gmm_sample_options options = fixture_sample_options();
  options.store_assignments = 1;
  options.num_initial = 2;
  options.initial_means = means;
  options.moves = GMM_MOVES_NONE;
  gmm_posterior *posterior = NULL;
  ACCEPTED(gmm_sample(model, fixture_data_set(), &options, NULL, &posterior, out_error));
  return posterior;
}

static void draws_are_relabelled(const gmm_posterior *posterior, const gmm_posterior *drawn) {
  static uint8_t permutations[LABELS], assignments[FIXTURE_COUNT];
  EXPECT(info_of(posterior).label_rule == GMM_LABELS_DIVERGENCE && info_of(posterior).label_coordinate == -1);
  EXPECT(info_of(drawn).label_rule == GMM_LABELS_AS_DRAWN);
  ACCEPTED(gmm_posterior_get_permutations(posterior, NULL, permutations, LABELS, out_error));
  const gmm_view means = view_of(posterior, GMM_FIELD_MEANS), raw = view_of(drawn, GMM_FIELD_MEANS);
  const gmm_view sds = view_of(posterior, GMM_FIELD_SDS), raw_sds = view_of(drawn, GMM_FIELD_SDS);
  const gmm_view labels = view_of(drawn, GMM_FIELD_ASSIGNMENTS), clusters = view_of(posterior, GMM_FIELD_NUM_CLUSTERS);
  for (int64_t chain = 0; chain < CHAINS; chain++) {
    for (int64_t draw = 0; draw < DRAWS; draw++) {
      const uint8_t *permutation = permutations + 2 * (chain * DRAWS + draw);
      EXPECT(permutation[0] + permutation[1] == 1);
      EXPECT(element(&means, chain, draw, 0) < element(&means, chain, draw, 1));
      for (int k = 0; k < 2; k++) {
        EXPECT(element(&means, chain, draw, k) == element(&raw, chain, draw, permutation[k]));
        EXPECT(element(&sds, chain, draw, k) == element(&raw_sds, chain, draw, permutation[k]));
      }
      EXPECT(element(&clusters, chain, draw, 0) == 2);
      ACCEPTED(gmm_posterior_get_assignments(posterior, chain, draw, 1, assignments, FIXTURE_COUNT, out_error));
      const uint8_t *given = (const uint8_t *)labels.data + chain * labels.strides[0] + draw * labels.strides[1];
      for (int i = 0; i < FIXTURE_COUNT; i++) EXPECT(permutation[assignments[i]] == given[i]);
    }
  }
  EXPECT(permutations[0] != permutations[2 * DRAWS]);
  gmm_view none;
  REFUSED(GMM_ERROR_UNSUPPORTED, "field", gmm_posterior_view(posterior, GMM_FIELD_ASSIGNMENTS, &none, out_error));
  double confidence[2], overall = 0;
  ACCEPTED(gmm_posterior_label_confidence(posterior, NULL, confidence, 2, &overall, out_error));
  EXPECT(confidence[0] == 1 && confidence[1] == 1 && overall == 1);
  ACCEPTED(gmm_posterior_label_confidence(drawn, NULL, confidence, 2, &overall, out_error));
  EXPECT(isnan(confidence[0]) && isnan(overall));
}

/* Makes labels by each rule; all of them tell the two groups apart, which have other means only. */
static void labels_are_chosen(const gmm_posterior *posterior) {
  static const double weights[] = {0.5, 0.5}, means[] = {4, -3}, variances[] = {1, 1};
  static int64_t rows[FIXTURE_COUNT];
  for (int i = 0; i < FIXTURE_COUNT; i++) rows[i] = fixture_data[i] > 0 ? 0 : 1;
  gmm_mixture mixture;
  gmm_mixture_init(&mixture, sizeof mixture);
  mixture.num_components = 2;
  mixture.covariance = GMM_COVARIANCE_DIAG;
  mixture.weights = weights;
  mixture.means = means;
  mixture.covariances = variances;
  gmm_label_options options;
  gmm_label_options_init(&options, sizeof options);
  options.labels = rows;
  options.num_labels = FIXTURE_COUNT;
  options.mixture = &mixture;
  gmm_posterior *first = NULL;
  options.rule = GMM_LABELS_MIXTURE;
  ACCEPTED(gmm_posterior_relabel(posterior, &options, NULL, &first, out_error));
  options.reference = first;
  for (int32_t rule = GMM_LABELS_DIVERGENCE; rule <= GMM_LABELS_POSTERIOR; rule++) {
    options.rule = rule;
    gmm_posterior *other = NULL;
    ACCEPTED(gmm_posterior_relabel(posterior, &options, NULL, &other, out_error));
    EXPECT(info_of(other).label_rule == rule);
    const gmm_view view = view_of(other, GMM_FIELD_MEANS), by_weight = view_of(other, GMM_FIELD_WEIGHTS);
    const gmm_view by_sd = view_of(other, GMM_FIELD_SDS);
    for (int64_t draw = 0; draw < DRAWS; draw++) {
      const int increases = element(&view, 1, draw, 0) < element(&view, 1, draw, 1);
      if (rule == GMM_LABELS_DIVERGENCE || rule == GMM_LABELS_MEANS) EXPECT(increases);
      if (rule >= GMM_LABELS_ROWS) EXPECT(!increases);
      if (rule == GMM_LABELS_WEIGHTS) EXPECT(element(&by_weight, 1, draw, 0) <= element(&by_weight, 1, draw, 1));
      if (rule == GMM_LABELS_SDS) EXPECT(element(&by_sd, 1, draw, 0) <= element(&by_sd, 1, draw, 1));
    }
    gmm_posterior_destroy(other);
  }
  gmm_posterior_destroy(first);
}

static void chains_are_chosen(const gmm_posterior *posterior, const gmm_posterior *drawn) {
  static const int64_t chain = 1;
  gmm_posterior *part = NULL, *drawn_part = NULL;
  ACCEPTED(gmm_posterior_subset_chains(posterior, &chain, 1, &part, out_error));
  ACCEPTED(gmm_posterior_subset_chains(drawn, &chain, 1, &drawn_part, out_error));
  EXPECT(info_of(part).num_chains == 1 && info_of(part).can_extend == 0);
  const gmm_view some = view_of(part, GMM_FIELD_MEANS), all = view_of(posterior, GMM_FIELD_MEANS);
  const gmm_view raw = view_of(drawn_part, GMM_FIELD_MEANS), all_raw = view_of(drawn, GMM_FIELD_MEANS);
  for (int64_t draw = 0; draw < DRAWS; draw++) {
    EXPECT(element(&some, 0, draw, 0) == element(&all, 1, draw, 0));
    EXPECT(element(&raw, 0, draw, 0) == element(&all_raw, 1, draw, 0));
  }
  gmm_posterior_destroy(drawn_part);
  gmm_posterior_destroy(part);
}

static void regions_have_an_interval_for_each_mode(void) {
  double ends[8];
  int64_t count = 0;
  ACCEPTED(gmm_hdi(fixture_data, FIXTURE_COUNT, 1, 0.8, 1, NULL, NULL, ends, 8, &count, out_error));
  EXPECT(count == 2 && ends[0] < -3 && ends[1] > -3 && ends[1] < 0 && ends[2] > 0 && ends[2] < 4 && ends[3] > 4);
  ACCEPTED(gmm_hdi(fixture_data, FIXTURE_COUNT, 1, 0.9, 0, NULL, NULL, ends, 2, &count, out_error));
  EXPECT(count == 1 && ends[0] < -3 && ends[1] > 4);
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity",
          gmm_hdi(fixture_data, FIXTURE_COUNT, 1, 0.8, 1, NULL, NULL, ends, 2, &count, out_error));
}

void behaviour_labels(void) {
  const gmm_model_options options = fixture_model_options();
  gmm_model *model = fixture_model(&options);
  gmm_posterior *posterior = turned_chains(model), *drawn = NULL;
  ACCEPTED(gmm_posterior_as_drawn(posterior, &drawn, out_error));
  draws_are_relabelled(posterior, drawn);
  labels_are_chosen(posterior);
  chains_are_chosen(posterior, drawn);
  regions_have_an_interval_for_each_mode();
  gmm_posterior_destroy(drawn);
  gmm_posterior_destroy(posterior);
  gmm_model_destroy(model);
}
