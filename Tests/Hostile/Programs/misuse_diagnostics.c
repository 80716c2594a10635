/* Misuse of summaries and of the functions on arrays. */
#include "misuse.h"

/* Checks that both makers of a summary refuse options changed by the statement that follows. */
#define SUMMARY_REFUSED(expected, name, ...)                                                       \
  do {                                                                                             \
    gmm_summary_options options;                                                                   \
    gmm_summary_options_init(&options, sizeof options);                                            \
    __VA_ARGS__;                                                                                   \
    REFUSED_HANDLE(expected, name, made,                                                           \
                   gmm_posterior_summarize(handles->posterior, &options, NULL, &made, out_error)); \
    REFUSED_HANDLE(expected, name, made,                                                           \
                   gmm_summarize(fixture_data, 2, 30, 1, NULL, &options, NULL, &made, out_error)); \
  } while (0)

static void misuse_summary_options(const misuse_handles *handles) {
  static const double below[] = {0.5, -0.1}, above[] = {0.5, 1.1}, holes[] = {0.5, NAN};
  gmm_summary *made = NULL;
  SUMMARY_REFUSED(GMM_ERROR_STRUCT_SIZE, "options", options.struct_size = 0);
  SUMMARY_REFUSED(GMM_ERROR_NULL_ARGUMENT, "quantiles", options.num_quantiles = 3; options.quantiles = NULL);
  SUMMARY_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "quantiles[1]", options.num_quantiles = 2; options.quantiles = below);
  SUMMARY_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "quantiles[1]", options.num_quantiles = 2; options.quantiles = above);
  SUMMARY_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "quantiles[1]", options.num_quantiles = 2; options.quantiles = holes);
}

static void misuse_summary_handles(const misuse_handles *handles) {
  gmm_summary *wrong[] = {NULL, (gmm_summary *)handles->posterior, handles->zeros};
  for (int i = 0; i < 3; i++) {
    EXPECT(gmm_summary_num_rows(wrong[i]) == 0);
    EXPECT(gmm_summary_num_columns(wrong[i]) == 0);
    EXPECT(gmm_summary_row_name(wrong[i], 0) == NULL);
    EXPECT(gmm_summary_column_name(wrong[i], 0) == NULL);
    EXPECT(isnan(gmm_summary_value(wrong[i], 0, 0)));
    const gmm_status status = i == 0 ? GMM_ERROR_NULL_ARGUMENT : GMM_ERROR_WRONG_HANDLE;
    REFUSED(status, "summary", gmm_summary_get_values(wrong[i], NULL, 0, out_error));
    EXPECT(strcmp(gmm_summary_text(wrong[i]), "") == 0);
    gmm_summary_destroy(wrong[i]);
  }
  gmm_posterior_info info = {.struct_size = sizeof info};
  ACCEPTED(gmm_posterior_get_info(handles->posterior, &info, out_error));

  gmm_summary *summary = NULL;
  ACCEPTED(gmm_posterior_summarize(handles->posterior, NULL, NULL, &summary, out_error));
  const int32_t rows = gmm_summary_num_rows(summary), columns = gmm_summary_num_columns(summary);
  EXPECT(rows == 6 && columns == GMM_COLUMN_QUANTILES + 5);
  const int32_t outside[] = {-1, 15, INT32_MAX, INT32_MIN};
  for (int i = 0; i < 4; i++) {
    EXPECT(gmm_summary_row_name(summary, outside[i]) == NULL);
    EXPECT(gmm_summary_column_name(summary, outside[i]) == NULL);
    EXPECT(isnan(gmm_summary_value(summary, outside[i], 0)));
    EXPECT(isnan(gmm_summary_value(summary, 0, outside[i])));
  }
  enum { CELLS = 6 * (GMM_COLUMN_QUANTILES + 5) };
  double cells[CELLS] = {-7.0};
  const int64_t too_few[] = {CELLS - 1, 0, -1, INT64_MIN};
  for (int i = 0; i < 4; i++) {
    REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity", gmm_summary_get_values(summary, cells, too_few[i], out_error));
  }
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_values", gmm_summary_get_values(summary, NULL, CELLS, out_error));
  EXPECT(cells[0] == -7.0);
  gmm_summary_destroy(summary);
}

void misuse_summaries(const misuse_handles *handles) {
  gmm_summary *made = NULL;
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_summary",
          gmm_posterior_summarize(handles->posterior, NULL, NULL, NULL, out_error));
  const void *wrong[] = {NULL, handles->model, handles->zeros};
  for (int i = 0; i < 3; i++) {
    const gmm_status status = wrong[i] == NULL ? GMM_ERROR_NULL_ARGUMENT : GMM_ERROR_WRONG_HANDLE;
    REFUSED_HANDLE(status, "posterior", made, gmm_posterior_summarize(wrong[i], NULL, NULL, &made, out_error));
  }

  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_summary",
          gmm_summarize(fixture_data, 2, 30, 1, NULL, NULL, NULL, NULL, out_error));
  REFUSED_HANDLE(GMM_ERROR_NULL_ARGUMENT, "values", made,
                 gmm_summarize(NULL, 2, 30, 1, NULL, NULL, NULL, &made, out_error));
  const int64_t counts[] = {0, -1, INT64_MIN, INT64_MAX};
  for (int i = 0; i < 4; i++) {
    REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, counts[i] < 1 ? "num_chains" : "num_draws", made,
                   gmm_summarize(fixture_data, counts[i], 30, 1, NULL, NULL, NULL, &made, out_error));
    REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "num_draws", made,
                   gmm_summarize(fixture_data, 2, counts[i], 1, NULL, NULL, NULL, &made, out_error));
    REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "num_quantities", made,
                   gmm_summarize(fixture_data, 2, 30, counts[i], NULL, NULL, NULL, &made, out_error));
  }
  const char *names[] = {NULL};
  REFUSED_HANDLE(GMM_ERROR_NULL_ARGUMENT, "names[0]", made,
                 gmm_summarize(fixture_data, 2, 30, 1, names, NULL, NULL, &made, out_error));
  const char *not_utf8[] = {"\xff\xfe"};
  ACCEPTED(gmm_summarize(fixture_data, 2, 30, 1, not_utf8, NULL, NULL, &made, out_error));
  gmm_summary_destroy(made);

  misuse_summary_options(handles);
  misuse_summary_handles(handles);
}

static void misuse_autocorrelation(void) {
  double output[FIXTURE_COUNT];
  output[0] = -4321.0;
  const int64_t n = FIXTURE_COUNT, counts[] = {0, -1, INT64_MIN, INT64_MAX}, strides[] = {0, -1, INT64_MAX};
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "values", gmm_autocorrelation(NULL, n, 1, 5, NULL, output, n, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_autocorrelation",
          gmm_autocorrelation(fixture_data, n, 1, 5, NULL, NULL, n, out_error));
  for (int i = 0; i < 4; i++) {
    REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_values",
            gmm_autocorrelation(fixture_data, counts[i], 1, 0, NULL, output, n, out_error));
  }
  for (int i = 0; i < 3; i++) {
    REFUSED(GMM_ERROR_INVALID_ARGUMENT, strides[i] < 1 ? "stride" : "num_values",
            gmm_autocorrelation(fixture_data, n, strides[i], 5, NULL, output, n, out_error));
  }
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "max_lag",
          gmm_autocorrelation(fixture_data, n, 1, n, NULL, output, n, out_error));
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "max_lag",
          gmm_autocorrelation(fixture_data, n, 1, -1, NULL, output, n, out_error));
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "max_lag",
          gmm_autocorrelation(fixture_data, n, 1, INT64_MAX, NULL, output, n, out_error));
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity",
          gmm_autocorrelation(fixture_data, n, 1, 5, NULL, output, 5, out_error));
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity",
          gmm_autocorrelation(fixture_data, n, 1, 5, NULL, output, -1, out_error));
  EXPECT(output[0] == -4321.0);
}

/* Checks that a density estimate with these arguments is refused. */
#define KDE_REFUSED(expected, name, values, count, stride, kernel, points, num_points, out, room) \
  options.bandwidth = kernel;                                                                     \
  REFUSED(                                                                                        \
      expected, name,                                                                             \
      gmm_kde(values, count, stride, &options, points, num_points, NULL, positions, room, out, room, NULL, out_error))

static void misuse_kde(void) {
  double positions[8], density[8];
  gmm_kde_options options;
  gmm_kde_options_init(&options, sizeof options);
  density[0] = -4321.0;
  const int64_t n = FIXTURE_COUNT, counts[] = {0, -1, INT64_MIN, INT64_MAX}, strides[] = {0, -1, INT64_MAX};
  const double *x = fixture_data;
  const double bad[] = {0.0, 1.0, NAN}, equal[] = {2.0, 2.0, 2.0}, endless[] = {0.0, INFINITY, 1.0};
  KDE_REFUSED(GMM_ERROR_NULL_ARGUMENT, "values", NULL, n, 1, 0.0, NULL, 8, density, 8);
  KDE_REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_density", x, n, 1, 0.0, NULL, 8, NULL, 8);
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_points",
          gmm_kde(x, n, 1, NULL, NULL, 8, NULL, NULL, 8, density, 8, NULL, out_error));
  for (int i = 0; i < 4; i++) {
    KDE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_values", x, counts[i], 1, 0.0, NULL, 8, density, 8);
  }
  KDE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_points", x, n, 1, 0.0, NULL, -1, density, 8);
  KDE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_points", x, n, 1, 0.0, NULL, INT64_MIN, density, 8);
  KDE_REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity", x, n, 1, 0.0, NULL, INT64_MAX, density, 8);
  for (int i = 0; i < 3; i++) {
    KDE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, strides[i] < 1 ? "stride" : "num_values", x, n, strides[i], 0.0, NULL, 8,
                density, 8);
  }
  KDE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "bandwidth", x, n, 1, -1.0, NULL, 8, density, 8);
  KDE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "bandwidth", x, n, 1, (double)NAN, NULL, 8, density, 8);
  KDE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "bandwidth", x, n, 1, (double)INFINITY, NULL, 8, density, 8);
  KDE_REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity", x, n, 1, 0.0, NULL, 8, density, 7);
  KDE_REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity", x, n, 1, 0.0, NULL, 8, density, -1);
  KDE_REFUSED(GMM_ERROR_INVALID_DATA, "values", bad, 3, 1, 0.0, NULL, 8, density, 8);
  KDE_REFUSED(GMM_ERROR_INVALID_DATA, "values", endless, 3, 1, 0.5, NULL, 8, density, 8);
  KDE_REFUSED(GMM_ERROR_INVALID_DATA, "points", x, n, 1, 0.0, bad, 3, density, 8);
  KDE_REFUSED(GMM_ERROR_DEGENERATE, "values", equal, 3, 1, 0.0, NULL, 8, density, 8);
  KDE_REFUSED(GMM_ERROR_DEGENERATE, "values", equal, 1, 1, 0.0, NULL, 8, density, 8);
  const double ordered[] = {1.0, 2.0, 3.0};
  options.lower = 1.5;
  KDE_REFUSED(GMM_ERROR_INVALID_DATA, "values", ordered, 3, 1, 0.5, NULL, 8, density, 8);
  options.upper = 1.5;
  KDE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "lower", ordered, 3, 1, 0.5, NULL, 8, density, 8);
  options.lower = 0.0;
  KDE_REFUSED(GMM_ERROR_INVALID_DATA, "values", ordered, 3, 1, 0.5, NULL, 8, density, 8);
  EXPECT(density[0] == -4321.0);
}

static void misuse_histogram(void) {
  int64_t bins[4] = {-4321};
  const int64_t n = FIXTURE_COUNT, counts[] = {-1, INT64_MIN, INT64_MAX}, strides[] = {0, -1, INT64_MAX};
  const double *x = fixture_data;
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "values", gmm_histogram(NULL, n, 1, 0, 1, 4, NULL, NULL, 0, bins, 4, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_counts", gmm_histogram(x, n, 1, 0, 1, 4, NULL, NULL, 0, NULL, 4, out_error));
  for (int i = 0; i < 3; i++) {
    REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_values",
            gmm_histogram(x, counts[i], 1, 0, 1, 4, NULL, NULL, 0, bins, 4, out_error));
    REFUSED(GMM_ERROR_INVALID_ARGUMENT, strides[i] < 1 ? "stride" : "num_values",
            gmm_histogram(x, n, strides[i], 0, 1, 4, NULL, NULL, 0, bins, 4, out_error));
  }
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_bins", gmm_histogram(x, n, 1, 0, 1, 0, NULL, NULL, 0, bins, 4, out_error));
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_bins",
          gmm_histogram(x, n, 1, 0, 1, INT64_MIN, NULL, NULL, 0, bins, 4, out_error));
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity",
          gmm_histogram(x, n, 1, 0, 1, INT64_MAX, NULL, NULL, 0, bins, 4, out_error));
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "upper", gmm_histogram(x, n, 1, 1, 0, 4, NULL, NULL, 0, bins, 4, out_error));
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "lower", gmm_histogram(x, n, 1, NAN, 1, 4, NULL, NULL, 0, bins, 4, out_error));
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "upper",
          gmm_histogram(x, n, 1, 0, INFINITY, 4, NULL, NULL, 0, bins, 4, out_error));
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity", gmm_histogram(x, n, 1, 0, 1, 4, NULL, NULL, 0, bins, 3, out_error));
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity", gmm_histogram(x, n, 1, 0, 1, 4, NULL, NULL, 0, bins, -1, out_error));
  EXPECT(bins[0] == -4321);
}

void misuse_arrays(const misuse_handles *handles) {
  (void)handles;
  misuse_autocorrelation();
  misuse_kde();
  misuse_histogram();
}
