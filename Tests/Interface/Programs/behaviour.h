/* Tests of the header's promises about results, through the C interface. */
#ifndef BEHAVIOUR_H
#define BEHAVIOUR_H

#include "check.h"
#include "draws.h"
#include "fixture.h"

void behaviour_draws(void);
void behaviour_labels(void);
void behaviour_counts(void);
void behaviour_known_rows(void);
void behaviour_background(void);
void behaviour_hyperpriors(void);
void behaviour_continuation(void);
void behaviour_files(void);
void behaviour_control(void);
void behaviour_cancelling(void);
void behaviour_long_calls(void);
void behaviour_processes(void);
void behaviour_models(void);
void behaviour_dimensions(void);
void behaviour_data(void);
void behaviour_data_sets(void);
void behaviour_parts_of_data(void);
void behaviour_summaries(void);
void behaviour_predictions(void);
void behaviour_comparison(void);
void behaviour_label_free(void);
void behaviour_diagnosis(void);
void behaviour_arrays(void);
void behaviour_densities(void);
void behaviour_em(void);
void behaviour_statistics(void);
void behaviour_mixtures(void);
void behaviour_starts(void);
void behaviour_until(void);
void behaviour_runs(void);
void behaviour_stack(void);
void behaviour_stepwise(void);
void behaviour_variational(void);

#endif
