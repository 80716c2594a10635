/* Misuse of the statistics of data in parts. */
#include "misuse.h"

static const double weights[] = {0.5, 0.5}, means[] = {-1.0, 0.0, 1.0, 0.0};
static const double unit[] = {1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0};
static const double indefinite[] = {1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 2.0, 1.0};

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
#define MIXTURE_REFUSED(expected, name, ...)                                                                          \
  do {                                                                                                                \
    gmm_mixture mixture = valid_mixture();                                                                            \
    __VA_ARGS__;                                                                                                      \
    REFUSED_HANDLE(                                                                                                   \
        expected, name, statistics,                                                                                   \
        gmm_statistics_compute(&mixture, fixture_data, FIXTURE_COUNT / 2, 2, 2, NULL, NULL, &statistics, out_error)); \
  } while (0)

/* Checks that a data set is refused. */
#define DATA_REFUSED(expected, name, values, count, dimensions, stride, sample_weights)                    \
  REFUSED_HANDLE(expected, name, statistics,                                                               \
                 gmm_statistics_compute(&mixture, values, count, dimensions, stride, sample_weights, NULL, \
                                        &statistics, out_error))

static void misuse_mixtures(void) {
  gmm_statistics *statistics = NULL;
  static const double negative[] = {1.5, -0.5}, too_much[] = {0.5, 0.6}, hole[] = {NAN, 0.0, 0.0, 0.0};
  MIXTURE_REFUSED(GMM_ERROR_STRUCT_SIZE, "mixture", mixture.struct_size = 0);
  MIXTURE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_components", mixture.num_components = 0);
  MIXTURE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_components", mixture.num_components = GMM_MAX_COMPONENTS + 1);
  MIXTURE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_dimensions", mixture.num_dimensions = 0);
  MIXTURE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_dimensions", mixture.num_dimensions = INT32_MAX);
  MIXTURE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_dimensions", mixture.num_dimensions = 1;
                  mixture.covariance = GMM_COVARIANCE_TIED);
  MIXTURE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "covariance", mixture.covariance = 9);
  MIXTURE_REFUSED(GMM_ERROR_NULL_ARGUMENT, "weights", mixture.weights = NULL);
  MIXTURE_REFUSED(GMM_ERROR_NULL_ARGUMENT, "means", mixture.means = NULL);
  MIXTURE_REFUSED(GMM_ERROR_NULL_ARGUMENT, "covariances", mixture.covariances = NULL);
  MIXTURE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "weights[0]", mixture.weights = negative);
  MIXTURE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "weights", mixture.weights = too_much);
  MIXTURE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "means[0]", mixture.means = hole);
  MIXTURE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "covariances[1]", mixture.covariances = indefinite);
}

void misuse_statistics(const misuse_handles *handles) {
  gmm_statistics *statistics = NULL, *other = NULL, *merged = NULL;
  gmm_em_fit *fit = NULL;
  gmm_mixture mixture = valid_mixture();
  static double negative[FIXTURE_COUNT];
  negative[1] = -1.0;
  EXPECT(gmm_mixture_init(NULL, sizeof mixture) == GMM_ERROR_NULL_ARGUMENT);
  EXPECT(gmm_mixture_init(&mixture, 0) == GMM_ERROR_STRUCT_SIZE);
  misuse_mixtures();
  mixture.num_components = 256;
  mixture.num_dimensions = 4096;
  EXPECT(gmm_statistics_compute(&mixture, fixture_data, 1, 4096, 4096, NULL, NULL, &statistics, NULL) ==
         GMM_ERROR_OUT_OF_MEMORY);
  mixture = valid_mixture();
  REFUSED_HANDLE(GMM_ERROR_NULL_ARGUMENT, "mixture", statistics,
                 gmm_statistics_compute(NULL, fixture_data, 2, 2, 2, NULL, NULL, &statistics, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_statistics",
          gmm_statistics_compute(&mixture, fixture_data, 2, 2, 2, NULL, NULL, NULL, out_error));
  DATA_REFUSED(GMM_ERROR_NULL_ARGUMENT, "data", NULL, 2, 2, 2, NULL);
  DATA_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_observations", fixture_data, -1, 2, 2, NULL);
  DATA_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_observations", fixture_data, INT64_MAX, 2, 2, NULL);
  DATA_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_dimensions", fixture_data, 2, 0, 2, NULL);
  DATA_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_dimensions", fixture_data, 2, 3, 3, NULL);
  DATA_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "row_stride", fixture_data, 2, 2, 1, NULL);
  DATA_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "sample_weights", fixture_data, 2, 2, 2, negative);

  ACCEPTED(gmm_statistics_compute(&mixture, fixture_data, 0, 2, 2, NULL, NULL, &statistics, out_error));
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "statistics", fit,
                 gmm_statistics_maximize(statistics, 0.0, 1e-12, &fit, out_error));
  gmm_statistics_destroy(statistics);
  ACCEPTED(gmm_statistics_compute(&mixture, fixture_data, 20, 2, 2, NULL, NULL, &statistics, out_error));
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
  ACCEPTED(gmm_statistics_compute(&mixture, fixture_data, 20, 2, 2, NULL, NULL, &other, out_error));
  const gmm_statistics *both[] = {statistics, other}, *wrong[] = {statistics, handles->zeros}, *none[] = {NULL};
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "statistics", merged, gmm_statistics_merge(both, 2, &merged, out_error));
  REFUSED_HANDLE(GMM_ERROR_WRONG_HANDLE, "statistics[1]", merged, gmm_statistics_merge(wrong, 2, &merged, out_error));
  REFUSED_HANDLE(GMM_ERROR_NULL_ARGUMENT, "statistics[0]", merged, gmm_statistics_merge(none, 1, &merged, out_error));
  REFUSED_HANDLE(GMM_ERROR_NULL_ARGUMENT, "statistics", merged, gmm_statistics_merge(NULL, 2, &merged, out_error));
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "num_statistics", merged,
                 gmm_statistics_merge(both, 0, &merged, out_error));
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "num_statistics", merged,
                 gmm_statistics_merge(both, -1, &merged, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_statistics", gmm_statistics_merge(both, 1, NULL, out_error));
  gmm_statistics_destroy((gmm_statistics *)handles->model);
  EXPECT(gmm_model_num_components(handles->model) == 2);
  gmm_statistics_destroy(statistics);
  gmm_statistics_destroy(other);
  gmm_statistics_destroy(NULL);
}
