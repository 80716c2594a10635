/* Data sets: their contents, their use by several calls and threads, and the effects of names and weights. */
#include <pthread.h>
#include <unistd.h>

#include "behaviour.h"

enum { D = FIXTURE_COLUMNS, K = 2, N = FIXTURE_COUNT, BLOCK = 4096 };

static const char *const names[D] = {"height", "width", "weight in kg"};

/* A data set of the table with these names and, where there are some, weights. */
static gmm_data *named_table(const double *weights) {
  gmm_data_options options = fixture_data_options();
  gmm_data *data = NULL;
  options.column_names = names;
  options.sample_weights = weights;
  ACCEPTED(gmm_data_create(fixture_table, N, D, &options, &data, out_error));
  if (data == NULL) exit(EXIT_FAILURE);
  return data;
}

/* Rows of the table, or values, `stride` elements apart, with NaN between them. */
static gmm_data *spaced_rows(const double *rows, int64_t columns, int64_t stride) {
  double wide[N * (D + 4)];
  gmm_data_options options = fixture_data_options();
  gmm_data *data = NULL;
  for (int64_t i = 0; i < N * stride; i++) wide[i] = NAN;
  for (int64_t i = 0; i < N * columns; i++) wide[i / columns * stride + i % columns] = rows[i];
  options.row_stride = stride;
  ACCEPTED(gmm_data_create(wide, N, columns, &options, &data, out_error));
  if (data == NULL) exit(EXIT_FAILURE);
  return data;
}

/* A model of the table with priors at its scale. */
static gmm_model *table_model(int32_t covariance, const gmm_data *data) {
  gmm_model_options options;
  gmm_model *model = NULL;
  gmm_model_options_init(&options, sizeof options);
  options.num_components = K;
  options.num_dimensions = D;
  options.covariance = covariance;
  ACCEPTED(fixture_model_for_data(&options, data, NULL, &model, out_error));
  if (model == NULL) exit(EXIT_FAILURE);
  return model;
}

/* ------------------------------------------------------------------------------------------------ Sharing */

enum { THREADS = 16 };

typedef struct sharer {
  const gmm_model *model;
  const gmm_data *data;
  gmm_posterior *made;
  uint64_t fingerprint;
} sharer;

static void *share(void *argument) {
  sharer *self = argument;
  const gmm_sample_options options = fixture_sample_options();
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  control.num_threads = 2;
  if (gmm_sample(self->model, self->data, &options, &control, &self->made, NULL) != GMM_OK) return NULL;
  self->fingerprint = gmm_data_fingerprint(self->data);
  return NULL;
}

static void threads_share_a_handle(const gmm_model *model) {
  const gmm_sample_options options = fixture_sample_options();
  gmm_data *data = fixture_rows(fixture_data, N, 1);
  gmm_posterior *expected = fixture_posterior(model, &options);
  pthread_t threads[THREADS];
  sharer sharers[THREADS];
  for (int i = 0; i < THREADS; i++) {
    sharers[i] = (sharer){model, data, NULL, 0};
    if (!EXPECT(pthread_create(&threads[i], NULL, share, &sharers[i]) == 0)) exit(EXIT_FAILURE);
  }
  for (int i = 0; i < THREADS; i++) {
    EXPECT(pthread_join(threads[i], NULL) == 0);
    EXPECT(sharers[i].made != NULL && same_draws(sharers[i].made, expected));
    EXPECT(sharers[i].fingerprint == gmm_data_fingerprint(data));
    gmm_posterior_destroy(sharers[i].made);
  }
  gmm_posterior_destroy(expected);
  gmm_data_destroy(data);
}

static void the_same_values_give_the_same_draws(const gmm_model *model) {
  const gmm_sample_options options = fixture_sample_options();
  gmm_data *first = fixture_rows(fixture_data, N, 1), *second = fixture_rows(fixture_data, N, 1);
  gmm_data *sets[] = {first, first, second, spaced_rows(fixture_data, 1, 2), spaced_rows(fixture_data, 1, D + 4)};
  gmm_posterior *expected = fixture_posterior(model, &options);
  for (int i = 0; i < 5; i++) {
    gmm_posterior *posterior = fixture_sample(model, sets[i], &options);
    EXPECT(same_draws(posterior, expected));
    gmm_posterior_destroy(posterior);
  }
  for (int i = 1; i < 5; i++) gmm_data_destroy(sets[i]);
  gmm_posterior_destroy(expected);

  gmm_data *spaced = spaced_rows(fixture_table, D, D + 1);
  gmm_model *left_model = table_model(GMM_COVARIANCE_FULL, fixture_table_set());
  gmm_model *right_model = table_model(GMM_COVARIANCE_FULL, spaced);
  gmm_posterior *left = fixture_sample(left_model, fixture_table_set(), &options);
  gmm_posterior *right = fixture_sample(right_model, spaced, &options);
  double left_density[N], right_density[N];
  ACCEPTED(gmm_posterior_log_density(left, spaced, NULL, left_density, N, out_error));
  ACCEPTED(gmm_posterior_log_density(right, fixture_table_set(), NULL, right_density, N, out_error));
  EXPECT(memcmp(left_density, right_density, sizeof left_density) == 0);
  gmm_posterior_destroy(right);
  gmm_posterior_destroy(left);
  gmm_model_destroy(right_model);
  gmm_model_destroy(left_model);
  gmm_data_destroy(spaced);
}

/* The caller's arrays are not needed after the call, and neither is a data set after it was destroyed. */
static void all_is_copied(const gmm_model *model) {
  double values[N], weights[N];
  char name[] = "height";
  const char *one_name[] = {name};
  gmm_data_options data_options = fixture_data_options();
  gmm_data *data = NULL, *unchanged = NULL;
  memcpy(values, fixture_data, sizeof values);
  for (int i = 0; i < N; i++) weights[i] = 0.5 * (i % 4);
  data_options.sample_weights = weights;
  data_options.column_names = one_name;
  ACCEPTED(gmm_data_create(values, N, 1, &data_options, &data, out_error));
  unchanged = fixture_weighted_rows(values, N, 1, weights);
  gmm_sample_options options = fixture_sample_options();
  options.num_draws = 80;
  gmm_posterior *expected = fixture_sample(model, unchanged, &options), *longer = NULL;
  gmm_data_destroy(unchanged);

  for (int i = 0; i < N; i++) values[i] = weights[i] = NAN;
  memcpy(name, "spoilt", sizeof name);
  one_name[0] = NULL;
  EXPECT(strcmp(gmm_data_column_name(data, 0), "height") == 0);
  options.num_draws = 50;
  gmm_posterior *posterior = fixture_sample(model, data, &options);
  gmm_data_destroy(data);
  ACCEPTED(gmm_posterior_extend(posterior, 30, NULL, NULL, &longer, out_error));
  EXPECT(longer != NULL && same_draws(longer, expected));
  gmm_posterior_destroy(longer);
  gmm_posterior_destroy(posterior);
  gmm_posterior_destroy(expected);
}

/* ------------------------------------------------------------------------------------------------ What they say */

static void sizes_weights_and_names_come_back(void) {
  double weights[N];
  for (int i = 0; i < N; i++) weights[i] = i % 3;
  gmm_data *data = named_table(weights), *none = NULL;
  EXPECT(gmm_data_num_observations(data) == N && gmm_data_num_dimensions(data) == D);
  EXPECT(gmm_data_has_sample_weights(data) == 1);
  for (int64_t d = 0; d < D; d++) EXPECT(strcmp(gmm_data_column_name(data, d), names[d]) == 0);
  double found[N * D + 1] = {[N * D] = 7.0}, found_weights[N + 1] = {[N] = 7.0};
  ACCEPTED(gmm_data_get_values(data, found, N * D, out_error));
  ACCEPTED(gmm_data_get_sample_weights(data, found_weights, N, out_error));
  EXPECT(memcmp(found, fixture_table, sizeof fixture_table) == 0 && found[N * D] == 7.0);
  EXPECT(memcmp(found_weights, weights, sizeof weights) == 0 && found_weights[N] == 7.0);
  ACCEPTED(gmm_data_get_sample_weights(fixture_table_set(), found_weights, N, out_error));
  for (int i = 0; i < N; i++) EXPECT(found_weights[i] == 1.0);
  gmm_data_destroy(data);
  EXPECT(gmm_data_num_observations(fixture_table_set()) == N && gmm_data_num_dimensions(fixture_table_set()) == D);
  EXPECT(gmm_data_has_sample_weights(fixture_table_set()) == 0);

  /* A data set without rows has no weights. Its columns keep their names. */
  gmm_data_options options = fixture_data_options();
  options.column_names = names;
  options.sample_weights = weights;
  ACCEPTED(gmm_data_create(NULL, 0, D, &options, &none, out_error));
  EXPECT(gmm_data_num_observations(none) == 0 && gmm_data_num_dimensions(none) == D);
  EXPECT(gmm_data_has_sample_weights(none) == 0 && strcmp(gmm_data_column_name(none, 2), names[2]) == 0);
  ACCEPTED(gmm_data_get_values(none, NULL, 0, out_error));
  ACCEPTED(gmm_data_get_sample_weights(none, NULL, 0, out_error));
  gmm_data_destroy(none);
  ACCEPTED(gmm_data_create(NULL, 0, GMM_MAX_DIMENSIONS, NULL, &none, out_error));
  EXPECT(gmm_data_num_dimensions(none) == GMM_MAX_DIMENSIONS);
  gmm_data_destroy(none);
}

static void fingerprints_are_of_the_values(void) {
  double weights[N], changed[N * D];
  for (int i = 0; i < N; i++) weights[i] = 2.0;
  gmm_data_options options = fixture_data_options();
  options.first_row = BLOCK;
  gmm_data *moved = NULL;
  ACCEPTED(gmm_data_create(fixture_table, N, D, &options, &moved, out_error));
  gmm_data *equal[] = {named_table(weights), spaced_rows(fixture_table, D, D + 2), moved};
  const uint64_t expected = gmm_data_fingerprint(fixture_table_set());
  EXPECT(expected != 0 && gmm_data_fingerprint(fixture_data_set()) != expected);
  for (int i = 0; i < 3; i++) {
    EXPECT(gmm_data_fingerprint(equal[i]) == expected);
    gmm_data_destroy(equal[i]);
  }
  /* One bit of any value. */
  for (int i = 0; i < N * D; i++) {
    memcpy(changed, fixture_table, sizeof changed);
    changed[i] = nextafter(changed[i], 1e9);
    gmm_data *data = fixture_rows(changed, N, D);
    EXPECT(gmm_data_fingerprint(data) != expected);
    gmm_data_destroy(data);
  }
  gmm_data *shorter = fixture_rows(fixture_table, N - 1, D);
  EXPECT(gmm_data_fingerprint(shorter) != expected);
  gmm_data_destroy(shorter);
}

static void names_are_in_summaries(void) {
  const struct {
    const char *first, *second, *last;
  } expected[] = {
      {"covariances[0, height, height]", "covariances[0, width, height]", "scale[weight in kg, weight in kg]"},
      {"covariance[height, height]", "covariance[width, height]", "scale[weight in kg, weight in kg]"},
      {"sd[0, height]", "sd[0, width]", "scale[weight in kg]"},
      {"sd[0]", "sd[1]", "scale"}};
  const gmm_sample_options options = fixture_sample_options();
  gmm_data *data = named_table(NULL);
  for (int32_t covariance = GMM_COVARIANCE_FULL; covariance <= GMM_COVARIANCE_SPHERICAL; covariance++) {
    gmm_model *model = table_model(covariance, data);
    gmm_posterior *posterior = fixture_sample(model, data, &options);
    gmm_summary *summary = NULL;
    ACCEPTED(gmm_posterior_summarize(posterior, NULL, NULL, &summary, out_error));
    const int32_t rows = gmm_summary_num_rows(summary), first = K + K * D;
    EXPECT(strcmp(gmm_summary_row_name(summary, 0), "weights[0]") == 0);
    for (int32_t i = 0; i < K * D; i++) {
      char name[64];
      snprintf(name, sizeof name, "means[%d, %s]", (int)i / D, names[i % D]);
      EXPECT(strcmp(gmm_summary_row_name(summary, K + i), name) == 0);
    }
    EXPECT(strcmp(gmm_summary_row_name(summary, first), expected[covariance].first) == 0);
    EXPECT(strcmp(gmm_summary_row_name(summary, first + 1), expected[covariance].second) == 0);
    EXPECT(strcmp(gmm_summary_row_name(summary, rows - 1), expected[covariance].last) == 0);
    EXPECT(strstr(gmm_summary_text(summary), "means[1, weight in kg]") != NULL);
    gmm_summary_destroy(summary);
    gmm_posterior_destroy(posterior);
    gmm_model_destroy(model);
  }
  gmm_data_destroy(data);

  /* In one dimension, columns need not be told apart. */
  gmm_data_options data_options = fixture_data_options();
  gmm_data *values = NULL;
  data_options.column_names = names;
  ACCEPTED(gmm_data_create(fixture_data, N, 1, &data_options, &values, out_error));
  const gmm_model_options model_options = fixture_model_options();
  gmm_model *model = fixture_model(&model_options);
  gmm_posterior *posterior = fixture_sample(model, values, &options);
  gmm_summary *summary = NULL;
  ACCEPTED(gmm_posterior_summarize(posterior, NULL, NULL, &summary, out_error));
  EXPECT(strcmp(gmm_summary_row_name(summary, K), "means[0]") == 0);
  EXPECT(strcmp(gmm_summary_row_name(summary, 2 * K), "sd[0]") == 0);
  gmm_summary_destroy(summary);
  gmm_posterior_destroy(posterior);
  gmm_model_destroy(model);
  gmm_data_destroy(values);
}

static void names_are_in_messages(void) {
  double values[N * D];
  gmm_data_options options = fixture_data_options();
  gmm_data *data = NULL;
  gmm_error *error = NULL;
  options.column_names = names;
  memcpy(values, fixture_table, sizeof values);
  values[7 * D + 1] = NAN;
  EXPECT(gmm_data_create(values, N, D, &options, &data, &error) == GMM_ERROR_INVALID_DATA);
  EXPECT(strstr(gmm_error_message(error), "got nan in column 1 (width)") != NULL);
  gmm_error_destroy(error);

  for (int i = 0; i < N; i++) values[i * D + 1] = 3.0;
  ACCEPTED(gmm_data_create(values, N, D, &options, &data, out_error));
  gmm_model_options model_options;
  gmm_model_options_init(&model_options, sizeof model_options);
  model_options.num_dimensions = D;
  gmm_model *model = NULL;
  EXPECT(fixture_model_for_data(&model_options, data, NULL, &model, &error) == GMM_ERROR_DEGENERATE);
  EXPECT(strstr(gmm_error_message(error), "column 1 (width)") != NULL);
  gmm_error_destroy(error);
  gmm_em_fit *fit = NULL;
  EXPECT(gmm_fit_em(data, NULL, NULL, &fit, &error) == GMM_ERROR_DEGENERATE);
  EXPECT(strstr(gmm_error_message(error), "column 1 (width)") != NULL);
  gmm_error_destroy(error);
  gmm_data_destroy(data);
}

/* ------------------------------------------------------------------------------------------------ Of posteriors */

/* Whether a data set is the named table, with weights that lead to the draws of a posterior. */
static void is_the_weighted_table(const gmm_data *data, const gmm_model *model, const gmm_posterior *posterior) {
  double left[N * K], right[N * K];
  EXPECT(gmm_data_num_observations(data) == N && gmm_data_num_dimensions(data) == D);
  EXPECT(gmm_data_has_sample_weights(data) == 1);
  EXPECT(gmm_data_fingerprint(data) == gmm_data_fingerprint(fixture_table_set()));
  for (int64_t d = 0; d < D; d++) EXPECT(strcmp(gmm_data_column_name(data, d), names[d]) == 0);
  ACCEPTED(gmm_posterior_predict_probabilities(posterior, data, NULL, left, N * K, out_error));
  ACCEPTED(gmm_posterior_predict_probabilities(posterior, fixture_table_set(), NULL, right, N * K, out_error));
  EXPECT(memcmp(left, right, sizeof left) == 0);

  /* Draws come from the weights as well. */
  const gmm_sample_options options = fixture_sample_options();
  gmm_posterior *again = fixture_sample(model, data, &options),
                *plain = fixture_sample(model, fixture_table_set(), &options);
  ACCEPTED(gmm_posterior_predict_probabilities(again, data, NULL, right, N * K, out_error));
  EXPECT(memcmp(left, right, sizeof left) == 0);
  ACCEPTED(gmm_posterior_predict_probabilities(plain, data, NULL, right, N * K, out_error));
  EXPECT(memcmp(left, right, sizeof left) != 0);
  gmm_posterior_destroy(plain);
  gmm_posterior_destroy(again);
}

static void posteriors_and_files_keep_their_data(void) {
  double weights[N];
  for (int i = 0; i < N; i++) weights[i] = 0.75 * (i % 4);
  gmm_data *data = named_table(weights), *kept = NULL, *read = NULL, *none = NULL;
  gmm_model *model = table_model(GMM_COVARIANCE_DIAG, data);
  const gmm_sample_options options = fixture_sample_options();
  gmm_posterior *posterior = fixture_sample(model, data, &options), *loaded = NULL, *prior = NULL;
  gmm_data_destroy(data);

  char path[1024];
  const char *temporary = getenv("TMPDIR");
  snprintf(path, sizeof path, "%s/gmmswift-data-%ld.gmm", temporary != NULL ? temporary : ".", (long)getpid());
  ACCEPTED(gmm_posterior_get_data(posterior, &kept, out_error));
  ACCEPTED(gmm_posterior_save(posterior, path, NULL, out_error));
  ACCEPTED(gmm_posterior_load(path, NULL, &loaded, out_error));
  EXPECT(unlink(path) == 0);
  ACCEPTED(gmm_posterior_get_data(loaded, &read, out_error));
  is_the_weighted_table(kept, model, posterior);
  is_the_weighted_table(read, model, posterior);

  gmm_summary *summary = NULL;
  ACCEPTED(gmm_posterior_summarize(loaded, NULL, NULL, &summary, out_error));
  EXPECT(strcmp(gmm_summary_row_name(summary, K), "means[0, height]") == 0);
  gmm_summary_destroy(summary);

  /* The returned handle stays valid after the posterior is destroyed. */
  gmm_posterior_destroy(loaded);
  gmm_posterior_destroy(posterior);
  EXPECT(gmm_data_num_observations(kept) == N && strcmp(gmm_data_column_name(read, 1), "width") == 0);
  gmm_data_destroy(read);
  gmm_data_destroy(kept);

  ACCEPTED(gmm_sample_prior(model, 5, 1, NULL, &prior, out_error));
  ACCEPTED(gmm_posterior_get_data(prior, &none, out_error));
  EXPECT(none != NULL && gmm_data_num_observations(none) == 0);
  gmm_data_destroy(none);
  gmm_posterior_destroy(prior);
  gmm_model_destroy(model);
}

void behaviour_data_sets(void) {
  const gmm_model_options options = fixture_model_options();
  gmm_model *model = fixture_model(&options);
  threads_share_a_handle(model);
  the_same_values_give_the_same_draws(model);
  all_is_copied(model);
  sizes_weights_and_names_come_back();
  fingerprints_are_of_the_values();
  names_are_in_summaries();
  names_are_in_messages();
  posteriors_and_files_keep_their_data();
  gmm_model_destroy(model);
}
