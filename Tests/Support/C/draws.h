/* Views of draws, and comparisons of draws. */
#ifndef DRAWS_H
#define DRAWS_H

#include <gmmswift.h>

/* Returns a view that exists. Ends the program if it does not. */
gmm_view view_of(const gmm_posterior *posterior, int32_t field);

/* Returns one element of a float64 view of (chains, draws) or (chains, draws, K). */
double element(const gmm_view *view, int64_t chain, int64_t draw, int64_t component);

/* Returns the result of gmm_posterior_get_info. */
gmm_posterior_info info_of(const gmm_posterior *posterior);

/* Returns the same draws as they were drawn, in place of a posterior, which is destroyed. */
gmm_posterior *drawn_of(gmm_posterior *posterior);

/* Whether draws first, first + step, ... of `all` are, bit for bit and in every float64 field, the draws of `kept`,
 * as they were drawn. */
int holds_draws(const gmm_posterior *kept, const gmm_posterior *all, int64_t first, int64_t step);

/* Returns whether two posteriors have the same shape and the same draws. */
int same_draws(const gmm_posterior *left, const gmm_posterior *right);

/* Returns whether every number of every draw is finite, in all fields of one dimension. */
int all_finite(const gmm_posterior *posterior);

#endif
