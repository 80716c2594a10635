/* Diagnoses of planted troubles, and the rows of a summary that are draws from the prior. */
#include "behaviour.h"

static gmm_posterior *some_posterior(const gmm_model_options *model_options, const gmm_sample_options *options) {
  gmm_model *model = fixture_model(model_options);
  gmm_posterior *posterior = fixture_posterior(model, options);
  gmm_model_destroy(model);
  return posterior;
}

static gmm_sample_options long_run(void) {
  gmm_sample_options options = fixture_sample_options();
  options.num_chains = 4;
  options.num_draws = 1000;
  options.num_tune = 200;
  return options;
}

static gmm_diagnosis *diagnosed(const gmm_posterior *posterior, int32_t extent) {
  gmm_diagnosis *diagnosis = NULL;
  ACCEPTED(gmm_posterior_diagnose(posterior, extent, NULL, &diagnosis, out_error));
  return diagnosis;
}

/* The place of a finding of this kind; -1 if there is none. */
static int32_t place_of(const gmm_diagnosis *diagnosis, int32_t kind) {
  for (int32_t i = 0; i < gmm_diagnosis_num_findings(diagnosis); i++) {
    if (gmm_diagnosis_kind(diagnosis, i) == kind) return i;
  }
  return -1;
}

static double number_of(const gmm_diagnosis *diagnosis, int32_t finding, const char *name) {
  for (int32_t j = 0; j < gmm_diagnosis_num_numbers(diagnosis, finding); j++) {
    if (strcmp(gmm_diagnosis_number_name(diagnosis, finding, j), name) == 0) {
      return gmm_diagnosis_number(diagnosis, finding, j);
    }
  }
  return NAN;
}

static void check_good_run(void) {
  const gmm_model_options model_options = fixture_model_options();
  const gmm_sample_options options = long_run();
  gmm_posterior *posterior = some_posterior(&model_options, &options);
  for (int32_t extent = GMM_DIAGNOSIS_QUICK; extent <= GMM_DIAGNOSIS_FULL; extent++) {
    gmm_diagnosis *diagnosis = diagnosed(posterior, extent);
    if (!EXPECT(gmm_diagnosis_num_findings(diagnosis) == 0)) printf("%s", gmm_diagnosis_text(diagnosis));
    EXPECT(strstr(gmm_diagnosis_text(diagnosis), "Nothing to report: 4 chains of 1,000 draws") != NULL);
    EXPECT(strcmp(gmm_diagnosis_measure_name(diagnosis, 0), "log_posterior") == 0);
    EXPECT(fabs(gmm_diagnosis_measure(diagnosis, 0, GMM_COLUMN_R_HAT) - 1.0) < 0.01);
    EXPECT(isnan(gmm_diagnosis_measure(diagnosis, 0, GMM_COLUMN_MEAN)));
    EXPECT(gmm_diagnosis_what(diagnosis, 0) == NULL && gmm_diagnosis_kind(diagnosis, 0) == -1);
    gmm_diagnosis_destroy(diagnosis);
  }
  gmm_diagnosis *diagnosis = diagnosed(posterior, GMM_DIAGNOSIS_FULL);
  gmm_summary *summary = NULL;
  ACCEPTED(gmm_posterior_summarize(posterior, NULL, NULL, &summary, out_error));
  EXPECT(strcmp(gmm_summary_row_note(summary, 0), "") == 0 && strstr(gmm_summary_text(summary), "note") == NULL);
  /* The statistics of a parameter are those of the summary. */
  const int32_t last = gmm_diagnosis_num_measures(diagnosis) - 1;
  for (int32_t row = 0; row < gmm_summary_num_rows(summary); row++) {
    if (strcmp(gmm_summary_row_name(summary, row), gmm_diagnosis_measure_name(diagnosis, last)) != 0) continue;
    EXPECT(gmm_summary_value(summary, row, GMM_COLUMN_R_HAT) ==
           gmm_diagnosis_measure(diagnosis, last, GMM_COLUMN_R_HAT));
    EXPECT(gmm_summary_value(summary, row, GMM_COLUMN_ESS_TAIL) ==
           gmm_diagnosis_measure(diagnosis, last, GMM_COLUMN_ESS_TAIL));
  }
  gmm_summary_destroy(summary);
  gmm_diagnosis_destroy(diagnosis);
  gmm_posterior_destroy(posterior);
}

static void check_short_run(void) {
  const gmm_model_options model_options = fixture_model_options();
  const gmm_sample_options options = fixture_sample_options();
  gmm_posterior *posterior = some_posterior(&model_options, &options);
  gmm_diagnosis *diagnosis = diagnosed(posterior, GMM_DIAGNOSIS_FULL);
  EXPECT(gmm_diagnosis_kind(diagnosis, 0) == GMM_FINDING_SHORT_RUN);
  EXPECT(gmm_diagnosis_severity(diagnosis, 0) == GMM_SEVERITY_PROBLEM);
  EXPECT(strcmp(gmm_diagnosis_what(diagnosis, 0), "The run is too short to judge: 2 chains of 50 draws.") == 0);
  EXPECT(gmm_diagnosis_advice(diagnosis, 0)[0] != '\0' && number_of(diagnosis, 0, "num_draws") == 100.0);
  gmm_diagnosis_destroy(diagnosis);
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "extent", gmm_posterior_diagnose(posterior, 2, NULL, &diagnosis, out_error));
  EXPECT(diagnosis == NULL);
  gmm_posterior_destroy(posterior);
}

/* Weights from Dirichlet(.01) leave the third component without rows. */
static void check_empty_component(void) {
  const double small = 0.01, two = 2.0, ten = 10.0;
  gmm_model_options model_options = fixture_model_options();
  model_options.num_components = 3;
  model_options.weights.first = &small;
  model_options.spread = (gmm_prior){GMM_PRIOR_INVERSE_GAMMA, 1, &two, &ten, NULL};
  const gmm_sample_options options = long_run();
  gmm_posterior *posterior = some_posterior(&model_options, &options);
  double probabilities[3];
  ACCEPTED(gmm_posterior_empty_probabilities(posterior, NULL, probabilities, 3, out_error));
  int empty = 0;
  for (int k = 1; k < 3; k++) empty = probabilities[k] > probabilities[empty] ? k : empty;
  EXPECT(probabilities[empty] > 0.9 && probabilities[(empty + 1) % 3] < 1e-6 && probabilities[(empty + 2) % 3] < 1e-6);
  gmm_diagnosis *diagnosis = diagnosed(posterior, GMM_DIAGNOSIS_FULL);
  const int32_t place = place_of(diagnosis, GMM_FINDING_EMPTY_COMPONENTS);
  EXPECT(place >= 0 && gmm_diagnosis_severity(diagnosis, place) == GMM_SEVERITY_NOTE);
  EXPECT(number_of(diagnosis, place, "num_empty") == 1.0);
  gmm_summary *summary = NULL;
  ACCEPTED(gmm_posterior_summarize(posterior, NULL, NULL, &summary, out_error));
  for (int k = 0; k < 3; k++) {
    EXPECT(strcmp(gmm_summary_row_note(summary, k), k == empty ? "empty" : "") == 0);
    EXPECT(strcmp(gmm_summary_row_note(summary, 3 + k), k == empty ? "prior" : "") == 0);
    EXPECT(strcmp(gmm_summary_row_note(summary, 6 + k), k == empty ? "prior" : "") == 0);
  }
  EXPECT(gmm_summary_row_note(summary, 9) == NULL && strstr(gmm_summary_text(summary), "  note\n") != NULL);
  gmm_summary_destroy(summary);
  gmm_diagnosis_destroy(diagnosis);
  gmm_posterior_destroy(posterior);
}

/* The data lie around 2, and the prior around 100. */
static void check_prior(void) {
  const double hundred = 100.0, one = 1.0;
  gmm_model_options model_options = fixture_model_options();
  model_options.means = (gmm_prior){GMM_PRIOR_NORMAL, 1, &hundred, &one, NULL};
  const gmm_sample_options options = long_run();
  gmm_posterior *posterior = some_posterior(&model_options, &options);
  gmm_diagnosis *diagnosis = diagnosed(posterior, GMM_DIAGNOSIS_FULL);
  const int32_t place = place_of(diagnosis, GMM_FINDING_PRIOR_AGAINST_DATA);
  EXPECT(place >= 0 && gmm_diagnosis_severity(diagnosis, place) == GMM_SEVERITY_PROBLEM);
  EXPECT(number_of(diagnosis, place, "distance of the mean of the data") > 4.0);
  gmm_diagnosis_destroy(diagnosis);
  gmm_posterior_destroy(posterior);
}

void behaviour_diagnosis(void) {
  check_good_run();
  check_short_run();
  check_empty_component();
  check_prior();
}
