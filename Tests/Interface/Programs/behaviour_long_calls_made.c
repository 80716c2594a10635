/* The calls that can take long, but neither sample nor fit. */
#include "behaviour_long_calls.h"

enum { NUM_VALUES = 100000, NUM_LAGS = 5000, NUM_POINTS = 64, NUM_BINS = 50, NUM_QUANTITIES = 8, NUM_PRIOR = 20000 };
enum { NUM_SETS = 40, SET_SIZE = RESULT_CAPACITY / NUM_SETS, NUM_ROWS = 20 * 4096 };
const char long_calls_file[] = "build/interface/long_calls.gmm";
const char long_calls_csv[] = "build/interface/long_calls.csv";

/* The inputs of the calls. */
static struct {
  double values[NUM_VALUES];
  double rows[NUM_ROWS * 2];
  gmm_data *data; /* of the rows */
  gmm_model *model;
  gmm_posterior *posterior;
  const gmm_statistics *parts[64];
  uint8_t bytes[1 << 22], stored[1 << 22]; /* of the posterior */
} input;

static void take_draws(gmm_posterior *posterior, result *made) {
  if (posterior == NULL) return;
  const gmm_view means = view_of(posterior, GMM_FIELD_MEANS);
  for (int64_t t = 0; t < means.shape[1]; t++) made->numbers[made->count++] = element(&means, 0, t, 1);
  gmm_posterior_destroy(posterior);
}

static void take_table(gmm_summary *summary, result *made) {
  for (int32_t row = 0; row < gmm_summary_num_rows(summary); row++) {
    for (int32_t column = 0; column < gmm_summary_num_columns(summary); column++) {
      made->numbers[made->count++] = gmm_summary_value(summary, row, column);
    }
  }
  gmm_summary_destroy(summary);
}

void take_file(const char *path, result *made) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) return;
  unsigned char *bytes = malloc(sizeof made->numbers);
  const size_t length = bytes == NULL ? 0 : fread(bytes, 1, sizeof made->numbers, file);
  for (size_t i = 0; i + 8 <= length && made->count < RESULT_CAPACITY; i += 8) {
    /* Eight bytes are read as two halves, so that no number is NaN. NaN would not equal itself. */
    uint32_t halves[2];
    memcpy(halves, bytes + i, 8);
    made->numbers[made->count++] = halves[0] + 4294967296.0 * (halves[1] & 0xFFFFF);
  }
  free(bytes);
  fclose(file);
}

static gmm_status run_kde(const gmm_control *control, result *made, gmm_error **out_error) {
  made->count = NUM_POINTS;
  return gmm_kde(input.values, NUM_VALUES, 1, NULL, NULL, NUM_POINTS, control, made->numbers + NUM_POINTS, NUM_POINTS,
                 made->numbers, NUM_POINTS, NULL, out_error);
}

static gmm_status run_kde_at_points(const gmm_control *control, result *made, gmm_error **out_error) {
  gmm_kde_options options;
  gmm_kde_options_init(&options, sizeof options);
  options.bandwidth = 0.01;
  made->count = NUM_POINTS;
  return gmm_kde(input.values, NUM_VALUES, 1, &options, input.values, NUM_POINTS, control, NULL, 0, made->numbers,
                 NUM_POINTS, NULL, out_error);
}

static gmm_status run_autocorrelation(const gmm_control *control, result *made, gmm_error **out_error) {
  made->count = NUM_LAGS + 1;
  return gmm_autocorrelation(input.values, NUM_VALUES, 1, NUM_LAGS, control, made->numbers, NUM_LAGS + 1, out_error);
}

static gmm_status run_histogram(const gmm_control *control, result *made, gmm_error **out_error) {
  int64_t counts[NUM_BINS];
  for (int i = 0; i < NUM_BINS; i++) counts[i] = (int64_t)made->numbers[i];
  made->count = NUM_BINS;
  const gmm_status status =
      gmm_histogram(input.values, NUM_VALUES, 1, NAN, NAN, NUM_BINS, control, NULL, 0, counts, NUM_BINS, out_error);
  for (int i = 0; i < NUM_BINS; i++) made->numbers[i] = (double)counts[i];
  return status;
}

static gmm_status run_summarize(const gmm_control *control, result *made, gmm_error **out_error) {
  gmm_summary *summary = (gmm_summary *)made;
  const gmm_status status = gmm_summarize(input.values, 2, NUM_VALUES / 2 / NUM_QUANTITIES, NUM_QUANTITIES, NULL, NULL,
                                          control, &summary, out_error);
  EXPECT((status == GMM_OK) == (summary != NULL));
  take_table(summary, made);
  return status;
}

static gmm_status run_summarize_one(const gmm_control *control, result *made, gmm_error **out_error) {
  gmm_summary *summary = (gmm_summary *)made;
  const gmm_status status = gmm_summarize(input.values, 2, NUM_VALUES / 2, 1, NULL, NULL, control, &summary, out_error);
  EXPECT((status == GMM_OK) == (summary != NULL));
  take_table(summary, made);
  return status;
}

static gmm_status run_posterior_summarize(const gmm_control *control, result *made, gmm_error **out_error) {
  gmm_summary *summary = (gmm_summary *)made;
  const gmm_status status = gmm_posterior_summarize(input.posterior, NULL, control, &summary, out_error);
  EXPECT((status == GMM_OK) == (summary != NULL));
  take_table(summary, made);
  return status;
}

static gmm_status run_sample_prior(const gmm_control *control, result *made, gmm_error **out_error) {
  gmm_posterior *posterior = (gmm_posterior *)made;
  const gmm_status status = gmm_sample_prior(input.model, NUM_PRIOR, 5, control, &posterior, out_error);
  EXPECT((status == GMM_OK) == (posterior != NULL));
  take_draws(posterior, made);
  return status;
}

static gmm_status run_predictive(const gmm_control *control, result *made, gmm_error **out_error) {
  made->count = RESULT_CAPACITY;
  return gmm_posterior_sample_predictive(input.posterior, NUM_SETS, SET_SIZE, 3, control, made->numbers,
                                         RESULT_CAPACITY, out_error);
}

static gmm_status run_coclustering(const gmm_control *control, result *made, gmm_error **out_error) {
  made->count = (int64_t)FIXTURE_COUNT * FIXTURE_COUNT;
  return gmm_posterior_coclustering(input.posterior, 0, NULL, 0, NULL, control, made->numbers, made->count, out_error);
}

static gmm_status run_partition(const gmm_control *control, result *made, gmm_error **out_error) {
  int64_t labels[4 * FIXTURE_COUNT];
  made->count = (int64_t)4 * FIXTURE_COUNT;
  for (int i = 0; i < made->count; i++) labels[i] = (int64_t)made->numbers[i];
  const gmm_status status =
      gmm_posterior_partition(input.posterior, NULL, control, labels, made->count, NULL, out_error);
  for (int i = 0; i < made->count; i++) made->numbers[i] = (double)labels[i];
  return status;
}

static gmm_status run_label_free(const gmm_control *control, result *made, gmm_error **out_error) {
  gmm_posterior *part = NULL;
  ACCEPTED(gmm_posterior_subset(input.posterior, 0, 5, &part, out_error));
  made->count = (int64_t)2 * 4000 * 9;
  const gmm_status status = gmm_posterior_label_free(part, control, made->numbers, RESULT_CAPACITY, out_error);
  gmm_posterior_destroy(part);
  return status;
}

static gmm_status run_diagnose(const gmm_control *control, result *made, gmm_error **out_error) {
  gmm_diagnosis *diagnosis = (gmm_diagnosis *)made;
  const gmm_status status = gmm_posterior_diagnose(input.posterior, GMM_DIAGNOSIS_FULL, control, &diagnosis, out_error);
  EXPECT((status == GMM_OK) == (diagnosis != NULL));
  for (int32_t i = 0; i < gmm_diagnosis_num_measures(diagnosis); i++) {
    made->numbers[made->count++] = gmm_diagnosis_measure(diagnosis, i, GMM_COLUMN_ESS_BULK);
  }
  gmm_diagnosis_destroy(diagnosis);
  return status;
}

static gmm_status run_empty_probabilities(const gmm_control *control, result *made, gmm_error **out_error) {
  const gmm_status status = gmm_posterior_empty_probabilities(input.posterior, control, made->numbers, 2, out_error);
  if (status == GMM_OK) made->count = 2;
  return status;
}

static gmm_status run_save(const gmm_control *control, result *made, gmm_error **out_error) {
  const gmm_status status = gmm_posterior_save(input.posterior, long_calls_file, control, out_error);
  if (status == GMM_OK) take_file(long_calls_file, made);
  return status;
}

static gmm_status run_load(const gmm_control *control, result *made, gmm_error **out_error) {
  gmm_posterior *posterior = (gmm_posterior *)made;
  const gmm_status status = gmm_posterior_load(long_calls_file, control, &posterior, out_error);
  EXPECT((status == GMM_OK) == (posterior != NULL));
  take_draws(posterior, made);
  return status;
}

static void take_bytes(const uint8_t *bytes, int64_t count, result *made) {
  for (int64_t i = 0; i < count && made->count < RESULT_CAPACITY; i += 40) made->numbers[made->count++] = bytes[i];
}

static gmm_status run_write(const gmm_control *control, result *made, gmm_error **out_error) {
  const gmm_status status = gmm_posterior_write(input.posterior, control, input.bytes, sizeof input.bytes, out_error);
  if (status == GMM_OK) take_bytes(input.bytes, gmm_posterior_size(input.posterior), made);
  return status;
}

static gmm_status run_read(const gmm_control *control, result *made, gmm_error **out_error) {
  gmm_posterior *posterior = (gmm_posterior *)made;
  const gmm_status status =
      gmm_posterior_read(input.stored, gmm_posterior_size(input.posterior), control, &posterior, out_error);
  EXPECT((status == GMM_OK) == (posterior != NULL));
  take_draws(posterior, made);
  return status;
}

static gmm_status run_export(const gmm_control *control, result *made, gmm_error **out_error) {
  const gmm_status status = gmm_posterior_export_csv(input.posterior, 1, long_calls_csv, control, out_error);
  if (status == GMM_OK) take_file(long_calls_csv, made);
  return status;
}

static gmm_status run_model_by_rule(int32_t rule, const gmm_control *control, result *made, gmm_error **out_error) {
  gmm_model_options options;
  gmm_model_options_init(&options, sizeof options);
  options.num_components = 3;
  options.num_dimensions = 2;
  options.default_priors = rule;
  gmm_model *open = NULL, *model = (gmm_model *)made;
  ACCEPTED(gmm_model_create(&options, &open, out_error));
  const gmm_status status = gmm_model_for_data(open, input.data, control, &model, out_error);
  gmm_model_destroy(open);
  EXPECT((status == GMM_OK) == (model != NULL));
  if (model != NULL) {
    ACCEPTED(gmm_model_get_options(model, &options, out_error));
    for (int i = 0; i < 2; i++) made->numbers[made->count++] = options.means.first[i];
    for (int i = 0; i < 4; i++) made->numbers[made->count++] = options.spread.second[i];
  }
  gmm_model_destroy(model);
  return status;
}

static gmm_status run_model_for_data(const gmm_control *control, result *made, gmm_error **out_error) {
  return run_model_by_rule(GMM_DEFAULT_PRIORS_FRALEY_RAFTERY, control, made, out_error);
}

static gmm_status run_hierarchical_model(const gmm_control *control, result *made, gmm_error **out_error) {
  return run_model_by_rule(GMM_DEFAULT_PRIORS_MALSINER_WALLI, control, made, out_error);
}

static gmm_mixture mixture_of_rows(void) {
  static const double weights[] = {0.4, 0.6}, means[] = {-1.0, 0.0, 1.0, 0.5}, variances[] = {1.0, 1.0, 2.0, 1.0};
  gmm_mixture mixture;
  gmm_mixture_init(&mixture, sizeof mixture);
  mixture.num_components = 2;
  mixture.num_dimensions = 2;
  mixture.covariance = GMM_COVARIANCE_DIAG;
  mixture.weights = weights;
  mixture.means = means;
  mixture.covariances = variances;
  return mixture;
}

static void take_statistics(gmm_statistics *statistics, result *made) {
  gmm_em_fit *fit = NULL;
  gmm_em_result values = {.struct_size = sizeof values};
  if (statistics == NULL) return;
  ACCEPTED(gmm_statistics_maximize(statistics, 0.0, 1e-12, &fit, out_error));
  ACCEPTED(gmm_em_fit_get_result(fit, &values, out_error));
  for (int i = 0; i < 4; i++) made->numbers[made->count++] = values.means[i];
  made->numbers[made->count++] = values.log_likelihood;
  gmm_em_fit_destroy(fit);
  gmm_statistics_destroy(statistics);
}

static gmm_status run_statistics(const gmm_control *control, result *made, gmm_error **out_error) {
  const gmm_mixture mixture = mixture_of_rows();
  gmm_statistics *statistics = (gmm_statistics *)made;
  const gmm_status status = gmm_statistics_compute(&mixture, input.data, control, &statistics, out_error);
  EXPECT((status == GMM_OK) == (statistics != NULL));
  take_statistics(statistics, made);
  return status;
}

static gmm_status run_merge(const gmm_control *control, result *made, gmm_error **out_error) {
  gmm_statistics *statistics = (gmm_statistics *)made;
  const gmm_status status = gmm_statistics_merge(input.parts, 64, control, &statistics, out_error);
  EXPECT((status == GMM_OK) == (statistics != NULL));
  take_statistics(statistics, made);
  return status;
}

static gmm_status run_pointwise(const gmm_control *control, result *made, gmm_error **out_error) {
  made->count = 2 * 20000;
  return gmm_posterior_pointwise_log_likelihood(input.posterior, 7, 1, control, made->numbers, RESULT_CAPACITY,
                                                out_error);
}

static gmm_status run_loo(const gmm_control *control, result *made, gmm_error **out_error) {
  gmm_loo loo = {.struct_size = sizeof loo};
  made->count = 2 * FIXTURE_COUNT;
  return gmm_posterior_loo(input.posterior, 0.0, control, &loo, made->numbers, FIXTURE_COUNT,
                           made->numbers + FIXTURE_COUNT, FIXTURE_COUNT, out_error);
}

static gmm_status run_evidence_by(int32_t method, const gmm_control *control, result *made, gmm_error **out_error) {
  const gmm_evidence_options options = {
      .struct_size = sizeof options, .method = method, .num_draws = 100, .num_terms = 20};
  gmm_evidence evidence = {.struct_size = sizeof evidence};
  const gmm_status status = gmm_posterior_log_evidence(input.posterior, &options, control, &evidence, out_error);
  made->count = 2;
  if (status != GMM_OK) return status;
  made->numbers[0] = evidence.log_evidence;
  made->numbers[1] = evidence.error;
  return status;
}

static gmm_status run_bridge(const gmm_control *control, result *made, gmm_error **out_error) {
  return run_evidence_by(GMM_EVIDENCE_BRIDGE, control, made, out_error);
}

static gmm_status run_stones(const gmm_control *control, result *made, gmm_error **out_error) {
  return run_evidence_by(GMM_EVIDENCE_STEPPING_STONES, control, made, out_error);
}

static gmm_status run_sensitivity(const gmm_control *control, result *made, gmm_error **out_error) {
  made->count = NUM_QUANTITIES;
  return gmm_power_sensitivity(input.values, 2, NUM_VALUES / 2 / NUM_QUANTITIES, NUM_QUANTITIES, input.rows, control,
                               made->numbers, NUM_QUANTITIES, out_error);
}

const long_call long_calls[NUM_LONG_CALLS] = {
    {"gmm_kde", run_kde, 60, 1, 0},
    {"gmm_kde at points", run_kde_at_points, 60, 1, 0},
    {"gmm_autocorrelation", run_autocorrelation, 100, 1, 0},
    {"gmm_histogram", run_histogram, 12, 1, 0},
    {"gmm_summarize", run_summarize, 200, NUM_QUANTITIES, 0},
    {"gmm_summarize, one quantity", run_summarize_one, 200, 1, 0},
    {"gmm_posterior_summarize", run_posterior_summarize, 100, 6, 0},
    {"gmm_posterior_pointwise_log_likelihood", run_pointwise, 100, 1, 1},
    {"gmm_posterior_loo", run_loo, 60, -1, 0},
    {"gmm_posterior_log_evidence, bridge", run_bridge, 33, 33, 0},
    {"gmm_posterior_log_evidence, stepping stones", run_stones, 80, 80, 0},
    {"gmm_power_sensitivity", run_sensitivity, NUM_QUANTITIES, NUM_QUANTITIES, 0},
    {"gmm_sample_prior", run_sample_prior, 20, -1, 0},
    {"gmm_posterior_sample_predictive", run_predictive, 10, -1, 1},
    {"gmm_posterior_coclustering", run_coclustering, 100, 1, 0},
    {"gmm_posterior_partition", run_partition, 21, 21, 0},
    {"gmm_posterior_label_free", run_label_free, 20, 32, 1},
    {"gmm_posterior_diagnose", run_diagnose, 100, -1, 0},
    {"gmm_posterior_empty_probabilities", run_empty_probabilities, 20, -1, 0},
    {"gmm_posterior_save", run_save, 4, -1, 0},
    {"gmm_posterior_load", run_load, 12, -1, 0},
    {"gmm_posterior_write", run_write, 4, -1, 0},
    {"gmm_posterior_read", run_read, 8, -1, 0},
    {"gmm_posterior_export_csv", run_export, 20, 20000, 0},
    {"gmm_model_for_data", run_model_for_data, 3 * 20, 3 * 20, 0},
    {"gmm_model_for_data, hierarchical", run_hierarchical_model, 2 + 3 * 20, 2 + 3 * 20, 0},
    {"gmm_statistics_compute", run_statistics, 20, 20, 0},
    {"gmm_statistics_merge", run_merge, 64, 64, 0},
};

const gmm_posterior *long_calls_prepare(void) {
  for (int i = 0; i < NUM_VALUES; i++) {
    /* A slow wave with noise: transforms and long sums are needed. */
    input.values[i] = sin(i * 1e-3) + fmod((i + 1) * 0.61803398874989485, 1.0);
  }
  for (int i = 0; i < NUM_ROWS * 2; i++) input.rows[i] = fmod((i + 1) * 0.81917251339616444, 1.0) + (i % 6 == 0);
  input.data = fixture_rows(input.rows, NUM_ROWS, 2);
  const gmm_model_options model_options = fixture_model_options();
  gmm_sample_options options = fixture_sample_options();
  options.num_draws = 20000;
  input.model = fixture_model(&model_options);
  input.posterior = fixture_posterior(input.model, &options);
  const gmm_mixture mixture = mixture_of_rows();
  for (int i = 0; i < 64; i++) {
    gmm_statistics *part = NULL;
    gmm_data *rows = fixture_rows(input.rows + i * 400, 200, 2);
    ACCEPTED(gmm_statistics_compute(&mixture, rows, NULL, &part, out_error));
    gmm_data_destroy(rows);
    input.parts[i] = part;
  }
  ACCEPTED(gmm_posterior_save(input.posterior, long_calls_file, NULL, out_error));
  ACCEPTED(gmm_posterior_write(input.posterior, NULL, input.stored, sizeof input.stored, out_error));
  ACCEPTED(gmm_posterior_export_csv(input.posterior, 1, long_calls_csv, NULL, out_error));
  return input.posterior;
}

void long_calls_end(void) {
  for (int i = 0; i < 64; i++) gmm_statistics_destroy((gmm_statistics *)input.parts[i]);
  gmm_posterior_destroy(input.posterior);
  gmm_model_destroy(input.model);
  gmm_data_destroy(input.data);
}
