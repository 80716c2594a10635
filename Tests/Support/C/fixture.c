/* Programs that misuse the library pass null pointers through these functions. */
#define GMM_NO_ATTRIBUTES
#include "fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double zero = 0.0, one = 1.0, ten = 10.0;

double fixture_data[FIXTURE_COUNT];
double fixture_table[FIXTURE_COUNT * FIXTURE_COLUMNS];
static gmm_data *data_set, *table_set;

static void destroy_sets(void) {
  gmm_data_destroy(data_set);
  gmm_data_destroy(table_set);
}

void fixture_fill(void) {
  /* Multiples of the golden ratio modulo 1 are spread evenly and never repeat. */
  for (int i = 0; i < FIXTURE_COUNT; i++) {
    const double spread = fmod((i + 1) * 0.61803398874989485, 1.0) - 0.5;
    fixture_data[i] = (i % 3 == 0 ? -3.0 : 4.0) + 3.0 * spread;
    /* Powers of the root of x^4 = x + 1 do the same in three columns. */
    for (int d = 0; d < FIXTURE_COLUMNS; d++) {
      const double step = pow(0.81917251339616444, d + 1);
      fixture_table[i * FIXTURE_COLUMNS + d] =
          (i % 3 == 0 ? -3.0 : 4.0) / (d + 1) + 3.0 * (fmod((i + 1) * step, 1.0) - 0.5);
    }
  }
  data_set = fixture_rows(fixture_data, FIXTURE_COUNT, 1);
  table_set = fixture_rows(fixture_table, FIXTURE_COUNT, FIXTURE_COLUMNS);
  if (atexit(destroy_sets) != 0) exit(EXIT_FAILURE);
}

const gmm_data *fixture_data_set(void) { return data_set; }

const gmm_data *fixture_table_set(void) { return table_set; }

gmm_data *fixture_rows(const double *rows, int64_t num_rows, int64_t num_columns) {
  return fixture_weighted_rows(rows, num_rows, num_columns, NULL);
}

gmm_data *fixture_weighted_rows(const double *rows, int64_t num_rows, int64_t num_columns, const double *weights) {
  gmm_data *data = NULL;
  gmm_error *error = NULL;
  gmm_data_options options = fixture_data_options();
  options.sample_weights = weights;
  if (gmm_data_create(rows, num_rows, num_columns, &options, &data, &error) == GMM_OK) return data;
  printf("fixture: %s\n", gmm_error_message(error));
  exit(EXIT_FAILURE);
}

gmm_data_options fixture_data_options(void) {
  gmm_data_options options;
  gmm_data_options_init(&options, sizeof options);
  return options;
}

gmm_model_options fixture_model_options(void) {
  gmm_model_options options;
  gmm_model_options_init(&options, sizeof options);
  options.num_components = 2;
  options.weights = (gmm_prior){GMM_PRIOR_DIRICHLET, 1, &one, NULL, NULL};
  options.means = (gmm_prior){GMM_PRIOR_NORMAL, 1, &zero, &ten, NULL};
  options.spread = (gmm_prior){GMM_PRIOR_UNIFORM, 1, &zero, &ten, NULL};
  return options;
}

gmm_model_options fixture_ordered_options(void) {
  gmm_model_options options = fixture_model_options();
  options.ordered_means = 1;
  options.shared_spread = 1;
  return options;
}

gmm_sample_options fixture_sample_options(void) {
  gmm_sample_options options;
  gmm_sample_options_init(&options, sizeof options);
  options.num_chains = 2;
  options.num_draws = 50;
  options.num_tune = 20;
  options.seed = 7;
  return options;
}

gmm_model *fixture_model(const gmm_model_options *options) {
  gmm_model *model = NULL;
  gmm_error *error = NULL;
  if (gmm_model_create(options, &model, &error) == GMM_OK) return model;
  printf("fixture: %s\n", gmm_error_message(error));
  exit(EXIT_FAILURE);
}

gmm_posterior *fixture_sample(const gmm_model *model, const gmm_data *data, const gmm_sample_options *options) {
  gmm_posterior *posterior = NULL;
  gmm_error *error = NULL;
  if (gmm_sample(model, data, options, NULL, &posterior, &error) == GMM_OK) return posterior;
  printf("fixture: %s\n", gmm_error_message(error));
  exit(EXIT_FAILURE);
}

gmm_posterior *fixture_posterior(const gmm_model *model, const gmm_sample_options *options) {
  return fixture_sample(model, data_set, options);
}

gmm_status fixture_model_for_data(const gmm_model_options *options, const gmm_data *data, const gmm_control *control,
                                  gmm_model **out_model, gmm_error **out_error) {
  gmm_model *open = NULL;
  if (out_model != NULL) *out_model = NULL;
  gmm_status status = gmm_model_create(options, &open, out_error);
  if (status == GMM_OK) status = gmm_model_for_data(open, data, control, out_model, out_error);
  gmm_model_destroy(open);
  return status;
}
