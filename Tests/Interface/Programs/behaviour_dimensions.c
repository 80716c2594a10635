/* Models in several dimensions: shapes, definitions and continuation for every form of the covariances. */
#include "behaviour.h"

enum { D = FIXTURE_COLUMNS, K = 2, CHAINS = 2, DRAWS = 40 };

static const int32_t structures[] = {GMM_COVARIANCE_FULL, GMM_COVARIANCE_TIED, GMM_COVARIANCE_DIAG,
                                     GMM_COVARIANCE_SPHERICAL};
static const double zero = 0.0, one = 1.0, two = 2.0, six = 6.0, ten = 10.0;
static const double scale[D * D] = {2.0, 0.5, 0.0, 0.5, 1.0, 0.2, 0.0, 0.2, 3.0};

static int has_matrices(int32_t structure) {
  return structure == GMM_COVARIANCE_FULL || structure == GMM_COVARIANCE_TIED;
}

/* Default options: priors at the scale of the data. */
static gmm_model_options scaled_options(int32_t structure) {
  gmm_model_options options;
  gmm_model_options_init(&options, sizeof options);
  options.num_components = K;
  options.num_dimensions = D;
  options.covariance = structure;
  options.default_priors = GMM_DEFAULT_PRIORS_FRALEY_RAFTERY;
  return options;
}

static gmm_model_options chosen_options(int32_t structure) {
  gmm_model_options options = scaled_options(structure);
  options.means = (gmm_prior){GMM_PRIOR_NORMAL, 1, &zero, &ten, NULL};
  options.spread = has_matrices(structure) ? (gmm_prior){GMM_PRIOR_INVERSE_WISHART, 1, &six, scale, NULL}
                                           : (gmm_prior){GMM_PRIOR_INVERSE_GAMMA, 1, &two, &one, NULL};
  return options;
}

static gmm_model *model_for_table(const gmm_model_options *options) {
  gmm_model *model = NULL;
  ACCEPTED(fixture_model_for_data(options, fixture_table_set(), NULL, &model, out_error));
  if (model == NULL) exit(EXIT_FAILURE);
  return model;
}

static gmm_posterior *sample_table(const gmm_model *model, const gmm_sample_options *options) {
  gmm_posterior *posterior = NULL;
  ACCEPTED(gmm_sample(model, fixture_table_set(), options, NULL, &posterior, out_error));
  if (posterior == NULL) exit(EXIT_FAILURE);
  return posterior;
}

static gmm_sample_options table_sampling(void) {
  gmm_sample_options options = fixture_sample_options();
  options.num_chains = CHAINS;
  options.num_draws = DRAWS;
  options.store_assignments = 1;
  return options;
}

static int has_shape(const gmm_view *view, int32_t num_axes, const int64_t *shape) {
  int holds = view->num_axes == num_axes && view->element == GMM_ELEMENT_FLOAT64;
  for (int i = 0; i < 6; i++) holds = holds && view->shape[i] == (i < num_axes ? shape[i] : 1);
  return holds;
}

/* The numbers of one draw of a field, contiguous; returns how many. */
static int64_t numbers_of(const gmm_view *view, int64_t chain, int64_t draw, double *out) {
  const double *data = view->data;
  data += chain * view->strides[0] + draw * view->strides[1];
  int64_t count = 0;
  for (int64_t i = 0; i < view->shape[2]; i++) {
    for (int64_t j = 0; j < view->shape[3]; j++) {
      for (int64_t l = 0; l < view->shape[4]; l++) {
        out[count++] = data[i * view->strides[2] + j * view->strides[3] + l * view->strides[4]];
      }
    }
  }
  return count;
}

static int32_t spread_field(int32_t structure) {
  return has_matrices(structure) ? GMM_FIELD_COVARIANCES : GMM_FIELD_SDS;
}

static void shapes_are_right(int32_t structure, const gmm_model *model, const gmm_posterior *posterior) {
  const gmm_posterior_info info = info_of(posterior);
  const int is_full = structure == GMM_COVARIANCE_FULL;
  const int32_t num_matrices = is_full ? K : structure == GMM_COVARIANCE_TIED;
  const int32_t num_sds = has_matrices(structure) ? 0 : structure == GMM_COVARIANCE_DIAG ? K * D : K;
  EXPECT(info.num_dimensions == D && info.covariance == structure);
  EXPECT(info.num_covariances == num_matrices && info.num_sds == num_sds);
  EXPECT(gmm_model_covariance(model) == structure && gmm_model_num_dimensions(model) == D);
  EXPECT(gmm_model_num_covariances(model) == num_matrices && gmm_model_num_sds(model) == num_sds);

  const gmm_view means = view_of(posterior, GMM_FIELD_MEANS), spread = view_of(posterior, spread_field(structure));
  EXPECT(has_shape(&means, 4, (int64_t[]){CHAINS, DRAWS, K, D}));
  const int64_t shapes[4][5] = {
      {CHAINS, DRAWS, K, D, D}, {CHAINS, DRAWS, D, D, 1}, {CHAINS, DRAWS, K, D, 1}, {CHAINS, DRAWS, K, 1, 1}};
  const int32_t axes[4] = {5, 4, 4, 3};
  EXPECT(has_shape(&spread, axes[structure], shapes[structure]));
  gmm_view absent;
  REFUSED(GMM_ERROR_UNSUPPORTED, "field",
          gmm_posterior_view(posterior, has_matrices(structure) ? GMM_FIELD_SDS : GMM_FIELD_COVARIANCES, &absent,
                             out_error));

  /* The copy of the data: groups of eight rows, coordinate by coordinate; what fills the last one up is 0. */
  const gmm_view data = view_of(posterior, GMM_FIELD_OBSERVATIONS);
  EXPECT(data.num_axes == 3 && data.shape[0] == (FIXTURE_COUNT + 7) / 8 && data.shape[1] == 8 && data.shape[2] == D);
  const double *values = data.data;
  int holds = 1;
  for (int64_t i = 0; i < data.shape[0] * 8; i++) {
    for (int64_t d = 0; d < D; d++) {
      const double found = values[i / 8 * data.strides[0] + i % 8 * data.strides[1] + d * data.strides[2]];
      holds = holds && found == (i < FIXTURE_COUNT ? fixture_table[i * D + d] : 0.0);
    }
  }
  EXPECT(holds);
}

static void draws_keep_to_their_definitions(int32_t structure, const gmm_model *model, const gmm_posterior *posterior) {
  const gmm_view weights = view_of(posterior, GMM_FIELD_WEIGHTS), means = view_of(posterior, GMM_FIELD_MEANS);
  const gmm_view spread = view_of(posterior, spread_field(structure));
  const gmm_view likelihood = view_of(posterior, GMM_FIELD_LOG_LIKELIHOOD);
  const gmm_view density = view_of(posterior, GMM_FIELD_LOG_POSTERIOR);
  for (int64_t chain = 0; chain < weights.shape[0]; chain++) {
    for (int64_t draw = 0; draw < weights.shape[1]; draw++) {
      double w[K], m[K * D], s[K * D * D], prior = NAN;
      numbers_of(&weights, chain, draw, w);
      numbers_of(&means, chain, draw, m);
      const int64_t count = numbers_of(&spread, chain, draw, s);
      for (int64_t i = 0; i < count; i++) {
        const int64_t row = i / D % D, column = i % D, mirror = i - row * D - column + column * D + row;
        EXPECT(isfinite(s[i]) && (!has_matrices(structure) || s[i] == s[mirror]));
        EXPECT(has_matrices(structure) && row != column ? 1 : s[i] > 0.0);
      }
      ACCEPTED(gmm_model_log_prior(model, w, m, s, &prior, out_error));
      const double sum = element(&likelihood, chain, draw, 0) + prior;
      /* The factor of a stored matrix equals the factor of the draw to a few units in the last place. */
      EXPECT(fabs(element(&density, chain, draw, 0) - sum) <= 1e-11 * (1.0 + fabs(prior) + fabs(sum)));
    }
  }
}

static void predictions_are_probabilities(const gmm_posterior *posterior) {
  double inside[FIXTURE_COUNT * K], predicted[FIXTURE_COUNT * K], densities[FIXTURE_COUNT], sets[2 * 5 * D];
  ACCEPTED(gmm_posterior_probabilities(posterior, NULL, inside, FIXTURE_COUNT * K, out_error));
  ACCEPTED(gmm_posterior_predict_probabilities(posterior, fixture_table_set(), NULL, predicted, FIXTURE_COUNT * K,
                                               out_error));
  ACCEPTED(gmm_posterior_log_density(posterior, fixture_table_set(), NULL, densities, FIXTURE_COUNT, out_error));
  ACCEPTED(gmm_posterior_sample_predictive(posterior, 2, 5, 1, NULL, sets, 2 * 5 * D, out_error));
  for (int i = 0; i < FIXTURE_COUNT; i++) {
    EXPECT(fabs(inside[i * K] + inside[i * K + 1] - 1.0) < 1e-12 && inside[i * K] >= 0.0);
    EXPECT(fabs(predicted[i * K] + predicted[i * K + 1] - 1.0) < 1e-12 && isfinite(densities[i]));
  }
  for (int i = 0; i < 2 * 5 * D; i++) EXPECT(isfinite(sets[i]) && sets[i] != sets[(i + 1) % (2 * 5 * D)]);

  /* Rows with other columns between them. */
  double wide[FIXTURE_COUNT * (D + 2)], again[FIXTURE_COUNT];
  for (int i = 0; i < FIXTURE_COUNT * (D + 2); i++) wide[i] = NAN;
  for (int i = 0; i < FIXTURE_COUNT * D; i++) wide[i / D * (D + 2) + i % D] = fixture_table[i];
  gmm_data_options options = fixture_data_options();
  gmm_data *spaced = NULL;
  options.row_stride = D + 2;
  ACCEPTED(gmm_data_create(wide, FIXTURE_COUNT, D, &options, &spaced, out_error));
  ACCEPTED(gmm_posterior_log_density(posterior, spaced, NULL, again, FIXTURE_COUNT, out_error));
  gmm_data_destroy(spaced);
  EXPECT(memcmp(again, densities, sizeof again) == 0);
}

static void names_are_of_the_parameters(int32_t structure, const gmm_posterior *posterior) {
  const struct {
    int32_t count;
    const char *first, *last;
  } expected[4] = {{12, "covariances[0, 0, 0]", "covariances[1, 2, 2]"},
                   {6, "covariance[0, 0]", "covariance[2, 2]"},
                   {6, "sd[0, 0]", "sd[1, 2]"},
                   {2, "sd[0]", "sd[1]"}};
  gmm_summary *summary = NULL;
  ACCEPTED(gmm_posterior_summarize(posterior, NULL, NULL, &summary, out_error));
  const int32_t rows = gmm_summary_num_rows(summary), first = K + K * D;
  EXPECT(rows == first + expected[structure].count);
  EXPECT(strcmp(gmm_summary_row_name(summary, K), "means[0, 0]") == 0);
  EXPECT(strcmp(gmm_summary_row_name(summary, first - 1), "means[1, 2]") == 0);
  EXPECT(strcmp(gmm_summary_row_name(summary, first), expected[structure].first) == 0);
  EXPECT(strcmp(gmm_summary_row_name(summary, rows - 1), expected[structure].last) == 0);
  for (int32_t row = 0; row < rows; row++) EXPECT(isfinite(gmm_summary_value(summary, row, GMM_COLUMN_MEAN)));
  gmm_summary_destroy(summary);
}

/* Whether draws first, first + step, ... of `all` are, bit for bit, the draws of `kept`. */
static int holds_tables(int32_t structure, const gmm_posterior *kept, const gmm_posterior *all, int64_t first,
                        int64_t step) {
  const int32_t fields[] = {GMM_FIELD_WEIGHTS, GMM_FIELD_MEANS, spread_field(structure), GMM_FIELD_LOG_POSTERIOR};
  for (int f = 0; f < 4; f++) {
    const gmm_view some = view_of(kept, fields[f]), every = view_of(all, fields[f]);
    for (int64_t chain = 0; chain < CHAINS; chain++) {
      for (int64_t draw = 0; draw < some.shape[1]; draw++) {
        double left[K * D * D], right[K * D * D];
        const int64_t count = numbers_of(&some, chain, draw, left);
        if (numbers_of(&every, chain, first + draw * step, right) != count) return 0;
        if (memcmp(left, right, (size_t)count * sizeof *left) != 0) return 0;
      }
    }
  }
  return 1;
}

static void chains_go_on(int32_t structure, const gmm_model *model, const gmm_posterior *posterior) {
  gmm_sample_options sampling = table_sampling();
  sampling.num_draws = DRAWS / 4;
  gmm_posterior *start = sample_table(model, &sampling), *extended = NULL, *subset = NULL;
  ACCEPTED(gmm_posterior_extend(start, DRAWS - DRAWS / 4, NULL, NULL, &extended, out_error));
  EXPECT(info_of(extended).num_draws == DRAWS && holds_tables(structure, extended, posterior, 0, 1));
  ACCEPTED(gmm_posterior_subset(posterior, 5, 3, &subset, out_error));
  EXPECT(info_of(subset).num_draws == 12 && holds_tables(structure, subset, posterior, 5, 3));
  gmm_posterior_destroy(subset);
  gmm_posterior_destroy(extended);
  gmm_posterior_destroy(start);

  /* Chains that start from all initial values without tuning differ by their streams alone. */
  const gmm_view weights = view_of(posterior, GMM_FIELD_WEIGHTS), means = view_of(posterior, GMM_FIELD_MEANS);
  const gmm_view spread = view_of(posterior, spread_field(structure));
  double w[K], m[K * D], s[K * D * D];
  numbers_of(&weights, 0, DRAWS - 1, w);
  numbers_of(&means, 0, DRAWS - 1, m);
  numbers_of(&spread, 0, DRAWS - 1, s);
  sampling.num_tune = 0;
  sampling.num_initial = 1;
  sampling.initial_weights = w;
  sampling.initial_means = m;
  if (has_matrices(structure)) {
    sampling.initial_covariances = s;
  } else {
    sampling.initial_sds = s;
  }
  gmm_posterior *one_start = sample_table(model, &sampling);
  double both_w[CHAINS * K], both_m[CHAINS * K * D], both_s[CHAINS * K * D * D];
  const int64_t count = numbers_of(&spread, 0, 0, both_s);
  numbers_of(&spread, 0, DRAWS - 1, both_s);
  for (int chain = 0; chain < CHAINS; chain++) {
    memcpy(both_w + chain * K, w, sizeof w);
    memcpy(both_m + chain * K * D, m, sizeof m);
    memcpy(both_s + chain * count, s, (size_t)count * sizeof *s);
  }
  sampling.num_initial = CHAINS;
  sampling.initial_weights = both_w;
  sampling.initial_means = both_m;
  if (has_matrices(structure)) {
    sampling.initial_covariances = both_s;
  } else {
    sampling.initial_sds = both_s;
  }
  gmm_posterior *two_starts = sample_table(model, &sampling);
  EXPECT(holds_tables(structure, one_start, two_starts, 0, 1));
  gmm_posterior_destroy(two_starts);
  gmm_posterior_destroy(one_start);
}

static void every_form_works(void) {
  for (int i = 0; i < 8; i++) {
    const int32_t structure = structures[i % 4];
    gmm_model_options options = i < 4 ? chosen_options(structure) : scaled_options(structure);
    options.ordered_means = i % 2;
    options.order_coordinate = 2;
    gmm_model *model = model_for_table(&options);
    const gmm_sample_options sampling = table_sampling();
    gmm_posterior *posterior = sample_table(model, &sampling), *prior = NULL;
    shapes_are_right(structure, model, posterior);
    draws_keep_to_their_definitions(structure, model, posterior);
    predictions_are_probabilities(posterior);
    names_are_of_the_parameters(structure, posterior);
    chains_go_on(structure, model, posterior);
    if (options.ordered_means) {
      const gmm_view means = view_of(posterior, GMM_FIELD_MEANS);
      for (int64_t draw = 0; draw < DRAWS; draw++) {
        double m[K * D];
        numbers_of(&means, 1, draw, m);
        EXPECT(m[2] <= m[D + 2]);
      }
    }
    ACCEPTED(gmm_sample_prior(model, 20, 1, NULL, &prior, out_error));
    if (prior != NULL) draws_keep_to_their_definitions(structure, model, prior);
    gmm_posterior_destroy(prior);
    gmm_posterior_destroy(posterior);
    gmm_model_destroy(model);
  }
}

/* The components of the table lie far from each other: posterior means must come out at the groups' own. */
static void groups_are_found(void) {
  for (int i = 0; i < 4; i++) {
    gmm_model_options options = scaled_options(structures[i]);
    options.ordered_means = 1;
    gmm_model *model = model_for_table(&options);
    gmm_sample_options sampling = table_sampling();
    sampling.num_draws = 500;
    gmm_posterior *posterior = sample_table(model, &sampling);
    const gmm_view means = view_of(posterior, GMM_FIELD_MEANS);
    double sums[K * D] = {0};
    for (int64_t chain = 0; chain < CHAINS; chain++) {
      for (int64_t draw = 0; draw < 500; draw++) {
        double m[K * D];
        numbers_of(&means, chain, draw, m);
        for (int j = 0; j < K * D; j++) sums[j] += m[j] / (CHAINS * 500.0);
      }
    }
    for (int k = 0; k < K; k++) {
      for (int d = 0; d < D; d++) {
        double center = 0.0;
        int count = 0;
        for (int n = 0; n < FIXTURE_COUNT; n++) {
          if ((n % 3 == 0) != (k == 0)) continue;
          center += fixture_table[n * D + d];
          count++;
        }
        /* The sd of a uniform number on 3 is 0.87, and of the mean of 20 of them 0.19; the prior is worth 0.01
         * observations, and the average of 1,000 draws is within a tenth of that sd. */
        EXPECT(fabs(sums[k * D + d] - center / count) < 0.1);
      }
    }
    gmm_posterior_destroy(posterior);
    gmm_model_destroy(model);
  }
}

/* In one dimension the forms coincide, and an inverse-Wishart is an inverse-Gamma of half its parameters. */
static void one_dimension_is_a_case(void) {
  const gmm_sample_options sampling = fixture_sample_options();
  const double three = 3.0;
  gmm_model_options options = fixture_model_options();
  options.spread = (gmm_prior){GMM_PRIOR_INVERSE_GAMMA, 1, &three, &one, NULL};
  gmm_model *expected_model = fixture_model(&options);
  gmm_posterior *expected = fixture_posterior(expected_model, &sampling);
  for (int i = 0; i < 4; i++) {
    options.covariance = structures[i];
    options.spread = (gmm_prior){GMM_PRIOR_INVERSE_WISHART, 1, &six, &two, NULL};
    gmm_model *model = fixture_model(&options);
    const int is_shared = structures[i] == GMM_COVARIANCE_TIED;
    EXPECT(gmm_model_covariance(model) == GMM_COVARIANCE_DIAG && gmm_model_num_covariances(model) == 0);
    EXPECT(gmm_model_num_sds(model) == (is_shared ? 1 : 2));
    gmm_posterior *posterior = fixture_posterior(model, &sampling);
    if (!is_shared) EXPECT(same_draws(posterior, expected));
    gmm_posterior_destroy(posterior);
    gmm_model_destroy(model);
  }
  gmm_posterior_destroy(expected);
  gmm_model_destroy(expected_model);
}

/* A caller that was compiled before the header had covariances asks for one dimension. */
static void older_callers_are_served(void) {
  gmm_model_options options = fixture_model_options();
  options.struct_size = offsetof(gmm_model_options, covariance);
  options.covariance = -5;
  options.order_coordinate = -5;
  gmm_model *model = fixture_model(&options);
  gmm_sample_options sampling = fixture_sample_options();
  sampling.struct_size = offsetof(gmm_sample_options, initial_covariances);
  sampling.initial_covariances = &one;
  gmm_posterior *posterior = fixture_posterior(model, &sampling);
  gmm_posterior_info info = {.struct_size = offsetof(gmm_posterior_info, covariance), .covariance = 77};
  ACCEPTED(gmm_posterior_get_info(posterior, &info, out_error));
  EXPECT(info.num_dimensions == 1 && info.covariance == 77);
  gmm_posterior_destroy(posterior);
  gmm_model_destroy(model);
}

void behaviour_dimensions(void) {
  every_form_works();
  groups_are_found();
  one_dimension_is_a_case();
  older_callers_are_served();
}
