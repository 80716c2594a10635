/* Misuse of data sets: of gmm_data_create and its options, of what is asked of a handle, and of gmm_posterior_get_data.
 */
#include "misuse.h"

enum { D = FIXTURE_COLUMNS, N = FIXTURE_COUNT, WIDE = D + 2 };

/* Checks that an array is refused. */
#define ARRAY_REFUSED(expected, name, values, count, dimensions) \
  REFUSED_HANDLE(expected, name, made, gmm_data_create(values, count, dimensions, NULL, &made, out_error))

static void misuse_of_sizes(void) {
  gmm_data *made = NULL;
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_data", gmm_data_create(fixture_table, N, D, NULL, NULL, out_error));
  ARRAY_REFUSED(GMM_ERROR_NULL_ARGUMENT, "data", NULL, 1, 1);
  const int64_t counts[] = {-1, INT64_MIN, INT64_MAX, INT64_MAX / 8};
  for (int i = 0; i < 4; i++) {
    ARRAY_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_observations", fixture_table, counts[i], D);
    ARRAY_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_observations", NULL, counts[i], 1);
  }
  const int64_t dimensions[] = {0, -1, -D, INT64_MIN, GMM_MAX_DIMENSIONS + 1, INT64_MAX};
  for (int i = 0; i < 6; i++) {
    ARRAY_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_dimensions", fixture_table, N, dimensions[i]);
    ARRAY_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_dimensions", NULL, 0, dimensions[i]);
  }
  /* These sizes fit a counter but not memory. */
  EXPECT(gmm_data_create(fixture_table, INT64_MAX / 16, 1, NULL, &made, NULL) == GMM_ERROR_OUT_OF_MEMORY);
  EXPECT(made == NULL);
}

/* Checks that the table is refused when the options of data sets are changed by the statement that follows. */
#define OPTIONS_REFUSED(expected, name, ...)                                                                \
  do {                                                                                                      \
    gmm_data_options options = fixture_data_options();                                                      \
    gmm_data *made = NULL;                                                                                  \
    __VA_ARGS__;                                                                                            \
    REFUSED_HANDLE(expected, name, made, gmm_data_create(fixture_table, N, D, &options, &made, out_error)); \
  } while (0)

static void misuse_of_options(void) {
  OPTIONS_REFUSED(GMM_ERROR_STRUCT_SIZE, "options", options.struct_size = 0);
  OPTIONS_REFUSED(GMM_ERROR_STRUCT_SIZE, "options", options.struct_size = 7);
  OPTIONS_REFUSED(GMM_ERROR_STRUCT_SIZE, "options", options.struct_size = UINT32_MAX);
  OPTIONS_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_observations", options.row_stride = INT64_MAX);
  OPTIONS_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_observations", options.row_stride = INT64_MAX / N);

  /* Weights: each in 0 .. 1e100, with a sum of at least 1e-100. */
  const double bad[] = {-1.0, -1e-300, NAN, INFINITY, -INFINITY, 1.1e100};
  double weights[N];
  for (int i = 0; i < 6; i++) {
    for (int j = 0; j < N; j++) weights[j] = j == N - 1 ? bad[i] : 1.0;
    OPTIONS_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "sample_weights[59]", options.sample_weights = weights);
  }
  for (int i = 0; i < 2; i++) {
    for (int j = 0; j < N; j++) weights[j] = i == 0 ? 0.0 : 1e-102;
    OPTIONS_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "sample_weights", options.sample_weights = weights);
  }

  /* Names. */
  const struct {
    gmm_status status;
    const char *argument, *names[D];
  } cases[] = {{GMM_ERROR_NULL_ARGUMENT, "column_names[0]", {NULL, "width", "height"}},
               {GMM_ERROR_NULL_ARGUMENT, "column_names[2]", {"length", "width", NULL}},
               {GMM_ERROR_INVALID_ARGUMENT, "column_names[0]", {"", "width", "height"}},
               {GMM_ERROR_INVALID_ARGUMENT, "column_names[1]", {"length", "", "height"}},
               {GMM_ERROR_INVALID_ARGUMENT, "column_names[2]", {"length", "width", "length"}},
               {GMM_ERROR_INVALID_ARGUMENT, "column_names[1]", {"length", "length", ""}},
               {GMM_ERROR_INVALID_ARGUMENT, "column_names[1]", {"length", "\xff\xfe", "height"}},
               {GMM_ERROR_INVALID_ARGUMENT, "column_names[2]", {"length", "width", "h\xc3"}}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    OPTIONS_REFUSED(cases[i].status, cases[i].argument, options.column_names = cases[i].names);
  }
}

/* Every kind of value that is refused, in every row and column, at more than one distance between rows. The caller's
 * memory beyond the columns is not looked at, and faults of values come before those of weights. */
static void misuse_of_values(void) {
  static const struct {
    double value;
    const char *rule;
  } bad[] = {{NAN, "must be finite, or NaN where `missing` allows it, got nan"},
             {INFINITY, "must be finite, got inf"},
             {-INFINITY, "must be finite, got -inf"},
             {1e145, "must be below 1e144 in magnitude (rescale the data), got 1e+145"},
             {-1e300, "must be below 1e144 in magnitude (rescale the data), got -1e+300"}};
  static const char *const names[] = {"length", "width", "height"};
  double values[N * WIDE], weights[N];
  for (int i = 0; i < 15; i++) {
    const int row = i * 7 % N, column = i % D, has_names = i % 2;
    for (int j = 0; j < N * WIDE; j++) values[j] = NAN;
    for (int j = 0; j < N * D; j++) values[j / D * WIDE + j % D] = fixture_table[j];
    for (int j = 0; j < N; j++) weights[j] = -1.0;
    values[row * WIDE + column] = bad[i % 5].value;
    gmm_data_options options = fixture_data_options();
    options.row_stride = WIDE;
    options.sample_weights = weights;
    if (has_names) options.column_names = names;
    char argument[32], message[192];
    snprintf(argument, sizeof argument, "data[%d, %d]", row, column);
    snprintf(message, sizeof message, has_names ? "%s: %s in column %d (%s)" : "%s: %s", argument, bad[i % 5].rule,
             column, names[column]);
    gmm_data *made = NULL;
    gmm_error *error = NULL;
    REFUSED_HANDLE(GMM_ERROR_INVALID_DATA, argument, made, gmm_data_create(values, N, D, &options, &made, out_error));
    EXPECT(gmm_data_create(values, N, D, &options, &made, &error) == GMM_ERROR_INVALID_DATA);
    if (!EXPECT(strcmp(gmm_error_message(error), message) == 0)) {
      printf("  %s, not %s\n", gmm_error_message(error), message);
    }
    EXPECT(gmm_error_num_indices(error) == 2 && gmm_error_index(error, 0) == row &&
           gmm_error_index(error, 1) == column);
    EXPECT(gmm_error_index(error, -1) == -1 && gmm_error_index(error, 2) == -1 && gmm_error_system_code(error) == 0);
    EXPECT(strncmp(bad[i % 5].rule, gmm_error_rule(error), strlen(gmm_error_rule(error))) == 0);
    EXPECT(strstr(message, gmm_error_value(error)) != NULL && gmm_error_value(error)[0] != 0);
    gmm_error_destroy(error);
  }
}

/* Checks questions to invalid handles, and questions to which a valid handle has no answer. */
static void misuse_of_handles(const misuse_handles *handles) {
  const void *wrong[] = {NULL, handles->model, handles->posterior, handles->zeros};
  gmm_data *made = NULL;
  for (int i = 0; i < 4; i++) {
    EXPECT(gmm_data_num_observations(wrong[i]) == 0 && gmm_data_num_dimensions(wrong[i]) == 0);
    EXPECT(gmm_data_has_sample_weights(wrong[i]) == 0 && gmm_data_fingerprint(wrong[i]) == 0);
    EXPECT(gmm_data_column_name(wrong[i], 0) == NULL);
    gmm_data_destroy((gmm_data *)wrong[i]);
  }
  EXPECT(gmm_model_num_components(handles->model) == 2);

  static const char *const names[] = {"length", "width", "height"};
  gmm_data_options options = fixture_data_options();
  options.column_names = names;
  ACCEPTED(gmm_data_create(fixture_table, N, D, &options, &made, out_error));
  const int64_t columns[] = {-1, D, INT64_MAX, INT64_MIN};
  for (int i = 0; i < 4; i++) {
    EXPECT(gmm_data_column_name(made, columns[i]) == NULL);
    EXPECT(gmm_data_column_name(fixture_table_set(), columns[i]) == NULL);
  }
  EXPECT(gmm_data_column_name(fixture_table_set(), 0) == NULL);
  gmm_data_destroy(made);
  EXPECT(gmm_data_num_observations(made) == 0 && gmm_data_column_name(made, 0) == NULL);
  gmm_data_destroy(made);

  double numbers[N * D];
  for (int i = 0; i < 4; i++) {
    const gmm_status status = wrong[i] == NULL ? GMM_ERROR_NULL_ARGUMENT : GMM_ERROR_WRONG_HANDLE;
    REFUSED(status, "data", gmm_data_get_values(wrong[i], numbers, N * D, out_error));
    REFUSED(status, "data", gmm_data_get_sample_weights(wrong[i], numbers, N, out_error));
  }
  const gmm_data *table = fixture_table_set();
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity", gmm_data_get_values(table, numbers, N * D - 1, out_error));
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity", gmm_data_get_sample_weights(table, numbers, -1, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_values", gmm_data_get_values(table, NULL, N * D, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_weights", gmm_data_get_sample_weights(table, NULL, N, out_error));

  const void *no_posterior[] = {NULL, handles->model, fixture_data_set(), handles->zeros};
  for (int i = 0; i < 4; i++) {
    const gmm_status status = no_posterior[i] == NULL ? GMM_ERROR_NULL_ARGUMENT : GMM_ERROR_WRONG_HANDLE;
    REFUSED_HANDLE(status, "posterior", made, gmm_posterior_get_data(no_posterior[i], &made, out_error));
  }
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_data", gmm_posterior_get_data(handles->posterior, NULL, out_error));
}

void misuse_data_sets(const misuse_handles *handles) {
  misuse_of_sizes();
  misuse_of_options();
  misuse_of_values();
  misuse_of_handles(handles);
}
