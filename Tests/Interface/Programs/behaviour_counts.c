/* An unknown number of components: its posterior, its draws, and those of one number of clusters. */
#include <math.h>

#include "behaviour.h"

enum { MOST = 4, NUMBERS = MOST + 1 };

/* A model of up to `components` components, whose weights have the concentration `alpha` in all. */
static gmm_model_options counted_options(int32_t components, const double *alpha) {
  static const double zero[] = {0}, ten[] = {10};
  gmm_model_options options = fixture_model_options();
  options.num_components = components;
  options.ordered_means = 0;
  options.minimum_weight = 0;
  options.weights = (gmm_prior){GMM_PRIOR_DYNAMIC_DIRICHLET, 1, alpha, NULL, NULL};
  options.means = (gmm_prior){GMM_PRIOR_NORMAL, 1, zero, ten, NULL};
  options.spread = (gmm_prior){GMM_PRIOR_HALF_NORMAL, 1, ten, NULL, NULL};
  return options;
}

static gmm_posterior *counted_posterior(void) {
  static const double ten[] = {10}, numbers[] = {1, MOST};
  gmm_model_options options = counted_options(MOST, ten);
  options.count = (gmm_prior){GMM_PRIOR_DISCRETE_UNIFORM, 2, numbers, NULL, NULL};
  gmm_model *model = fixture_model(&options);
  gmm_model_options stated;
  stated.struct_size = sizeof stated;
  ACCEPTED(gmm_model_get_options(model, &stated, out_error));
  EXPECT(stated.count.family == GMM_PRIOR_DISCRETE_UNIFORM && stated.count.num_values == 2);
  EXPECT(stated.count.first[0] == 1 && stated.count.first[1] == MOST);
  EXPECT(stated.weights.family == GMM_PRIOR_DYNAMIC_DIRICHLET && stated.weights.first[0] == 10);
  gmm_sample_options sampling = fixture_sample_options();
  sampling.store_assignments = 1;
  gmm_posterior *posterior = fixture_posterior(model, &sampling);
  gmm_model_destroy(model);
  return posterior;
}

static void check_draws(const gmm_posterior *posterior, double *clusters) {
  const gmm_view count = view_of(posterior, GMM_FIELD_NUM_COMPONENTS),
                 occupied = view_of(posterior, GMM_FIELD_NUM_CLUSTERS);
  const gmm_view weights = view_of(posterior, GMM_FIELD_WEIGHTS), sizes = view_of(posterior, GMM_FIELD_CLUSTER_SIZES);
  EXPECT(weights.shape[2] == MOST && sizes.shape[2] == MOST);
  for (int64_t chain = 0; chain < count.shape[0]; chain++) {
    for (int64_t draw = 0; draw < count.shape[1]; draw++) {
      const double components = element(&count, chain, draw, 0), t = element(&occupied, chain, draw, 0);
      EXPECT(t >= 1 && t <= components && components <= MOST);
      clusters[(int)t] += 1.0 / (double)(count.shape[0] * count.shape[1]);
      double sum = 0, rows = 0;
      for (int64_t k = 0; k < MOST; k++) {
        const double weight = element(&weights, chain, draw, k), size = element(&sizes, chain, draw, k);
        EXPECT(isnan(weight) == ((double)k >= components) && isnan(size) == ((double)k >= components));
        if (isnan(weight)) continue;
        EXPECT((size > 0) == ((double)k < t));
        sum += weight;
        rows += size;
      }
      EXPECT(fabs(sum - 1) < 1e-9 && rows == FIXTURE_COUNT);
    }
  }
}

/* The number of clusters of the first draw. */
static double clusters_of_first_draw(const gmm_posterior *posterior) {
  const gmm_view clusters = view_of(posterior, GMM_FIELD_NUM_CLUSTERS);
  return element(&clusters, 0, 0, 0);
}

static void check_given(const gmm_posterior *posterior, const double *clusters) {
  int most = 1;
  for (int t = 2; t <= MOST; t++) most = clusters[t] > clusters[most] ? t : most;
  gmm_posterior *given = NULL;
  ACCEPTED(gmm_posterior_given_clusters(posterior, most, &given, out_error));
  const gmm_posterior_info all = info_of(posterior), info = info_of(given);
  EXPECT(info.num_components == most && info.num_chains == 1 && info.can_extend == 0);
  EXPECT(info.num_draws == llround(clusters[most] * (double)(all.num_chains * all.num_draws)));
  const gmm_view weights = view_of(given, GMM_FIELD_WEIGHTS);
  for (int64_t draw = 0; draw < info.num_draws; draw++) {
    double sum = 0;
    for (int64_t k = 0; k < most; k++) sum += element(&weights, 0, draw, k);
    EXPECT(fabs(sum - 1) < 1e-9);
  }
  double values[NUMBERS];
  gmm_posterior *none = NULL;
  REFUSED(GMM_ERROR_UNSUPPORTED, "posterior",
          gmm_posterior_count_probabilities(given, GMM_COUNT_CLUSTERS, values, NULL, NUMBERS, out_error));
  REFUSED(GMM_ERROR_UNSUPPORTED, "posterior", gmm_posterior_given_clusters(given, most, &none, out_error));
  gmm_posterior_destroy(given);
}

/* One point among the data, and one far from them. */
static void check_new_cluster(const gmm_posterior *posterior) {
  const double at[] = {fixture_data[0], 1e3};
  double found[2];
  gmm_data *points = NULL;
  ACCEPTED(gmm_data_create(at, 2, 1, NULL, &points, out_error));
  ACCEPTED(gmm_posterior_predict_new_cluster(posterior, points, NULL, found, 2, out_error));
  EXPECT(found[0] >= 0 && found[0] < 0.5 && found[1] > 0.99 && found[1] <= 1);
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity",
          gmm_posterior_predict_new_cluster(posterior, points, NULL, found, 1, out_error));
  gmm_posterior *given = NULL;
  ACCEPTED(gmm_posterior_given_clusters(posterior, (int32_t)clusters_of_first_draw(posterior), &given, out_error));
  REFUSED(GMM_ERROR_UNSUPPORTED, "posterior",
          gmm_posterior_predict_new_cluster(given, points, NULL, found, 2, out_error));
  gmm_posterior_destroy(given);
  gmm_data_destroy(points);
}

/* A Dirichlet process: each draw has its clusters, and one component that stands for all others. */
static void check_process(void) {
  enum { ROOM = 24 };
  static const double one[] = {1};
  gmm_model_options options = counted_options(ROOM, one);
  options.count = (gmm_prior){GMM_PRIOR_DIRICHLET_PROCESS, 0, NULL, NULL, NULL};
  gmm_model *model = fixture_model(&options), *none = NULL;
  gmm_model_options stated;
  stated.struct_size = sizeof stated;
  ACCEPTED(gmm_model_get_options(model, &stated, out_error));
  EXPECT(stated.count.family == GMM_PRIOR_DIRICHLET_PROCESS && stated.weights.first[0] == 1);
  gmm_sample_options sampling = fixture_sample_options();
  gmm_posterior *posterior = fixture_posterior(model, &sampling);
  gmm_model_destroy(model);
  const gmm_view count = view_of(posterior, GMM_FIELD_NUM_COMPONENTS),
                 occupied = view_of(posterior, GMM_FIELD_NUM_CLUSTERS), weights = view_of(posterior, GMM_FIELD_WEIGHTS);
  for (int64_t chain = 0; chain < count.shape[0]; chain++) {
    for (int64_t draw = 0; draw < count.shape[1]; draw++) {
      const int64_t components = (int64_t)element(&count, chain, draw, 0);
      EXPECT(components == (int64_t)element(&occupied, chain, draw, 0) + 1 && components <= ROOM);
      double sum = 0;
      for (int64_t k = 0; k < components; k++) sum += element(&weights, chain, draw, k);
      EXPECT(fabs(sum - 1) < 1e-9);
    }
  }
  double values[ROOM + 1];
  ACCEPTED(gmm_posterior_count_probabilities(posterior, GMM_COUNT_CLUSTERS, values, NULL, ROOM + 1, out_error));
  REFUSED(GMM_ERROR_UNSUPPORTED, "posterior",
          gmm_posterior_count_probabilities(posterior, GMM_COUNT_COMPONENTS, values, NULL, ROOM + 1, out_error));
  check_new_cluster(posterior);
  gmm_posterior_destroy(posterior);
  options.weights.family = GMM_PRIOR_DIRICHLET;
  REFUSED(GMM_ERROR_INVALID_MODEL, "weights.family", gmm_model_create(&options, &none, out_error));
  options.count = (gmm_prior){GMM_PRIOR_DIRICHLET_PROCESS, 1, one, NULL, NULL};
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "count.num_values", gmm_model_create(&options, &none, out_error));
}

void behaviour_counts(void) {
  check_process();
  gmm_posterior *posterior = counted_posterior(), *none = NULL;
  double clusters[NUMBERS] = {0}, found[NUMBERS], errors[NUMBERS], components[NUMBERS];
  check_draws(posterior, clusters);
  ACCEPTED(gmm_posterior_count_probabilities(posterior, GMM_COUNT_CLUSTERS, found, errors, NUMBERS, out_error));
  ACCEPTED(gmm_posterior_count_probabilities(posterior, GMM_COUNT_COMPONENTS, components, NULL, NUMBERS, out_error));
  double sum = 0;
  for (int k = 0; k <= MOST; k++) {
    EXPECT(fabs(found[k] - clusters[k]) < 1e-9 && errors[k] >= 0);
    sum += components[k];
  }
  EXPECT(components[0] == 0 && fabs(sum - 1) < 1e-9);
  check_given(posterior, clusters);
  check_new_cluster(posterior);
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity",
          gmm_posterior_count_probabilities(posterior, GMM_COUNT_CLUSTERS, found, errors, MOST, out_error));
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "count",
          gmm_posterior_count_probabilities(posterior, 2, found, errors, NUMBERS, out_error));
  REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_clusters", gmm_posterior_given_clusters(posterior, 99, &none, out_error));
  gmm_view view;
  gmm_summary *summary = NULL;
  REFUSED(GMM_ERROR_UNSUPPORTED, "posterior", gmm_posterior_summarize(posterior, NULL, NULL, &summary, out_error));
  ACCEPTED(gmm_posterior_view(posterior, GMM_FIELD_ASSIGNMENTS, &view, out_error));
  gmm_posterior_destroy(posterior);
}
