/* What the tests of a background share. */
#ifndef BEHAVIOUR_BACKGROUND_H
#define BEHAVIOUR_BACKGROUND_H

#include "behaviour.h"

enum { K = 2, OUTLIERS = 4, ROWS = FIXTURE_COUNT + OUTLIERS, D = FIXTURE_COLUMNS };

/* The fixture's two groups, around -3 and 4, and the rows -40, 35, 60 and -20: in one column, and in D. */
extern double clutter_values[ROWS], clutter_table[ROWS * D];
extern gmm_data *clutter_line, *clutter_space;

/* Bounds around all rows. */
extern const double wide_lower[D], wide_upper[D];

/* A background with the default prior of its weight. */
gmm_background background_of(double volume, const double *lower, const double *upper);

/* K components beside a background, in one dimension and in D, and the options of a fit. */
gmm_model_options line_options_beside(const gmm_background *background);
gmm_model_options space_options_beside(const gmm_background *background);
gmm_em_options em_options_beside(const gmm_background *background);

/* A mixture around the two groups, beside a background of weight 0.1. */
gmm_mixture mixture_beside(void);

/* Checks what is refused. */
void background_refusals(void);

#endif
