/* The stack that calls need: every call that computes runs on a thread whose stack is as small as the header allows. */
#include <pthread.h>
#include <unistd.h>

#include "behaviour.h"

/* AddressSanitizer surrounds variables with memory, and frames become several times as large. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { STACK = 512 * 1024 };
#else
enum { STACK = 64 * 1024 };
#endif
#else
enum { STACK = 64 * 1024 };
#endif

enum { N = FIXTURE_COUNT, D = FIXTURE_COLUMNS, K = 2 };

/* This memory is not on the stack. */
static double numbers[N * 8], more[N * 8];
static int32_t labels[N];
static int64_t counts[16];
static uint8_t bytes[8192];
static char path[64];

static gmm_posterior *sampled(const gmm_model *model, const gmm_data *data, int32_t method) {
  gmm_sample_options options = fixture_sample_options();
  options.method = method;
  options.num_tune = 300; /* long enough for a chain to learn joint moves */
  gmm_posterior *posterior = NULL;
  ACCEPTED(gmm_sample(model, data, &options, NULL, &posterior, out_error));
  return posterior;
}

static void use_posterior(const gmm_posterior *posterior, const gmm_data *points) {
  gmm_posterior *longer = NULL, *loaded = NULL;
  gmm_summary *summary = NULL;
  ACCEPTED(gmm_posterior_extend(posterior, 5, NULL, NULL, &longer, out_error));
  ACCEPTED(gmm_posterior_summarize(longer, NULL, NULL, &summary, out_error));
  EXPECT(gmm_summary_text(summary)[0] != '\0');
  ACCEPTED(gmm_posterior_probabilities(posterior, NULL, numbers, N * K, out_error));
  ACCEPTED(gmm_posterior_predict_probabilities(posterior, points, NULL, numbers, N * K, out_error));
  ACCEPTED(gmm_posterior_log_density(posterior, points, NULL, numbers, N, out_error));
  ACCEPTED(gmm_posterior_sample_predictive(posterior, 2, N, 1, NULL, numbers, N * 8, out_error));
  const int64_t rows[] = {3, 0, 1};
  static int64_t partitions[4 * N];
  ACCEPTED(gmm_posterior_coclustering(posterior, 3, rows, 0, NULL, NULL, numbers, N, out_error));
  ACCEPTED(gmm_posterior_partition(posterior, NULL, NULL, partitions, (int64_t)4 * N, NULL, out_error));
  gmm_posterior *few = NULL;
  ACCEPTED(gmm_posterior_subset(posterior, 0, 25, &few, out_error));
  ACCEPTED(gmm_posterior_label_free(few, NULL, numbers, N * 8, out_error));
  gmm_posterior_destroy(few);
  gmm_diagnosis *diagnosis = NULL;
  ACCEPTED(gmm_posterior_diagnose(posterior, GMM_DIAGNOSIS_FULL, NULL, &diagnosis, out_error));
  gmm_diagnosis_destroy(diagnosis);
  ACCEPTED(gmm_posterior_empty_probabilities(posterior, NULL, numbers, N, out_error));
  ACCEPTED(gmm_posterior_save(posterior, path, NULL, out_error));
  ACCEPTED(gmm_posterior_load(path, NULL, &loaded, out_error));
  ACCEPTED(gmm_posterior_export_csv(loaded, 0, path, NULL, out_error));
  gmm_summary_destroy(summary);
  gmm_posterior_destroy(loaded);
  gmm_posterior_destroy(longer);
}

static void use_mixture(const gmm_em_fit *fit, const gmm_data *data) {
  static gmm_em_result result;
  gmm_em_result_init(&result, sizeof result);
  ACCEPTED(gmm_em_fit_get_result(fit, &result, out_error));
  gmm_mixture mixture;
  gmm_mixture_init(&mixture, sizeof mixture);
  mixture.num_components = result.num_components;
  mixture.num_dimensions = result.num_dimensions;
  mixture.covariance = result.covariance;
  mixture.weights = result.weights;
  mixture.means = result.means;
  mixture.covariances = result.covariances;
  ACCEPTED(gmm_mixture_probabilities(&mixture, data, NULL, numbers, N * K, out_error));
  ACCEPTED(gmm_mixture_log_probabilities(&mixture, data, NULL, numbers, N * K, out_error));
  ACCEPTED(gmm_mixture_log_density(&mixture, data, NULL, numbers, N, out_error));
  ACCEPTED(gmm_mixture_sample(&mixture, N, 1, NULL, numbers, N * 8, labels, N, out_error));
  gmm_statistics *statistics = NULL, *merged = NULL, *read = NULL;
  gmm_em_fit *next = NULL;
  ACCEPTED(gmm_statistics_compute(&mixture, data, NULL, &statistics, out_error));
  const gmm_statistics *both[] = {statistics, statistics};
  ACCEPTED(gmm_statistics_merge(both, 2, NULL, &merged, out_error));
  ACCEPTED(gmm_statistics_write(merged, bytes, sizeof bytes, out_error));
  ACCEPTED(gmm_statistics_read(bytes, gmm_statistics_size(merged), &read, out_error));
  ACCEPTED(gmm_statistics_maximize(read, 0.0, 1e-12, &next, out_error));
  gmm_stepwise *start = NULL, *later = NULL;
  ACCEPTED(gmm_stepwise_create(&mixture, 0.0, 1e-6, 1e-12, &start, out_error));
  ACCEPTED(gmm_stepwise_update(start, data, NULL, &later, out_error));
  gmm_stepwise_destroy(start);
  gmm_stepwise_destroy(later);
  gmm_em_fit_destroy(next);
  gmm_statistics_destroy(read);
  gmm_statistics_destroy(merged);
  gmm_statistics_destroy(statistics);
}

static void fit(const gmm_data *data, int32_t covariance) {
  static gmm_em_options options;
  gmm_em_options_init(&options, sizeof options);
  options.num_components = K;
  options.covariance = covariance;
  gmm_em_fit *made = NULL;
  ACCEPTED(gmm_fit_em(data, &options, NULL, &made, out_error));
  if (made != NULL) use_mixture(made, data);
  gmm_em_fit_destroy(made);
  static gmm_variational_options variational;
  gmm_variational_options_init(&variational, sizeof variational);
  variational.num_components = K;
  variational.covariance = covariance;
  gmm_variational_fit *approximation = NULL;
  ACCEPTED(gmm_fit_variational(data, &variational, NULL, &approximation, out_error));
  gmm_variational_fit_destroy(approximation);
}

static void sample_and_fit(const gmm_data *data, int32_t num_dimensions, int32_t covariance, int32_t method) {
  gmm_model_options options;
  gmm_model_options_init(&options, sizeof options);
  options.num_components = K;
  options.num_dimensions = num_dimensions;
  options.covariance = covariance;
  if (method == GMM_METHOD_METROPOLIS) options = fixture_model_options();
  gmm_model *model = fixture_model(&options), *closed = NULL;
  ACCEPTED(gmm_model_for_data(model, data, NULL, &closed, out_error));
  gmm_posterior *posterior = sampled(model, data, method), *prior = NULL;
  if (posterior != NULL) use_posterior(posterior, data);
  ACCEPTED(gmm_sample_prior(closed, 5, 1, NULL, &prior, out_error));
  gmm_posterior_destroy(prior);
  gmm_posterior_destroy(posterior);
  gmm_model_destroy(closed);
  gmm_model_destroy(model);
  fit(data, covariance);
}

static void *run(void *unused) {
  gmm_data *data = fixture_rows(fixture_data, N, 1), *table = fixture_rows(fixture_table, N, D);
  sample_and_fit(data, 1, GMM_COVARIANCE_FULL, GMM_METHOD_GIBBS);
  sample_and_fit(data, 1, GMM_COVARIANCE_FULL, GMM_METHOD_METROPOLIS);
  for (int32_t covariance = GMM_COVARIANCE_FULL; covariance <= GMM_COVARIANCE_SPHERICAL; covariance++) {
    sample_and_fit(table, D, covariance, GMM_METHOD_GIBBS);
  }
  gmm_summary *summary = NULL;
  ACCEPTED(gmm_summarize(fixture_data, 2, N / 2, 1, NULL, NULL, NULL, &summary, out_error));
  gmm_summary_destroy(summary);
  ACCEPTED(gmm_autocorrelation(fixture_data, N, 1, 10, NULL, numbers, N, out_error));
  ACCEPTED(gmm_kde(fixture_data, N, 1, NULL, NULL, N, NULL, more, N, numbers, N, NULL, out_error));
  ACCEPTED(gmm_histogram(fixture_data, N, 1, -10.0, 10.0, 16, NULL, NULL, 0, counts, 16, out_error));

  /* A refusal makes an error. */
  gmm_error *error = NULL;
  gmm_posterior *none = NULL;
  EXPECT(gmm_sample(NULL, data, NULL, NULL, &none, &error) == GMM_ERROR_NULL_ARGUMENT);
  gmm_error_destroy(error);
  gmm_data_destroy(data);
  gmm_data_destroy(table);
  return unused;
}

void behaviour_stack(void) {
  snprintf(path, sizeof path, "build/interface/stack-%ld.gmm", (long)getpid());
  pthread_attr_t attributes;
  pthread_t thread;
  EXPECT(pthread_attr_init(&attributes) == 0 && pthread_attr_setstacksize(&attributes, STACK) == 0);
  if (EXPECT(pthread_create(&thread, &attributes, run, NULL) == 0)) pthread_join(thread, NULL);
  pthread_attr_destroy(&attributes);
  unlink(path);
}
