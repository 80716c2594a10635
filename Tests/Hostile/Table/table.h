/* Valid arguments for the generated rows of the misuse table, and checks of the state after a call. */
#ifndef TABLE_H
#define TABLE_H

/* The rows do on purpose what compilers warn about. */
#define GMM_NO_ATTRIBUTES

#include "check.h"
#include "fixture.h"

enum { TABLE_ROWS = 20, TABLE_POINTS = 5, TABLE_CAPACITY = 8192 };

/* Valid handles of every kind, and pointers that are not handles. */
typedef struct table_handles {
  gmm_data *data;
  gmm_data *known; /* with labels */
  gmm_model *model;
  gmm_posterior *posterior;
  gmm_posterior *counted; /* of an unknown number of components */
  gmm_posterior *beside;  /* beside a background */
  gmm_summary *summary;
  gmm_diagnosis *diagnosis;
  gmm_em_fit *fit;
  gmm_statistics *statistics;
  gmm_variational_fit *variational;
  gmm_stepwise *stepwise;
  gmm_run *run;
  gmm_stream *stream;
  gmm_error *error;
  gmm_cancel *cancel;
  const gmm_statistics *statistics_list[2];
  void *zeros;      /* 256 bytes that are not a handle */
  void *misaligned; /* into them */
  void *destroyed;  /* a handle that was destroyed */
} table_handles;
extern table_handles table;

/* Enough numbers for any array of a valid call. */
extern double table_numbers[TABLE_CAPACITY], table_halves[TABLE_CAPACITY], table_positive[TABLE_CAPACITY];
extern double table_nans[TABLE_CAPACITY], table_infinities[TABLE_CAPACITY], table_late_nan[TABLE_CAPACITY];
extern const char *const table_names[2], *const table_hole_in_names[2];
extern const gmm_statistics *table_hole_in_list[2], *table_wrong_in_list[2];

/* Numbers of rows, and such with a number that no row has. */
extern const int64_t table_indices[TABLE_ROWS], table_negative_index[TABLE_ROWS], table_large_index[TABLE_ROWS];

/* Statistics as bytes, their number, and as many bytes that are not statistics. */
extern uint8_t table_bytes[TABLE_CAPACITY], table_noise[TABLE_CAPACITY];
extern int64_t table_num_bytes;

/* A stepwise fit as bytes, and their number. */
extern uint8_t table_stepwise_bytes[TABLE_CAPACITY];
extern int64_t table_num_stepwise_bytes;

/* A number of clusters that a draw of the posterior of an unknown number of components has. */
extern int32_t table_num_clusters;

/* Chains of the posterior. */
extern const int64_t table_chains[1];

/* A posterior as bytes, and their number. */
extern uint8_t table_posterior_bytes[TABLE_CAPACITY];
extern int64_t table_num_posterior_bytes;

/* The memory to which calls write. It is filled with a pattern before each row. */
extern double table_output[TABLE_CAPACITY], table_more_output[TABLE_CAPACITY];
extern int64_t table_counts[TABLE_CAPACITY];
extern void *table_made;
extern gmm_error *table_error;

/* Options and results for a valid call. There is room behind them for a larger struct_size. */
gmm_data_options *table_gmm_data_options(void);
gmm_model_options *table_gmm_model_options(void);
gmm_background *table_gmm_background(void);
gmm_control *table_gmm_control(void);
gmm_checkpoint *table_gmm_checkpoint(void);
gmm_until *table_gmm_until(void);
int32_t table_sink(const gmm_part *part, void *user_data);
gmm_run_info *table_gmm_run_info(void);
gmm_until_result *table_gmm_until_result(void);
gmm_sample_options *table_gmm_sample_options(void);
gmm_summary_options *table_gmm_summary_options(void);
gmm_label_options *table_gmm_label_options(void);
gmm_kde_options *table_gmm_kde_options(void);
gmm_partition_options *table_gmm_partition_options(void);
gmm_mode_options *table_gmm_mode_options(void);
gmm_partition_result *table_gmm_partition_result(void);
gmm_evidence_options *table_gmm_evidence_options(void);
gmm_evidence *table_gmm_evidence(void);
gmm_em_options *table_gmm_em_options(void);
gmm_mixture *table_gmm_mixture(void);
gmm_posterior_info *table_gmm_posterior_info(void);
gmm_loo *table_gmm_loo(void);
gmm_chain_moves *table_gmm_chain_moves(void);
gmm_mode_result *table_gmm_mode_result(void);
gmm_chain_tempering *table_gmm_chain_tempering(void);
gmm_em_result *table_gmm_em_result(void);
gmm_variational_options *table_gmm_variational_options(void);
gmm_variational_result *table_gmm_variational_result(void);
gmm_view *table_gmm_view(void);

/* A control whose flag is raised. */
gmm_control *table_cancelled_control(void);

void table_create(void);
void table_destroy(void);

/* Begins a row: sets its name for reports and traps, and fills the memory to which calls write with the pattern. */
void table_row(const char *function, const char *parameter, const char *value);

/* Checks that the call of the row was refused: with `expected` or, if that is GMM_OK, any status but an internal error;
 * with an argument that contains `name`, a well-formed message, and nothing written. */
void table_refused(gmm_status status, gmm_status expected, const char *name, int makes_handle);

/* Checks that the header names the status of the row's call, or that there was not enough memory. */
void table_documented(gmm_status status, const gmm_status *statuses, int num_statuses);

/* Checks that the call of the row succeeded. */
void table_accepted(gmm_status status);

/* Checks that the call of the row either succeeded, or was refused in the right form. */
void table_either(gmm_status status, int makes_handle);

/* Checks that the call of the row was cancelled. */
void table_cancelled(gmm_status status);

/* Checks the result of a function without a status. */
void table_result(int holds, const char *what);

#endif
