/* What a background is refused beside, and in which words. */
#include "behaviour_background.h"

/* Checks that models and fits refuse a background, changed by the statements that follow. */
#define BACKGROUND_REFUSED(status, name, ...)                                                          \
  do {                                                                                                 \
    gmm_background background = background_of(0, NULL, NULL);                                          \
    __VA_ARGS__;                                                                                       \
    gmm_model_options options = space_options_beside(&background);                                     \
    gmm_em_options fit_options = em_options_beside(&background);                                       \
    gmm_model *model = NULL;                                                                           \
    gmm_em_fit *fit = NULL;                                                                            \
    REFUSED_HANDLE(status, name, model, gmm_model_create(&options, &model, out_error));                \
    REFUSED_HANDLE(status, name, fit, gmm_fit_em(clutter_space, &fit_options, NULL, &fit, out_error)); \
  } while (0)

static void refused_statements(void) {
  static const double equal[D] = {61, 62, -43}, infinite[D] = {61, INFINITY, 63}, hole[D] = {-41, NAN, -41};
  const double volumes[] = {-1, NAN, INFINITY, -INFINITY}, weights[] = {0, -1, NAN, INFINITY};
  const double known[] = {1, -0.1, 2, NAN, INFINITY};
  for (int i = 0; i < 4; i++) {
    BACKGROUND_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "background.volume", background.volume = volumes[i]);
    BACKGROUND_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "background.weight", background.weight_first = weights[i]);
    BACKGROUND_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "background.weight", background.weight_second = weights[i]);
  }
  for (int i = 0; i < 5; i++) {
    BACKGROUND_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "weight", background.fixed_weight = known[i]);
  }
  BACKGROUND_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "background.upper", background.lower = wide_lower);
  BACKGROUND_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "background.upper", background.upper = wide_upper);
  BACKGROUND_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "background.volume", background.volume = 1;
                     background.lower = wide_lower; background.upper = wide_upper);
  BACKGROUND_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "background.upper[2]", background.lower = wide_lower;
                     background.upper = equal);
  BACKGROUND_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "background.upper[0]", background.lower = wide_upper;
                     background.upper = wide_lower);
  BACKGROUND_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "background.upper[1]", background.lower = wide_lower;
                     background.upper = infinite);
  BACKGROUND_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "background.lower[1]", background.lower = hole;
                     background.upper = wide_upper);
  BACKGROUND_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "background.reserved", background.reserved = 1);
  BACKGROUND_REFUSED(GMM_ERROR_STRUCT_SIZE, "background.struct_size", background.struct_size = 0);

  const gmm_background background = background_of(200, NULL, NULL), of_data = background_of(0, NULL, NULL);
  const gmm_background *both[] = {&background, &of_data};
  gmm_model *model = NULL;
  gmm_em_fit *fit = NULL;
  for (int i = 0; i < 2; i++) {
    gmm_model_options options = line_options_beside(both[i]);
    options.num_components = GMM_MAX_COMPONENTS - 1;
    gmm_model_destroy(fixture_model(&options));
    options.num_components = GMM_MAX_COMPONENTS;
    REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "num_components", model, gmm_model_create(&options, &model, out_error));
    gmm_em_options fit_options = em_options_beside(both[i]);
    fit_options.num_components = GMM_MAX_COMPONENTS;
    REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "num_components", fit,
                   gmm_fit_em(clutter_line, &fit_options, NULL, &fit, out_error));
    static const double one = 1;
    options.num_components = 5;
    options.weights = (gmm_prior){GMM_PRIOR_DYNAMIC_DIRICHLET, 1, &one, NULL, NULL};
    options.count = (gmm_prior){GMM_PRIOR_DIRICHLET_PROCESS, 0, NULL, NULL, NULL};
    REFUSED_HANDLE(GMM_ERROR_UNSUPPORTED, "background", model, gmm_model_create(&options, &model, out_error));
  }
}

/* Checks that draws of a model, and fits beside its background, are refused. */
static void data_refused(const gmm_data *data, const gmm_background *background, gmm_status status, const char *name) {
  const gmm_model_options options = space_options_beside(background);
  gmm_em_options fit_options = em_options_beside(background);
  gmm_model *model = fixture_model(&options);
  gmm_posterior *posterior = NULL;
  gmm_em_fit *fit = NULL;
  const gmm_sample_options sampling = fixture_sample_options();
  REFUSED_HANDLE(status, name, posterior, gmm_sample(model, data, &sampling, NULL, &posterior, out_error));
  REFUSED_HANDLE(status, name, fit, gmm_fit_em(data, &fit_options, NULL, &fit, out_error));
  fit_options.background = NULL;
  fit_options.model = model;
  REFUSED_HANDLE(status, name, fit, gmm_fit_em(data, &fit_options, NULL, &fit, out_error));
  gmm_model_destroy(model);
}

static void refused_data(void) {
  const gmm_background of_volume = background_of(1e6, NULL, NULL), of_data = background_of(0, NULL, NULL);
  double changed[ROWS * D], upper[ROWS * D], weights[ROWS], shares[ROWS * K];
  memcpy(changed, clutter_table, sizeof clutter_table);
  for (int i = 0; i < ROWS * D; i++) upper[i] = clutter_table[i] + (i % D == 0);
  for (int i = 0; i < ROWS * K; i++) shares[i] = 0.5;
  for (int i = 0; i < ROWS; i++) weights[i] = 1.5;

  /* Missing values and intervals need the box, and soft labels have no share for the background. */
  gmm_data_options known[3];
  for (int i = 0; i < 3; i++) known[i] = fixture_data_options();
  known[0].missing = GMM_MISSING_AT_RANDOM;
  known[1].lower = clutter_table;
  known[1].upper = upper;
  known[2].label_shares = shares;
  known[2].num_label_shares = K;
  for (int i = 0; i < 3; i++) {
    gmm_data *data = NULL;
    changed[1] = i == 0 ? (double)NAN : clutter_table[1];
    ACCEPTED(gmm_data_create(i == 1 ? NULL : changed, ROWS, D, &known[i], &data, out_error));
    data_refused(data, &of_volume, GMM_ERROR_UNSUPPORTED, i == 2 ? "label" : "background");
    gmm_data_destroy(data);
  }

  /* Beyond the bounds. */
  double tight[D];
  memcpy(tight, wide_upper, sizeof tight);
  tight[1] = nextafter(60, 0);
  const gmm_background of_bounds = background_of(0, wide_lower, tight);
  data_refused(clutter_space, &of_bounds, GMM_ERROR_INVALID_ARGUMENT, "data[62, 1]");

  /* A box of no volume. */
  for (int i = 0; i < ROWS; i++) changed[D * i + 2] = 7;
  gmm_data *flat = fixture_rows(changed, ROWS, D);
  const gmm_model_options options = space_options_beside(&of_data);
  gmm_model *model = fixture_model(&options), *closed = NULL;
  gmm_posterior *posterior = NULL;
  REFUSED_HANDLE(GMM_ERROR_DEGENERATE, "background", closed, gmm_model_for_data(model, flat, NULL, &closed, out_error));
  data_refused(flat, &of_data, GMM_ERROR_DEGENERATE, "background");
  gmm_data_destroy(flat);

  /* Fractions of rows are for fits alone. */
  gmm_data *weighted = fixture_weighted_rows(clutter_table, ROWS, D, weights);
  const gmm_em_options fit_options = em_options_beside(&of_data);
  gmm_em_fit *fit = NULL;
  REFUSED_HANDLE(GMM_ERROR_UNSUPPORTED, "sample_weights", posterior,
                 gmm_sample(model, weighted, NULL, NULL, &posterior, out_error));
  ACCEPTED(gmm_fit_em(weighted, &fit_options, NULL, &fit, out_error));
  gmm_em_fit_destroy(fit);
  gmm_data_destroy(weighted);
  gmm_model_destroy(model);
}

static void refused_mixtures(void) {
  const double wrong[] = {-0.1, 1.1, NAN, INFINITY, -INFINITY}, not_finite[] = {NAN, INFINITY, -INFINITY};
  gmm_mixture mixture = mixture_beside();
  static double output[ROWS * K];
  for (int i = 0; i < 5; i++) {
    mixture.background_weight = wrong[i];
    REFUSED(GMM_ERROR_INVALID_ARGUMENT, "background_weight",
            gmm_mixture_background(&mixture, clutter_line, NULL, output, ROWS, out_error));
    REFUSED(GMM_ERROR_INVALID_ARGUMENT, "background_weight",
            gmm_mixture_log_density(&mixture, clutter_line, NULL, output, ROWS, out_error));
  }
  mixture = mixture_beside();
  for (int i = 0; i < 3; i++) {
    mixture.log_background = not_finite[i];
    REFUSED(GMM_ERROR_INVALID_ARGUMENT, "log_background",
            gmm_mixture_probabilities(&mixture, clutter_line, NULL, output, ROWS * K, out_error));
  }
  mixture = mixture_beside();
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity",
          gmm_mixture_background(&mixture, clutter_line, NULL, output, ROWS - 1, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_probabilities",
          gmm_mixture_background(&mixture, clutter_line, NULL, NULL, ROWS, out_error));
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "points",
          gmm_mixture_background(&mixture, clutter_space, NULL, output, ROWS, out_error));

  /* Points are drawn from the box alone. */
  const double hole = NAN;
  REFUSED(GMM_ERROR_UNSUPPORTED, "mixture",
          gmm_mixture_sample(&mixture, ROWS, 1, NULL, output, ROWS, NULL, 0, out_error));
  mixture.background_lower = wide_upper;
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "background_upper",
          gmm_mixture_sample(&mixture, ROWS, 1, NULL, output, ROWS, NULL, 0, out_error));
  mixture.background_upper = wide_lower;
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "background_upper[0]",
          gmm_mixture_sample(&mixture, ROWS, 1, NULL, output, ROWS, NULL, 0, out_error));
  mixture.background_lower = &hole;
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "background_lower[0]",
          gmm_mixture_background(&mixture, clutter_line, NULL, output, ROWS, out_error));

  /* Calls that neither evaluate the mixture at points nor draw from it. */
  mixture = mixture_beside();
  gmm_statistics *statistics = NULL;
  gmm_stepwise *stepwise = NULL;
  REFUSED_HANDLE(GMM_ERROR_UNSUPPORTED, "background_weight", statistics,
                 gmm_statistics_compute(&mixture, clutter_line, NULL, &statistics, out_error));
  REFUSED_HANDLE(GMM_ERROR_UNSUPPORTED, "background_weight", stepwise,
                 gmm_stepwise_create(&mixture, 0, 0, 1e-9, &stepwise, out_error));
}

static void refused_results(void) {
  const gmm_background of_volume = background_of(200, NULL, NULL), of_data = background_of(0, NULL, NULL);
  const gmm_model_options options = line_options_beside(&of_volume), plain = line_options_beside(NULL);
  const gmm_model_options open_options = line_options_beside(&of_data);
  gmm_model *model = fixture_model(&options), *without = fixture_model(&plain), *open = fixture_model(&open_options);
  const gmm_sample_options sampling = fixture_sample_options();
  gmm_posterior *posterior = fixture_sample(model, clutter_line, &sampling),
                *none = fixture_sample(without, clutter_line, &sampling);
  gmm_posterior *made = NULL;
  const double halves[K] = {0.5, 0.5}, means[K] = {-3, 4}, ones[K] = {1, 1};
  double output[ROWS];
  gmm_evidence evidence;
  gmm_evidence_init(&evidence, sizeof evidence);
  REFUSED(GMM_ERROR_UNSUPPORTED, "model", gmm_model_log_prior(model, halves, means, ones, output, out_error));
  REFUSED(GMM_ERROR_UNSUPPORTED, "model", gmm_posterior_log_evidence(posterior, NULL, NULL, &evidence, out_error));
  REFUSED(GMM_ERROR_UNSUPPORTED, "background", /* a volume is not a region */
          gmm_posterior_sample_predictive(posterior, 1, ROWS, 1, NULL, output, ROWS, out_error));
  REFUSED(GMM_ERROR_UNSUPPORTED, "posterior", gmm_posterior_background(none, NULL, output, ROWS, out_error));
  REFUSED(GMM_ERROR_UNSUPPORTED, "posterior",
          gmm_posterior_predict_background(none, clutter_line, NULL, output, ROWS, out_error));
  gmm_view view;
  REFUSED(GMM_ERROR_UNSUPPORTED, "field", gmm_posterior_view(none, GMM_FIELD_BACKGROUND, &view, out_error));
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity",
          gmm_posterior_background(posterior, NULL, output, ROWS - 1, out_error));
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity",
          gmm_posterior_predict_background(posterior, clutter_line, NULL, output, ROWS - 1, out_error));
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "points",
          gmm_posterior_predict_background(posterior, clutter_space, NULL, output, ROWS, out_error));
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "model", made, gmm_sample_prior(open, 5, 1, NULL, &made, out_error));
  gmm_posterior_destroy(none);
  gmm_posterior_destroy(posterior);
  gmm_model_destroy(open);
  gmm_model_destroy(without);
  gmm_model_destroy(model);
}

void background_refusals(void) {
  refused_statements();
  refused_data();
  refused_mixtures();
  refused_results();
}
