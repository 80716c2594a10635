/* A uniform background beside the components: statements, draws, bytes, fits and mixtures. */
#include "behaviour_background.h"

static const double outliers[OUTLIERS] = {-40.0, 35.0, 60.0, -20.0};
double clutter_values[ROWS], clutter_table[ROWS * D];
gmm_data *clutter_line, *clutter_space;

const double wide_lower[D] = {-41, -42, -43}, wide_upper[D] = {61, 62, 63};

gmm_background background_of(double volume, const double *lower, const double *upper) {
  gmm_background background;
  EXPECT(gmm_background_init(&background, sizeof background) == GMM_OK);
  background.volume = volume;
  background.lower = lower;
  background.upper = upper;
  return background;
}

gmm_model_options line_options_beside(const gmm_background *background) {
  static const double zero = 0.0, three = 3.0;
  gmm_model_options options = fixture_model_options();
  options.spread = (gmm_prior){GMM_PRIOR_UNIFORM, 1, &zero, &three, NULL};
  options.background = background;
  return options;
}

gmm_model_options space_options_beside(const gmm_background *background) {
  gmm_model_options options = line_options_beside(background);
  options.num_dimensions = D;
  options.covariance = GMM_COVARIANCE_DIAG;
  return options;
}

gmm_em_options em_options_beside(const gmm_background *background) {
  gmm_em_options options;
  gmm_em_options_init(&options, sizeof options);
  options.num_components = K;
  options.background = background;
  options.start = GMM_START_RANDOM_POINTS; /* clusters of k-means may be the outliers */
  return options;
}

gmm_mixture mixture_beside(void) {
  static const double weights[K] = {0.25, 0.75}, means[K] = {-3, 4}, variances[K] = {1, 2};
  gmm_mixture mixture;
  gmm_mixture_init(&mixture, sizeof mixture);
  mixture.num_components = K;
  mixture.weights = weights;
  mixture.means = means;
  mixture.covariances = variances;
  mixture.background_weight = 0.1;
  mixture.log_background = -5;
  return mixture;
}

/* -------------------------------------------------------------------------------------------- Statements */

/* Returns what a model says of its background. */
static const gmm_background *stated(const gmm_model *model) {
  gmm_model_options options = {.struct_size = sizeof options};
  ACCEPTED(gmm_model_get_options(model, &options, out_error));
  return options.background;
}

static void options_come_back(void) {
  gmm_background background = background_of(0, NULL, NULL);
  EXPECT(background.struct_size == sizeof background && background.weight_first == 1 && background.weight_second == 9);
  EXPECT(background.fixed_weight == 0 && background.volume == 0 && background.lower == NULL);

  background = background_of(12.5, NULL, NULL);
  background.weight_first = 2;
  background.weight_second = 30;
  gmm_model_options options = line_options_beside(&background);
  gmm_model *model = fixture_model(&options), *closed = NULL;
  const gmm_background *found = stated(model);
  EXPECT(gmm_model_is_open(model) == 0 && memcmp(found, &background, sizeof background) == 0);
  gmm_model_destroy(model);

  double lower[D], upper[D];
  memcpy(lower, wide_lower, sizeof lower);
  memcpy(upper, wide_upper, sizeof upper);
  background = background_of(0, lower, upper);
  background.fixed_weight = 0.05;
  options = space_options_beside(&background);
  model = fixture_model(&options);
  memset(lower, 0, sizeof lower); /* the model has copies */
  memset(upper, 0, sizeof upper);
  found = stated(model);
  EXPECT(gmm_model_is_open(model) == 0 && found->fixed_weight == 0.05 && found->volume == 0);
  EXPECT(memcmp(found->lower, wide_lower, sizeof lower) == 0 && memcmp(found->upper, wide_upper, sizeof upper) == 0);
  gmm_model_destroy(model);

  /* The box of data waits for them. */
  background = background_of(0, NULL, NULL);
  options = space_options_beside(&background);
  model = fixture_model(&options);
  found = stated(model);
  EXPECT(gmm_model_is_open(model) == 1 && found->volume == 0 && found->lower == NULL && found->upper == NULL);
  ACCEPTED(gmm_model_for_data(model, clutter_space, NULL, &closed, out_error));
  found = stated(closed);
  EXPECT(gmm_model_is_open(closed) == 0 && found->volume == 0 && found->weight_second == 9);
  for (int d = 0; d < D; d++) {
    double least = INFINITY, most = -INFINITY;
    for (int i = 0; i < ROWS; i++) {
      least = fmin(least, clutter_table[D * i + d]);
      most = fmax(most, clutter_table[D * i + d]);
    }
    EXPECT(found->lower[d] == least && found->upper[d] == most);
  }
  gmm_model_destroy(closed);
  gmm_model_destroy(model);

  options = line_options_beside(NULL);
  model = fixture_model(&options);
  EXPECT(stated(model) == NULL);
  gmm_model_destroy(model);
}

/* -------------------------------------------------------------------------------------------- Draws */

/* Checks that the components and the background of each row have everything. */
static void check_shares(const double *components, const double *background, int64_t rows) {
  for (int64_t i = 0; i < rows; i++) {
    EXPECT(background[i] >= 0 && background[i] <= 1);
    /* Averages of some hundred numbers of order 1. */
    EXPECT(fabs(components[K * i] + components[K * i + 1] + background[i] - 1) < 1e-13);
  }
}

/* Checks points that are drawn from the box of a background of this mean weight, and from the groups. */
static void check_predictive(const gmm_posterior *posterior, double weight, double length) {
  enum { POINTS = 10000 };
  static double drawn[POINTS];
  ACCEPTED(gmm_posterior_sample_predictive(posterior, POINTS, 1, 3, NULL, drawn, POINTS, out_error));
  double far = 0;
  for (int i = 0; i < POINTS; i++) {
    EXPECT(drawn[i] >= wide_lower[0] && drawn[i] <= wide_upper[0]);
    far += fabs(drawn[i]) > 15;
  }
  /* Five standard errors. */
  const double expected = weight * (length - 30) / length;
  EXPECT(fabs(far / POINTS - expected) < 5 * sqrt(expected / POINTS));
}

/* A mixture beside a background names the components of draws. */
static void check_labels(const gmm_posterior *posterior) {
  const gmm_mixture mixture = mixture_beside();
  gmm_label_options options;
  gmm_label_options_init(&options, sizeof options);
  options.rule = GMM_LABELS_MIXTURE;
  options.mixture = &mixture;
  gmm_posterior *labelled = NULL;
  ACCEPTED(gmm_posterior_relabel(posterior, &options, NULL, &labelled, out_error));
  const gmm_view means = view_of(labelled, GMM_FIELD_MEANS);
  double sums[K] = {0};
  for (int64_t j = 0; j < K * means.shape[1]; j++) sums[j % K] += element(&means, 0, j / K, j % K);
  EXPECT(sums[0] < 0 && sums[1] > 0);
  gmm_posterior_destroy(labelled);
}

static void check_draws(const gmm_background *background, int32_t dimensions, double volume) {
  const gmm_data *data = dimensions == 1 ? clutter_line : clutter_space;
  const gmm_model_options options =
      dimensions == 1 ? line_options_beside(background) : space_options_beside(background);
  gmm_model *model = fixture_model(&options);
  gmm_sample_options sampling = fixture_sample_options();
  sampling.store_assignments = 1;
  gmm_posterior *posterior = fixture_sample(model, data, &sampling);
  const gmm_posterior_info info = info_of(posterior);
  const gmm_view weight = view_of(posterior, GMM_FIELD_BACKGROUND);
  EXPECT(weight.num_axes == 2 && weight.shape[0] == info.num_chains && weight.shape[1] == info.num_draws);
  static uint8_t assigned[50 * ROWS];
  static int64_t of_background[ROWS];
  memset(of_background, 0, sizeof of_background);
  double sum = 0;
  for (int64_t chain = 0; chain < info.num_chains; chain++) {
    ACCEPTED(gmm_posterior_get_assignments(posterior, chain, 0, info.num_draws, assigned, sizeof assigned, out_error));
    for (int64_t j = 0; j < info.num_draws * ROWS; j++) {
      EXPECT(assigned[j] <= K);
      of_background[j % ROWS] += assigned[j] == K;
    }
    for (int64_t draw = 0; draw < info.num_draws; draw++) {
      const double drawn = element(&weight, chain, draw, 0);
      sum += drawn;
      EXPECT(drawn > 0 && drawn < 1);
      if (background->fixed_weight > 0) EXPECT(fabs(drawn - background->fixed_weight) < 1e-16);
    }
  }

  double components[ROWS * K], share[ROWS], again[ROWS];
  ACCEPTED(gmm_posterior_probabilities(posterior, NULL, components, ROWS * K, out_error));
  ACCEPTED(gmm_posterior_background(posterior, NULL, share, ROWS, out_error));
  check_shares(components, share, ROWS);
  for (int i = 0; i < ROWS; i++) {
    if (i < FIXTURE_COUNT) EXPECT(share[i] < 0.9);
    if (i >= FIXTURE_COUNT) EXPECT(share[i] > 0.99 && of_background[i] > 90);
  }
  ACCEPTED(gmm_posterior_predict_probabilities(posterior, data, NULL, components, ROWS * K, out_error));
  ACCEPTED(gmm_posterior_predict_background(posterior, data, NULL, share, ROWS, out_error));
  check_shares(components, share, ROWS);
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  control.num_threads = 3;
  ACCEPTED(gmm_posterior_predict_background(posterior, data, &control, again, ROWS, out_error));
  EXPECT(memcmp(again, share, sizeof share) == 0);

  /* Far away there is the background alone, of the same density everywhere. */
  const double far[D] = {1e6, 1e6, 1e6};
  double log_density;
  gmm_data *point = fixture_rows(far, 1, dimensions);
  ACCEPTED(gmm_posterior_predict_background(posterior, point, NULL, share, 1, out_error));
  ACCEPTED(gmm_posterior_predict_probabilities(posterior, point, NULL, components, K, out_error));
  ACCEPTED(gmm_posterior_log_density(posterior, point, NULL, &log_density, 1, out_error));
  EXPECT(share[0] == 1 && components[0] == 0 && components[1] == 0);
  EXPECT(fabs(log_density - log(sum / (double)(info.num_chains * info.num_draws) / volume)) < 1e-13);
  gmm_data_destroy(point);
  if (dimensions == 1) check_labels(posterior);
  if (background->volume == 0 && dimensions == 1) check_predictive(posterior, sum / 100, volume);
  gmm_posterior_destroy(posterior);
  gmm_model_destroy(model);
}

static void draws(void) {
  gmm_background regions[] = {background_of(200, NULL, NULL), background_of(0, wide_lower, wide_upper),
                              background_of(0, NULL, NULL)};
  const double lengths[] = {200, wide_upper[0] - wide_lower[0], 100};
  double volume = 1, box = 1;
  for (int d = 0; d < D; d++) {
    volume *= wide_upper[d] - wide_lower[d];
    box *= 100; /* the outliers are far from the groups, and the same in each column */
  }
  for (int i = 0; i < 3; i++) {
    check_draws(&regions[i], 1, lengths[i]);
    regions[i].fixed_weight = 0.1;
    check_draws(&regions[i], 1, lengths[i]);
  }
  const gmm_background of_box = background_of(0, NULL, NULL), of_corners = background_of(0, wide_lower, wide_upper);
  check_draws(&of_box, D, box);
  check_draws(&of_corners, D, volume);
}

/* Checks that a posterior that was written as bytes and read goes on as one that was not, bit by bit. */
static void check_continuation(const gmm_model_options *options, const gmm_data *data, int32_t method, int32_t rungs) {
  gmm_model *model = fixture_model(options);
  gmm_sample_options sampling = fixture_sample_options();
  sampling.store_assignments = 1;
  sampling.method = method;
  sampling.num_rungs = rungs;
  gmm_posterior *whole = drawn_of(fixture_sample(model, data, &sampling)), *read = NULL, *longer = NULL;
  sampling.num_draws = 20;
  gmm_posterior *first = fixture_sample(model, data, &sampling);
  const int64_t size = gmm_posterior_size(first);
  uint8_t *bytes = malloc((size_t)size);
  ACCEPTED(gmm_posterior_write(first, NULL, bytes, size, out_error));
  ACCEPTED(gmm_posterior_read(bytes, size, NULL, &read, out_error));
  free(bytes);
  EXPECT(same_draws(first, read));
  ACCEPTED(gmm_posterior_extend(read, 30, NULL, NULL, &longer, out_error));
  longer = drawn_of(longer);
  EXPECT(info_of(longer).num_draws == 50 && same_draws(longer, whole));
  const gmm_view left = view_of(longer, GMM_FIELD_ASSIGNMENTS), right = view_of(whole, GMM_FIELD_ASSIGNMENTS);
  int64_t differences = 0, of_background = 0;
  for (int64_t chain = 0; chain < 2; chain++) {
    for (int64_t j = 0; j < (int64_t)50 * ROWS; j++) {
      const int64_t draw = j / ROWS, i = j % ROWS;
      const uint8_t a = ((const uint8_t *)left.data)[chain * left.strides[0] + draw * left.strides[1] + i];
      const uint8_t b = ((const uint8_t *)right.data)[chain * right.strides[0] + draw * right.strides[1] + i];
      differences += a != b;
      of_background += a == options->num_components;
    }
  }
  EXPECT(differences == 0 && of_background > 0 && left.strides[2] == 1 && right.strides[2] == 1);
  gmm_posterior_destroy(longer);
  gmm_posterior_destroy(read);
  gmm_posterior_destroy(first);
  gmm_posterior_destroy(whole);
  gmm_model_destroy(model);
}

static void continuation(void) {
  static const double one = 1, least_and_most[] = {1, 4};
  const gmm_background of_volume = background_of(200, NULL, NULL), of_data = background_of(0, NULL, NULL);
  gmm_background of_bounds = background_of(0, wide_lower, wide_upper);
  of_bounds.fixed_weight = 0.1;
  gmm_model_options options = line_options_beside(&of_volume);
  check_continuation(&options, clutter_line, GMM_METHOD_GIBBS, 0);
  check_continuation(&options, clutter_line, GMM_METHOD_METROPOLIS, 0);
  check_continuation(&options, clutter_line, GMM_METHOD_GIBBS, 3);
  options.background = &of_bounds;
  check_continuation(&options, clutter_line, GMM_METHOD_GIBBS, 0);
  options.num_components = 4;
  options.background = &of_data;
  options.count = (gmm_prior){GMM_PRIOR_DISCRETE_UNIFORM, 2, least_and_most, NULL, NULL};
  options.weights = (gmm_prior){GMM_PRIOR_DYNAMIC_DIRICHLET, 1, &one, NULL, NULL};
  check_continuation(&options, clutter_line, GMM_METHOD_GIBBS, 0);
  options = space_options_beside(&of_data);
  options.covariance = GMM_COVARIANCE_FULL;
  options.means.family = options.spread.family = GMM_PRIOR_SCALED;
  check_continuation(&options, clutter_space, GMM_METHOD_GIBBS, 0);
}

/* -------------------------------------------------------------------------------------------- Fits and mixtures */

static gmm_mixture mixture_of_fit(const gmm_em_result *result) {
  gmm_mixture mixture;
  gmm_mixture_init(&mixture, sizeof mixture);
  mixture.num_components = result->num_components;
  mixture.num_dimensions = result->num_dimensions;
  mixture.covariance = result->covariance;
  mixture.weights = result->weights;
  mixture.means = result->means;
  mixture.covariances = result->covariances;
  mixture.background_weight = result->background_weight;
  mixture.log_background = result->log_background;
  mixture.background_lower = result->background_lower;
  mixture.background_upper = result->background_upper;
  return mixture;
}

/* Checks what a mixture makes of the rows in one column against its densities, and returns the log likelihood. */
static double check_mixture(const gmm_mixture *mixture, double *out_entropy) {
  static double components[ROWS * K], log_components[ROWS * K], background[ROWS], log_density[ROWS], entropy[ROWS];
  ACCEPTED(gmm_mixture_probabilities(mixture, clutter_line, NULL, components, ROWS * K, out_error));
  ACCEPTED(gmm_mixture_log_probabilities(mixture, clutter_line, NULL, log_components, ROWS * K, out_error));
  ACCEPTED(gmm_mixture_background(mixture, clutter_line, NULL, background, ROWS, out_error));
  ACCEPTED(gmm_mixture_log_density(mixture, clutter_line, NULL, log_density, ROWS, out_error));
  ACCEPTED(gmm_mixture_entropy(mixture, clutter_line, NULL, entropy, ROWS, out_error));
  check_shares(components, background, ROWS);
  double log_likelihood = 0, largest = 0;
  *out_entropy = 0;
  for (int i = 0; i < ROWS; i++) {
    double part[K + 1], most = part[K] = log(mixture->background_weight) + mixture->log_background, total = 0, sum = 0;
    for (int k = 0; k < K; k++) {
      const double variance = mixture->covariances[k], x = clutter_values[i] - mixture->means[k];
      part[k] = log1p(-mixture->background_weight) + log(mixture->weights[k]) - 0.5 * x * x / variance -
                0.5 * log(6.283185307179586 * variance);
      most = fmax(most, part[k]);
    }
    for (int k = 0; k <= K; k++) total += exp(part[k] - most);
    total = most + log(total);
    for (int k = 0; k <= K; k++) {
      const double log_share = part[k] - total, share = exp(log_share);
      if (share > 0) sum -= share * log_share;
      largest = fmax(largest, fabs((k < K ? components[K * i + k] : background[i]) - share));
      if (k < K && isfinite(log_share)) {
        largest = fmax(largest, fabs(log_components[K * i + k] - log_share) / (1 + fabs(log_share)));
      }
    }
    largest = fmax(largest, fmax(fabs(entropy[i] - sum), fabs(log_density[i] - total)));
    log_likelihood += log_density[i];
    *out_entropy += entropy[i];
  }
  /* Logarithms of order 1 to 1000, rounded a few times. */
  EXPECT(largest < 1e-12);
  return log_likelihood;
}

/* Fits the rows in one column, and checks the result. */
static void check_fit(const gmm_em_options *options, double log_background, int64_t num_parameters) {
  gmm_em_fit *fit = NULL;
  gmm_em_result result = {.struct_size = sizeof result};
  ACCEPTED(gmm_fit_em(clutter_line, options, NULL, &fit, out_error));
  ACCEPTED(gmm_em_fit_get_result(fit, &result, out_error));
  EXPECT(result.converged == 1 && result.num_parameters == num_parameters && result.num_collapsed == 0);
  EXPECT(fabs(result.log_background - log_background) < 1e-14);
  const gmm_background *background = options->model == NULL ? options->background : stated(options->model);
  EXPECT((result.background_lower == NULL) == (background->volume > 0));
  if (background->volume == 0) {
    const int is_of_data = background->lower == NULL;
    EXPECT(result.background_lower[0] == (is_of_data ? -40 : wide_lower[0]));
    EXPECT(result.background_upper[0] == (is_of_data ? 60 : wide_upper[0]));
  }
  EXPECT(fabs(result.weights[0] + result.weights[1] - 1) < 1e-14);
  EXPECT(fabs(result.means[0] + 3) < 0.5 && fabs(result.means[1] - 4) < 0.5);
  const gmm_mixture mixture = mixture_of_fit(&result);
  double entropy;
  EXPECT(fabs(check_mixture(&mixture, &entropy) - result.log_likelihood) < 1e-10);
  EXPECT(fabs(entropy - result.entropy) < 1e-10);
  EXPECT(fabs(-2 * result.log_likelihood + (double)num_parameters * log(ROWS) - result.bic) < 1e-10);
  /* At the maximum the weight is the mean share, or the mode of the Beta distribution that follows from it. */
  double share[ROWS], of_rows = 0;
  ACCEPTED(gmm_mixture_background(&mixture, clutter_line, NULL, share, ROWS, out_error));
  for (int i = 0; i < ROWS; i++) of_rows += share[i];
  const double expected = background->fixed_weight > 0 ? background->fixed_weight
                          : options->model == NULL     ? of_rows / ROWS
                                                       : of_rows / (ROWS + background->weight_second - 1);
  EXPECT(fabs(result.background_weight - expected) < 1e-6);
  gmm_em_fit_destroy(fit);
}

static void fits(void) {
  gmm_background of_volume = background_of(200, NULL, NULL), of_bounds = background_of(0, wide_lower, wide_upper);
  const gmm_background of_data = background_of(0, NULL, NULL);
  gmm_em_options options = em_options_beside(&of_volume);
  options.tolerance = 1e-9;
  check_fit(&options, -log(200), 6);
  of_bounds.fixed_weight = 0.125;
  options.background = &of_bounds;
  check_fit(&options, -log(wide_upper[0] - wide_lower[0]), 5);
  options.background = &of_data;
  check_fit(&options, -log(100), 6);

  /* Responsibilities have a column for the background. */
  static double given[ROWS * (K + 1)];
  for (int i = 0; i < ROWS; i++) given[(K + 1) * i + (i >= FIXTURE_COUNT ? K : clutter_values[i] > 0)] = 2;
  options.initial_responsibilities = given;
  check_fit(&options, -log(100), 6);
  given[K] = -1;
  gmm_em_fit *fit = NULL;
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "initial_responsibilities[0, 2]", fit,
                 gmm_fit_em(clutter_line, &options, NULL, &fit, out_error));
  options.initial_responsibilities = NULL;

  /* A model has its own. */
  const gmm_model_options open = line_options_beside(&of_data);
  gmm_model *model = fixture_model(&open);
  options.background = NULL;
  options.model = model;
  check_fit(&options, -log(100), 6);
  options.background = &of_volume;
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "background", fit,
                 gmm_fit_em(clutter_line, &options, NULL, &fit, out_error));
  gmm_model_destroy(model);
}

static void mixtures(void) {
  gmm_mixture mixture = mixture_beside();
  const double weights[] = {0, 1e-300, 0.03, 0.5, 1};
  double entropy, share[ROWS], log_shares[ROWS * K];
  for (int i = 0; i < 5; i++) {
    mixture.background_weight = weights[i];
    mixture.log_background = i == 3 ? 20 : -5;
    (void)check_mixture(&mixture, &entropy);
    ACCEPTED(gmm_mixture_background(&mixture, clutter_line, NULL, share, ROWS, out_error));
    for (int j = 0; (i == 0 || i == 4) && j < ROWS; j++) EXPECT(share[j] == weights[i]);
  }
  ACCEPTED(gmm_mixture_log_probabilities(&mixture, clutter_line, NULL, log_shares, ROWS * K, out_error));
  for (int i = 0; i < ROWS * K; i++) EXPECT(!isnan(log_shares[i]) && log_shares[i] < 0);
}

/* Points that are drawn from a mixture with bounds, whose background has the number K. */
static void points_of_a_mixture(void) {
  enum { POINTS = 10000 };
  static double points[POINTS];
  static int32_t components[POINTS];
  gmm_mixture mixture = mixture_beside();
  mixture.background_lower = wide_lower;
  mixture.background_upper = wide_upper;
  ACCEPTED(gmm_mixture_sample(&mixture, POINTS, 5, NULL, points, POINTS, components, POINTS, out_error));
  double counts[K + 1] = {0}, far = 0;
  for (int i = 0; i < POINTS; i++) {
    if (!EXPECT(components[i] >= 0 && components[i] <= K)) return;
    EXPECT(points[i] >= wide_lower[0] && points[i] <= wide_upper[0]);
    counts[components[i]] += 1;
    if (components[i] == K) far += points[i] > 10;
  }
  /* Five standard errors. */
  const double half = (wide_upper[0] - 10) / (wide_upper[0] - wide_lower[0]);
  EXPECT(fabs(counts[K] / POINTS - 0.1) < 5 * sqrt(0.1 * 0.9 / POINTS));
  EXPECT(fabs(counts[0] / POINTS - 0.9 * 0.25) < 5 * sqrt(0.225 * 0.775 / POINTS));
  EXPECT(fabs(far / counts[K] - half) < 5 * sqrt(half * (1 - half) / counts[K]));
}

/* P(value < end) of a component of mixture_beside. */
static double below(const gmm_mixture *mixture, int k, double end) {
  return 0.5 * erfc((mixture->means[k] - end) / sqrt(2 * mixture->covariances[k]));
}

/* Rows of which more or less than their value is known: a value with an error of sd 2, an interval, one without an end,
 * and no value. */
static void known_rows(void) {
  const double length = wide_upper[0] - wide_lower[0], value = 2, sd = 2, low = 1, high = 3;
  gmm_mixture mixture = mixture_beside();
  mixture.background_lower = wide_lower;
  mixture.background_upper = wide_upper;
  double part[4][K + 1] = {
      {0.1 / length}, {0.1 * (high - low) / length}, {0.1 * (wide_upper[0] - low) / length}, {0.1}};
  for (int k = 0; k < K; k++) {
    const double weight = 0.9 * mixture.weights[k], variance = mixture.covariances[k] + sd * sd;
    const double x = value - mixture.means[k], to_low = below(&mixture, k, low);
    part[0][k + 1] = weight * exp(-0.5 * x * x / variance) / sqrt(6.283185307179586 * variance);
    part[1][k + 1] = weight * (below(&mixture, k, high) - to_low);
    part[2][k + 1] = weight * (1 - to_low);
    part[3][k + 1] = weight;
  }
  const double nothing = NAN, infinite = INFINITY, *ends[] = {&high, &infinite};
  for (int i = 0; i < 4; i++) {
    gmm_data_options options = fixture_data_options();
    gmm_data *row = NULL;
    options.missing = GMM_MISSING_AT_RANDOM;
    if (i == 0) options.error_sds = &sd;
    if (i == 1 || i == 2) {
      options.lower = &low;
      options.upper = ends[i - 1];
    }
    ACCEPTED(gmm_data_create(i == 3 ? &nothing : i == 0 ? &value : NULL, 1, 1, &options, &row, out_error));
    double share, components[K], log_density;
    ACCEPTED(gmm_mixture_background(&mixture, row, NULL, &share, 1, out_error));
    ACCEPTED(gmm_mixture_probabilities(&mixture, row, NULL, components, K, out_error));
    ACCEPTED(gmm_mixture_log_density(&mixture, row, NULL, &log_density, 1, out_error));
    const double total = part[i][0] + part[i][1] + part[i][2];
    EXPECT(fabs(share - part[i][0] / total) < 1e-13 && fabs(components[1] - part[i][2] / total) < 1e-13);
    EXPECT(fabs(log_density - log(total)) < 1e-13);
    gmm_data_destroy(row);
  }

  /* A row with a label has no part in the background, and draws serve all of these rows. */
  double sds[ROWS], components[ROWS * K], share[ROWS];
  int32_t labels[ROWS];
  for (int i = 0; i < ROWS; i++) {
    sds[i] = i % 2 == 0 ? 0.5 : 0;
    labels[i] = i == ROWS - 1 ? 0 : -1;
  }
  gmm_data_options options = fixture_data_options();
  options.missing = GMM_MISSING_AT_RANDOM;
  options.labels = labels;
  gmm_data *data = NULL;
  double holes[ROWS];
  memcpy(holes, clutter_values, sizeof holes);
  holes[3] = nothing;
  options.error_sds = sds;
  ACCEPTED(gmm_data_create(holes, ROWS, 1, &options, &data, out_error));
  const gmm_background of_data = background_of(0, NULL, NULL);
  const gmm_model_options model_options = line_options_beside(&of_data);
  gmm_model *model = fixture_model(&model_options);
  const gmm_sample_options sampling = fixture_sample_options();
  gmm_posterior *posterior = fixture_sample(model, data, &sampling);
  ACCEPTED(gmm_posterior_probabilities(posterior, NULL, components, ROWS * K, out_error));
  ACCEPTED(gmm_posterior_background(posterior, NULL, share, ROWS, out_error));
  check_shares(components, share, ROWS);
  EXPECT(share[ROWS - 1] == 0 && share[ROWS - 2] > 0.99);
  gmm_posterior_destroy(posterior);
  gmm_model_destroy(model);
  gmm_data_destroy(data);
}

void behaviour_background(void) {
  for (int i = 0; i < ROWS; i++) {
    clutter_values[i] = i < FIXTURE_COUNT ? fixture_data[i] : outliers[i - FIXTURE_COUNT];
    for (int d = 0; d < D; d++) {
      clutter_table[D * i + d] = i < FIXTURE_COUNT ? fixture_table[D * i + d] : outliers[i - FIXTURE_COUNT];
    }
  }
  clutter_line = fixture_rows(clutter_values, ROWS, 1);
  clutter_space = fixture_rows(clutter_table, ROWS, D);
  options_come_back();
  draws();
  continuation();
  fits();
  mixtures();
  points_of_a_mixture();
  known_rows();
  background_refusals();
  gmm_data_destroy(clutter_space);
  gmm_data_destroy(clutter_line);
}
