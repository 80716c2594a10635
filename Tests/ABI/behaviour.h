/* What the header promises about results, seen through the C interface. */
#ifndef BEHAVIOUR_H
#define BEHAVIOUR_H

#include "check.h"
#include "fixture.h"

void behaviour_draws(void);
void behaviour_continuation(void);
void behaviour_files(void);
void behaviour_control(void);
void behaviour_cancelling(void);
void behaviour_processes(void);
void behaviour_models(void);
void behaviour_dimensions(void);
void behaviour_data(void);
void behaviour_summaries(void);
void behaviour_predictions(void);
void behaviour_arrays(void);
void behaviour_em(void);
void behaviour_statistics(void);
void behaviour_mixtures(void);
void behaviour_degenerate(void);

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
