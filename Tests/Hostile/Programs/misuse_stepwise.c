/* Misuse of stepwise fits, and of logarithms of weights. */
#include "misuse.h"

static const double halves[] = {0.5, 0.5}, means[] = {-1.0, 1.0}, unit[] = {1.0, 1.0};

static gmm_mixture valid_mixture(void) {
  gmm_mixture mixture;
  gmm_mixture_init(&mixture, sizeof mixture);
  mixture.num_components = 2;
  mixture.weights = halves;
  mixture.means = means;
  mixture.covariances = unit;
  return mixture;
}

static void misuse_states(const misuse_handles *handles) {
  const gmm_mixture mixture = valid_mixture();
  gmm_stepwise *state = NULL, *next = NULL;
  gmm_em_fit *fit = NULL;
  REFUSED_HANDLE(GMM_ERROR_NULL_ARGUMENT, "mixture", next, gmm_stepwise_create(NULL, 0, 0, 1, &next, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_stepwise", gmm_stepwise_create(&mixture, 0, 0, 1, NULL, out_error));
  ACCEPTED(gmm_stepwise_create(&mixture, 0.0, 0.0, 1e-12, &state, out_error));

  static const double equal[] = {2.0, 2.0, 2.0};
  gmm_data *constant = fixture_rows(equal, 3, 1), *empty = fixture_rows(NULL, 0, 1);
  REFUSED_HANDLE(GMM_ERROR_WRONG_HANDLE, "stepwise", next,
                 gmm_stepwise_update((const gmm_stepwise *)handles->model, fixture_data_set(), NULL, &next, out_error));
  REFUSED_HANDLE(GMM_ERROR_NULL_ARGUMENT, "data", next, gmm_stepwise_update(state, NULL, NULL, &next, out_error));
  REFUSED_HANDLE(GMM_ERROR_WRONG_HANDLE, "data", next,
                 gmm_stepwise_update(state, (const gmm_data *)handles->model, NULL, &next, out_error));
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "data", next,
                 gmm_stepwise_update(state, fixture_table_set(), NULL, &next, out_error));
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "data", next, gmm_stepwise_update(state, empty, NULL, &next, out_error));
  REFUSED_HANDLE(GMM_ERROR_DEGENERATE, "data", next, gmm_stepwise_update(state, constant, NULL, &next, out_error));
  gmm_data_destroy(constant);
  gmm_data_destroy(empty);
  REFUSED_HANDLE(GMM_ERROR_WRONG_HANDLE, "stepwise", fit,
                 gmm_stepwise_get_fit((const gmm_stepwise *)handles->zeros, &fit, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_fit", gmm_stepwise_get_fit(state, NULL, out_error));
  EXPECT(gmm_stepwise_total_weight(NULL) == 0.0 && gmm_stepwise_size(NULL) == 0);

  uint8_t bytes[1024] = {0};
  const int64_t size = gmm_stepwise_size(state);
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity", gmm_stepwise_write(state, bytes, size - 1, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_bytes", gmm_stepwise_write(state, NULL, size, out_error));
  REFUSED_HANDLE(GMM_ERROR_FILE_FORMAT, "bytes", next, gmm_stepwise_read(bytes, 1024, &next, out_error));
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "num_bytes", next, gmm_stepwise_read(bytes, -1, &next, out_error));
  REFUSED_HANDLE(GMM_ERROR_NULL_ARGUMENT, "bytes", next, gmm_stepwise_read(NULL, 9, &next, out_error));
  ACCEPTED(gmm_stepwise_write(state, bytes, sizeof bytes, out_error));
  REFUSED_HANDLE(GMM_ERROR_FILE_FORMAT, "bytes", next, gmm_stepwise_read(bytes, size - 1, &next, out_error));
  bytes[size - 1] ^= 1;
  REFUSED_HANDLE(GMM_ERROR_FILE_FORMAT, "bytes", next, gmm_stepwise_read(bytes, size, &next, out_error));
  gmm_stepwise_destroy(state);
  gmm_stepwise_destroy(state);
  gmm_stepwise_destroy(NULL);
}

/* Checks that log probabilities are refused of a valid mixture that is changed by the statement that follows. */
#define LOGS_REFUSED(expected, name, ...)                                                             \
  do {                                                                                                \
    gmm_mixture mixture = valid_mixture();                                                            \
    __VA_ARGS__;                                                                                      \
    REFUSED(expected, name, gmm_mixture_log_probabilities(&mixture, three, NULL, out, 6, out_error)); \
  } while (0)

static void misuse_logarithms(const misuse_handles *handles) {
  static const double hole[] = {0.0, NAN}, infinite[] = {0.0, INFINITY}, none[] = {-INFINITY, -INFINITY};
  static const double plain[] = {0.0, -1.0};
  double out[6];
  gmm_data *three = fixture_rows(fixture_data, 3, 1);
  gmm_statistics *statistics = NULL;
  gmm_stepwise *state = NULL;
  LOGS_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "log_weights[1]", mixture.log_weights = hole);
  LOGS_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "log_weights[1]", mixture.log_weights = infinite);
  LOGS_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "log_weights", mixture.log_weights = none);
  LOGS_REFUSED(GMM_ERROR_NULL_ARGUMENT, "weights", mixture.weights = NULL);
  gmm_mixture mixture = valid_mixture();
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity",
          gmm_mixture_log_probabilities(&mixture, three, NULL, out, 5, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "points", gmm_mixture_log_probabilities(&mixture, NULL, NULL, out, 6, out_error));
  REFUSED(GMM_ERROR_WRONG_HANDLE, "points",
          gmm_mixture_log_probabilities(&mixture, (const gmm_data *)handles->model, NULL, out, 6, out_error));
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "points",
          gmm_mixture_log_probabilities(&mixture, fixture_table_set(), NULL, out, 6, out_error));
  mixture.log_weights = plain;
  REFUSED(GMM_ERROR_UNSUPPORTED, "log_weights", gmm_mixture_sample(&mixture, 3, 1, NULL, out, 6, NULL, 0, out_error));
  REFUSED_HANDLE(GMM_ERROR_UNSUPPORTED, "log_weights", statistics,
                 gmm_statistics_compute(&mixture, three, NULL, &statistics, out_error));
  REFUSED_HANDLE(GMM_ERROR_UNSUPPORTED, "log_weights", state,
                 gmm_stepwise_create(&mixture, 0, 0, 1, &state, out_error));
  gmm_data_destroy(three);
}

void misuse_stepwise(const misuse_handles *handles) {
  misuse_states(handles);
  misuse_logarithms(handles);
}
