/* Misuse of mixtures with known parameters, and of statistics as bytes. */
#include "misuse.h"

enum { ROOM = 40 };

static const double weights[] = {0.5, 0.5}, means[] = {-1.0, 0.0, 1.0, 0.0};
static const double unit[] = {1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0};
static const double indefinite[] = {1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 2.0, 1.0};
static gmm_data *five; /* points */
static double output[ROOM];
static int32_t labels[ROOM];

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

static int output_is_untouched(void) {
  for (int i = 0; i < ROOM; i++) {
    if (output[i] != -4321.0 || labels[i] != -7) return 0;
  }
  return 1;
}

/* Checks that all functions refuse a mixture. */
static void mixture_refused(gmm_status status, const char *name, const gmm_mixture *mixture) {
  REFUSED(status, name, gmm_mixture_probabilities(mixture, five, NULL, output, ROOM, out_error));
  REFUSED(status, name, gmm_mixture_log_density(mixture, five, NULL, output, ROOM, out_error));
  REFUSED(status, name, gmm_mixture_entropy(mixture, five, NULL, output, ROOM, out_error));
  REFUSED(status, name, gmm_mixture_sample(mixture, 5, 1, NULL, output, ROOM, labels, ROOM, out_error));
}

/* Checks that a changed mixture is refused. */
#define CHANGE_REFUSED(status, name, ...)      \
  do {                                         \
    gmm_mixture mixture = valid_mixture();     \
    __VA_ARGS__;                               \
    mixture_refused((status), name, &mixture); \
  } while (0)

static void misuse_evaluation(const misuse_handles *handles) {
  static const double negative[] = {-0.5, 1.5}, hole[] = {(double)NAN, 0.0, 0.0, 0.0};
  mixture_refused(GMM_ERROR_NULL_ARGUMENT, "mixture", NULL);
  CHANGE_REFUSED(GMM_ERROR_STRUCT_SIZE, "mixture.struct_size", mixture.struct_size = 0);
  CHANGE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_components", mixture.num_components = -1);
  CHANGE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_dimensions", mixture.num_dimensions = INT32_MAX);
  CHANGE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "covariance", mixture.covariance = -1);
  CHANGE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "shared_spread", mixture.shared_spread = 2);
  CHANGE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "reserved", mixture.reserved = 1);
  CHANGE_REFUSED(GMM_ERROR_NULL_ARGUMENT, "weights", mixture.weights = NULL);
  CHANGE_REFUSED(GMM_ERROR_NULL_ARGUMENT, "means", mixture.means = NULL);
  CHANGE_REFUSED(GMM_ERROR_NULL_ARGUMENT, "covariances", mixture.covariances = NULL);
  CHANGE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "weights[0]", mixture.weights = negative);
  CHANGE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "means[0]", mixture.means = hole);
  CHANGE_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "covariances[1]", mixture.covariances = indefinite);

  const gmm_mixture mixture = valid_mixture();

  const void *wrong[] = {NULL, handles->model, handles->zeros};
  for (int i = 0; i < 3; i++) {
    const gmm_status status = wrong[i] == NULL ? GMM_ERROR_NULL_ARGUMENT : GMM_ERROR_WRONG_HANDLE;
    REFUSED(status, "points", gmm_mixture_probabilities(&mixture, wrong[i], NULL, output, ROOM, out_error));
    REFUSED(status, "points", gmm_mixture_log_density(&mixture, wrong[i], NULL, output, ROOM, out_error));
    REFUSED(status, "points", gmm_mixture_entropy(&mixture, wrong[i], NULL, output, ROOM, out_error));
  }
  const int64_t capacities[] = {4, 0, -1, INT64_MIN};
  for (int i = 0; i < 4; i++) {
    const int64_t capacity = capacities[i];
    REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity",
            gmm_mixture_probabilities(&mixture, five, NULL, output, capacity, out_error));
    REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity",
            gmm_mixture_log_density(&mixture, five, NULL, output, capacity, out_error));
    REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity",
            gmm_mixture_entropy(&mixture, five, NULL, output, capacity, out_error));
    REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity",
            gmm_mixture_sample(&mixture, 5, 1, NULL, output, capacity, labels, 5, out_error));
    REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "components_capacity",
            gmm_mixture_sample(&mixture, 5, 1, NULL, output, ROOM, labels, capacity < 5 ? capacity : 4, out_error));
  }
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_probabilities",
          gmm_mixture_probabilities(&mixture, five, NULL, NULL, ROOM, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_log_density",
          gmm_mixture_log_density(&mixture, five, NULL, NULL, ROOM, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_entropy", gmm_mixture_entropy(&mixture, five, NULL, NULL, ROOM, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_points",
          gmm_mixture_sample(&mixture, 5, 1, NULL, NULL, ROOM, labels, ROOM, out_error));
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_points",
          gmm_mixture_sample(&mixture, -1, 1, NULL, output, ROOM, labels, ROOM, out_error));
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_points",
          gmm_mixture_sample(&mixture, INT64_MAX, 1, NULL, output, INT64_MAX, labels, INT64_MAX, out_error));
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  control.num_threads = -1;
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_threads",
          gmm_mixture_probabilities(&mixture, five, &control, output, ROOM, out_error));
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_threads",
          gmm_mixture_log_density(&mixture, five, &control, output, ROOM, out_error));
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_threads",
          gmm_mixture_sample(&mixture, 5, 1, &control, output, ROOM, labels, ROOM, out_error));
  EXPECT(output_is_untouched());
}

static void misuse_merging(void) {
  const double wrong[3][4] = {{1.0, 0.0, (double)NAN, 1.0}, {1.0, 0.0, 0.0, -1.0}, {1.0, 0.0, 0.0, 0.0}};
  const char *const names[3] = {"probabilities[1, 0]", "probabilities[1, 1]", "probabilities[1]"};
  const double negative[2] = {1.0, -1.0}, nothing[2] = {0.0, 0.0};
  for (int i = 0; i < 3; i++) {
    REFUSED(GMM_ERROR_INVALID_ARGUMENT, names[i],
            gmm_merge_components(wrong[i], NULL, 2, 2, NULL, output, output, ROOM, labels, ROOM, out_error));
  }
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "sample_weights[1]",
          gmm_merge_components(unit, negative, 2, 2, NULL, output, output, ROOM, labels, ROOM, out_error));
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "sample_weights",
          gmm_merge_components(unit, nothing, 2, 2, NULL, output, output, ROOM, labels, ROOM, out_error));
  const int32_t components[] = {0, -1, GMM_MAX_COMPONENTS + 1, INT32_MAX, INT32_MIN};
  for (int i = 0; i < 5; i++) {
    REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_components",
            gmm_merge_components(unit, NULL, 2, components[i], NULL, output, output, ROOM, labels, ROOM, out_error));
  }
  const int64_t rows[] = {0, -1, INT64_MAX, INT64_MIN};
  for (int i = 0; i < 4; i++) {
    REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_observations",
            gmm_merge_components(unit, NULL, rows[i], 2, NULL, output, output, ROOM, labels, ROOM, out_error));
  }
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "entropies_capacity",
          gmm_merge_components(unit, NULL, 2, 2, NULL, output, output, 1, labels, ROOM, out_error));
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "clusters_capacity",
          gmm_merge_components(unit, NULL, 2, 2, NULL, output, output, ROOM, labels, 3, out_error));
  EXPECT(output_is_untouched());
  double entropies[2], merged[2];
  int32_t clusters[4];
  const double halves[4] = {0.5, 0.5, 1.0, 0.0};
  ACCEPTED(gmm_merge_components(halves, NULL, 2, 2, NULL, entropies, merged, 2, clusters, 4, out_error));
  EXPECT(entropies[0] == 0.0 && fabs(entropies[1] - log(2.0)) < 1e-15 && merged[0] == 2.0 && merged[1] == 0.0);
  EXPECT(clusters[0] == 0 && clusters[1] == 0 && clusters[2] == 0 && clusters[3] == 1);
}

static void misuse_bytes(const misuse_handles *handles) {
  gmm_data *twenty = fixture_rows(fixture_data, 20, 2);
  const gmm_mixture mixture = valid_mixture();
  gmm_statistics *statistics = NULL, *read = NULL;
  ACCEPTED(gmm_statistics_compute(&mixture, twenty, NULL, &statistics, out_error));
  const int64_t size = gmm_statistics_size(statistics);
  uint8_t *buffer = malloc((size_t)size + 1);
  if (!EXPECT(buffer != NULL)) exit(EXIT_FAILURE);
  memset(buffer, 0xA5, (size_t)size + 1);
  const void *wrong[] = {NULL, handles->model, handles->zeros};
  for (int i = 0; i < 3; i++) {
    const gmm_status status = wrong[i] == NULL ? GMM_ERROR_NULL_ARGUMENT : GMM_ERROR_WRONG_HANDLE;
    EXPECT(gmm_statistics_size(wrong[i]) == 0);
    REFUSED(status, "statistics", gmm_statistics_write(wrong[i], buffer, size, out_error));
  }
  const int64_t capacities[] = {size - 1, 0, -1, INT64_MIN};
  for (int i = 0; i < 4; i++) {
    REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity", gmm_statistics_write(statistics, buffer, capacities[i], out_error));
  }
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_bytes", gmm_statistics_write(statistics, NULL, size, out_error));
  for (int64_t i = 0; i <= size; i++) EXPECT(buffer[i] == 0xA5);
  ACCEPTED(gmm_statistics_write(statistics, buffer, size, out_error));
  EXPECT(buffer[size] == 0xA5);

  REFUSED_HANDLE(GMM_ERROR_NULL_ARGUMENT, "bytes", read, gmm_statistics_read(NULL, size, &read, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_statistics", gmm_statistics_read(buffer, size, NULL, out_error));
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "num_bytes", read, gmm_statistics_read(buffer, -1, &read, out_error));
  for (int64_t cut = 0; cut < size; cut += 7) {
    REFUSED_HANDLE(GMM_ERROR_FILE_FORMAT, "bytes", read, gmm_statistics_read(buffer, cut, &read, out_error));
  }
  REFUSED_HANDLE(GMM_ERROR_FILE_FORMAT, "bytes", read, gmm_statistics_read(buffer, size + 1, &read, out_error));
  for (int64_t place = 0; place < size; place++) {
    buffer[place] ^= (uint8_t)(1u << (place % 8));
    REFUSED_HANDLE(GMM_ERROR_FILE_FORMAT, "bytes", read, gmm_statistics_read(buffer, size, &read, out_error));
    buffer[place] ^= (uint8_t)(1u << (place % 8));
  }
  free(buffer);
  gmm_statistics_destroy(statistics);
  gmm_data_destroy(twenty);
}

void misuse_known_mixtures(const misuse_handles *handles) {
  for (int i = 0; i < ROOM; i++) {
    output[i] = -4321.0;
    labels[i] = -7;
  }
  five = fixture_rows(fixture_data, 5, 2);
  misuse_evaluation(handles);
  misuse_merging();
  gmm_data_destroy(five);
  misuse_bytes(handles);
}
