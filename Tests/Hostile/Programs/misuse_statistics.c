/* Misuse of the statistics of data in parts. */
#include "misuse.h"

static const double weights[] = {0.5, 0.5}, means[] = {-1.0, 0.0, 1.0, 0.0};
static const double unit[] = {1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0};
static const double indefinite[] = {1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 2.0, 1.0};

static gmm_data *pairs; /* of the fixture's values */

static gmm_mixture valid_mixture(void) {
  gmm_mixture mixture;
  gmm_mixture_init(&mixture, sizeof mixture);
  mixture.num_components = 2;
  mixture.num_dimensions = 2;
  mixture.weights = weights;
  mixture.means = means;
  mixture.covariances = unit;
  return mixture;
}

/* Checks that statistics are refused when a valid mixture is changed by the statement that follows. */
#define MIXTURE_REFUSED(expected, name, ...)                                                                           \
  do {                                                                                                                 \
    gmm_mixture mixture = valid_mixture();                                                                             \
    __VA_ARGS__;                                                                                                       \
    REFUSED_HANDLE(expected, name, statistics, gmm_statistics_compute(&mixture, pairs, NULL, &statistics, out_error)); \
  } while (0)

static void misuse_mixtures(void) {
  gmm_statistics *statistics = NULL;
  static const double negative[] = {1.5, -0.5}, too_much[] = {0.5, 0.6}, hole[] = {NAN, 0.0, 0.0, 0.0};
  MIXTURE_REFUSED(GMM_ERROR_STRUCT_SIZE, "mixture", mixture.struct_size = 0);
  MIXTURE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_components", mixture.num_components = 0);
  MIXTURE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_components", mixture.num_components = GMM_MAX_COMPONENTS + 1);
  MIXTURE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_dimensions", mixture.num_dimensions = 0);
  MIXTURE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_dimensions", mixture.num_dimensions = INT32_MAX);
  MIXTURE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "data", mixture.num_dimensions = 1;
                  mixture.covariance = GMM_COVARIANCE_TIED);
  MIXTURE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "covariance", mixture.covariance = 9);
  MIXTURE_REFUSED(GMM_ERROR_NULL_ARGUMENT, "weights", mixture.weights = NULL);
  MIXTURE_REFUSED(GMM_ERROR_NULL_ARGUMENT, "means", mixture.means = NULL);
  MIXTURE_REFUSED(GMM_ERROR_NULL_ARGUMENT, "covariances", mixture.covariances = NULL);
  MIXTURE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "weights[1]", mixture.weights = negative);
  MIXTURE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "weights", mixture.weights = too_much);
  MIXTURE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "means[0]", mixture.means = hole);
  MIXTURE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "covariances[1]", mixture.covariances = indefinite);
}

void misuse_statistics(const misuse_handles *handles) {
  gmm_statistics *statistics = NULL, *other = NULL, *merged = NULL;
  gmm_em_fit *fit = NULL;
  gmm_mixture mixture = valid_mixture();
  static const double zeros[4096];
  gmm_data *wide = fixture_rows(zeros, 1, 4096), *empty = fixture_rows(NULL, 0, 2);
  pairs = fixture_rows(fixture_data, FIXTURE_COUNT / 2, 2);
  EXPECT(gmm_mixture_init(NULL, sizeof mixture) == GMM_ERROR_NULL_ARGUMENT);
  EXPECT(gmm_mixture_init(&mixture, 0) == GMM_ERROR_STRUCT_SIZE);
  misuse_mixtures();
  mixture.num_components = 256;
  mixture.num_dimensions = 4096;
  EXPECT(gmm_statistics_compute(&mixture, wide, NULL, &statistics, NULL) == GMM_ERROR_OUT_OF_MEMORY);
  mixture = valid_mixture();
  REFUSED_HANDLE(GMM_ERROR_NULL_ARGUMENT, "mixture", statistics,
                 gmm_statistics_compute(NULL, pairs, NULL, &statistics, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_statistics", gmm_statistics_compute(&mixture, pairs, NULL, NULL, out_error));

  const void *no_data[] = {NULL, handles->model, handles->zeros};
  for (int i = 0; i < 3; i++) {
    const gmm_status status = no_data[i] == NULL ? GMM_ERROR_NULL_ARGUMENT : GMM_ERROR_WRONG_HANDLE;
    REFUSED_HANDLE(status, "data", statistics,
                   gmm_statistics_compute(&mixture, no_data[i], NULL, &statistics, out_error));
  }
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "data", statistics,
                 gmm_statistics_compute(&mixture, fixture_data_set(), NULL, &statistics, out_error));

  ACCEPTED(gmm_statistics_compute(&mixture, empty, NULL, &statistics, out_error));
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "statistics", fit,
                 gmm_statistics_maximize(statistics, 0.0, 1e-12, &fit, out_error));
  gmm_statistics_destroy(statistics);
  ACCEPTED(gmm_statistics_compute(&mixture, pairs, NULL, &statistics, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_fit", gmm_statistics_maximize(statistics, 0.0, 1e-12, NULL, out_error));
  REFUSED_HANDLE(GMM_ERROR_NULL_ARGUMENT, "statistics", fit,
                 gmm_statistics_maximize(NULL, 0.0, 1e-12, &fit, out_error));
  REFUSED_HANDLE(GMM_ERROR_WRONG_HANDLE, "statistics", fit,
                 gmm_statistics_maximize((const gmm_statistics *)handles->model, 0.0, 1e-12, &fit, out_error));
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "regularization", fit,
                 gmm_statistics_maximize(statistics, -1.0, 1e-12, &fit, out_error));
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "variance_floor", fit,
                 gmm_statistics_maximize(statistics, 0.0, (double)NAN, &fit, out_error));

  mixture.weights = (const double[]){0.25, 0.75};
  ACCEPTED(gmm_statistics_compute(&mixture, pairs, NULL, &other, out_error));
  const gmm_statistics *both[] = {statistics, other}, *wrong[] = {statistics, handles->zeros}, *none[] = {NULL};
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "statistics", merged,
                 gmm_statistics_merge(both, 2, NULL, &merged, out_error));
  REFUSED_HANDLE(GMM_ERROR_WRONG_HANDLE, "statistics[1]", merged,
                 gmm_statistics_merge(wrong, 2, NULL, &merged, out_error));
  REFUSED_HANDLE(GMM_ERROR_NULL_ARGUMENT, "statistics[0]", merged,
                 gmm_statistics_merge(none, 1, NULL, &merged, out_error));
  REFUSED_HANDLE(GMM_ERROR_NULL_ARGUMENT, "statistics", merged,
                 gmm_statistics_merge(NULL, 2, NULL, &merged, out_error));
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "num_statistics", merged,
                 gmm_statistics_merge(both, 0, NULL, &merged, out_error));
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "num_statistics", merged,
                 gmm_statistics_merge(both, -1, NULL, &merged, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_statistics", gmm_statistics_merge(both, 1, NULL, NULL, out_error));
  gmm_statistics_destroy((gmm_statistics *)handles->model);
  EXPECT(gmm_model_num_components(handles->model) == 2);
  gmm_statistics_destroy(statistics);
  gmm_statistics_destroy(other);
  gmm_statistics_destroy(NULL);
  gmm_data_destroy(empty);
  gmm_data_destroy(wide);
  gmm_data_destroy(pairs);
}
