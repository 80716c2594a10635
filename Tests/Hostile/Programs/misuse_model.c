/* Misuse of models. */
#include "misuse.h"

/* Checks that the fixture's options, changed by the statement that follows, are refused. */
#define MODEL_REFUSED(expected, name, ...)                                                \
  do {                                                                                    \
    gmm_model_options options = fixture_model_options();                                  \
    gmm_model *model = NULL;                                                              \
    __VA_ARGS__;                                                                          \
    REFUSED_HANDLE(expected, name, model, gmm_model_create(&options, &model, out_error)); \
  } while (0)

static void misuse_priors(void) {
  static const double nothing = 0.0, decreasing[] = {2.0, 1.0}, uneven[] = {0.9, 0.1};

  /* Families that do not belong to the parameter, and numbers that are not families. */
  MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "weights", options.weights.family = GMM_PRIOR_NORMAL);
  MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "means", options.means.family = GMM_PRIOR_DIRICHLET);
  MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "means", options.means.family = GMM_PRIOR_HALF_NORMAL);
  MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "spread", options.spread.family = GMM_PRIOR_NORMAL);
  MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "weights", options.weights.family = GMM_PRIOR_SCALED);
  /* The stated priors of an open model are checked like those of other models. */
  MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "order_coordinate", options.means.family = GMM_PRIOR_SCALED;
                options.ordered_means = 1; options.order_coordinate = 1);
  MODEL_REFUSED(GMM_ERROR_INVALID_MODEL, "minimum_weight", options.spread.family = GMM_PRIOR_SCALED;
                options.minimum_weight = 0.75);
  MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "means.sd", options.spread.family = GMM_PRIOR_SCALED;
                options.means.second = &nothing);
  MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "spread.upper", options.means.family = GMM_PRIOR_SCALED;
                options.spread.second = &nothing);
  MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "means", options.means.family = GMM_PRIOR_INVERSE_WISHART);
  MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "spread", options.spread.family = GMM_PRIOR_NORMAL_KAPPA);
  MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "means", options.means.family = 77);
  MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "spread", options.spread.family = INT32_MAX);

  /* Lengths. */
  const int32_t lengths[] = {0, -1, 3, INT32_MAX, INT32_MIN};
  for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
    MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "weights", options.weights.num_values = lengths[i]);
    MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "means", options.means.num_values = lengths[i]);
    MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "spread", options.spread.num_values = lengths[i]);
  }
  MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "spread", {
    options.shared_spread = 1;
    options.spread = (gmm_prior){GMM_PRIOR_HALF_CAUCHY, 2, decreasing, NULL, NULL};
  });

  /* Arrays that are missing. */
  MODEL_REFUSED(GMM_ERROR_NULL_ARGUMENT, "weights", options.weights.first = NULL);
  MODEL_REFUSED(GMM_ERROR_NULL_ARGUMENT, "means", options.means.first = NULL);
  MODEL_REFUSED(GMM_ERROR_NULL_ARGUMENT, "means", options.means.second = NULL);
  MODEL_REFUSED(GMM_ERROR_NULL_ARGUMENT, "spread", options.spread.first = NULL);
  MODEL_REFUSED(GMM_ERROR_NULL_ARGUMENT, "spread", options.spread.second = NULL);

  /* Contradictions. */
  MODEL_REFUSED(GMM_ERROR_INVALID_MODEL, "means", {
    options.ordered_means = 1;
    options.means = (gmm_prior){GMM_PRIOR_FIXED, 2, decreasing, NULL, NULL};
  });
  MODEL_REFUSED(GMM_ERROR_INVALID_MODEL, "weights", {
    options.minimum_weight = 0.2;
    options.weights = (gmm_prior){GMM_PRIOR_FIXED, 2, uneven, NULL, NULL};
  });
}

/* Priors of single components: the argument at fault begins with the component's place. */
static void misuse_priors_of_components(void) {
  static const double one = 1.0, two = 2.0, negative = -1.0, decreasing[] = {2.0, 1.0};
  const gmm_prior known = {GMM_PRIOR_FIXED, 1, &one, NULL, NULL}, open = {GMM_PRIOR_NORMAL, 1, &one, &two, NULL};
  const gmm_prior valid[] = {known, open}, valid_spreads[] = {known, {GMM_PRIOR_HALF_NORMAL, 1, &two, NULL, NULL}};
  const gmm_prior each = {GMM_PRIOR_EACH, 2, NULL, NULL, valid};
  {
    gmm_model_options options = fixture_model_options();
    options.means = each;
    options.spread = (gmm_prior){GMM_PRIOR_EACH, 2, NULL, NULL, valid_spreads};
    gmm_model_destroy(fixture_model(&options));
  }
  const int32_t lengths[] = {0, -1, 1, 3, INT32_MAX, INT32_MIN};
  for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
    /* The announced number of priors must be readable. */
    const gmm_prior three[] = {known, open, open};
    MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "means",
                  options.means = ((gmm_prior){GMM_PRIOR_EACH, lengths[i], NULL, NULL, three}));
  }
  MODEL_REFUSED(GMM_ERROR_NULL_ARGUMENT, "means.priors",
                options.means = ((gmm_prior){GMM_PRIOR_EACH, 2, NULL, NULL, NULL}));
  MODEL_REFUSED(GMM_ERROR_NULL_ARGUMENT, "spread.priors",
                options.spread = ((gmm_prior){GMM_PRIOR_EACH, 2, NULL, NULL, NULL}));
  MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "weights.family", options.weights = each);
  /* Other families have no priors of their own. */
  MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "weights", options.weights.priors = valid);
  MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "means", options.means.priors = valid);
  MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "spread", options.spread.priors = valid);
  const int32_t families[] = {GMM_PRIOR_SCALED, GMM_PRIOR_EACH, GMM_PRIOR_DIRICHLET, GMM_PRIOR_LOG_NORMAL, INT32_MAX};
  for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
    gmm_prior priors[] = {known, open};
    priors[1].family = families[i];
    MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "means[1].family",
                  options.means = ((gmm_prior){GMM_PRIOR_EACH, 2, NULL, NULL, priors}));
  }
  {
    const gmm_prior priors[] = {known, {GMM_PRIOR_UNIFORM, 1, &one, &negative, NULL}};
    MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "means[1].upper",
                  options.means = ((gmm_prior){GMM_PRIOR_EACH, 2, NULL, NULL, priors}));
  }
  {
    const gmm_prior priors[] = {known, {GMM_PRIOR_UNIFORM, 1, &one, NULL, NULL}};
    MODEL_REFUSED(GMM_ERROR_NULL_ARGUMENT, "means[1].upper",
                  options.means = ((gmm_prior){GMM_PRIOR_EACH, 2, NULL, NULL, priors}));
  }
  {
    const gmm_prior priors[] = {known, {GMM_PRIOR_NORMAL, 1, &one, &negative, NULL}};
    MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "means[1].sd",
                  options.means = ((gmm_prior){GMM_PRIOR_EACH, 2, NULL, NULL, priors}));
  }
  {
    const gmm_prior priors[] = {known, {GMM_PRIOR_NORMAL, 2, decreasing, &two, NULL}};
    MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "means[1].mean",
                  options.means = ((gmm_prior){GMM_PRIOR_EACH, 2, NULL, NULL, priors}));
  }
  {
    const gmm_prior priors[] = {{GMM_PRIOR_HALF_CAUCHY, 1, NULL, NULL, NULL}, known};
    MODEL_REFUSED(GMM_ERROR_NULL_ARGUMENT, "spread[0].scale",
                  options.spread = ((gmm_prior){GMM_PRIOR_EACH, 2, NULL, NULL, priors}));
  }
  MODEL_REFUSED(GMM_ERROR_INVALID_ARGUMENT, "spread", {
    options.shared_spread = 1;
    options.spread = (gmm_prior){GMM_PRIOR_EACH, 2, NULL, NULL, valid_spreads};
  });
  const gmm_prior first = {GMM_PRIOR_FIXED, 1, &decreasing[0], NULL, NULL};
  const gmm_prior second = {GMM_PRIOR_FIXED, 1, &decreasing[1], NULL, NULL};
  const gmm_prior falling[] = {first, second};
  MODEL_REFUSED(GMM_ERROR_INVALID_MODEL, "means[1].values", {
    options.ordered_means = 1;
    options.means = (gmm_prior){GMM_PRIOR_EACH, 2, NULL, NULL, falling};
  });
}

void misuse_models(const misuse_handles *handles) {
  const gmm_model_options valid = fixture_model_options();
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_model", gmm_model_create(&valid, NULL, out_error));

  gmm_model *made = NULL;
  REFUSED_HANDLE(GMM_ERROR_NULL_ARGUMENT, "options", made, gmm_model_create(NULL, &made, out_error));
  MODEL_REFUSED(GMM_ERROR_STRUCT_SIZE, "options", options.struct_size = 0);
  misuse_priors();
  misuse_priors_of_components();

  gmm_model *wrong[] = {NULL, (gmm_model *)handles->posterior, (gmm_model *)handles->cancel, handles->zeros};
  const double weights[] = {0.5, 0.5}, means[] = {0.0, 1.0}, sds[] = {1.0, 1.0};
  double density = 42.0;
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    const gmm_status status = wrong[i] == NULL ? GMM_ERROR_NULL_ARGUMENT : GMM_ERROR_WRONG_HANDLE;
    EXPECT(gmm_model_num_components(wrong[i]) == 0);
    EXPECT(gmm_model_num_dimensions(wrong[i]) == 0);
    EXPECT(gmm_model_num_sds(wrong[i]) == 0);
    EXPECT(gmm_model_num_covariances(wrong[i]) == 0);
    EXPECT(gmm_model_covariance(wrong[i]) == -1);
    EXPECT(gmm_model_default_priors(wrong[i]) == 0);
    REFUSED(status, "model", gmm_model_log_prior(wrong[i], weights, means, sds, &density, out_error));
    gmm_model_destroy(wrong[i]);
  }
  gmm_posterior_info info = {.struct_size = sizeof info};
  ACCEPTED(gmm_posterior_get_info(handles->posterior, &info, out_error));

  const gmm_model *model = handles->model;
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "weights", gmm_model_log_prior(model, NULL, means, sds, &density, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "means", gmm_model_log_prior(model, weights, NULL, sds, &density, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "spread", gmm_model_log_prior(model, weights, means, NULL, &density, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_log_density", gmm_model_log_prior(model, weights, means, sds, NULL, out_error));
  EXPECT(density == 42.0);
}
