/*
 * gmmswift.h - Bayesian Gaussian mixture models behind one C header.
 *
 * A program hands over data and a model (components, priors, constraints); it gets back posterior draws,
 * summaries, cluster probabilities and predictions. The model, for observations x_1 .. x_N and K components:
 *
 *     x_i | z_i = k  ~  Normal(means[k], covariance of k),      P(z_i = k) = weights[k],
 *
 * in D dimensions, with priors on weights, means and spread, each of which can also be fixed to known values. The spread is
 * standard deviations (in one dimension, and where covariances are diagonal) or covariance matrices.
 *
 * Rules that hold for every function
 * ----------------------------------
 * Errors.  A function that can fail returns a gmm_status and takes a nullable `gmm_error **out_error` last.
 *          On entry *out_error and every out_ handle are set to NULL; on failure nothing else is written (but a
 *          prediction that is cancelled, gmm_posterior_sample_predictive among them, or for which memory runs out, leaves its
 *          buffer partly written) and,
 *          if out_error is not NULL, *out_error receives an error object that the caller destroys with
 *          gmm_error_destroy. Messages read `argument: rule, got value` (those of
 *          GMM_ERROR_OUT_OF_MEMORY and GMM_CANCELLED say what happened). There is no "last error" of a thread.
 *          Any function may also return GMM_ERROR_OUT_OF_MEMORY or GMM_ERROR_INTERNAL.
 * Handles. Opaque pointers from a create-like function, given back to the matching destroy, which accepts NULL.
 *          A handle of another kind, or one whose memory still shows that it was destroyed, is refused with
 *          GMM_ERROR_WRONG_HANDLE; that check is a help, not a licence. All handles but gmm_cancel are immutable:
 *          any number of threads may read one at the same time. A handle keeps alive what it was made from
 *          (a posterior its model and a copy of the data), so handles may be destroyed in any order.
 * Options. Structs begin with `uint32_t struct_size`. Call the matching _init(&options, sizeof options), then
 *          change fields. Fields are only ever appended: a smaller struct_size means defaults for what is
 *          missing, a larger one is accepted when the unknown rest is zero. Pointers inside an options struct
 *          are read during the call only. NULL in place of an options struct means all defaults
 *          (a model has none, so gmm_model_create requires its options).
 * Arrays.  Float64 (double). Sizes are int64_t and their products are checked. Data and points are handed over as a
 *          gmm_data, which is checked and laid out once. Output buffers belong to the caller;
 *          `capacity` counts elements, and a buffer that is too small, or a negative capacity, is
 *          GMM_ERROR_BUFFER_TOO_SMALL.
 * Control. Every function that can take long takes a nullable `const gmm_control *control`: threads, progress, cancelling. A call
 *          that is cancelled returns GMM_CANCELLED within about 20 ms of work (or one iteration, the draw of one covariance
 *          matrix, or one call of the system) and gives back its memory. gmm_data_create, which copies and checks the data
 *          once, takes none.
 * Threads. Every function may be called from any thread. Worker threads are created and joined inside a call;
 *          none survives it; where the system refuses one, the others do its work. Results do not depend on the number
 *          of threads: same seed, same bits.
 * Files.   Paths are UTF-8, ended by a zero byte. A file is written under another name in the same folder (the path and
 *          ".gmmtmp"), brought to the disk and renamed: it appears whole or not at all, and what was there before is
 *          intact until then. Messages name the path and the system's reason. docs/FORMATS.md has the formats.
 * Side effects. The library never prints, never exits, installs no signal handler, touches no locale,
 *          no environment variable, and no file but those whose paths it is given.
 */
#ifndef GMMSWIFT_H
#define GMMSWIFT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------------------------------ Version */

#define GMM_VERSION_MAJOR 0
#define GMM_VERSION_MINOR 1
#define GMM_VERSION_PATCH 0
#define GMM_VERSION_STRING "0.1.0"

/* The version as one number, 10000 major + 100 minor + patch, for #if. */
#define GMM_VERSION_NUMBER 100

/* Binary interface of this header; equals the number in the library's soname (libgmmswift.so.0). */
#define GMM_ABI_VERSION 0

/* The library's version, "major.minor.patch"; static storage. Never fails. */
const char *gmm_version(void);

/* What the library is and runs on, as `name=value` words separated by spaces: "version=0.1.0 abi=0 kernels=avx512
 * available=portable,avx2,avx512". `kernels` is the build of the inner loops that calls use by default, the fastest that
 * this processor can run. Static storage. Never fails. */
const char *gmm_build_info(void);

/* The binary interface of the loaded library, to compare with GMM_ABI_VERSION. Never fails. */
int32_t gmm_abi_version(void);

/* ------------------------------------------------------------------------------------- Status and errors */

typedef int32_t gmm_status;

enum {
  GMM_OK = 0,

  /* The caller's arguments. */
  GMM_ERROR_NULL_ARGUMENT = 10,    /* a required pointer is NULL */
  GMM_ERROR_WRONG_HANDLE = 11,     /* a handle of another kind, or one already destroyed */
  GMM_ERROR_INVALID_ARGUMENT = 12, /* a value outside its documented range */
  GMM_ERROR_INVALID_DATA = 13,     /* NaN, infinity or too large a number in data; the message has row and column */
  GMM_ERROR_BUFFER_TOO_SMALL = 14, /* capacity below what is needed; the message has both */
  GMM_ERROR_UNSUPPORTED = 15,      /* a valid request that this version does not serve */
  GMM_ERROR_STRUCT_SIZE = 16,      /* struct_size 0 or too small, or unknown trailing fields that are not zero */

  /* The model together with the data. */
  GMM_ERROR_INVALID_MODEL = 30, /* prior parameters or constraints that contradict each other */
  GMM_ERROR_DEGENERATE = 31,    /* a posterior that does not exist, or a chain that collapsed; the message names why */

  /* The machine. */
  GMM_ERROR_OUT_OF_MEMORY = 50,

  /* Files. */
  GMM_ERROR_FILE = 60,          /* the system refuses to read or write one; the message has path and reason */
  GMM_ERROR_FILE_FORMAT = 61,   /* none of this library's, cut, damaged, or of a later version */
  GMM_ERROR_FILE_MISMATCH = 62, /* a checkpoint of other data, another model, other options or another version */

  /* Not an error of anybody's. */
  GMM_CANCELLED = 70, /* the callback or gmm_cancel_request stopped the call */

  GMM_ERROR_INTERNAL = 90 /* a defect of the library: please report it */
};

/* The name of a status, such as "GMM_ERROR_INVALID_DATA", or "GMM_UNKNOWN_STATUS"; static storage. Never fails. */
const char *gmm_status_name(gmm_status status);

typedef struct gmm_error gmm_error;

/* The status that the failed function returned; GMM_ERROR_NULL_ARGUMENT for NULL. */
gmm_status gmm_error_status(const gmm_error *error);

/* The text `argument: rule, got value`, UTF-8; owned by the error. "" for NULL. */
const char *gmm_error_message(const gmm_error *error);

/* The argument or options field at fault as this header names it, with indices from 0, such as "num_draws", "means.sd[2]" or
 * "means[1].sd"; owned by the error. "" where no argument is at fault, and for NULL. */
const char *gmm_error_argument(const gmm_error *error);

/* How many indices the argument has: 2 for "data[5, 1]" and for "means[1].sd[0]"; 0 for NULL. */
int32_t gmm_error_num_indices(const gmm_error *error);

/* An index of the argument, 0 <= position < gmm_error_num_indices, from left to right; -1 where the position is out of range. */
int64_t gmm_error_index(const gmm_error *error, int32_t position);

/* The rule that was broken, such as "must be positive"; owned by the error. The names of other arguments stand between backquotes:
 * "must be at most 1/`num_components` = 0.5". "" for NULL. */
const char *gmm_error_rule(const gmm_error *error);

/* The value that broke the rule, as text; owned by the error. "" where the rule says it all, and for NULL. */
const char *gmm_error_value(const gmm_error *error);

/* The errno with which the system refused a file; 0 for other errors and for NULL. */
int32_t gmm_error_system_code(const gmm_error *error);

/* Frees an error object; NULL is accepted. */
void gmm_error_destroy(gmm_error *error);

/* ------------------------------------------------------------------------------------------------------ Data */

/* The largest number of components. */
#define GMM_MAX_COMPONENTS 256

/* The largest number of dimensions. */
#define GMM_MAX_DIMENSIONS 1048576

/* A data set: N observations in D dimensions, with what is known about them beside their values. */
typedef struct gmm_data gmm_data;

typedef struct gmm_data_options {
  uint32_t struct_size;
  int32_t reserved;       /* 0 */
  int64_t row_stride;     /* distance between two rows in elements, at least num_dimensions (a larger one skips columns); 0:
                             num_dimensions; default 0 */
  int64_t first_row;      /* number of the first row in the whole data set of which these rows are a part, a multiple of 4096;
                             chains draw for the rows what they would draw for them in the whole; default 0 */
  const double *sample_weights;    /* num_observations, 0 .. 1e100, sum at least 1e-100, or NULL for 1: 0 makes a row inert, an
                                      integer repeats it; how a sampler takes other weights, gmm_sample says */
  const char *const *column_names; /* num_dimensions texts in UTF-8, all different, none of them empty; or NULL. They name
                                      rows of summaries and columns in messages */
} gmm_data_options;

/* Writes the defaults. GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_data_options_init(gmm_data_options *options, size_t struct_size);

/* Checks, copies and lays out a data set, once for all calls that take it. It never changes, and any number of threads and
 * calls may share it.
 * data: num_observations x num_dimensions, row after row; num_observations may be 0 (data may then be NULL).
 * num_dimensions: 1 .. GMM_MAX_DIMENSIONS. options may be NULL.
 * GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT; GMM_ERROR_INVALID_DATA for NaN, infinity and values
 * whose squares could not be summed (all below 1e144 in magnitude can), with row and column. */
gmm_status gmm_data_create(const double *data, int64_t num_observations, int64_t num_dimensions,
                           const gmm_data_options *options, gmm_data **out_data, gmm_error **out_error);

/* N, or 0 for an invalid handle. */
int64_t gmm_data_num_observations(const gmm_data *data);

/* D, or 0 for an invalid handle. */
int64_t gmm_data_num_dimensions(const gmm_data *data);

/* Whether the rows have sample weights; 0 for an invalid handle. */
int32_t gmm_data_has_sample_weights(const gmm_data *data);

/* The name of a column, owned by the data set; NULL where it has none, out of range, and for an invalid handle. */
const char *gmm_data_column_name(const gmm_data *data, int64_t column);

/* A number that differs between data sets with other values, but for a chance of 2^-64: the XXH64 of the values in the groups of
 * eight in which they are laid out, and of N and D, which checkpoints compare. 0 for an invalid handle. */
uint64_t gmm_data_fingerprint(const gmm_data *data);

/* Frees a data set; NULL is accepted. What was made from it keeps what it needs. */
void gmm_data_destroy(gmm_data *data);

/* ---------------------------------------------------------------------------------- Progress and cancelling */

typedef struct gmm_cancel gmm_cancel;

/* A flag that stops the calls it is given to, from any thread or signal handler. */
gmm_status gmm_cancel_create(gmm_cancel **out_cancel, gmm_error **out_error);

/* Raises the flag; calls that use it return GMM_CANCELLED soon. Async-signal-safe. NULL is accepted. */
void gmm_cancel_request(gmm_cancel *cancel);

/* Lowers the flag so that it can be used again. NULL is accepted. */
void gmm_cancel_reset(gmm_cancel *cancel);

/* Frees the flag; no call may still be using it. NULL is accepted. */
void gmm_cancel_destroy(gmm_cancel *cancel);

typedef struct gmm_progress {
  uint32_t struct_size;
  int32_t num_chains;       /* 0 for calls other than gmm_sample and gmm_posterior_extend, as are the draws */
  int64_t iterations_done;  /* over all chains, tuning included. Other calls count: gmm_fit_em starts; summaries quantities;
                               gmm_posterior_save and _load bytes, of which loading reads each twice; gmm_posterior_export_csv
                               draws; gmm_statistics_merge statistics; gmm_kde, gmm_autocorrelation and gmm_histogram
                               themselves, 0 or 1; all else blocks of points or draws */
  int64_t iterations_total;
  int64_t draws_done;       /* kept draws, over all chains */
  int64_t draws_total;
  double seconds_elapsed;
  double seconds_left;      /* estimate; NaN before the first iteration ends */
} gmm_progress;

/* Called on the thread that made the call, never concurrently, at most every progress_interval seconds and once at
 * the end, whatever the end is. Returning nonzero cancels, but for that last time. */
typedef int32_t (*gmm_progress_fn)(const gmm_progress *progress, void *user_data);

/* Builds of the inner loops. Within one, results are the same bits for any number of threads. AVX2 and AVX-512 give the
 * same bits as each other; the portable build rounds differently, so a chain may part from theirs. */
enum {
  GMM_KERNELS_BEST = 0,     /* the fastest that this processor can run */
  GMM_KERNELS_PORTABLE = 1, /* for any processor */
  GMM_KERNELS_AVX2 = 2,     /* x86-64 with AVX2 and FMA */
  GMM_KERNELS_AVX512 = 3    /* x86-64 with AVX-512 (F, BW, CD, DQ, VL) */
};

/* How a long call runs; nothing here changes its results, but for kernel_build. */
typedef struct gmm_control {
  uint32_t struct_size;
  int32_t num_threads;       /* 0: one for each processor this process may use; default 0. Files, gmm_kde, gmm_autocorrelation,
                                gmm_histogram and gmm_statistics_merge are the work of one thread, the caller's */
  gmm_progress_fn progress;  /* default NULL */
  void *progress_user_data;
  double progress_interval;  /* seconds, >= 0; default 0.1 */
  gmm_cancel *cancel;        /* default NULL */
  int32_t kernel_build;      /* GMM_KERNELS_...; for tests; default GMM_KERNELS_BEST. GMM_ERROR_UNSUPPORTED for a build that
                                this processor or this library lacks */
  int32_t reserved;          /* 0 */
} gmm_control;

/* Writes the defaults. GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_control_init(gmm_control *control, size_t struct_size);

/* ------------------------------------------------------------------------------------------------- Model */

/* Families of priors. Each family belongs to the unknowns named with it. Positive numbers that are standard deviations, or scales
 * of them, lie in 1e-145 .. 1e145, all others but matrices and their degrees of freedom in 1e-290 .. 1e290. Means, like data, are
 * below 1e144 in magnitude. Draws of sds are cut off at 1e-150 and 1e150, those of a covariance matrix where an sd would pass
 * 1e140: priors that reach beyond, such as Gamma(0.001, 0.001) on the precision, hold much of their mass there. Where priors and
 * data are so far apart that a draw is no number any more, the call is refused with GMM_ERROR_DEGENERATE. */
enum {
  GMM_PRIOR_SCALED = -1,        /* means or spread: chosen by the scale of the data; see gmm_model_for_data */
  GMM_PRIOR_FIXED = 0,          /* any: `first` holds the known values */
  GMM_PRIOR_DIRICHLET = 1,      /* weights: `first` = concentrations > 0 */
  GMM_PRIOR_NORMAL = 2,         /* means: `first` = means, `second` = standard deviations > 0 */
  GMM_PRIOR_NORMAL_KAPPA = 3,   /* means: Normal(m0, covariance of the component / kappa): `first` = m0, D for each value;
                                   `second` = kappa > 0. With an inverse-Wishart or inverse-Gamma spread, conjugate */
  GMM_PRIOR_UNIFORM = 10,       /* standard deviation: `first` = lower >= 0, `second` = upper > lower */
  GMM_PRIOR_HALF_CAUCHY = 11,   /* standard deviation: `first` = scale > 0 */
  GMM_PRIOR_HALF_NORMAL = 12,   /* standard deviation: `first` = scale > 0 (the sd of the unfolded Normal) */
  GMM_PRIOR_INVERSE_GAMMA = 20, /* variance: `first` = shape > 0, `second` = scale > 0 */
  GMM_PRIOR_GAMMA = 30,         /* precision: `first` = shape > 0, `second` = rate > 0 */
  GMM_PRIOR_INVERSE_WISHART = 40, /* covariance matrix: `first` = degrees of freedom > D - 1, `second` = scale matrices,
                                    symmetric positive definite, D x D for each value: density proportional to
                                    |S|^(-(dof + D + 1) / 2) exp(-tr(scale S^-1) / 2) */
  GMM_PRIOR_EACH = 50           /* means or spread: `priors` holds a prior for each component, and num_values counts them: K,
                                   or 1 where the spread is shared. Their families belong to the same unknown and may differ;
                                   a component with GMM_PRIOR_FIXED is known, and the others are inferred beside it.
                                   GMM_PRIOR_SCALED and GMM_PRIOR_EACH itself are refused within */
};

/* Forms of the components' covariances. In one dimension all but GMM_COVARIANCE_TIED are the same. */
enum {
  GMM_COVARIANCE_FULL = 0,      /* a covariance matrix for each component */
  GMM_COVARIANCE_TIED = 1,      /* one covariance matrix for all components */
  GMM_COVARIANCE_DIAG = 2,      /* an sd for each component and coordinate */
  GMM_COVARIANCE_SPHERICAL = 3  /* an sd for each component */
};

/* A prior of one family with its parameters, which are finite; or with GMM_PRIOR_EACH a prior for each component. num_values is 1 (the same for all) or the number of what
 * the prior is for: K weights; K x D coordinates of means; as many sds as the model has; K kappas; as many covariance
 * matrices as the model has (1 where tied). Where there is one for each component and coordinate, D values serve all
 * components. Both arrays have that length, in the unit named with the family; fixed covariance matrices are D x D for
 * each value. `second` is ignored (may be NULL) for families with one parameter. The prior of a single component within
 * GMM_PRIOR_EACH has one value, or D where there is one for each coordinate. `priors` belongs to GMM_PRIOR_EACH; for all other
 * families it must be NULL, and is reserved for parameters that have priors themselves. Errors name the component and the
 * value as the caller stated them: `means[1].sd` is the sd in the prior of component 1 alone, `means.sd[1, 0]` the sd of
 * component 1 in coordinate 0 in one prior for all. This struct is frozen: it is a part of others. */
typedef struct gmm_prior gmm_prior;
struct gmm_prior {
  int32_t family; /* GMM_PRIOR_... */
  int32_t num_values;
  const double *first;
  const double *second;
  const gmm_prior *priors;
};

typedef struct gmm_model_options {
  uint32_t struct_size;
  int32_t num_components;  /* K, 1 .. GMM_MAX_COMPONENTS; default 1 */
  int32_t num_dimensions;  /* D, 1 .. GMM_MAX_DIMENSIONS; default 1 */
  int32_t ordered_means;   /* 1: means[0] <= means[1] <= ... as a hard constraint, in order_coordinate; default 0 */
  int32_t shared_spread;   /* 1: one spread for all components; default 0 */
  int32_t reserved;        /* 0 */
  double minimum_weight;   /* every weight is at least this, a hard constraint; 0 <= value <= 1/K; default 0 */
  gmm_prior weights;       /* GMM_PRIOR_DIRICHLET or GMM_PRIOR_FIXED (sum 1); default Dirichlet(1) */
  gmm_prior means;         /* GMM_PRIOR_NORMAL, _NORMAL_KAPPA, _FIXED or _EACH; default GMM_PRIOR_SCALED */
  gmm_prior spread;        /* for sds a family on sd, variance or precision, or GMM_PRIOR_FIXED; for covariance matrices
                              GMM_PRIOR_INVERSE_WISHART or _FIXED; or GMM_PRIOR_EACH; default GMM_PRIOR_SCALED. Where the
                              spread is shared there is one component's */
  int32_t covariance;      /* GMM_COVARIANCE_...; default GMM_COVARIANCE_FULL */
  int32_t order_coordinate; /* 0 .. D - 1; default 0 */
} gmm_model_options;

/* Writes the defaults. struct_size: sizeof(gmm_model_options) as the caller was compiled.
 * GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_model_options_init(gmm_model_options *options, size_t struct_size);

typedef struct gmm_model gmm_model;

/* Checks and copies a model. Constraints are part of the prior: the prior is the product of the named densities,
 * restricted to where the constraints hold.
 * GMM_ERROR_INVALID_ARGUMENT for a parameter out of range, GMM_ERROR_INVALID_MODEL for a contradiction
 * (minimum_weight > 1/K, fixed means out of order or without room for others between them, fixed weights below the minimum, a
 * prior on sds for covariance matrices). With GMM_PRIOR_SCALED the model is open: the prior of its means or spread waits for
 * data. gmm_sample and gmm_fit_em choose it at the scale of theirs, as gmm_model_for_data does. */
gmm_status gmm_model_create(const gmm_model_options *options, gmm_model **out_model, gmm_error **out_error);

/* The model for data: a model of its own, in which weakly informative priors take the place of GMM_PRIOR_SCALED. They are those of
 * Fraley, Raftery (2007), "Bayesian regularization for normal mixture estimation and model-based clustering", Journal of
 * Classification 24: with x-bar the columns' means and S the covariance matrix of the data (divisor N - 1),
 *     means:   Normal(x-bar, covariance of the component / 0.01);
 *     spread:  full, tied: inverse-Wishart(D + 2, S / K^(2/D));
 *              diag: variance of coordinate d ~ inverse-Gamma((D + 2) / 2, S_dd / K^(2/D) / 2);
 *              spherical: the same with tr(S) / D for S_dd.
 * model: one without GMM_PRIOR_SCALED stays as it is. data: at least 2 rows, or weights with a sum of at least 2 (else
 * GMM_ERROR_INVALID_ARGUMENT), in the model's number of dimensions. GMM_ERROR_DEGENERATE for a constant column, or columns that
 * determine each other; GMM_CANCELLED. */
gmm_status gmm_model_for_data(const gmm_model *model, const gmm_data *data, const gmm_control *control,
                              gmm_model **out_model, gmm_error **out_error);

/* Whether a prior of the model waits for data (GMM_PRIOR_SCALED); 0 for an invalid handle. */
int32_t gmm_model_is_open(const gmm_model *model);

/* Fills *out_options with what makes the same model again; out_options->struct_size must be set. Priors that data have chosen
 * are stated, those that wait for data are GMM_PRIOR_SCALED. Their arrays belong to the model and end with it. In one
 * dimension the spread is stated for sds: covariance is GMM_COVARIANCE_DIAG. */
gmm_status gmm_model_get_options(const gmm_model *model, gmm_model_options *out_options, gmm_error **out_error);

/* K, or 0 for an invalid handle. */
int32_t gmm_model_num_components(const gmm_model *model);

/* D, or 0 for an invalid handle. */
int32_t gmm_model_num_dimensions(const gmm_model *model);

/* Number of standard deviations: K; K x D for GMM_COVARIANCE_DIAG; one component's when shared; 0 where the spread is
 * covariance matrices, and for an invalid handle. */
int32_t gmm_model_num_spreads(const gmm_model *model);

/* Number of covariance matrices: K, or 1 when tied; 0 where the spread is sds, and for an invalid handle. */
int32_t gmm_model_num_covariances(const gmm_model *model);

/* GMM_COVARIANCE_... of the model (GMM_COVARIANCE_DIAG in one dimension); -1 for an invalid handle. */
int32_t gmm_model_covariance(const gmm_model *model);

/* The log density of the prior at given parameters: weights (K), means (K x D), spread: the sds, or the covariance
 * matrices, D x D each (positive definite, or the density is 0; it is one of their lower triangles). Fixed unknowns
 * contribute 0 when they equal the fixed values. -infinity outside the support or the constraints. Each density is
 * normalised without the constraints, and is taken in the variable it is stated for (sd, variance or precision).
 * GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE. */
gmm_status gmm_model_log_prior(const gmm_model *model, const double *weights, const double *means,
                               const double *spread, double *out_log_density, gmm_error **out_error);

/* Frees a model; NULL is accepted. */
void gmm_model_destroy(gmm_model *model);

/* ---------------------------------------------------------------------------------------------- Sampling */

enum {
  GMM_METHOD_GIBBS = 0,     /* exact conditional draws (data augmentation); needs no tuning, but 200 or more iterations of
                               it let each chain find out whether it mixes slowly, and then propose all parameters
                               jointly, with the assignments summed out, in every iteration (docs/STATISTICS.md) */
  GMM_METHOD_METROPOLIS = 1 /* random-walk Metropolis on weights, means and sds, scales adapted while tuning, and
                               element-wise categorical updates of the assignments */
};

/* One value of the parameters of a mixture. */
typedef struct gmm_mixture {
  uint32_t struct_size;
  int32_t num_components;    /* K, 1 .. GMM_MAX_COMPONENTS; default 1 */
  int32_t num_dimensions;    /* D, 1 .. GMM_MAX_DIMENSIONS; default 1 */
  int32_t covariance;        /* GMM_COVARIANCE_...; default GMM_COVARIANCE_FULL */
  const double *weights;     /* K, not negative, sum 1 (to 1e-8) */
  const double *means;       /* K x D */
  const double *covariances; /* full: K x D x D, tied: D x D, diag: K x D, spherical: K, also where all are the same */
  const double *log_weights; /* K, or NULL: logarithms that take the place of weights (which may then be NULL) where
                                those would underflow; below 1e300 in magnitude or -infinity, at least one finite. Their
                                sum of exponentials is free: densities have it as a factor. GMM_ERROR_UNSUPPORTED in
                                calls but gmm_mixture_probabilities, gmm_mixture_log_probabilities and
                                gmm_mixture_log_density */
} gmm_mixture;

/* Writes the defaults: no parameters yet. GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_mixture_init(gmm_mixture *mixture, size_t struct_size);

/* Draws from a posterior or a prior. */
typedef struct gmm_posterior gmm_posterior;

/* Where a run of gmm_sample or gmm_posterior_extend is written down; see gmm_sample. */
typedef struct gmm_checkpoint {
  uint32_t struct_size;
  int32_t reserved; /* 0 */
  const char *path; /* the file; default NULL, which is GMM_ERROR_NULL_ARGUMENT */
  double interval;  /* seconds between two checkpoints, > 0; more where writing would take over 2 % of the process's processor
                       time; default 30 */
} gmm_checkpoint;

/* Writes the defaults. GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_checkpoint_init(gmm_checkpoint *checkpoint, size_t struct_size);

typedef struct gmm_sample_options {
  uint32_t struct_size;
  int32_t method;            /* GMM_METHOD_...; default GMM_METHOD_GIBBS */
  int64_t num_draws;         /* kept draws of each chain, >= 1; default 1000 */
  int64_t num_tune;          /* iterations before the first kept draw, >= 0; default 1000 */
  int64_t num_chains;        /* >= 1; default 4 */
  int64_t thin;              /* iterations for each kept draw, >= 1; default 1 */
  uint64_t seed;             /* default 0 */
  int32_t store_assignments; /* 1: keep every draw of z, N bytes each; default 0 */
  int32_t num_initial;       /* rows of the initial_ arrays: 0 (starts from the data), 1 (the same for every chain) or
                                num_chains; default 0 */
  const double *initial_weights; /* num_initial x K, or NULL; each row positive, sum 1, within the constraints */
  const double *initial_means;   /* num_initial x K x D, or NULL; within the constraints */
  const double *initial_sds;     /* num_initial x gmm_model_num_spreads, or NULL; inside the prior's support */
  const double *initial_covariances; /* num_initial x gmm_model_num_covariances x D x D, or NULL; positive definite */
  const gmm_mixture *initial_mixture; /* where all chains start, in place of the arrays, or NULL: a fit, or any mixture
                                         of the model's components and dimensions. Components are put into the model's
                                         order, covariances into its form (pooled by weight where the spread is shared,
                                         their diagonal where it is sds); weights below the minimum and sds outside the
                                         prior's support move to its edge; what the model knows is not read */
  const gmm_posterior *initial_posterior; /* chains start at the last draws of its chains, in turn; its components,
                                             dimensions and spreads must be the model's. Or NULL. One kind of start at
                                             most is given */
  const gmm_checkpoint *checkpoint; /* where the run is written down, or NULL; default NULL */
} gmm_sample_options;

/* Writes the defaults. GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_sample_options_init(gmm_sample_options *options, size_t struct_size);

/* Draws from the posterior of the model given data.
 * data: in the model's number of dimensions; without observations, or NULL, the constrained prior is sampled by the same
 * method. A sample weight of 0 makes a row inert, an integer repeats it (its copies are assigned independently), and of any
 * other the fraction f is a row whose factor p(z) p(x | z) in the joint density of data and assignments is raised to the
 * power f. The log likelihood is that of the rows times their weights, an assignment that of a row's first copy.
 * The draw t of chain c is the state after num_tune + (t + 1) * thin iterations, a function of seed, c, num_tune and that
 * number alone. Initial values left out are chosen from the data, differently for each chain.
 * GMM_CANCELLED hands back, in *out_posterior, the draws that every chain has finished (NULL where there is none) and
 * sets *out_error as well. GMM_ERROR_INVALID_ARGUMENT (also for data in another number of dimensions),
 * GMM_ERROR_INVALID_MODEL (initial values against the constraints), GMM_ERROR_DEGENERATE (all
 * observations equal under a prior that lets the sd reach 0), GMM_ERROR_UNSUPPORTED (Metropolis in several dimensions or
 * with GMM_PRIOR_NORMAL_KAPPA).
 *
 * Checkpoints. With options->checkpoint the run is written to that file before the first iteration, every
 * interval seconds while the chains go on, and at the end, also of a cancelled run. Where the file is there
 * already, the chains go on from it, and end with the same bits as if they had never stopped: a call that was killed is
 * simply made again. The file stays; the same call then returns at once, and one for more draws goes on (num_draws may differ,
 * all else must be as it was, or the file is refused with GMM_ERROR_FILE_MISMATCH and the first difference). It holds all draws,
 * but of the data only a fingerprint. Before anything is sampled, a place that cannot be written to, a folder that is missing
 * for example, is GMM_ERROR_FILE, a file that is damaged or no checkpoint GMM_ERROR_FILE_FORMAT; there is no posterior then. Where
 * a checkpoint fails later, on a full disk for example, sampling goes on and the next one is tried; if the last one fails,
 * the call returns GMM_ERROR_FILE, *out_error, and in *out_posterior all the draws; the file is the checkpoint before. One thread
 * more than num_threads, asleep most of the time, does the writing. */
gmm_status gmm_sample(const gmm_model *model, const gmm_data *data, const gmm_sample_options *options,
                      const gmm_control *control, gmm_posterior **out_posterior, gmm_error **out_error);

/* Independent draws from the constrained prior: one chain, no data, log likelihood 0.
 * num_draws >= 1. Exact; where the constraints leave less than about 1/1,000 of the prior's mass, each draw is the end
 * of a chain of its own that is much longer than it needs to forget its start. Draw t is a function of seed and t alone.
 * GMM_CANCELLED leaves no posterior. */
gmm_status gmm_sample_prior(const gmm_model *model, int64_t num_draws, uint64_t seed, const gmm_control *control,
                            gmm_posterior **out_posterior, gmm_error **out_error);

/* A new posterior that holds the old draws and num_draws more of each chain, continued: the same bits as one call for
 * all of them. Cancelling and checkpoints work as in gmm_sample; a checkpoint of the same chains that is behind the posterior is
 * replaced, one that is ahead is gone on from. GMM_ERROR_UNSUPPORTED for subsets and prior draws. */
gmm_status gmm_posterior_extend(const gmm_posterior *posterior, int64_t num_draws, const gmm_checkpoint *checkpoint,
                                const gmm_control *control, gmm_posterior **out_posterior, gmm_error **out_error);

/* The draws burn, burn + thin, burn + 2 thin, ... of each chain; shares their memory. 0 <= burn < draws, thin >= 1. */
gmm_status gmm_posterior_subset(const gmm_posterior *posterior, int64_t burn, int64_t thin,
                                gmm_posterior **out_posterior, gmm_error **out_error);

/* Saves a posterior with all that it has: model, data, options, draws, assignments where stored, and where the chains stand, so
 * that what is loaded answers every call with the same bits, gmm_posterior_extend included. The format is documented, has a
 * checksum, and later versions read it. GMM_ERROR_FILE; GMM_CANCELLED, which leaves the path as it was and no other file. */
gmm_status gmm_posterior_save(const gmm_posterior *posterior, const char *path, const gmm_control *control,
                              gmm_error **out_error);

/* Loads what gmm_posterior_save wrote, in memory of about the file's size. A chain that is extended has the bits that it
 * would have had where it was saved if library version and rounding (GMM_KERNELS_...) are the same.
 * GMM_ERROR_FILE where the file cannot be read; GMM_ERROR_FILE_FORMAT where it is no posterior, cut, damaged or of a later
 * format, found out before anything of its size is allocated; GMM_CANCELLED. */
gmm_status gmm_posterior_load(const char *path, const gmm_control *control, gmm_posterior **out_posterior,
                              gmm_error **out_error);

/* Writes the draws of one chain, 0 .. num_chains - 1, as a CSV file in the form of CmdStan, which ArviZ, stansummary and R's
 * posterior read: comments, a line of names (lp__, accept_stat__, log_likelihood, weights.1, ..., means.1 or means.1.1, ..., sd,
 * sd.1, sd.1.1 or covariances.1.1.1, ...; indices from 1, the first the fastest), a line for each draw with the shortest
 * numbers that read back as the same bits. Assignments are left out. GMM_ERROR_INVALID_ARGUMENT, GMM_ERROR_FILE, GMM_CANCELLED
 * as above. */
gmm_status gmm_posterior_export_csv(const gmm_posterior *posterior, int64_t chain, const char *path,
                                    const gmm_control *control, gmm_error **out_error);

/* The model of a posterior, as a handle of its own that the caller destroys. */
gmm_status gmm_posterior_get_model(const gmm_posterior *posterior, gmm_model **out_model, gmm_error **out_error);

/* The data of a posterior, as a handle of its own that the caller destroys; without observations for prior draws. */
gmm_status gmm_posterior_get_data(const gmm_posterior *posterior, gmm_data **out_data, gmm_error **out_error);

/* Frees a posterior; NULL is accepted. Views of it end here. */
void gmm_posterior_destroy(gmm_posterior *posterior);

/* --------------------------------------------------------------------------------------------- Posterior */

typedef struct gmm_posterior_info {
  uint32_t struct_size;
  int32_t num_components;
  int32_t num_dimensions;
  int32_t num_spreads;        /* gmm_model_num_spreads */
  int64_t num_chains;
  int64_t num_draws;          /* of each chain */
  int64_t num_observations;
  int64_t num_tune;
  int64_t thin;               /* iterations between two draws, subset included */
  uint64_t seed;
  int32_t method;             /* GMM_METHOD_... */
  int32_t has_assignments;
  int32_t is_prior;           /* 1 for gmm_sample_prior */
  int32_t can_extend;         /* 1 for what gmm_sample and gmm_posterior_extend return */
  double seconds;             /* wall time of the sampling, extensions included */
  int32_t covariance;         /* GMM_COVARIANCE_...; GMM_COVARIANCE_DIAG in one dimension */
  int32_t num_covariances;    /* gmm_model_num_covariances */
} gmm_posterior_info;

/* Writes zeros and the size. GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_posterior_info_init(gmm_posterior_info *info, size_t struct_size);

/* Fills *out_info; out_info->struct_size must be set. */
gmm_status gmm_posterior_get_info(const gmm_posterior *posterior, gmm_posterior_info *out_info, gmm_error **out_error);

enum {
  GMM_FIELD_WEIGHTS = 0,        /* (chains, draws, K) float64 */
  GMM_FIELD_MEANS = 1,          /* (chains, draws, K) float64 where D = 1, else (chains, draws, K, D) */
  GMM_FIELD_SDS = 2,            /* D = 1 and spherical: (chains, draws, K); diag: (chains, draws, K, D) float64; without K
                                   when shared */
  GMM_FIELD_LOG_LIKELIHOOD = 3, /* (chains, draws): log p(x | weights, means, spread), assignments summed out */
  GMM_FIELD_LOG_POSTERIOR = 4,  /* (chains, draws): log likelihood + gmm_model_log_prior */
  GMM_FIELD_ACCEPTANCE = 5,     /* (chains, draws): mean acceptance probability of the proposals since the last draw, of
                                   GMM_METHOD_METROPOLIS or of the joint moves of GMM_METHOD_GIBBS; 1 where none was
                                   made; assignments do not count */
  GMM_FIELD_COVARIANCES = 6,    /* full: (chains, draws, K, D, D) float64; tied: (chains, draws, D, D) */
  GMM_FIELD_ASSIGNMENTS = 10,   /* (chains, draws, N) uint8, where stored */
  GMM_FIELD_OBSERVATIONS = 20   /* (N, 1) float64 where D = 1: the copy of the data; else (groups, 8, D): observation i is
                                   row i of the first two axes joined, and the last group ends in rows of 0 */
};

enum { GMM_ELEMENT_FLOAT64 = 0, GMM_ELEMENT_UINT8 = 1 };

/* A read-only array inside a posterior, without a copy, valid until that posterior is destroyed. */
typedef struct gmm_view {
  const void *data;
  int32_t element;    /* GMM_ELEMENT_... */
  int32_t num_axes;   /* 1 .. 6 */
  int64_t shape[6];   /* 1 beyond num_axes */
  int64_t strides[6]; /* in elements; 0 beyond num_axes */
} gmm_view;

/* GMM_ERROR_INVALID_ARGUMENT for an unknown field, GMM_ERROR_UNSUPPORTED for assignments that were not stored, and for sds
 * or covariances that the model does not have. */
gmm_status gmm_posterior_view(const gmm_posterior *posterior, int32_t field, gmm_view *out_view, gmm_error **out_error);

/* P(component k | data) of every observation, averaged over all draws from the exact responsibilities given each draw.
 * out_probabilities: N x K row-major; rows sum to 1. O(draws N K) time, no memory beyond the output. */
gmm_status gmm_posterior_probabilities(const gmm_posterior *posterior, const gmm_control *control,
                                       double *out_probabilities, int64_t capacity, gmm_error **out_error);

/* -------------------------------------------------------------------------------------------- Prediction */

/* P(component k | x, data) at new points: the responsibilities of each draw weighted by its density at x, that is
 * sum_t w_k N(x | k, t) / sum_t sum_j w_j N(x | j, t), the posterior predictive probability of the label that comes
 * with x. (gmm_posterior_probabilities, for points that are part of the data, averages the responsibilities.)
 * points: in the model's number of dimensions; their weights count for nothing. out_probabilities: N x K of the points.
 * GMM_ERROR_INVALID_ARGUMENT, GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED. */
gmm_status gmm_posterior_predict_probabilities(const gmm_posterior *posterior, const gmm_data *points,
                                               const gmm_control *control, double *out_probabilities, int64_t capacity,
                                               gmm_error **out_error);

/* The log posterior predictive density at new points: log of the average over draws of the mixture density.
 * points: as above; out_log_density: N of the points. Statuses as above. */
gmm_status gmm_posterior_log_density(const gmm_posterior *posterior, const gmm_data *points, const gmm_control *control,
                                     double *out_log_density, int64_t capacity, gmm_error **out_error);

/* Data sets drawn from the posterior predictive distribution: row r takes one posterior draw, chosen uniformly with
 * replacement, and draws num_points observations from its mixture. Row r is a function of the posterior, seed and r alone.
 * out_values: num_draws x num_points x D. GMM_CANCELLED. */
gmm_status gmm_posterior_sample_predictive(const gmm_posterior *posterior, int64_t num_draws, int64_t num_points,
                                           uint64_t seed, const gmm_control *control, double *out_values,
                                           int64_t capacity, gmm_error **out_error);

/* ------------------------------------------------------------------------------------------- Diagnostics */

typedef struct gmm_summary_options {
  uint32_t struct_size;
  int32_t num_quantiles;           /* 0 .. 64; default 5 */
  double hdi_probability;          /* mass of the highest-density (shortest) interval, in (0, 1); default 0.95 */
  const double *quantiles;         /* probabilities in [0, 1]; default .025, .25, .5, .75, .975 */
} gmm_summary_options;

/* Writes the defaults. GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_summary_options_init(gmm_summary_options *options, size_t struct_size);

/* The columns that every summary has; the quantiles follow in the order of the options. */
enum {
  GMM_COLUMN_MEAN = 0,
  GMM_COLUMN_SD = 1,
  GMM_COLUMN_HDI_LOWER = 2,
  GMM_COLUMN_HDI_UPPER = 3,
  GMM_COLUMN_MCSE_MEAN = 4,
  GMM_COLUMN_MCSE_SD = 5,
  GMM_COLUMN_MC_ERROR = 6, /* batch means, 100 batches */
  GMM_COLUMN_ESS_BULK = 7,
  GMM_COLUMN_ESS_TAIL = 8,
  GMM_COLUMN_R_HAT = 9,    /* rank-normalised, split, the larger of bulk and folded */
  GMM_COLUMN_QUANTILES = 10
};

typedef struct gmm_summary gmm_summary;

/* A table with one row for each scalar parameter: "weights[0]", "means[0]", "sd" (shared) or "sd[0]", ...; in several
 * dimensions "means[k, d]", and "sd[k, d]" (diag), "sd[k]" (spherical), "covariances[k, i, j]" (full) or "covariance[i, j]"
 * (tied) with i >= j, where d, i and j are the names of the data's columns, if those have names. Definitions as in ArviZ: Vehtari, Gelman, Simpson, Carpenter, Buerkner (2021), Bayesian Analysis 16(2). NaN where a statistic is
 * not defined: fewer than 4 draws in a chain; R-hat for one chain; R-hat and mcse_sd for draws that are all equal. Threads
 * share the parameters, up to 28 words of memory for each draw and thread. GMM_CANCELLED. */
gmm_status gmm_posterior_summarize(const gmm_posterior *posterior, const gmm_summary_options *options,
                                   const gmm_control *control, gmm_summary **out_summary, gmm_error **out_error);

/* The same table for draws of any origin: values is (num_chains, num_draws, num_quantities), row-major and contiguous;
 * names: num_quantities strings, or NULL for "x[0]", "x[1]", ... (just "x" for one quantity). NaN values give NaN.
 * GMM_CANCELLED. */
gmm_status gmm_summarize(const double *values, int64_t num_chains, int64_t num_draws, int64_t num_quantities,
                         const char *const *names, const gmm_summary_options *options, const gmm_control *control,
                         gmm_summary **out_summary, gmm_error **out_error);

/* Rows and columns; 0 for an invalid handle. */
int32_t gmm_summary_num_rows(const gmm_summary *summary);
int32_t gmm_summary_num_columns(const gmm_summary *summary);

/* Names such as "means[0]", and "mean", "hdi_2.5%", "hdi_97.5%", "25%"; owned by the summary. NULL when out of range. */
const char *gmm_summary_row_name(const gmm_summary *summary, int32_t row);
const char *gmm_summary_column_name(const gmm_summary *summary, int32_t column);

/* One cell; NaN when out of range. */
double gmm_summary_value(const gmm_summary *summary, int32_t row, int32_t column);

/* The table as aligned text, a header line and a line for each row, each ended by a newline; owned by the summary.
 * "" for an invalid handle. */
const char *gmm_summary_text(const gmm_summary *summary);

/* Frees a summary; NULL is accepted. Its names and its text end here. */
void gmm_summary_destroy(gmm_summary *summary);

/* Autocorrelation of a series at lags 0 .. max_lag (< num_values): the autocovariance with divisor n over that of
 * lag 0. values: num_values elements, `stride` apart; out_autocorrelation: max_lag + 1. NaN for a constant series.
 * GMM_CANCELLED. */
gmm_status gmm_autocorrelation(const double *values, int64_t num_values, int64_t stride, int64_t max_lag,
                               const gmm_control *control, double *out_autocorrelation, int64_t capacity,
                               gmm_error **out_error);

/* Gaussian kernel density estimate. bandwidth: the kernel's sd, or 0 for Scott's rule, n^(-1/5) times the sample sd.
 * points NULL: writes num_points equally spaced points from min - 3 bandwidths to max + 3 bandwidths to out_points;
 * else evaluates at the given points, and out_points may be NULL. out_density: num_points. out_bandwidth may be NULL.
 * GMM_ERROR_INVALID_DATA for NaN or infinities, GMM_ERROR_DEGENERATE when Scott's rule has no answer (one value, or all
 * equal), GMM_CANCELLED. */
gmm_status gmm_kde(const double *values, int64_t num_values, int64_t stride, double bandwidth, const double *points,
                   int64_t num_points, const gmm_control *control, double *out_points, double *out_density,
                   int64_t capacity, double *out_bandwidth, gmm_error **out_error);

/* Counts of values in num_bins equal bins over [lower, upper]: half open, the last one closed; values outside and NaN
 * are not counted. Both ends NaN: the smallest and the largest value, half a unit to either side where they are equal (or
 * there is none: of 0). out_edges: num_bins + 1, one more than `capacity` counts, may be NULL. out_counts: num_bins.
 * GMM_CANCELLED. */
gmm_status gmm_histogram(const double *values, int64_t num_values, int64_t stride, double lower, double upper,
                         int64_t num_bins, const gmm_control *control, double *out_edges, int64_t *out_counts,
                         int64_t capacity, gmm_error **out_error);

/* ---------------------------------------------------------------------------------- Maximum likelihood (EM) */

/* Where a run of expectation-maximisation starts. */
enum {
  GMM_START_KMEANS = 0,           /* k-means clusters from k-means++ seeds: their shares, means and covariances */
  GMM_START_KMEANS_PLUS_PLUS = 1, /* the same without k-means iterations */
  GMM_START_RANDOM = 2,           /* random responsibilities */
  GMM_START_RANDOM_POINTS = 3     /* means at random observations, the data's covariance for all */
};

/* When a run of expectation-maximisation has converged. */
enum {
  GMM_CRITERION_MOVEMENT = 0, /* an iteration moves no mean by more than the tolerance times its sds, no sd by more than
                                 that fraction and no weight by more than that */
  GMM_CRITERION_LOWER_BOUND = 1 /* the mean log likelihood of an observation changes by less than the tolerance */
};

/* The order of the components of a fit. */
enum {
  GMM_ORDER_MEANS = 0, /* by the first coordinate of their means */
  GMM_ORDER_START = 1  /* that of the start: of given means or responsibilities, or of what the start found */
};

typedef struct gmm_em_options {
  uint32_t struct_size;

  /* What is fitted. */
  int32_t num_components; /* K, 1 .. GMM_MAX_COMPONENTS; default 1 */
  int32_t covariance;     /* GMM_COVARIANCE_...; default GMM_COVARIANCE_FULL */
  int32_t shared_spread;  /* 1: one covariance for all components (with GMM_COVARIANCE_FULL the same as
                             GMM_COVARIANCE_TIED); default 0 */

  /* Where it starts. */
  int32_t start;                          /* GMM_START_...; default GMM_START_KMEANS */
  int32_t num_starts;                     /* runs from different starts, the best is kept; >= 1; default 10 */
  uint64_t seed;                          /* default 0 */
  const double *initial_weights;          /* K, positive, sum 1, or NULL; given values take the place of what the start
                                             finds; weights, means and covariances together are the only start */
  const double *initial_means;            /* K x D, or NULL */
  const double *initial_covariances;      /* full: K x D x D, tied: D x D (symmetric, positive definite); diag: K x D,
                                             spherical: K variances, of which only the first component's are read where
                                             the spread is shared; in one dimension variances, whatever the form;
                                             or NULL */
  const double *initial_responsibilities; /* N x K, not negative, each row with a positive sum, to which it is scaled:
                                             the first M-step is of these, and there is one start; or NULL */

  /* When it stops, and the order of what it found. */
  int64_t max_iterations; /* of each run, >= 1; default 10000 */
  double tolerance;       /* of the criterion, >= 0; default 1e-9 */
  int32_t criterion;      /* GMM_CRITERION_...; default GMM_CRITERION_MOVEMENT */
  int32_t order;          /* GMM_ORDER_...; default GMM_ORDER_MEANS */

  /* What it maximises. */
  double variance_floor;  /* no variance, given the coordinates before it, falls below this fraction of the data's; > 0;
                             default 1e-12 */
  double regularization;  /* added to every variance in each iteration, >= 0; default 0 */
  const gmm_model *model; /* maximise the posterior density under this model (gmm_model_log_prior plus the log
                             likelihood), within its constraints; num_components, covariance and shared_spread are then
                             the model's, whatever is set, and regularization must be 0. Its concentrations must be at
                             least 1, or the weights have a minimum or be fixed: GMM_ERROR_INVALID_MODEL. NULL: the
                             likelihood */
} gmm_em_options;

/* Writes the defaults. GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_em_options_init(gmm_em_options *options, size_t struct_size);

typedef struct gmm_em_fit gmm_em_fit;

typedef struct gmm_em_result {
  uint32_t struct_size;

  /* What was fitted. */
  int32_t num_components; /* K */
  int32_t num_dimensions; /* D */
  int32_t covariance;     /* GMM_COVARIANCE_... */
  int32_t shared_spread;  /* 1: all components have the same covariance */

  /* How the run that was kept ended. */
  int32_t converged;      /* 1: the tolerance was met within max_iterations */
  int64_t num_iterations; /* how many there were */
  double move;            /* of the last iteration, as in GMM_CRITERION_MOVEMENT */

  /* How good the fit is. */
  double log_likelihood; /* of all observations */
  double log_prior;      /* of the model at the estimate; 0 where the likelihood was maximised */
  double lower_bound;    /* the mean log likelihood of an observation before the last M-step (plus log_prior / N) */
  double bic;            /* -2 log likelihood + parameters * log N */
  double aic;            /* -2 log likelihood + 2 * parameters */

  /* The parameters, owned by the fit like all arrays that follow. */
  const double *weights;             /* K */
  const double *means;               /* K x D */
  int64_t num_covariances;           /* the numbers in covariances; where the spread is shared and diag or spherical,
                                        those of one component, of which the others' are copies */
  const double *covariances;         /* full: K x D x D, tied: D x D, diag: K x D, spherical: K; as gmm_mixture takes
                                        them */
  const double *sds;                 /* the same shape: the square roots of covariances where these are variances: diag,
                                        spherical and D = 1; NULL where they are matrices */
  const double *precisions_cholesky; /* the same shape: U with precision U U^T, upper triangular; 1 / sd where
                                        diagonal */

  /* What collapsed. */
  int64_t num_at_floor;  /* covariances that ended on the floor: the likelihood has no maximum there */
  int64_t num_collapsed; /* components that were lost, by that or by their weight; 0 is what one hopes for */
  const int32_t *collapsed_components;  /* num_collapsed: which; 0 for the one covariance of all */
  const int32_t *collapsed_coordinates; /* num_collapsed: the first coordinate whose variance, given those before it,
                                           was kept on the floor; -1: the weight vanished */

  const double *history; /* num_iterations: lower_bound of each iteration */
} gmm_em_result;

/* Maximum-likelihood fit by expectation-maximisation (Dempster, Laird, Rubin 1977), the best of several starts: of
 * those with the fewest covariances on the floor, where the likelihood grows without limit, the one with the largest
 * likelihood. Or the largest posterior density under a model: weights, then means, then spread are set to the
 * conditional mode in each iteration (Meng, Rubin 1993). A model whose priors tell components apart keeps its order;
 * means that a model orders are in their order, whatever the options ask for.
 * data: at least K observations of positive weight and, without a model, a spread of values in each column (or
 * regularization): GMM_ERROR_INVALID_ARGUMENT, GMM_ERROR_DEGENERATE. Cancelling leaves no fit. */
gmm_status gmm_fit_em(const gmm_data *data, const gmm_em_options *options, const gmm_control *control,
                      gmm_em_fit **out_fit, gmm_error **out_error);

/* Fills *out_result; out_result->struct_size must be set. */
gmm_status gmm_em_fit_get_result(const gmm_em_fit *fit, gmm_em_result *out_result, gmm_error **out_error);

/* Frees a fit; NULL is accepted. Pointers of its results end here. */
void gmm_em_fit_destroy(gmm_em_fit *fit);

/* ---------------------------------------------------------------------------------------------- Variational Bayes */

/* Families of the weights' prior in a variational fit. */
enum {
  GMM_WEIGHTS_DIRICHLET_PROCESS = 0, /* sticks of a Dirichlet process that are cut off at K (Blei, Jordan 2006) */
  GMM_WEIGHTS_DIRICHLET = 1          /* one Dirichlet distribution with the same concentration for every component */
};

/* A variational approximation and the prior that led to it. Pointers belong to the fit; a caller that goes on from an
 * approximation fills the struct with arrays of its own. */
typedef struct gmm_variational_result {
  uint32_t struct_size;
  int32_t num_components; /* K */
  int32_t num_dimensions; /* D */
  int32_t covariance;     /* GMM_COVARIANCE_... */
  int32_t weights_family; /* GMM_WEIGHTS_... */
  int32_t converged;      /* 1: the bound changed by less than the tolerance within max_iterations */
  int64_t num_iterations; /* of the run that was kept */
  double lower_bound;     /* of the evidence, without its constant terms, as scikit-learn states it; -infinity where no
                             iteration was made */
  const double *weights;  /* K: the expected weights, scaled to sum 1. Components are in the order of the start */
  const double *weight_concentration; /* K: of the Dirichlet distribution; or 2 x K: the first and the second parameter
                                         of each stick's beta distribution */
  const double *mean_precision;       /* K: how many observations each mean rests on */
  const double *means;                /* K x D */
  const double *degrees_of_freedom;   /* of the precisions' Wishart distributions: K, or 1 where tied */
  const double *covariances;          /* inverses of the expected precisions; full: K x D x D, tied: D x D, diag: K x D,
                                         spherical: K */
  const double *precisions_cholesky;  /* the same shape: U with precision U U^T, upper triangular; 1 / sd where
                                         diagonal */
  const double *history;              /* num_iterations: lower_bound of each iteration */
  double weight_concentration_prior;  /* the prior as it was used, as are the four that follow */
  double mean_precision_prior;
  double degrees_of_freedom_prior;
  const double *mean_prior;       /* D */
  const double *covariance_prior; /* full and tied: D x D, diag: D, spherical: 1 */
} gmm_variational_result;

/* Writes zeros and the size. GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_variational_result_init(gmm_variational_result *result, size_t struct_size);

typedef struct gmm_variational_options {
  uint32_t struct_size;
  int32_t num_components; /* K, 1 .. GMM_MAX_COMPONENTS; default 1 */
  int32_t covariance;     /* GMM_COVARIANCE_...; default GMM_COVARIANCE_FULL */
  int32_t weights_family; /* GMM_WEIGHTS_...; default GMM_WEIGHTS_DIRICHLET_PROCESS */
  int32_t start;          /* GMM_START_...; default GMM_START_KMEANS */
  int32_t num_starts;     /* runs from different starts, the one with the largest bound is kept; >= 1; default 1 */
  int64_t max_iterations; /* of each run, >= 0; 0 keeps the start; default 100 */
  double tolerance;       /* a run has converged when the bound changes by less, >= 0; default 1e-3 */
  double regularization;  /* added to every variance of the members in each iteration, >= 0; default 1e-6 */
  uint64_t seed;          /* default 0 */
  double weight_concentration_prior; /* of each component, or of the process, 1e-290 .. 1e290, or 0 for 1 / K;
                                        default 0 */
  double mean_precision_prior;       /* how many observations the prior mean is worth, 1e-290 .. 1e290; default 1 */
  double degrees_of_freedom_prior;   /* > D - 1 and at most 1e290, or 0 for D; default 0 */
  const double *mean_prior;          /* D, or NULL for the mean of the data */
  const double *covariance_prior;    /* full and tied: D x D (symmetric, positive definite), diag: D, spherical: 1; or
                                        NULL for the covariance of the data, with divisor N - 1 */
  const double *initial_responsibilities; /* N x K, between 0 and 1: the first update is of these, as they are (a row
                                             need not sum to 1), and there is one start; or NULL. As in scikit-learn, a
                                             tied covariance counts of every row the part that belongs to no component
                                             about the origin */
  const gmm_variational_result *initial; /* the approximation to go on from, whose lower_bound the first iteration is
                                            compared with (-infinity for none): its sizes, weights_family and covariance
                                            must be those of the fit; weight_concentration, mean_precision, means,
                                            degrees_of_freedom and covariances (symmetric) are read. Or NULL */
} gmm_variational_options;

/* Writes the defaults. GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_variational_options_init(gmm_variational_options *options, size_t struct_size);

typedef struct gmm_variational_fit gmm_variational_fit;

/* Fits a mixture by variational Bayes: coordinate ascent of the evidence's lower bound (Bishop 2006, Pattern
 * Recognition and Machine Learning, section 10.2; sticks of a Dirichlet process: Blei, Jordan 2006, Bayesian Analysis
 * 1), with the prior mean of k ~ Normal(mean_prior, covariance of k / mean_precision_prior), precision of k ~
 * Wishart(degrees_of_freedom_prior, covariance_prior^-1). The approximation takes assignments and parameters to be
 * independent, and so is too sure of both. From the same responsibilities it has the numbers of scikit-learn's
 * BayesianGaussianMixture. data: at least K observations of positive weight. Progress counts starts. Cancelling leaves
 * no fit. GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_INVALID_ARGUMENT, GMM_ERROR_STRUCT_SIZE,
 * GMM_ERROR_DEGENERATE (covariances that are not positive definite: constant or collinear columns without a
 * covariance_prior or a regularization), GMM_CANCELLED. */
gmm_status gmm_fit_variational(const gmm_data *data, const gmm_variational_options *options, const gmm_control *control,
                               gmm_variational_fit **out_fit, gmm_error **out_error);

/* Fills *out_result; out_result->struct_size must be set. GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE,
 * GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_variational_fit_get_result(const gmm_variational_fit *fit, gmm_variational_result *out_result,
                                          gmm_error **out_error);

/* The logarithms of the weights, up to a common constant, with which a mixture of the approximation's means and
 * covariances has its responsibilities: E[log w_k] + (E[log |precision|] - log |E precision| - D / mean_precision) / 2
 * (Bishop 2006, equations 10.64 to 10.66). approximation: as `initial` of the options; out_log_weights: K. They may lie
 * so far apart that weights would underflow. GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_STRUCT_SIZE, GMM_ERROR_BUFFER_TOO_SMALL. */
gmm_status gmm_variational_log_weights(const gmm_variational_result *approximation, double *out_log_weights,
                                       int64_t capacity, gmm_error **out_error);

/* Frees a fit; NULL is accepted. Pointers of its results end here. */
void gmm_variational_fit_destroy(gmm_variational_fit *fit);

/* ------------------------------------------------------------------------------ Mixtures with known parameters */

/* What follows evaluates a mixture as it is given, without a fit: that of a gmm_em_result, or any other. Its covariances must
 * be positive definite; the message names the component and the pivot that is not. Points must have the mixture's number of
 * dimensions. All may return GMM_ERROR_INVALID_ARGUMENT (for the mixture, with the field's name, too), GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED. O(num_points K D^2), or K D for diagonal covariances. */

/* P(component k | x) = w_k N(x | k) / sum_j w_j N(x | j), the responsibilities.
 * out_probabilities: N x K of the points, row-major; rows sum to 1. */
gmm_status gmm_mixture_probabilities(const gmm_mixture *mixture, const gmm_data *points, const gmm_control *control,
                                     double *out_probabilities, int64_t capacity, gmm_error **out_error);

/* log P(component k | x), which stays finite where the probability underflows: of components of a positive weight
 * -1e306 at least. out_log_probabilities: N x K of the points, row-major. */
gmm_status gmm_mixture_log_probabilities(const gmm_mixture *mixture, const gmm_data *points, const gmm_control *control,
                                         double *out_log_probabilities, int64_t capacity, gmm_error **out_error);

/* log sum_k w_k N(x | k), of the density in the data's unit.
 * out_log_density: N of the points. */
gmm_status gmm_mixture_log_density(const gmm_mixture *mixture, const gmm_data *points, const gmm_control *control,
                                   double *out_log_density, int64_t capacity, gmm_error **out_error);

/* Independent points of the mixture, in the order in which they are drawn: components are not sorted. Point i is a function of
 * the mixture, seed and i alone, so the first points of many are the same as of few.
 * out_points: num_points x D; out_components: num_points, 0 .. K - 1, or NULL; capacity: points that both have room for. */
gmm_status gmm_mixture_sample(const gmm_mixture *mixture, int64_t num_points, uint64_t seed, const gmm_control *control,
                              double *out_points, int32_t *out_components, int64_t capacity, gmm_error **out_error);

/* ------------------------------------------------------------------------------------------ Data in parts */

typedef struct gmm_statistics gmm_statistics;

/* What an iteration of expectation-maximisation needs to know of observations: a value of fixed size, for data that do not fit
 * in memory, or arrive in parts. An iteration is: statistics of each part under the same parameters, merged, maximised.
 * Sums are exact to far beyond the last bit, so that the result does not depend on the order of merging; cut the data at
 * multiples of 4096 rows and it is the same bits as from all data at once.
 * data: in the mixture's number of dimensions. GMM_ERROR_INVALID_ARGUMENT, GMM_CANCELLED. */
gmm_status gmm_statistics_compute(const gmm_mixture *mixture, const gmm_data *data, const gmm_control *control,
                                  gmm_statistics **out_statistics, gmm_error **out_error);

/* The statistics of all observations of num_statistics >= 1 others, which must be under the same parameters. GMM_CANCELLED. */
gmm_status gmm_statistics_merge(const gmm_statistics *const *statistics, int64_t num_statistics,
                                const gmm_control *control, gmm_statistics **out_statistics, gmm_error **out_error);

/* The parameters to which one iteration leads, as a fit in the order of the mixture: num_iterations is 1, `converged` 0, `move`
 * tells how far the parameters moved; log_likelihood, bic and aic are those of the parameters before.
 * regularization and variance_floor as in gmm_em_options. GMM_ERROR_INVALID_ARGUMENT without observations,
 * GMM_ERROR_DEGENERATE for constant columns without regularization. */
gmm_status gmm_statistics_maximize(const gmm_statistics *statistics, double regularization, double variance_floor,
                                   gmm_em_fit **out_fit, gmm_error **out_error);

/* Statistics as bytes, so that parts can be summed up by other processes and on other machines: little-endian, with the
 * version of their format and a checksum (docs/FORMATS.md), the parameters included. Equal statistics have equal bytes.
 * gmm_statistics_size: how many, or 0 for an invalid handle. */
int64_t gmm_statistics_size(const gmm_statistics *statistics);

/* Writes them. out_bytes: gmm_statistics_size bytes. */
gmm_status gmm_statistics_write(const gmm_statistics *statistics, uint8_t *out_bytes, int64_t capacity,
                                gmm_error **out_error);

/* Reads them back, equal to what was written; bytes need no alignment and are copied. GMM_ERROR_FILE_FORMAT for bytes of
 * anything else, and for those that were cut, changed, or written in a later version of the format; memory stays in
 * proportion to num_bytes whatever they say. */
gmm_status gmm_statistics_read(const uint8_t *bytes, int64_t num_bytes, gmm_statistics **out_statistics,
                               gmm_error **out_error);

/* Frees statistics; NULL is accepted. */
void gmm_statistics_destroy(gmm_statistics *statistics);

/* ---------------------------------------------------------------------------------------------- Stepwise EM */

typedef struct gmm_stepwise gmm_stepwise;

/* Stepwise expectation-maximisation (Cappe, Moulines 2009, J. R. Statist. Soc. B 71), for data that arrive in parts and
 * are not kept: each part enters running sums once, under the parameters before it. A part whose weights have the sum
 * s, after parts of the sum n, enters with the share (s / (n + s))^0.7, so that rows count and not parts. No weight
 * falls below 1e-12: a component that no part has had members of can return. The result depends on the order of the
 * parts; gmm_statistics has the exact maximum.
 *
 * Begins at a mixture. total_weight: the sum n of the weights of the observations that the mixture was fitted to with
 * the same regularization, or 0 where it is no more than a start. regularization: added to every variance, >= 0.
 * variance_floor: > 0, as in gmm_em_options. GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_STRUCT_SIZE, GMM_ERROR_UNSUPPORTED for log_weights. */
gmm_status gmm_stepwise_create(const gmm_mixture *mixture, double total_weight, double regularization,
                               double variance_floor, gmm_stepwise **out_stepwise, gmm_error **out_error);

/* Learns from a part, which makes a handle of its own; `stepwise` stays what it was.
 * data: in the mixture's number of dimensions, at least 1 row. GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE,
 * GMM_ERROR_INVALID_ARGUMENT, GMM_ERROR_DEGENERATE (constant columns without regularization), GMM_CANCELLED. */
gmm_status gmm_stepwise_update(const gmm_stepwise *stepwise, const gmm_data *data, const gmm_control *control,
                               gmm_stepwise **out_stepwise, gmm_error **out_error);

/* The parameters as a fit, in the order of the mixture: num_iterations is 1 (0 before the first part), `converged` 0,
 * `move` tells how far the last part moved the parameters; log_likelihood, bic, aic and lower_bound are of the last
 * part under the parameters before it. GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE. */
gmm_status gmm_stepwise_get_fit(const gmm_stepwise *stepwise, gmm_em_fit **out_fit, gmm_error **out_error);

/* The sum of all weights so far; 0 for an invalid handle. */
double gmm_stepwise_total_weight(const gmm_stepwise *stepwise);

/* The state as bytes: little-endian, with the version of their format and a checksum (docs/FORMATS.md). Equal states
 * have equal bytes. gmm_stepwise_size: how many, or 0 for an invalid handle. */
int64_t gmm_stepwise_size(const gmm_stepwise *stepwise);

/* Writes them. out_bytes: gmm_stepwise_size bytes. GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE,
 * GMM_ERROR_BUFFER_TOO_SMALL. */
gmm_status gmm_stepwise_write(const gmm_stepwise *stepwise, uint8_t *out_bytes, int64_t capacity,
                              gmm_error **out_error);

/* Reads them back, equal to what was written; bytes need no alignment and are copied. GMM_ERROR_NULL_ARGUMENT,
 * GMM_ERROR_INVALID_ARGUMENT, GMM_ERROR_FILE_FORMAT for bytes of anything else, and for those that were cut, changed,
 * or written in a later version of the format; memory stays in proportion to num_bytes whatever they say. */
gmm_status gmm_stepwise_read(const uint8_t *bytes, int64_t num_bytes, gmm_stepwise **out_stepwise,
                             gmm_error **out_error);

/* Frees a state; NULL is accepted. */
void gmm_stepwise_destroy(gmm_stepwise *stepwise);

#ifdef __cplusplus
}
#endif

#endif /* GMMSWIFT_H */
