#include "draws.h"

#include "check.h"

gmm_view view_of(const gmm_posterior *posterior, int32_t field) {
  gmm_view view;
  gmm_error *error = NULL;
  if (gmm_posterior_view(posterior, field, &view, &error) == GMM_OK) return view;
  printf("view %d: %s\n", (int)field, gmm_error_message(error));
  exit(EXIT_FAILURE);
}

double element(const gmm_view *view, int64_t chain, int64_t draw, int64_t component) {
  const double *data = view->data;
  return data[chain * view->strides[0] + draw * view->strides[1] + component * view->strides[2]];
}

gmm_posterior_info info_of(const gmm_posterior *posterior) {
  gmm_posterior_info info = {.struct_size = sizeof info};
  ACCEPTED(gmm_posterior_get_info(posterior, &info, out_error));
  return info;
}

static const int32_t fields[] = {GMM_FIELD_WEIGHTS,        GMM_FIELD_MEANS,         GMM_FIELD_SDS,
                                 GMM_FIELD_LOG_LIKELIHOOD, GMM_FIELD_LOG_POSTERIOR, GMM_FIELD_ACCEPTANCE,
                                 GMM_FIELD_NUM_CLUSTERS,   GMM_FIELD_BACKGROUND};
enum { NUM_FIELDS = sizeof fields / sizeof fields[0] };

static int has_field(const gmm_posterior *posterior, int32_t field) {
  gmm_view view;
  return gmm_posterior_view(posterior, field, &view, NULL) == GMM_OK;
}

gmm_posterior *drawn_of(gmm_posterior *posterior) {
  gmm_posterior *drawn = NULL;
  ACCEPTED(gmm_posterior_as_drawn(posterior, &drawn, out_error));
  gmm_posterior_destroy(posterior);
  return drawn;
}

static int holds_rows(const gmm_posterior *kept, const gmm_posterior *all, int64_t first, int64_t step) {
  for (int f = 0; f < NUM_FIELDS; f++) {
    if (has_field(kept, fields[f]) != has_field(all, fields[f])) return 0;
    if (!has_field(kept, fields[f])) continue;
    const gmm_view some = view_of(kept, fields[f]), every = view_of(all, fields[f]);
    if (some.num_axes != every.num_axes || some.shape[2] != every.shape[2]) return 0;
    if (some.shape[0] != every.shape[0] || first + (some.shape[1] - 1) * step >= every.shape[1]) return 0;
    for (int64_t chain = 0; chain < some.shape[0]; chain++) {
      for (int64_t draw = 0; draw < some.shape[1]; draw++) {
        for (int64_t component = 0; component < some.shape[2]; component++) {
          const double left = element(&some, chain, draw, component);
          const double right = element(&every, chain, first + draw * step, component);
          if (memcmp(&left, &right, sizeof left) != 0) return 0;
        }
      }
    }
  }
  return 1;
}

int holds_draws(const gmm_posterior *kept, const gmm_posterior *all, int64_t first, int64_t step) {
  gmm_posterior *some = NULL, *every = NULL;
  ACCEPTED(gmm_posterior_as_drawn(kept, &some, out_error));
  ACCEPTED(gmm_posterior_as_drawn(all, &every, out_error));
  const int holds = holds_rows(some, every, first, step);
  gmm_posterior_destroy(every);
  gmm_posterior_destroy(some);
  return holds;
}

int same_draws(const gmm_posterior *left, const gmm_posterior *right) {
  return info_of(left).num_draws == info_of(right).num_draws && holds_draws(left, right, 0, 1);
}

int all_finite(const gmm_posterior *posterior) {
  for (int f = 0; f < NUM_FIELDS; f++) {
    if (!has_field(posterior, fields[f])) continue;
    const gmm_view view = view_of(posterior, fields[f]);
    for (int64_t chain = 0; chain < view.shape[0]; chain++) {
      for (int64_t draw = 0; draw < view.shape[1]; draw++) {
        for (int64_t component = 0; component < view.shape[2]; component++) {
          if (!isfinite(element(&view, chain, draw, component))) return 0;
        }
      }
    }
  }
  return 1;
}
