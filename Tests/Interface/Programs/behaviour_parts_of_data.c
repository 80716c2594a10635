/* Data sets that are parts of a whole have the assignments of the whole, because first rows are keys of the draws. */
#include "behaviour.h"

enum { N = FIXTURE_COUNT, BLOCK = 4096, MANY = 2 * BLOCK + 500 };

/* Returns the number of assignments of the rows from `first` on in `whole` that differ from those of `part`. */
static int64_t num_other_labels(const gmm_posterior *whole, const gmm_posterior *part, int64_t first) {
  const gmm_view left = view_of(whole, GMM_FIELD_ASSIGNMENTS), right = view_of(part, GMM_FIELD_ASSIGNMENTS);
  const uint8_t *left_labels = left.data, *right_labels = right.data;
  int64_t count = 0;
  EXPECT(left.shape[0] == right.shape[0] && left.shape[1] == right.shape[1] && left.shape[2] == MANY);
  EXPECT(right.shape[2] <= MANY - first);
  for (int64_t chain = 0; chain < right.shape[0]; chain++) {
    for (int64_t draw = 0; draw < right.shape[1]; draw++) {
      for (int64_t i = 0; i < right.shape[2]; i++) {
        count += left_labels[chain * left.strides[0] + draw * left.strides[1] + (first + i) * left.strides[2]] !=
                 right_labels[chain * right.strides[0] + draw * right.strides[1] + i * right.strides[2]];
      }
    }
  }
  return count;
}

static gmm_data *part_of(const double *rows, const double *weights, int64_t columns, int64_t first, int64_t count,
                         int64_t first_row) {
  gmm_data_options options = fixture_data_options();
  gmm_data *data = NULL;
  options.first_row = first_row;
  options.sample_weights = weights == NULL ? NULL : weights + first;
  ACCEPTED(gmm_data_create(rows + first * columns, count, columns, &options, &data, out_error));
  if (data == NULL) exit(EXIT_FAILURE);
  return data;
}

/* With fixed parameters, a part draws the same assignments for its rows as the whole, and other ones if its first
 * row is wrong. */
static void a_part_draws_what_the_whole_does(const double *rows, const double *weights, int32_t columns,
                                             int32_t method) {
  static const double shares[] = {0.4, 0.6}, means[] = {-0.5, 0.0, 0.5, 1.0}, one = 1.0,
                      matrices[] = {1, 0.5, 0.5, 2, 1, 0, 0, 1};
  gmm_model_options model_options = fixture_model_options();
  model_options.num_dimensions = columns;
  model_options.weights = (gmm_prior){GMM_PRIOR_FIXED, 2, shares, NULL, NULL};
  model_options.means = (gmm_prior){GMM_PRIOR_FIXED, 2 * columns, means, NULL, NULL};
  model_options.spread = columns == 1 ? (gmm_prior){GMM_PRIOR_FIXED, 1, &one, NULL, NULL}
                                      : (gmm_prior){GMM_PRIOR_FIXED, 2, matrices, NULL, NULL};
  gmm_model *model = fixture_model(&model_options);
  gmm_sample_options options = fixture_sample_options();
  options.method = method;
  options.num_draws = 10;
  options.store_assignments = 1;
  gmm_data *all = part_of(rows, weights, columns, 0, MANY, 0);
  gmm_posterior *whole = fixture_sample(model, all, &options);
  const struct {
    int64_t first, count;
  } parts[] = {{0, BLOCK}, {BLOCK, BLOCK}, {BLOCK, MANY - BLOCK}, {2 * BLOCK, MANY - 2 * BLOCK}};
  for (int i = 0; i < 4; i++) {
    for (int moves = 0; moves < 2; moves++) {
      gmm_data *data =
          part_of(rows, weights, columns, parts[i].first, parts[i].count, parts[i].first + moves * 8 * BLOCK);
      gmm_posterior *part = fixture_sample(model, data, &options);
      EXPECT((num_other_labels(whole, part, parts[i].first) == 0) == !moves);
      gmm_posterior_destroy(part);
      gmm_data_destroy(data);
    }
  }

  /* The last number that a first row can be. */
  gmm_data *last = part_of(rows, weights, columns, 0, MANY, INT64_MAX / BLOCK * BLOCK);
  gmm_posterior *far = fixture_sample(model, last, &options);
  EXPECT(num_other_labels(whole, far, 0) > 0);
  gmm_posterior_destroy(far);
  gmm_data_destroy(last);
  gmm_posterior_destroy(whole);
  gmm_data_destroy(all);
  gmm_model_destroy(model);
}

void behaviour_parts_of_data(void) {
  static double rows[MANY * 2], weights[MANY];
  for (int i = 0; i < MANY * 2; i++) rows[i] = 0.5 * fixture_data[i % N] + 1e-4 * i / MANY;
  for (int i = 0; i < MANY; i++) weights[i] = i % 5 * 0.75;
  for (int32_t columns = 1; columns <= 2; columns++) {
    a_part_draws_what_the_whole_does(rows, NULL, columns, GMM_METHOD_GIBBS);
    a_part_draws_what_the_whole_does(rows, weights, columns, GMM_METHOD_GIBBS);
  }
  a_part_draws_what_the_whole_does(rows, NULL, 1, GMM_METHOD_METROPOLIS);
}
