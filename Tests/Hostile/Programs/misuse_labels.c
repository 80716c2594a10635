/* Misuse of labels and of chains. */
#include "misuse.h"

static gmm_posterior *made = NULL;

static gmm_label_options label_options(int32_t rule) {
  gmm_label_options options;
  gmm_label_options_init(&options, sizeof options);
  options.rule = rule;
  return options;
}

#define RELABEL_REFUSED(expected, name) \
  REFUSED_HANDLE(expected, name, made, gmm_posterior_relabel(handles->posterior, &options, NULL, &made, out_error))

static void misuse_rules(const misuse_handles *handles) {
  const int32_t rules[] = {GMM_LABELS_AS_DRAWN, 8, -1};
  for (int i = 0; i < 3; i++) {
    const gmm_label_options options = label_options(rules[i]);
    RELABEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "rule");
  }
  const struct {
    int32_t rule, coordinate;
  } wrong[] = {{GMM_LABELS_DIVERGENCE, 0}, {GMM_LABELS_WEIGHTS, 0}, {GMM_LABELS_MEANS, 1},
               {GMM_LABELS_MEANS, -2},     {GMM_LABELS_SDS, 1},     {GMM_LABELS_SDS, INT32_MIN}};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    gmm_label_options options = label_options(wrong[i].rule);
    options.coordinate = wrong[i].coordinate;
    RELABEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "coordinate");
  }
  REFUSED_HANDLE(GMM_ERROR_UNSUPPORTED, "posterior", made,
                 gmm_posterior_relabel(handles->prior, NULL, NULL, &made, out_error));
}

static void misuse_references(const misuse_handles *handles) {
  gmm_label_options options = label_options(GMM_LABELS_ROWS);
  int64_t labels[FIXTURE_COUNT] = {0};
  options.labels = labels;
  options.num_labels = FIXTURE_COUNT - 1;
  RELABEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "num_labels");
  options.num_labels = FIXTURE_COUNT;
  options.labels = NULL;
  RELABEL_REFUSED(GMM_ERROR_NULL_ARGUMENT, "labels");
  options.labels = labels;
  const int64_t wrong[] = {-2, 2, INT64_MAX, INT64_MIN};
  for (int i = 0; i < 4; i++) {
    labels[1] = wrong[i];
    RELABEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "labels[1]");
  }
  for (int i = 0; i < FIXTURE_COUNT; i++) labels[i] = -1;
  RELABEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "labels");

  options = label_options(GMM_LABELS_MIXTURE);
  RELABEL_REFUSED(GMM_ERROR_NULL_ARGUMENT, "mixture");
  const double weights[] = {0.5, 0.25, 0.25}, means[] = {0, 1, 2}, variances[] = {1, 1, 1};
  gmm_mixture mixture;
  gmm_mixture_init(&mixture, sizeof mixture);
  mixture.num_components = 3;
  mixture.covariance = GMM_COVARIANCE_DIAG;
  mixture.weights = weights;
  mixture.means = means;
  mixture.covariances = variances;
  options.mixture = &mixture;
  RELABEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "mixture");
  mixture.num_components = 2;
  RELABEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "weights");

  options = label_options(GMM_LABELS_POSTERIOR);
  RELABEL_REFUSED(GMM_ERROR_NULL_ARGUMENT, "reference");
  options.reference = (const gmm_posterior *)handles->model;
  RELABEL_REFUSED(GMM_ERROR_WRONG_HANDLE, "reference");
  options.reference = handles->prior;
  RELABEL_REFUSED(GMM_ERROR_UNSUPPORTED, "reference");
}

void misuse_labels(const misuse_handles *handles) {
  misuse_rules(handles);
  misuse_references(handles);

  const int64_t wrong[][2] = {{0, 2}, {-1, 0}, {INT64_MAX, 0}, {1, 1}};
  for (int i = 0; i < 4; i++) {
    REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "chains[", made,
                   gmm_posterior_subset_chains(handles->posterior, wrong[i], 2, &made, out_error));
  }
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "num_chains", made,
                 gmm_posterior_subset_chains(handles->posterior, wrong[0], 3, &made, out_error));
  REFUSED_HANDLE(GMM_ERROR_NULL_ARGUMENT, "chains", made,
                 gmm_posterior_subset_chains(handles->posterior, NULL, 1, &made, out_error));

  uint8_t bytes[16] = {99};
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity",
          gmm_posterior_get_permutations(handles->posterior, NULL, bytes, 16, out_error));
  REFUSED(GMM_ERROR_UNSUPPORTED, "posterior",
          gmm_posterior_get_assignments(handles->posterior, 0, 0, 1, bytes, 16, out_error));
  double shares[1] = {-1};
  REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity",
          gmm_posterior_label_confidence(handles->posterior, NULL, shares, 1, NULL, out_error));
  EXPECT(bytes[0] == 99 && shares[0] == -1);
}
