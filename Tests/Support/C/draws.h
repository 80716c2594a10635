/* Views of draws, and comparing them. */
#ifndef DRAWS_H
#define DRAWS_H

#include <gmmswift.h>

/* A view that is known to exist; ends the program otherwise. */
gmm_view view_of(const gmm_posterior *posterior, int32_t field);

/* One element of a float64 view of (chains, draws) or (chains, draws, K). */
double element(const gmm_view *view, int64_t chain, int64_t draw, int64_t component);

/* What gmm_posterior_get_info says. */
gmm_posterior_info info_of(const gmm_posterior *posterior);

/* Whether draws first, first + step, ... of `all` are, bit for bit and in every float64 field, the draws of `kept`. */
int holds_draws(const gmm_posterior *kept, const gmm_posterior *all, int64_t first, int64_t step);

/* Whether two posteriors have the same shape and the same draws. */
int same_draws(const gmm_posterior *left, const gmm_posterior *right);

/* Whether every number of every draw is finite, in all fields of one dimension. */
int all_finite(const gmm_posterior *posterior);

#endif
