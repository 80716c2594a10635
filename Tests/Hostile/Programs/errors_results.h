/* The calls of errors.json whose results are those of a posterior; for errors.c, which defines check_row and
 * REFUSED_BY_ROW. */
#ifndef ERRORS_RESULTS_H
#define ERRORS_RESULTS_H

#include "fixture.h"

/* Room for the results of these calls: a number for each pair of rows, or for each draw and row. */
static double error_numbers[2 * 50 * FIXTURE_COUNT];
static int64_t error_labels[4 * FIXTURE_COUNT];
#define ERROR_NUMBERS error_numbers, 2 * 50 * FIXTURE_COUNT

/* Checks that a call that writes numbers is refused, with an error object and without one. */
#define REFUSED_NUMBERS(expected, argument, rule, value, call)                       \
  do {                                                                               \
    gmm_error *error = NULL, **out_error = &error;                                   \
    const gmm_status status = call;                                                  \
    check_row(status, error, expected, argument, rule, value, __LINE__);             \
    gmm_error_destroy(error);                                                        \
    out_error = NULL;                                                                \
    check_holds(call == (expected), __FILE__, __LINE__, "refused without an error"); \
  } while (0)

#define GMM_POSTERIOR_PARTITION_OF(given, expected, argument, rule, value) \
  REFUSED_NUMBERS(                                                         \
      expected, argument, rule, value,                                     \
      gmm_posterior_partition(given, NULL, NULL, error_labels, (int64_t)4 * FIXTURE_COUNT, NULL, out_error));

#define GMM_POSTERIOR_COCLUSTERING(change, expected, argument, rule, value)                                           \
  {                                                                                                                   \
    int64_t row = 0, column = 0, num_rows = 1, num_columns = 1;                                                       \
    change;                                                                                                           \
    REFUSED_NUMBERS(                                                                                                  \
        expected, argument, rule, value,                                                                              \
        gmm_posterior_coclustering(posterior, num_rows, &row, num_columns, &column, NULL, ERROR_NUMBERS, out_error)); \
  }

#define GMM_POSTERIOR_COCLUSTERING_OF(given, expected, argument, rule, value) \
  REFUSED_NUMBERS(expected, argument, rule, value,                            \
                  gmm_posterior_coclustering(given, 0, NULL, 0, NULL, NULL, ERROR_NUMBERS, out_error));

#define GMM_POSTERIOR_LABEL_FREE_OF(given, expected, argument, rule, value) \
  REFUSED_NUMBERS(expected, argument, rule, value, gmm_posterior_label_free(given, NULL, ERROR_NUMBERS, out_error));

#define GMM_POSTERIOR_POINTWISE_LOG_LIKELIHOOD(change, expected, argument, rule, value)                          \
  {                                                                                                              \
    int64_t first_row = 0, num_rows = 0;                                                                         \
    change;                                                                                                      \
    REFUSED_NUMBERS(                                                                                             \
        expected, argument, rule, value,                                                                         \
        gmm_posterior_pointwise_log_likelihood(posterior, first_row, num_rows, NULL, ERROR_NUMBERS, out_error)); \
  }

#define GMM_POSTERIOR_LOO_FOR(given, efficiency, expected, argument, rule, value)                   \
  {                                                                                                 \
    gmm_loo loo;                                                                                    \
    gmm_loo_init(&loo, sizeof loo);                                                                 \
    REFUSED_NUMBERS(expected, argument, rule, value,                                                \
                    gmm_posterior_loo(given, efficiency, NULL, &loo, NULL, 0, NULL, 0, out_error)); \
  }

#define GMM_POSTERIOR_LOO(change, expected, argument, rule, value)                         \
  {                                                                                        \
    double relative_efficiency;                                                            \
    change;                                                                                \
    GMM_POSTERIOR_LOO_FOR(posterior, relative_efficiency, expected, argument, rule, value) \
  }

#define GMM_POSTERIOR_LOO_OF(given, expected, argument, rule, value) \
  GMM_POSTERIOR_LOO_FOR(given, 0.0, expected, argument, rule, value)

#define GMM_LOO_DIFFERENCE(change, expected, argument, rule, value)                                              \
  {                                                                                                              \
    double elpd = -1, other_elpd = -2, sample_weight = 1, difference;                                            \
    int64_t num_observations = 1;                                                                                \
    change;                                                                                                      \
    REFUSED_NUMBERS(                                                                                             \
        expected, argument, rule, value,                                                                         \
        gmm_loo_difference(&elpd, &other_elpd, &sample_weight, num_observations, &difference, NULL, out_error)); \
  }

#define GMM_POSTERIOR_LOG_EVIDENCE_FOR(given, change, expected, argument, rule, value)        \
  {                                                                                           \
    gmm_evidence_options options;                                                             \
    gmm_evidence evidence;                                                                    \
    gmm_evidence_options_init(&options, sizeof options);                                      \
    gmm_evidence_init(&evidence, sizeof evidence);                                            \
    change;                                                                                   \
    REFUSED_NUMBERS(expected, argument, rule, value,                                          \
                    gmm_posterior_log_evidence(given, &options, NULL, &evidence, out_error)); \
  }

#define GMM_POSTERIOR_LOG_EVIDENCE(change, expected, argument, rule, value) \
  GMM_POSTERIOR_LOG_EVIDENCE_FOR(posterior, options.change, expected, argument, rule, value)

#define GMM_POSTERIOR_LOG_EVIDENCE_OF(given, expected, argument, rule, value) \
  GMM_POSTERIOR_LOG_EVIDENCE_FOR(given, (void)0, expected, argument, rule, value)

#define GMM_POSTERIOR_MODES_FOR(given, change, expected, argument, rule, value)                                       \
  {                                                                                                                   \
    gmm_mode_options options;                                                                                         \
    gmm_mode_result result;                                                                                           \
    gmm_mode_options_init(&options, sizeof options);                                                                  \
    gmm_mode_result_init(&result, sizeof result);                                                                     \
    change;                                                                                                           \
    REFUSED_NUMBERS(expected, argument, rule, value,                                                                  \
                    gmm_posterior_modes(given, &options, NULL, &result, NULL, NULL, NULL, NULL, NULL, 0, out_error)); \
  }

#define GMM_POSTERIOR_MODES(change, expected, argument, rule, value) \
  GMM_POSTERIOR_MODES_FOR(posterior, options.change, expected, argument, rule, value)

#define GMM_POSTERIOR_MODES_OF(given, expected, argument, rule, value) \
  GMM_POSTERIOR_MODES_FOR(given, (void)0, expected, argument, rule, value)

#define GMM_POSTERIOR_BIC_OF(given, expected, argument, rule, value) \
  REFUSED_NUMBERS(expected, argument, rule, value, gmm_posterior_bic(given, error_numbers, out_error));

#define GMM_POWER_SENSITIVITY(change, expected, argument, rule, value)                                             \
  {                                                                                                                \
    int64_t num_chains = 2, num_draws = 30, num_quantities = 1;                                                    \
    change;                                                                                                        \
    REFUSED_NUMBERS(expected, argument, rule, value,                                                               \
                    gmm_power_sensitivity(fixture_data, num_chains, num_draws, num_quantities, fixture_data, NULL, \
                                          ERROR_NUMBERS, out_error));                                              \
  }

#define GMM_POSTERIOR_SUBSET_CHAINS(change, expected, argument, rule, value)                      \
  {                                                                                               \
    int64_t first = 0, second = 1, num_chains = 2;                                                \
    gmm_posterior *made;                                                                          \
    change;                                                                                       \
    const int64_t chains[] = {first, second, 0};                                                  \
    REFUSED_BY_ROW(expected, argument, rule, value,                                               \
                   gmm_posterior_subset_chains(posterior, chains, num_chains, &made, out_error)); \
  }

/* Labels by what the row names: another posterior, a mixture, or the components of rows. */
#define GMM_LABEL_OPTIONS(change, expected, argument, rule_text, value)                                               \
  {                                                                                                                   \
    const gmm_posterior *reference = NULL;                                                                            \
    const gmm_mixture *mixture = NULL;                                                                                \
    int64_t label = 0, all_labels = 0, num_labels = FIXTURE_COUNT;                                                    \
    gmm_label_options options;                                                                                        \
    gmm_posterior *made;                                                                                              \
    gmm_label_options_init(&options, sizeof options);                                                                 \
    change;                                                                                                           \
    for (int i = 0; i < FIXTURE_COUNT; i++) error_labels[i] = all_labels;                                             \
    if (label != 0) error_labels[0] = label;                                                                          \
    options.rule = reference != NULL ? GMM_LABELS_POSTERIOR : mixture != NULL ? GMM_LABELS_MIXTURE : GMM_LABELS_ROWS; \
    options.reference = reference;                                                                                    \
    options.mixture = mixture;                                                                                        \
    options.labels = error_labels;                                                                                    \
    options.num_labels = num_labels;                                                                                  \
    REFUSED_BY_ROW(expected, argument, rule_text, value,                                                              \
                   gmm_posterior_relabel(posterior, &options, NULL, &made, out_error));                               \
  }

#define GMM_LABEL_OPTIONS_OF(given, expected, argument, rule, value)                                             \
  {                                                                                                              \
    gmm_posterior *made;                                                                                         \
    REFUSED_BY_ROW(expected, argument, rule, value, gmm_posterior_relabel(given, NULL, NULL, &made, out_error)); \
  }

#endif
