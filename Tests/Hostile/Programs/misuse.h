/* Tests of misuse by section of the header. Every call returns a status, whatever its arguments, and does not trap. */
#ifndef MISUSE_H
#define MISUSE_H

/* These tests do on purpose what compilers warn about. */
#define GMM_NO_ATTRIBUTES

#include "check.h"
#include "fixture.h"

/* Handles of other kinds. Each refers to memory that the test owns. */
typedef struct misuse_handles {
  gmm_model *model;         /* valid */
  gmm_posterior *posterior; /* valid */
  gmm_posterior *prior;     /* valid, of gmm_sample_prior */
  gmm_cancel *cancel;       /* valid */
  void *zeros;              /* 256 bytes that are not a handle */
} misuse_handles;

void misuse_errors(const misuse_handles *handles);
void misuse_sizes(const misuse_handles *handles);
void misuse_models(const misuse_handles *handles);
void misuse_dimensions(const misuse_handles *handles);
void misuse_data_sets(const misuse_handles *handles);
void misuse_data_tables(const misuse_handles *handles);
void misuse_sampling(const misuse_handles *handles);
void misuse_posteriors(const misuse_handles *handles);
void misuse_labels(const misuse_handles *handles);
void misuse_prediction(const misuse_handles *handles);
void misuse_summaries(const misuse_handles *handles);
void misuse_arrays(const misuse_handles *handles);
void misuse_em(const misuse_handles *handles);
void misuse_files(const misuse_handles *handles);
void misuse_statistics(const misuse_handles *handles);
void misuse_known_mixtures(const misuse_handles *handles);
void misuse_starts(const misuse_handles *handles);
void misuse_stepwise(const misuse_handles *handles);
void misuse_variational(const misuse_handles *handles);

#endif
