/* Makes the calls of errors.json. Each is refused with the status, the argument, the rule and the value of its row. */
#include "check.h"
#include "fixture.h"

/* Checks the status and the error of a refused call. A failure prints the row and the values found. */
static void check_row(gmm_status status, const gmm_error *error, gmm_status expected, const char *argument,
                      const char *rule, const char *value, int line) {
  char message[512];
  snprintf(message, sizeof message, "%s: %s, got %s", argument, rule, value);
  num_checks++;
  if (status == expected && gmm_error_status(error) == expected && strcmp(gmm_error_argument(error), argument) == 0 &&
      strcmp(gmm_error_rule(error), rule) == 0 && strcmp(gmm_error_value(error), value) == 0 &&
      strcmp(gmm_error_message(error), message) == 0) {
    return;
  }
  num_failures++;
  printf("row %d: expected %s \"%s\"\n  got %s \"%s\"\n", line, gmm_status_name(expected), message,
         gmm_status_name(status), gmm_error_message(error));
}

/* Checks that a call that makes a handle is refused, with an error object and without one. */
#define REFUSED_BY_ROW(expected, argument, rule, value, call)                         \
  do {                                                                                \
    gmm_error *error = NULL, **out_error = &error;                                    \
    made = (void *)&num_checks;                                                       \
    const gmm_status status = call;                                                   \
    check_row(status, error, expected, argument, rule, value, __LINE__);              \
    gmm_error_destroy(error);                                                         \
    out_error = NULL;                                                                 \
    check_holds(call == (expected) && made == NULL, __FILE__, __LINE__, "no handle"); \
  } while (0)

#include "errors_results.h"

#define GMM_SAMPLE(change, expected, argument, rule, value)                                  \
  {                                                                                          \
    gmm_sample_options options = fixture_sample_options();                                   \
    gmm_posterior *made;                                                                     \
    options.change;                                                                          \
    REFUSED_BY_ROW(expected, argument, rule, value,                                          \
                   gmm_sample(model, fixture_data_set(), &options, NULL, &made, out_error)); \
  }

#define GMM_CONTROL(change, expected, argument, rule, value)                                     \
  {                                                                                              \
    const gmm_sample_options options = fixture_sample_options();                                 \
    gmm_posterior *made;                                                                         \
    gmm_control control;                                                                         \
    gmm_control_init(&control, sizeof control);                                                  \
    control.change;                                                                              \
    REFUSED_BY_ROW(expected, argument, rule, value,                                              \
                   gmm_sample(model, fixture_data_set(), &options, &control, &made, out_error)); \
  }

#define GMM_UNTIL(change, expected, argument, rule, value)                                   \
  {                                                                                          \
    gmm_sample_options options = fixture_sample_options();                                   \
    gmm_posterior *made;                                                                     \
    gmm_until until;                                                                         \
    gmm_until_init(&until, sizeof until);                                                    \
    until.change;                                                                            \
    options.until = &until;                                                                  \
    REFUSED_BY_ROW(expected, argument, rule, value,                                          \
                   gmm_sample(model, fixture_data_set(), &options, NULL, &made, out_error)); \
  }

static int32_t a_function(const gmm_progress *progress, void *user_data) {
  (void)progress, (void)user_data;
  return 0;
}

/* The options and the control of a run or a stream, after the change of a row. */
#define BESIDE_THE_PROGRAM(change)                                    \
  gmm_sample_options options = fixture_sample_options();              \
  int64_t num_draws = options.num_draws, num_tune = options.num_tune; \
  int32_t num_rungs = 0;                                              \
  gmm_progress_fn progress = NULL;                                    \
  const gmm_checkpoint *checkpoint = NULL;                            \
  const gmm_until *until = NULL;                                      \
  int64_t part = 10;                                                  \
  gmm_control control;                                                \
  gmm_control_init(&control, sizeof control);                         \
  change;                                                             \
  options.num_draws = num_draws;                                      \
  options.num_tune = num_tune;                                        \
  options.num_rungs = num_rungs;                                      \
  options.checkpoint = checkpoint;                                    \
  options.until = until;                                              \
  control.progress = progress;                                        \
  (void)part;

#define GMM_RUN_START(change, expected, argument, rule, value)                                      \
  {                                                                                                 \
    BESIDE_THE_PROGRAM(change)                                                                      \
    gmm_run *made;                                                                                  \
    REFUSED_BY_ROW(expected, argument, rule, value,                                                 \
                   gmm_run_start(model, fixture_data_set(), &options, &control, &made, out_error)); \
  }

#define GMM_STREAM_START(change, expected, argument, rule, value)                                            \
  {                                                                                                          \
    BESIDE_THE_PROGRAM(change)                                                                               \
    gmm_stream *made;                                                                                        \
    REFUSED_BY_ROW(expected, argument, rule, value,                                                          \
                   gmm_stream_start(model, fixture_data_set(), &options, part, &control, &made, out_error)); \
  }

#define GMM_FIT_EM(change, expected, argument, rule, value)                                                            \
  {                                                                                                                    \
    gmm_em_options options;                                                                                            \
    gmm_em_fit *made;                                                                                                  \
    gmm_em_options_init(&options, sizeof options);                                                                     \
    options.num_components = 2;                                                                                        \
    options.change;                                                                                                    \
    REFUSED_BY_ROW(expected, argument, rule, value, gmm_fit_em(fixture_data_set(), &options, NULL, &made, out_error)); \
  }

#define GMM_FIT_VARIATIONAL(change, expected, argument, rule, value)                            \
  {                                                                                             \
    gmm_variational_options options;                                                            \
    gmm_variational_fit *made;                                                                  \
    gmm_variational_options_init(&options, sizeof options);                                     \
    options.num_components = 2;                                                                 \
    options.change;                                                                             \
    REFUSED_BY_ROW(expected, argument, rule, value,                                             \
                   gmm_fit_variational(fixture_table_set(), &options, NULL, &made, out_error)); \
  }

#define GMM_STEPWISE_CREATE(change, expected, argument, rule, value)                                               \
  {                                                                                                                \
    double total_weight = 0.0, regularization = 0.0, variance_floor = 1e-12;                                       \
    gmm_stepwise *made;                                                                                            \
    change;                                                                                                        \
    REFUSED_BY_ROW(expected, argument, rule, value,                                                                \
                   gmm_stepwise_create(&mixture, total_weight, regularization, variance_floor, &made, out_error)); \
  }

#define GMM_SUMMARIZE(change, expected, argument, rule, value)                                     \
  {                                                                                                \
    gmm_summary_options options;                                                                   \
    gmm_summary *made;                                                                             \
    gmm_summary_options_init(&options, sizeof options);                                            \
    options.change;                                                                                \
    REFUSED_BY_ROW(expected, argument, rule, value,                                                \
                   gmm_summarize(fixture_data, 2, 30, 1, NULL, &options, NULL, &made, out_error)); \
    REFUSED_BY_ROW(expected, argument, rule, value,                                                \
                   gmm_posterior_summarize(posterior, &options, NULL, &made, out_error));          \
  }

#define GMM_POSTERIOR_PARTITION(change, expected, argument, rule, value)                                      \
  {                                                                                                           \
    gmm_partition_options options;                                                                            \
    gmm_error *error = NULL;                                                                                  \
    static int64_t labels[4 * FIXTURE_COUNT];                                                                 \
    gmm_partition_options_init(&options, sizeof options);                                                     \
    options.change;                                                                                           \
    const gmm_status status =                                                                                 \
        gmm_posterior_partition(posterior, &options, NULL, labels, (int64_t)4 * FIXTURE_COUNT, NULL, &error); \
    check_row(status, error, expected, argument, rule, value, __LINE__);                                      \
    gmm_error_destroy(error);                                                                                 \
  }

#define GMM_KDE(change, expected, argument, rule, value)                                                       \
  {                                                                                                            \
    gmm_kde_options options;                                                                                   \
    double points[8], density[8];                                                                              \
    gmm_error *error = NULL;                                                                                   \
    gmm_kde_options_init(&options, sizeof options);                                                            \
    options.change;                                                                                            \
    const gmm_status status =                                                                                  \
        gmm_kde(fixture_data, FIXTURE_COUNT, 1, &options, NULL, 8, NULL, points, 8, density, 8, NULL, &error); \
    check_row(status, error, expected, argument, rule, value, __LINE__);                                       \
    gmm_error_destroy(error);                                                                                  \
  }

#define GMM_POSTERIOR_RELABEL(change, expected, argument, rule_text, value)             \
  {                                                                                     \
    gmm_label_options options;                                                          \
    gmm_posterior *made;                                                                \
    gmm_label_options_init(&options, sizeof options);                                   \
    options.rule = GMM_LABELS_MEANS;                                                    \
    options.change;                                                                     \
    REFUSED_BY_ROW(expected, argument, rule_text, value,                                \
                   gmm_posterior_relabel(posterior, &options, NULL, &made, out_error)); \
  }

#define GMM_HDI(change, expected, argument, rule, value)                                                          \
  {                                                                                                               \
    double probability = 0.5, ends[2];                                                                            \
    int32_t is_multimodal = 0;                                                                                    \
    int64_t count;                                                                                                \
    gmm_error *error = NULL;                                                                                      \
    change;                                                                                                       \
    const gmm_status status =                                                                                     \
        gmm_hdi(fixture_data, FIXTURE_COUNT, 1, probability, is_multimodal, NULL, NULL, ends, 2, &count, &error); \
    check_row(status, error, expected, argument, rule, value, __LINE__);                                          \
    gmm_error_destroy(error);                                                                                     \
  }

#define GMM_DATA_CREATE(change, expected, argument, rule, value)                                                \
  {                                                                                                             \
    gmm_data_options options = fixture_data_options();                                                          \
    gmm_data *made;                                                                                             \
    options.change;                                                                                             \
    REFUSED_BY_ROW(expected, argument, rule, value,                                                             \
                   gmm_data_create(fixture_table, FIXTURE_COUNT, FIXTURE_COLUMNS, &options, &made, out_error)); \
  }

#define GMM_MODEL_CREATE(change, expected, argument, rule, value)                                  \
  {                                                                                                \
    gmm_model_options options = fixture_model_options();                                           \
    gmm_model *made;                                                                               \
    options.change;                                                                                \
    REFUSED_BY_ROW(expected, argument, rule, value, gmm_model_create(&options, &made, out_error)); \
  }

#define GMM_BACKGROUND(change, expected, argument, rule, value)                                    \
  {                                                                                                \
    gmm_model_options options = fixture_model_options();                                           \
    gmm_background background;                                                                     \
    gmm_model *made;                                                                               \
    gmm_background_init(&background, sizeof background);                                           \
    background.change;                                                                             \
    options.background = &background;                                                              \
    REFUSED_BY_ROW(expected, argument, rule, value, gmm_model_create(&options, &made, out_error)); \
  }

#define GMM_PRIOR(unknown, family, count, first, second, expected, argument, rule, value) \
  {                                                                                       \
    const gmm_prior prior = {family, count, first, second, NULL};                         \
    GMM_MODEL_CREATE(unknown = prior, expected, argument, rule, value)                    \
  }

int main(void) {
  static const double halves[] = {0.5, 0.5}, means[] = {-1.0, 1.0}, ones[] = {1.0, 1.0};
  static const double thirds[] = {0.25, 0.5, 0.25}, places[] = {-1.0, 0.0, 1.0, 2.0, 3.0, 4.0};
  static const double variances[] = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0};
  fixture_fill();
  const gmm_model_options model_options = fixture_model_options();
  const gmm_sample_options sample_options = fixture_sample_options();
  gmm_model *model = fixture_model(&model_options);
  gmm_posterior *posterior = fixture_posterior(model, &sample_options);
  gmm_mixture mixture;
  gmm_mixture_init(&mixture, sizeof mixture);
  mixture.num_components = 2;
  mixture.weights = halves;
  mixture.means = means;
  mixture.covariances = ones;
  gmm_mixture of_three = mixture, in_space = mixture;
  of_three.num_components = 3;
  of_three.weights = thirds;
  in_space.num_dimensions = 3;
  of_three.means = in_space.means = places;
  of_three.covariances = in_space.covariances = variances;
  in_space.covariance = GMM_COVARIANCE_DIAG;
  const gmm_mixture *mixture_of_three_components = &of_three, *mixture_in_three_dimensions = &in_space;
  gmm_model_options options_of_three = model_options, options_in_space = model_options;
  options_of_three.num_components = 3;
  options_in_space.num_dimensions = 3;
  options_in_space.covariance = GMM_COVARIANCE_DIAG;
  gmm_sample_options options_of_one_draw = sample_options;
  options_of_one_draw.num_chains = options_of_one_draw.num_draws = 1;
  gmm_model *model_of_three = fixture_model(&options_of_three), *model_in_space = fixture_model(&options_in_space);
  gmm_data *no_data = fixture_rows(NULL, 0, 1);
  gmm_posterior *of_three_components = fixture_posterior(model_of_three, &sample_options);
  gmm_posterior *in_three_dimensions = fixture_sample(model_in_space, fixture_table_set(), &sample_options);
  gmm_posterior *of_one_draw = fixture_posterior(model, &options_of_one_draw);
  gmm_posterior *without_data = fixture_sample(model, no_data, &sample_options);
  gmm_checkpoint a_place;
  gmm_checkpoint_init(&a_place, sizeof a_place);
  a_place.path = "never written";
  gmm_until some_goal;
  gmm_until_init(&some_goal, sizeof some_goal);
  const gmm_checkpoint *a_checkpoint = &a_place;
  const gmm_until *a_goal = &some_goal;
  gmm_posterior *prior_draws = NULL;
  ACCEPTED(gmm_sample_prior(model, 50, 1, NULL, &prior_draws, out_error));
#include "errors.inc"
  gmm_posterior_destroy(prior_draws);
  gmm_posterior_destroy(without_data);
  gmm_posterior_destroy(of_one_draw);
  gmm_posterior_destroy(in_three_dimensions);
  gmm_posterior_destroy(of_three_components);
  gmm_data_destroy(no_data);
  gmm_model_destroy(model_in_space);
  gmm_model_destroy(model_of_three);
  gmm_posterior_destroy(posterior);
  gmm_model_destroy(model);
  return check_report("errors");
}
