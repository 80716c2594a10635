#include "table.h"

#include <signal.h>
#include <unistd.h>

table_handles table;
double table_numbers[TABLE_CAPACITY], table_halves[TABLE_CAPACITY], table_positive[TABLE_CAPACITY];
double table_nans[TABLE_CAPACITY], table_infinities[TABLE_CAPACITY], table_late_nan[TABLE_CAPACITY];
const char *const table_names[2] = {"a", "b"}, *const table_hole_in_names[2] = {"a", NULL};
const gmm_statistics *table_hole_in_list[2], *table_wrong_in_list[2];
double table_output[TABLE_CAPACITY], table_more_output[TABLE_CAPACITY];
int64_t table_counts[TABLE_CAPACITY];
const int64_t table_indices[TABLE_ROWS] = {3, 0}, table_negative_index[TABLE_ROWS] = {3, -1},
              table_large_index[TABLE_ROWS] = {INT64_MAX, 0};
uint8_t table_bytes[TABLE_CAPACITY], table_noise[TABLE_CAPACITY];
int64_t table_num_bytes;
uint8_t table_stepwise_bytes[TABLE_CAPACITY];
int64_t table_num_stepwise_bytes;
uint8_t table_posterior_bytes[TABLE_CAPACITY];
int64_t table_num_posterior_bytes;
int32_t table_num_clusters;
void *table_made;
gmm_error *table_error;

enum { ROOM = 8192, PATTERN = 0xA5 };

/* A struct with as much room behind it as the largest accepted struct_size needs. */
#define AREA(type)             \
  static union {               \
    type value;                \
    unsigned char bytes[ROOM]; \
    double alignment;          \
  } area_##type;               \
  memset(&area_##type, 0, ROOM)

static const char *row_function = "", *row_parameter = "", *row_value = "";
static unsigned char zero_bytes[256];

/* Reports the row that trapped. It makes only async-signal-safe calls. */
static void trapped(int number) {
  const char *words[] = {"trap in ", row_function, ", ", row_parameter, " = ", row_value, "\n"};
  for (int i = 0; i < 7; i++) {
    if (write(STDOUT_FILENO, words[i], strlen(words[i])) < 0) break;
  }
  _exit(128 + number);
}

gmm_data_options *table_gmm_data_options(void) {
  AREA(gmm_data_options);
  gmm_data_options *options = &area_gmm_data_options.value;
  gmm_data_options_init(options, sizeof *options);
  options->row_stride = 2;
  options->first_row = 4096;
  options->sample_weights = table_positive;
  options->column_names = table_names;
  return options;
}

gmm_model_options *table_gmm_model_options(void) {
  static const double zero[] = {0.0, 0.0}, one[] = {1.0, 1.0}, ten[] = {10.0, 10.0};
  AREA(gmm_model_options);
  gmm_model_options *options = &area_gmm_model_options.value;
  gmm_model_options_init(options, sizeof *options);
  options->num_components = 2;
  options->weights = (gmm_prior){GMM_PRIOR_DIRICHLET, 2, one, NULL, NULL};
  options->means = (gmm_prior){GMM_PRIOR_NORMAL, 2, zero, ten, NULL};
  options->spread = (gmm_prior){GMM_PRIOR_UNIFORM, 2, zero, ten, NULL};
  return options;
}

gmm_background *table_gmm_background(void) {
  AREA(gmm_background);
  gmm_background *background = &area_gmm_background.value;
  gmm_background_init(background, sizeof *background);
  background->volume = 20.0;
  return background;
}

gmm_control *table_gmm_control(void) {
  AREA(gmm_control);
  gmm_control *control = &area_gmm_control.value;
  gmm_control_init(control, sizeof *control);
  control->num_threads = 1;
  control->cancel = table.cancel;
  return control;
}

gmm_checkpoint *table_gmm_checkpoint(void) {
  AREA(gmm_checkpoint);
  gmm_checkpoint *checkpoint = &area_gmm_checkpoint.value;
  gmm_checkpoint_init(checkpoint, sizeof *checkpoint);
  checkpoint->path = "build/hostile/misuse.gmmckpt";
  unlink(checkpoint->path);
  return checkpoint;
}

int32_t table_sink(const gmm_part *part, void *user_data) {
  (void)user_data;
  return part->num_draws < 1;
}

gmm_until *table_gmm_until(void) {
  AREA(gmm_until);
  gmm_until_init(&area_gmm_until.value, sizeof(gmm_until));
  return &area_gmm_until.value;
}

gmm_run_info *table_gmm_run_info(void) {
  AREA(gmm_run_info);
  area_gmm_run_info.value.struct_size = sizeof(gmm_run_info);
  return &area_gmm_run_info.value;
}

gmm_until_result *table_gmm_until_result(void) {
  AREA(gmm_until_result);
  area_gmm_until_result.value.struct_size = sizeof(gmm_until_result);
  return &area_gmm_until_result.value;
}

gmm_control *table_cancelled_control(void) {
  gmm_control *control = table_gmm_control();
  gmm_cancel_request(table.cancel);
  return control;
}

gmm_sample_options *table_gmm_sample_options(void) {
  AREA(gmm_sample_options);
  gmm_sample_options *options = &area_gmm_sample_options.value;
  gmm_sample_options_init(options, sizeof *options);
  options->store_assignments = 1;
  options->num_draws = 12;
  options->num_tune = 2;
  options->num_chains = 2;
  options->num_initial = 1;
  options->initial_weights = table_halves;
  options->initial_means = table_numbers;
  options->initial_sds = table_positive;
  return options;
}

gmm_summary_options *table_gmm_summary_options(void) {
  AREA(gmm_summary_options);
  gmm_summary_options *options = &area_gmm_summary_options.value;
  gmm_summary_options_init(options, sizeof *options);
  options->num_quantiles = 2;
  options->quantiles = table_halves;
  return options;
}

gmm_partition_options *table_gmm_partition_options(void) {
  AREA(gmm_partition_options);
  gmm_partition_options *options = &area_gmm_partition_options.value;
  gmm_partition_options_init(options, sizeof *options);
  return options;
}

gmm_mode_options *table_gmm_mode_options(void) {
  AREA(gmm_mode_options);
  gmm_mode_options *options = &area_gmm_mode_options.value;
  gmm_mode_options_init(options, sizeof *options);
  return options;
}

gmm_partition_result *table_gmm_partition_result(void) {
  AREA(gmm_partition_result);
  area_gmm_partition_result.value.struct_size = sizeof(gmm_partition_result);
  return &area_gmm_partition_result.value;
}

gmm_evidence_options *table_gmm_evidence_options(void) {
  AREA(gmm_evidence_options);
  gmm_evidence_options *options = &area_gmm_evidence_options.value;
  gmm_evidence_options_init(options, sizeof *options);
  options->num_draws = 100;
  options->num_terms = 4;
  return options;
}

gmm_evidence *table_gmm_evidence(void) {
  AREA(gmm_evidence);
  area_gmm_evidence.value.struct_size = sizeof(gmm_evidence);
  return &area_gmm_evidence.value;
}

gmm_label_options *table_gmm_label_options(void) {
  AREA(gmm_label_options);
  gmm_label_options *options = &area_gmm_label_options.value;
  gmm_label_options_init(options, sizeof *options);
  return options;
}

gmm_kde_options *table_gmm_kde_options(void) {
  AREA(gmm_kde_options);
  gmm_kde_options *options = &area_gmm_kde_options.value;
  gmm_kde_options_init(options, sizeof *options);
  return options;
}

gmm_em_options *table_gmm_em_options(void) {
  AREA(gmm_em_options);
  gmm_em_options *options = &area_gmm_em_options.value;
  gmm_em_options_init(options, sizeof *options);
  options->num_components = 2;
  options->num_starts = 1;
  options->max_iterations = 4;
  options->initial_weights = table_halves;
  options->initial_means = table_numbers;
  options->initial_covariances = table_positive;
  return options;
}

gmm_mixture *table_gmm_mixture(void) {
  AREA(gmm_mixture);
  gmm_mixture *mixture = &area_gmm_mixture.value;
  gmm_mixture_init(mixture, sizeof *mixture);
  mixture->num_components = 2;
  mixture->weights = table_halves;
  mixture->means = table_numbers;
  mixture->covariances = table_positive;
  return mixture;
}

gmm_variational_options *table_gmm_variational_options(void) {
  AREA(gmm_variational_options);
  gmm_variational_options *options = &area_gmm_variational_options.value;
  gmm_variational_options_init(options, sizeof *options);
  options->num_components = 2;
  options->max_iterations = 4;
  options->mean_prior = table_numbers;
  options->covariance_prior = table_positive;
  options->initial_responsibilities = table_halves;
  return options;
}

gmm_variational_result *table_gmm_variational_result(void) {
  AREA(gmm_variational_result);
  gmm_variational_result *result = &area_gmm_variational_result.value;
  gmm_variational_result_init(result, sizeof *result);
  result->num_components = 2;
  result->num_dimensions = 1;
  result->weight_concentration = table_positive;
  result->mean_precision = table_positive;
  result->means = table_numbers;
  result->degrees_of_freedom = table_positive;
  result->covariances = table_positive;
  return result;
}

gmm_posterior_info *table_gmm_posterior_info(void) {
  AREA(gmm_posterior_info);
  area_gmm_posterior_info.value.struct_size = sizeof(gmm_posterior_info);
  return &area_gmm_posterior_info.value;
}

gmm_chain_tempering *table_gmm_chain_tempering(void) {
  AREA(gmm_chain_tempering);
  area_gmm_chain_tempering.value.struct_size = sizeof(gmm_chain_tempering);
  return &area_gmm_chain_tempering.value;
}

gmm_mode_result *table_gmm_mode_result(void) {
  AREA(gmm_mode_result);
  area_gmm_mode_result.value.struct_size = sizeof(gmm_mode_result);
  return &area_gmm_mode_result.value;
}

gmm_chain_moves *table_gmm_chain_moves(void) {
  AREA(gmm_chain_moves);
  area_gmm_chain_moves.value.struct_size = sizeof(gmm_chain_moves);
  return &area_gmm_chain_moves.value;
}

gmm_loo *table_gmm_loo(void) {
  AREA(gmm_loo);
  area_gmm_loo.value.struct_size = sizeof(gmm_loo);
  return &area_gmm_loo.value;
}

gmm_em_result *table_gmm_em_result(void) {
  AREA(gmm_em_result);
  area_gmm_em_result.value.struct_size = sizeof(gmm_em_result);
  return &area_gmm_em_result.value;
}

gmm_view *table_gmm_view(void) {
  AREA(gmm_view);
  return &area_gmm_view.value;
}

const int64_t table_chains[1] = {0};

/* Samples with an unknown number of components. */
static void create_counted(void) {
  static const double numbers[] = {1, 2};
  gmm_model_options *options = table_gmm_model_options();
  options->count = (gmm_prior){GMM_PRIOR_DISCRETE_UNIFORM, 2, numbers, NULL, NULL};
  options->weights.num_values = options->means.num_values = options->spread.num_values = 1;
  const gmm_sample_options sampling = fixture_sample_options();
  gmm_model *model = NULL;
  ACCEPTED(gmm_model_create(options, &model, out_error));
  ACCEPTED(gmm_sample(model, table.data, &sampling, NULL, &table.counted, out_error));
  gmm_model_destroy(model);
  gmm_view clusters;
  ACCEPTED(gmm_posterior_view(table.counted, GMM_FIELD_NUM_CLUSTERS, &clusters, out_error));
  table_num_clusters = (int32_t) * (const double *)clusters.data;
}

/* Samples beside a background. */
static void create_beside(void) {
  gmm_model_options *options = table_gmm_model_options();
  options->background = table_gmm_background();
  gmm_model *model = NULL;
  ACCEPTED(gmm_model_create(options, &model, out_error));
  ACCEPTED(gmm_sample(model, table.data, table_gmm_sample_options(), NULL, &table.beside, out_error));
  gmm_model_destroy(model);
}

void table_create(void) {
  static const int traps[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
  for (int i = 0; i < 6; i++) signal(traps[i], trapped);
  fixture_fill();
  for (int i = 0; i < TABLE_CAPACITY; i++) {
    table_numbers[i] = i % 2 == 0 ? -3.0 : 4.0;
    table_halves[i] = 0.5;
    table_positive[i] = 1.0;
    table_nans[i] = (double)NAN;
    table_infinities[i] = (double)INFINITY;
    table_late_nan[i] = i == 1 ? (double)NAN : 0.5;
  }
  table_row("", "", "");
  ACCEPTED(gmm_cancel_create(&table.cancel, out_error));
  table.data = fixture_weighted_rows(fixture_data, TABLE_ROWS, 1, table_positive);
  static int32_t labels[TABLE_ROWS];
  gmm_data_options known;
  gmm_data_options_init(&known, sizeof known);
  known.labels = labels;
  ACCEPTED(gmm_data_create(fixture_data, TABLE_ROWS, 1, &known, &table.known, out_error));
  ACCEPTED(gmm_model_create(table_gmm_model_options(), &table.model, out_error));
  gmm_sample_options *options = table_gmm_sample_options();
  gmm_until *until = table_gmm_until();
  until->ess = 1.0;
  options->until = until;
  ACCEPTED(gmm_sample(table.model, table.data, options, NULL, &table.posterior, out_error));
  create_counted();
  create_beside();
  ACCEPTED(gmm_posterior_summarize(table.posterior, NULL, NULL, &table.summary, out_error));
  ACCEPTED(gmm_posterior_diagnose(table.posterior, GMM_DIAGNOSIS_FULL, NULL, &table.diagnosis, out_error));
  ACCEPTED(gmm_fit_em(table.data, table_gmm_em_options(), NULL, &table.fit, out_error));
  ACCEPTED(gmm_statistics_compute(table_gmm_mixture(), table.data, NULL, &table.statistics, out_error));
  ACCEPTED(gmm_fit_variational(table.data, table_gmm_variational_options(), NULL, &table.variational, out_error));
  ACCEPTED(gmm_run_start(table.model, table.data, table_gmm_sample_options(), NULL, &table.run, out_error));
  ACCEPTED(gmm_stream_start(table.model, table.data, table_gmm_sample_options(), 5, NULL, &table.stream, out_error));
  ACCEPTED(gmm_stepwise_create(table_gmm_mixture(), 5.0, 0.0, 1e-9, &table.stepwise, out_error));
  table_num_stepwise_bytes = gmm_stepwise_size(table.stepwise);
  ACCEPTED(gmm_stepwise_write(table.stepwise, table_stepwise_bytes, TABLE_CAPACITY, out_error));
  table_num_posterior_bytes = gmm_posterior_size(table.posterior);
  ACCEPTED(gmm_posterior_write(table.posterior, NULL, table_posterior_bytes, TABLE_CAPACITY, out_error));
  table_num_bytes = gmm_statistics_size(table.statistics);
  ACCEPTED(gmm_statistics_write(table.statistics, table_bytes, TABLE_CAPACITY, out_error));
  gmm_model *none = NULL;
  EXPECT(gmm_model_create(NULL, &none, &table.error) == GMM_ERROR_NULL_ARGUMENT);
  table.zeros = zero_bytes;
  table.misaligned = zero_bytes + 3;
  for (int i = 0; i < 2; i++)
    table.statistics_list[i] = table_hole_in_list[i] = table_wrong_in_list[i] = table.statistics;
  table_hole_in_list[1] = NULL;
  table_wrong_in_list[1] = (const gmm_statistics *)table.model;
}

void table_destroy(void) {
  gmm_error_destroy(table.error);
  gmm_statistics_destroy(table.statistics);
  gmm_stepwise_destroy(table.stepwise);
  gmm_run_destroy(table.run);
  gmm_stream_destroy(table.stream);
  gmm_variational_fit_destroy(table.variational);
  gmm_em_fit_destroy(table.fit);
  gmm_summary_destroy(table.summary);
  gmm_diagnosis_destroy(table.diagnosis);
  gmm_posterior_destroy(table.posterior);
  gmm_posterior_destroy(table.counted);
  gmm_posterior_destroy(table.beside);
  gmm_model_destroy(table.model);
  gmm_data_destroy(table.data);
  gmm_data_destroy(table.known);
  gmm_cancel_destroy(table.cancel);
}

void table_row(const char *function, const char *parameter, const char *value) {
  row_function = function;
  row_parameter = parameter;
  row_value = value;
  memset(table_output, PATTERN, sizeof table_output);
  memset(table_more_output, PATTERN, sizeof table_more_output);
  memset(table_counts, PATTERN, sizeof table_counts);
  table_made = &table;
  table_error = NULL;
  gmm_cancel_reset(table.cancel);
  /* The library knows the handles that were destroyed last, so each row destroys its own. */
  gmm_model *destroyed = NULL;
  ACCEPTED(gmm_model_create(table_gmm_model_options(), &destroyed, out_error));
  gmm_model_destroy(destroyed);
  table.destroyed = destroyed;
}

/* Whether all bytes still have the pattern. */
static int untouched(const void *memory, size_t size) {
  const unsigned char *bytes = memory;
  for (size_t i = 0; i < size; i++) {
    if (bytes[i] != PATTERN) return 0;
  }
  return 1;
}

static void row_check(int holds, const char *what) {
  num_checks++;
  if (holds) return;
  num_failures++;
  printf("%s, %s = %s: does not hold: %s; argument [%s], message \"%s\"\n", row_function, row_parameter, row_value,
         what, gmm_error_argument(table_error), gmm_error_message(table_error));
}

/* Checks the form of a refusal. */
static void refused_in_form(gmm_status status, int makes_handle) {
  const char *message = gmm_error_message(table_error), *argument = gmm_error_argument(table_error);
  const size_t length = strlen(argument);
  row_check(status != GMM_ERROR_INTERNAL && strcmp(gmm_status_name(status), "GMM_UNKNOWN_STATUS") != 0,
            "a known status");
  row_check(table_error != NULL && gmm_error_status(table_error) == status, "an error object with the status");
  if (status == GMM_ERROR_OUT_OF_MEMORY) {
    row_check(message[0] != '\0', "a message");
  } else {
    row_check(length > 0 && strncmp(message, argument, length) == 0 && strncmp(message + length, ": ", 2) == 0 &&
                  strstr(message, ", got ") != NULL,
              "a message `argument: rule, got value`");
  }
  row_check(untouched(table_output, sizeof table_output) && untouched(table_more_output, sizeof table_more_output) &&
                untouched(table_counts, sizeof table_counts),
            "outputs are untouched");
  if (makes_handle) row_check(table_made == NULL, "the out handle is NULL");
  gmm_error_destroy(table_error);
  table_error = NULL;
}

void table_refused(gmm_status status, gmm_status expected, const char *name, int makes_handle) {
  row_check(status != GMM_OK, "refused");
  if (status == GMM_OK) return;
  row_check(expected == GMM_OK || status == expected, gmm_status_name(expected));
  row_check(status == GMM_ERROR_OUT_OF_MEMORY || strstr(gmm_error_argument(table_error), name) != NULL, name);
  refused_in_form(status, makes_handle);
}

void table_documented(gmm_status status, const gmm_status *statuses, int num_statuses) {
  int is_documented = status == GMM_ERROR_OUT_OF_MEMORY;
  for (int i = 0; i < num_statuses; i++) is_documented |= status == statuses[i];
  row_check(is_documented, gmm_status_name(status));
}

void table_accepted(gmm_status status) {
  row_check(status == GMM_OK && table_error == NULL, "accepted");
  gmm_error_destroy(table_error);
}

void table_either(gmm_status status, int makes_handle) {
  if (status == GMM_OK) {
    row_check(table_error == NULL, "no error object");
  } else {
    refused_in_form(status, makes_handle);
  }
}

void table_cancelled(gmm_status status) {
  row_check(status == GMM_CANCELLED && gmm_error_status(table_error) == GMM_CANCELLED, "cancelled");
  gmm_error_destroy(table_error);
}

void table_result(int holds, const char *what) { row_check(holds, what); }
