/* Small valid inputs for the C tests. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <gmmswift.h>

enum { FIXTURE_COUNT = 60 };

/* Sixty values in two groups, around -3 and 4; no two are equal. */
extern double fixture_data[FIXTURE_COUNT];

/* The same groups in three columns. */
enum { FIXTURE_COLUMNS = 3 };
extern double fixture_table[FIXTURE_COUNT * FIXTURE_COLUMNS];

/* Fills both arrays, and lays them out as the data sets below. */
void fixture_fill(void);

/* The values and the table as data sets, which live as long as the program. */
const gmm_data *fixture_data_set(void);
const gmm_data *fixture_table_set(void);

/* A data set of rows that are known to be valid, which the caller destroys; ends the program otherwise. */
gmm_data *fixture_rows(const double *rows, int64_t num_rows, int64_t num_columns);

/* The same with a sample weight for each row. */
gmm_data *fixture_weighted_rows(const double *rows, int64_t num_rows, int64_t num_columns, const double *weights);

/* The options of a data set with no weights, no names and rows that follow each other. */
gmm_data_options fixture_data_options(void);

/* Two components: Dirichlet(1) weights, Normal(0, 10) means, one Uniform(0, 10) sd for each. */
gmm_model_options fixture_model_options(void);

/* The same with increasing means and one sd for all, so that no label switching can occur. */
gmm_model_options fixture_ordered_options(void);

/* Gibbs, 2 chains of 50 draws after 20 of tuning, seed 7. */
gmm_sample_options fixture_sample_options(void);

/* A model from options that are known to be valid; ends the program otherwise. */
gmm_model *fixture_model(const gmm_model_options *options);

/* A posterior of data under a model; ends the program on failure. */
gmm_posterior *fixture_sample(const gmm_model *model, const gmm_data *data, const gmm_sample_options *options);

/* The same of fixture_data. */
gmm_posterior *fixture_posterior(const gmm_model *model, const gmm_sample_options *options);

/* Creates a model from options. The data choose the open priors. */
gmm_status fixture_model_for_data(const gmm_model_options *options, const gmm_data *data, const gmm_control *control,
                                  gmm_model **out_model, gmm_error **out_error);

#endif
