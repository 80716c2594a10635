/**
 * @file gmmswift.h
 * Bayesian Gaussian mixture models behind one C header.
 *
 * A program hands over data and a model: how many components there are, their priors and constraints. It gets back
 * draws from the posterior, summaries of them, the probability that a component produced an observation, and
 * predictions. For observations x_1 .. x_N and K components in D dimensions the model is
 *
 *     x_i | z_i = k  ~  Normal(means[k], covariance of component k),      P(z_i = k) = weights[k],
 *
 * with priors on the weights, on the means and on the spread. The spread is the covariance matrices of the components,
 * or their standard deviations (sds) where the covariances are diagonal. Each of the three can also be known.
 *
 * A posterior in a dozen lines
 * ----------------------------
 * The default priors are weakly informative and at the scale of the data; all other defaults suit most problems. The
 * steps are: data, model, draws, summary.
 *
 * @code
 *   gmm_model_options options;
 *   gmm_model_options_init(&options, sizeof options);
 *   options.num_components = 2;
 *   gmm_data *data = NULL;
 *   gmm_model *model = NULL;
 *   gmm_posterior *posterior = NULL;
 *   gmm_summary *summary = NULL;
 *   gmm_error *error = NULL;
 *   const int is_done = gmm_data_create(values, num_values, 1, NULL, &data, &error) == GMM_OK &&
 *                       gmm_model_create(&options, &model, &error) == GMM_OK &&
 *                       gmm_sample(model, data, NULL, NULL, &posterior, &error) == GMM_OK &&
 *                       gmm_posterior_summarize(posterior, NULL, NULL, &summary, &error) == GMM_OK;
 *   puts(is_done ? gmm_summary_text(summary) : gmm_error_message(error));
 * @endcode
 *
 * Then gmm_summary_destroy, gmm_posterior_destroy, gmm_model_destroy, gmm_data_destroy and gmm_error_destroy free what
 * was made; each accepts NULL.
 *
 * Rules that hold for every function
 * ----------------------------------
 * Errors. A function that can fail returns a gmm_status and takes a nullable `gmm_error **out_error` last. On entry
 * *out_error and every out_ handle are set to NULL. A call that fails writes nothing else, with one exception: a
 * prediction, gmm_posterior_coclustering, _label_free or _write that is cancelled, or for which memory runs out, leaves
 * its buffer partly written.
 * A failed call makes an error object, unless out_error is NULL; the caller destroys it with gmm_error_destroy. There
 * is no "last error" of a thread. The documentation of a function lists the statuses that it returns beside GMM_OK, but
 * for GMM_ERROR_OUT_OF_MEMORY and GMM_ERROR_INTERNAL, which any function may return.
 *
 * Handles. A handle is an opaque pointer that a create-like function makes and the matching destroy function frees.
 * Every function refuses a handle of another kind with GMM_ERROR_WRONG_HANDLE, and so it does one whose memory still
 * shows that it was destroyed; this check helps to find mistakes and cannot find all. All handles but
 * gmm_cancel, gmm_run and gmm_stream are immutable, so any number of threads may read one at the same time. A handle
 * keeps alive what it was made from, so handles may be destroyed in any order.
 *
 * Structs. A struct that begins with `uint32_t struct_size` can grow: new fields are appended. Call its _init function
 * with its size, then change fields. A smaller struct_size means defaults for the missing fields. A larger one is
 * accepted if the unknown rest is zero. Pointers in such a struct are read during the call only. NULL in place of an
 * options struct means all defaults; only a model needs its options.
 *
 * Arrays. Numbers are double, sizes are int64_t, and products of sizes are checked. Arrays are row-major. An output
 * buffer belongs to the caller. The parameter behind it, named capacity, is the number of elements that it has room
 * for. A capacity that is negative or too small is GMM_ERROR_BUFFER_TOO_SMALL.
 *
 * Names. A count is named num_..., whatever it counts. An error names an argument or field as this header does.
 *
 * Control. Every function that can take long takes a nullable `const gmm_control *control` with the number of threads,
 * a callback for progress, a flag for cancelling and a time limit. A cancelled call returns GMM_CANCELLED within about
 * 20 ms of work (or one iteration, the draw of one covariance matrix, or one call of the system) and frees its memory.
 * gmm_data_create, which copies and checks the data once, takes none.
 *
 * Threads. Every function may be called from any thread. A call creates and joins its worker threads, but for
 * gmm_run_start and gmm_stream_start, whose threads end with their handles; where the system refuses one, the others do
 * its work. A call needs 64 KB of the caller's stack. Results do not depend on the number of threads: the same seed
 * gives the same bits.
 *
 * Files. Paths are UTF-8, ended by a zero byte. A file is written as a new file in the same folder (the path and
 * ".gmmtmp", with a number where that name belongs to somebody else), synced and renamed: it appears whole or not at
 * all, and the file that was there before is intact until then. docs/FORMATS.md describes the formats.
 *
 * Process. The library never prints, never exits, installs no signal handler, and touches no locale, no environment
 * variable, and no file but those whose paths it is given.
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

/** The version as one number for #if: 10000 major + 100 minor + patch. */
#define GMM_VERSION_NUMBER 100

/** The number of this header's binary interface, which is also that of the library's soname (libgmmswift.so.0). */
#define GMM_ABI_VERSION 0

/* --------------------------------------------------------------------------------------------- Attributes */

/**
 * Compilers warn where the result of a function with GMM_NODISCARD is not used, and where an argument that
 * GMM_NONNULL counts, from 1, is NULL. These arguments are where a call writes to. Handles do not have the attribute:
 * a handle may well be NULL after a call that failed, and the library answers GMM_ERROR_NULL_ARGUMENT. A program that
 * defines GMM_NO_ATTRIBUTES gets neither warning.
 */
#if defined(GMM_NO_ATTRIBUTES) || defined(__swift__)
#define GMM_NODISCARD
#define GMM_NONNULL(...)
#elif defined(__GNUC__)
#define GMM_NODISCARD __attribute__((warn_unused_result))
#define GMM_NONNULL(...) __attribute__((nonnull(__VA_ARGS__)))
#else
#define GMM_NODISCARD
#define GMM_NONNULL(...)
#endif

/* -------------------------------------------------------------------------------------------------- Types */

/** A data set: N observations in D dimensions, with their weights and the names of their columns. */
typedef struct gmm_data gmm_data;

/** A mixture with its priors and constraints. */
typedef struct gmm_model gmm_model;

/** Draws from a posterior or from a prior, in chains. */
typedef struct gmm_posterior gmm_posterior;

/** A table of statistics with a row for each quantity. */
typedef struct gmm_summary gmm_summary;

/** What is wrong with the draws of a posterior, in words. */
typedef struct gmm_diagnosis gmm_diagnosis;

/** What went wrong in a call. */
typedef struct gmm_error gmm_error;

/** A flag that stops the calls it is given to, from any thread or signal handler. */
typedef struct gmm_cancel gmm_cancel;

/** A run that goes on beside the program. */
typedef struct gmm_run gmm_run;

/** Draws in parts, while they are made. */
typedef struct gmm_stream gmm_stream;

/** A fit by expectation-maximisation. */
typedef struct gmm_em_fit gmm_em_fit;

/** A fit by variational Bayes. */
typedef struct gmm_variational_fit gmm_variational_fit;

/** What an iteration of expectation-maximisation needs to know of observations: a value of fixed size. */
typedef struct gmm_statistics gmm_statistics;

/** The state of a stepwise fit. */
typedef struct gmm_stepwise gmm_stepwise;

typedef struct gmm_control gmm_control;
typedef struct gmm_checkpoint gmm_checkpoint;
typedef struct gmm_until gmm_until;
typedef struct gmm_mixture gmm_mixture;

/* -------------------------------------------------------------------------------------- Status and errors */

/** The outcome of a call: a value of gmm_status_code. */
typedef int32_t gmm_status;

/** The values of a gmm_status. */
enum gmm_status_code {
  GMM_OK = 0,

  /** A required pointer is NULL. */
  GMM_ERROR_NULL_ARGUMENT = 10,
  /** A handle is of another kind, or was destroyed. */
  GMM_ERROR_WRONG_HANDLE = 11,
  /** A value is outside its documented range. */
  GMM_ERROR_INVALID_ARGUMENT = 12,
  /** The data hold NaN, an infinity or too large a number. The argument has the row and the column. */
  GMM_ERROR_INVALID_DATA = 13,
  /** A capacity is below what is needed. The rule has the needed one. */
  GMM_ERROR_BUFFER_TOO_SMALL = 14,
  /** A valid request that this version does not serve. */
  GMM_ERROR_UNSUPPORTED = 15,
  /** A struct_size is 0 or too small, or the unknown fields at the end of a struct are not zero. */
  GMM_ERROR_STRUCT_SIZE = 16,

  /** Prior parameters, constraints or starts contradict each other. */
  GMM_ERROR_INVALID_MODEL = 30,
  /** The posterior or the maximum does not exist for these data, or a chain collapsed. The rule says why. */
  GMM_ERROR_DEGENERATE = 31,

  /** There is not enough memory. */
  GMM_ERROR_OUT_OF_MEMORY = 50,

  /** The system refuses to read or write a file. The message has the path and the system's reason. */
  GMM_ERROR_FILE = 60,
  /** A file is not one of this library's, is cut or damaged, or is of a later version. */
  GMM_ERROR_FILE_FORMAT = 61,
  /** A checkpoint belongs to other data, another model, other options or another version. */
  GMM_ERROR_FILE_MISMATCH = 62,

  /** The callback, gmm_cancel_request or the time limit stopped the call. This is nobody's error. */
  GMM_CANCELLED = 70,
  /** The posterior is improper, though chains may never notice: a warning of gmm_model_check. */
  GMM_IMPROPER = 71,

  /** The library has a defect: please report it. */
  GMM_ERROR_INTERNAL = 90
};

/** The name of a status, such as "GMM_ERROR_INVALID_DATA", or "GMM_UNKNOWN_STATUS"; static storage. Never fails. */
const char *gmm_status_name(gmm_status status);

/** The status that the failed function returned; GMM_ERROR_NULL_ARGUMENT for NULL, GMM_ERROR_WRONG_HANDLE for another
 * handle. */
gmm_status gmm_error_status(const gmm_error *error);

/** The whole text in UTF-8, `argument: rule, got value`; without the parts that the error does not have. It is owned by
 * the error. "" for NULL. */
const char *gmm_error_message(const gmm_error *error);

/** The argument or options field at fault as this header names it, with indices from 0: "num_draws", "means.sd[2]",
 * "means[1].sd". It is owned by the error. "" where no argument is at fault, and for NULL. */
const char *gmm_error_argument(const gmm_error *error);

/** The number of the argument's indices: 2 for "data[5, 1]" and for "means[1].sd[0]"; 0 for NULL. */
int32_t gmm_error_num_indices(const gmm_error *error);

/** An index of the argument, counted from the left: 0 <= position < gmm_error_num_indices. -1 out of range. */
int64_t gmm_error_index(const gmm_error *error, int32_t position);

/** The rule that was broken, such as "must be positive". The names of other arguments stand between backquotes: "must
 * be at most 1/`num_components` = 0.5". It is owned by the error. "" for NULL. */
const char *gmm_error_rule(const gmm_error *error);

/** The value that broke the rule, as text owned by the error. "" where the rule alone says it all, and for NULL. */
const char *gmm_error_value(const gmm_error *error);

/** The errno with which the system refused a file; 0 for all other errors and for NULL. */
int32_t gmm_error_system_code(const gmm_error *error);

/** Frees an error; NULL is accepted. */
void gmm_error_destroy(gmm_error *error);

/* --------------------------------------------------------------------------------------------------- Data */

/** The largest number of components. */
#define GMM_MAX_COMPONENTS 256

/** The largest number of dimensions. */
#define GMM_MAX_DIMENSIONS 1048576

/** The meanings of NaN among the values of a data set. */
typedef enum gmm_missing_values {
  /** An error. */
  GMM_MISSING_REFUSED = 0,
  /** A value that is missing at random (Rubin 1976): that it is missing may depend on the values that its row has, not
   * on the one that it lacks. Chains and fits are then exact for the values that there are: assignments are drawn given
   * those, missing values are drawn given both or, in expectation-maximisation, integrated out. Log likelihoods and
   * densities are those of the values that a row or point has; those of a row without any are 0, and it counts for
   * nothing. */
  GMM_MISSING_AT_RANDOM = 1
} gmm_missing_values;

/** How an array becomes a data set. */
typedef struct gmm_data_options {
  uint32_t struct_size;
  /** What NaN means: a gmm_missing_values; default GMM_MISSING_REFUSED. */
  int32_t missing;
  /** Distance between two rows in elements, at least num_dimensions; a larger one skips columns. 0 stands for
   * num_dimensions; default 0. */
  int64_t row_stride;
  /** The number of the first row in the whole data set of which these rows are a part: a multiple of 4096. Chains draw
   * for these rows what they would draw for them in the whole. Default 0. */
  int64_t first_row;
  /** num_observations weights, 0 .. 1e100, with a sum of at least 1e-100; or NULL for weights of 1. A weight of 0 makes
   * a row inert, an integer repeats it; gmm_sample says how it takes other weights. Of a row with errors, intervals or
   * label shares it takes at most 65536, because copies are drawn one by one. */
  const double *sample_weights;
  /** num_dimensions texts in UTF-8, all different and not empty, or NULL. They name rows of summaries, and columns in
   * messages. */
  const char *const *column_names;
  /** num_observations x num_dimensions sds of independent errors of measurement, 0 .. 1e140, or NULL: x = true value +
   * error. The mixture is that of the true values (extreme deconvolution; Bovy, Hogg, Roweis 2011, Annals of Applied
   * Statistics 5). Log likelihoods and densities are those of the measured values. */
  const double *error_sds;
  /** num_observations x num_dimensions x num_dimensions covariances of errors, symmetric and positive semi-definite, in
   * the place of error_sds; or NULL. */
  const double *error_covariances;
  /** The ends of intervals in which the values lie, num_observations x num_dimensions, or NULL for both: censored where
   * one is infinite, missing where both are, exact where they are equal, and the number in `data` where both are NaN.
   * Where coordinates or errors are correlated, a row may have one interval. */
  const double *lower;
  const double *upper;
  /** num_observations components that rows are known to have, from 0, or -1; or NULL. */
  const int32_t *labels;
  /** num_observations x num_components factors, in the place of labels: the share of component k of row i is
   * multiplied by factor (i, k). Not negative, of sum 1 in each row; or NULL. */
  const double *label_shares;
  /** The columns of label_shares; 0 without them. */
  int64_t num_label_shares;
} gmm_data_options;

/** Writes the defaults.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_data_options_init(gmm_data_options *options, size_t struct_size) GMM_NONNULL(1);

/**
 * Checks, copies and lays out a data set, once for all calls that take it. It never changes, and any number of threads
 * and calls may share it.
 *
 * @param data num_observations x num_dimensions; may be NULL where num_observations is 0, or with intervals.
 * @param num_observations N, >= 0.
 * @param num_dimensions D, 1 .. GMM_MAX_DIMENSIONS.
 * @param options NULL for the defaults.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT; GMM_ERROR_INVALID_DATA for NaN,
 * infinities and values whose squares could not be summed, with row and column. All values below 1e144 in magnitude
 * can be. NaN is no error where `missing` says so.
 */
GMM_NODISCARD gmm_status gmm_data_create(const double *data, int64_t num_observations, int64_t num_dimensions,
                                         const gmm_data_options *options, gmm_data **out_data, gmm_error **out_error)
    GMM_NONNULL(5);

/** N; 0 for an invalid handle. */
int64_t gmm_data_num_observations(const gmm_data *data);

/** D; 0 for an invalid handle. */
int64_t gmm_data_num_dimensions(const gmm_data *data);

/** The number of missing values; 0 for an invalid handle. */
int64_t gmm_data_num_missing(const gmm_data *data);

/** Whether a row has a sample weight other than 1; 0 for an invalid handle. */
int32_t gmm_data_has_sample_weights(const gmm_data *data);

/** Writes the observations, row after row, as they were given, with NaN for missing values.
 * @param out_values N x D.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_BUFFER_TOO_SMALL. */
GMM_NODISCARD gmm_status gmm_data_get_values(const gmm_data *data, double *out_values, int64_t capacity,
                                             gmm_error **out_error);

/** Writes the sample weights, which are 1 where the data set has none.
 * @param out_weights N.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_BUFFER_TOO_SMALL. */
GMM_NODISCARD gmm_status gmm_data_get_sample_weights(const gmm_data *data, double *out_weights, int64_t capacity,
                                                     gmm_error **out_error);

/** What is known of a data set beside its values, as bits. */
enum {
  GMM_KNOWS_ERROR_SDS = 1,
  GMM_KNOWS_ERROR_COVARIANCES = 2,
  GMM_KNOWS_INTERVALS = 4,
  GMM_KNOWS_LABELS = 8,
  GMM_KNOWS_LABEL_SHARES = 16
};

/** What is known beside the values: a sum of GMM_KNOWS_...; 0 for an invalid handle. */
int32_t gmm_data_knows(const gmm_data *data);

/** The number of columns of the label shares; 0 without them and for an invalid handle. */
int64_t gmm_data_num_label_shares(const gmm_data *data);

/** Writes numbers that are known beside the values, as they were given.
 * @param what one of GMM_KNOWS_ERROR_SDS (N x D), GMM_KNOWS_ERROR_COVARIANCES (N x D x D), GMM_KNOWS_INTERVALS (2 x N x
 * D: the lower ends, then the upper ones), GMM_KNOWS_LABELS (N) and GMM_KNOWS_LABEL_SHARES (N x
 * gmm_data_num_label_shares).
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_BUFFER_TOO_SMALL; GMM_ERROR_INVALID_ARGUMENT for
 * what the data set does not know. */
GMM_NODISCARD gmm_status gmm_data_get_known(const gmm_data *data, int32_t what, double *out_values, int64_t capacity,
                                            gmm_error **out_error);

/** The name of a column, owned by the data set; NULL where it has none, out of range, and for an invalid handle. */
const char *gmm_data_column_name(const gmm_data *data, int64_t column);

/** A number that tells data sets apart by their values and by N and D: an XXH64, the same for two different data sets
 * by a chance of 2^-64. Checkpoints compare it. 0 for an invalid handle. */
uint64_t gmm_data_fingerprint(const gmm_data *data);

/** Frees a data set; NULL is accepted. */
void gmm_data_destroy(gmm_data *data);

/* -------------------------------------------------------------------------------------------------- Model */

/**
 * Families of priors. Each belongs to the unknowns that are named with it.
 *
 * Ranges. Standard deviations, and parameters that are scales of them, lie in 1e-145 .. 1e145. Other positive
 * parameters lie in 1e-290 .. 1e290, except for matrices and their degrees of freedom, and for GMM_PRIOR_LOG_NORMAL.
 * Means, like data, are below 1e144 in magnitude. Draws of sds are cut off at 1e-150 and 1e150, draws of a covariance
 * matrix where an sd would pass 1e140. Priors that reach beyond, such as Gamma(0.001, 0.001) on the precision, have
 * much of their mass there. Where priors and data are so far apart that a draw is NaN or infinite, sampling ends with
 * GMM_ERROR_DEGENERATE.
 */
enum gmm_prior_family {
  /** Means or spread: the prior waits for data, which choose it by a gmm_default_priors; see gmm_model_for_data. */
  GMM_PRIOR_SCALED = -1,
  /** Any unknown: it is known, and `first` holds its values. */
  GMM_PRIOR_FIXED = 0,
  /** Weights: `first` = concentrations > 0. */
  GMM_PRIOR_DIRICHLET = 1,
  /** Means: `first` = means, `second` = standard deviations > 0. */
  GMM_PRIOR_NORMAL = 2,
  /** Means: Normal(m0, covariance of the component / kappa). `first` = m0, with D numbers for each value; `second` =
   * kappa > 0. It is conjugate with an inverse-Wishart or inverse-Gamma spread. */
  GMM_PRIOR_NORMAL_KAPPA = 3,
  /** Weights: Dirichlet with the concentration alpha / K of each weight among K components. `first` = alpha > 0, one
   * value. */
  GMM_PRIOR_DYNAMIC_DIRICHLET = 4,
  /** Concentration of the weights: the F distribution. `first`, `second` = degrees of freedom > 0. The density is
   * proportional to x^(first / 2 - 1) (1 + first x / second)^(-(first + second) / 2). */
  GMM_PRIOR_F = 5,
  /** Standard deviation: `first` = lower >= 0, `second` = upper > lower. Means: `first` = lower, `second` = upper >
   * lower, independent between coordinates. */
  GMM_PRIOR_UNIFORM = 10,
  /** Standard deviation: `first` = scale > 0. */
  GMM_PRIOR_HALF_CAUCHY = 11,
  /** Standard deviation: `first` = scale > 0, the sd of the Normal before it is folded. */
  GMM_PRIOR_HALF_NORMAL = 12,
  /** Standard deviation: log sd is Normal(mu, sigma). `first` = mu in -333 .. 333, `second` = sigma in 1e-6 .. 100. */
  GMM_PRIOR_LOG_NORMAL = 13,
  /** Standard deviation: `first` = degrees of freedom dof > 0, `second` = scale > 0. The density is proportional to
   * (1 + (sd / scale)^2 / dof)^(-(dof + 1) / 2); with dof = 1 it is that of GMM_PRIOR_HALF_CAUCHY. */
  GMM_PRIOR_HALF_STUDENT_T = 14,
  /** Variance: `first` = shape > 0, `second` = scale > 0. */
  GMM_PRIOR_INVERSE_GAMMA = 20,
  /** Precision; concentration of the weights; rate or scale of the spread's prior: `first` = shape > 0, `second` =
   * rate > 0. */
  GMM_PRIOR_GAMMA = 30,
  /** Covariance matrix: `first` = degrees of freedom > D - 1, `second` = scale matrices, symmetric and positive
   * definite, with D x D numbers for each value. The density is proportional to
   * |S|^(-(dof + D + 1) / 2) exp(-tr(scale S^-1) / 2). */
  GMM_PRIOR_INVERSE_WISHART = 40,
  /** Scale matrix of GMM_PRIOR_INVERSE_WISHART: `first` = degrees of freedom > D - 1, `second` = a symmetric positive
   * definite matrix S, D x D; one value. The density is proportional to |W|^((dof - D - 1) / 2) exp(-tr(S^-1 W) / 2),
   * the mean is dof S. GMM_PRIOR_ABOVE bounds it from below. */
  GMM_PRIOR_WISHART = 41,
  /** Means or spread: `priors` holds a prior for each component, and num_values is their number: K, or 1 where the
   * spread is shared. Their families belong to the same unknown and may differ. A component with GMM_PRIOR_FIXED is
   * known, and the others are inferred beside it. GMM_PRIOR_SCALED and GMM_PRIOR_EACH are refused within. */
  GMM_PRIOR_EACH = 50,
  /** Rate or scale of the spread's prior: `priors` holds one prior, GMM_PRIOR_GAMMA or _WISHART, and `first` the values
   * that it is cut off below, >= 0, 1 or D: 0 for none. A scale that cannot reach 0 keeps variances from it, and so the
   * posterior proper, whatever ties the rows have. Of a matrix W, W - diag(first) is positive definite, and the Wishart
   * distribution must have D + 1 degrees of freedom; W - diag(first) then has the distribution without a bound. */
  GMM_PRIOR_ABOVE = 51,
  /** Number of components, as all that follow: K uniform on a, ..., b. `first` = a >= 1, b >= a. */
  GMM_PRIOR_DISCRETE_UNIFORM = 60,
  /** K - 1 ~ Geometric(p): P(K = k) = p (1 - p)^(k - 1). `first` = p, 0 < p < 1. */
  GMM_PRIOR_GEOMETRIC = 61,
  /** K - 1 ~ Poisson(rate). `first` = rate > 0. */
  GMM_PRIOR_SHIFTED_POISSON = 62,
  /** K - 1 ~ negative binomial. `first` = size r > 0, probability p, 0 < p < 1: P(K - 1 = k) is in proportion to
   * Gamma(r + k) / k! (1 - p)^k. */
  GMM_PRIOR_NEGATIVE_BINOMIAL = 63,
  /** K - 1 ~ beta-negative-binomial: negative binomial of size r with a probability that is Beta(a, b)
   * (Fruehwirth-Schnatter, Malsiner-Walli, Gruen 2021). `first` = r, a, b > 0. */
  GMM_PRIOR_BETA_NEGATIVE_BINOMIAL = 64,
  /** `first` = P(K = 1), P(K = 2), ... up to a factor, not negative. */
  GMM_PRIOR_PROBABILITIES = 65,
  /** A Dirichlet process: infinitely many components, of which the rows occupy some. No values. The weights must be
   * GMM_PRIOR_DYNAMIC_DIRICHLET, whose alpha is the concentration. num_components is the most clusters of a draw, plus
   * 1: a draw has the components with rows, and a last one that stands for all others. Its weight is their sum, and its
   * parameters are drawn from their prior, so that the mean of densities over draws is exact. Draws of
   * gmm_sample_prior have the sticks of the process, as many as there is room for. */
  GMM_PRIOR_DIRICHLET_PROCESS = 66
};

/** Forms of the components' covariances. In one dimension all but GMM_COVARIANCE_TIED are the same. */
enum gmm_covariance_form {
  GMM_COVARIANCE_FULL = 0,     /**< a covariance matrix for each component */
  GMM_COVARIANCE_TIED = 1,     /**< one covariance matrix for all components */
  GMM_COVARIANCE_DIAG = 2,     /**< an sd for each component and coordinate */
  GMM_COVARIANCE_SPHERICAL = 3 /**< an sd for each component */
};

/** Rules by which data choose the priors of GMM_PRIOR_SCALED. A rule keeps its meaning; other priors get another. */
enum gmm_default_priors {
  /** Weakly informative priors at the scale of the data; see gmm_model_for_data. */
  GMM_DEFAULT_PRIORS_FRALEY_RAFTERY = 1,
  /** Hierarchical priors at the scale of the data, which do not depend on K; see gmm_model_for_data. */
  GMM_DEFAULT_PRIORS_MALSINER_WALLI = 2
};

typedef struct gmm_prior gmm_prior;

/**
 * A background beside the components: rows that belong to none of them, of one constant density. With its weight w and
 * its volume V,
 *
 *     p(x) = w / V + (1 - w) sum_k weight_k N(x | k)
 *
 * (Banfield, Raftery 1993; Fraley, Raftery 1998). The weights of the components sum to 1 among themselves. At every
 * point, also beyond the region that gives V, the density is 1 / V. K is then at most GMM_MAX_COMPONENTS - 1.
 * Assignments of rows to the background are K, and the probabilities of the components of a row sum to 1 less that of
 * the background, which gmm_posterior_background has.
 *
 * The density of a background is that of values as they were observed, so errors of measurement leave it as it is.
 * Where values are missing, it has the factor of the other columns of the box, and for an interval its length, so both
 * need bounds; an interval without an end ends at the box. Rows with a known label do not belong to it.
 *
 * Not served beside a background: label_shares; fractional sample weights of draws; GMM_PRIOR_DIRICHLET_PROCESS;
 * evidence.
 */
typedef struct gmm_background {
  uint32_t struct_size;
  /** 0. */
  int32_t reserved;
  /** The weight is Beta(first, second), both > 0; defaults 1 and 9. */
  double weight_first;
  double weight_second;
  /** Above 0 and below 1: the weight is known. 0: it is unknown. Default 0. */
  double fixed_weight;
  /** > 0: the volume. 0: that of the box between `lower` and `upper`, or of the smallest box around the data, along the
   * columns, if these are NULL. Default 0. */
  double volume;
  /** D finite bounds, or NULL with `upper`. All rows of data must lie between them. */
  const double *lower;
  /** D bounds, each above that in `lower`. */
  const double *upper;
} gmm_background;

/** Writes the defaults.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_background_init(gmm_background *background, size_t struct_size) GMM_NONNULL(1);

/**
 * A prior of one family with its parameters; or, with GMM_PRIOR_EACH, a prior for each component.
 *
 * num_values is 1 (the same for all) or the number of what the prior is for: K weights, K x D coordinates of means, as
 * many sds as the model has, K kappas, as many covariance matrices as the model has (1 where tied). Where there is one
 * for each component and coordinate, D values serve all components. The prior of a single component within
 * GMM_PRIOR_EACH has one value, or D where there is one for each coordinate. Errors name the component and the value as
 * the caller stated them: `means[1].sd` is the sd in the prior of component 1 alone, `means.sd[1, 0]` is the sd of
 * component 1 in coordinate 0 in one prior for all.
 *
 * This struct is a part of others and never changes.
 */
struct gmm_prior {
  /** A gmm_prior_family. */
  int32_t family;
  /** The number of values in `first` and `second`, or of priors in `priors`. */
  int32_t num_values;
  /** The first parameter, as the family says: finite; fixed covariance matrices are D x D for each value. */
  const double *first;
  /** The second parameter; ignored, and may be NULL, for families with one. */
  const double *second;
  /** With GMM_PRIOR_EACH the priors of the components, with GMM_PRIOR_ABOVE the one that is bounded. Otherwise NULL, or
   * the priors of the parameters: unknown numbers that all components share (hyperparameters). Chains draw them from
   * their conditional distributions, and start at the values in `first` and `second`, which are the same for all
   * components then.
   *
   *     GMM_PRIOR_DIRICHLET, _DYNAMIC_DIRICHLET: one prior, GMM_PRIOR_GAMMA or _F, of the concentration or of alpha;
   *     GMM_PRIOR_NORMAL: two, GMM_PRIOR_NORMAL of the means in `first`, 1 or D values; then, of the sds in `second`, 1
   *         or D values of GMM_PRIOR_UNIFORM, _HALF_CAUCHY, _HALF_NORMAL, _LOG_NORMAL or _HALF_STUDENT_T; or
   *         GMM_PRIOR_FIXED for one of them;
   *     GMM_PRIOR_GAMMA, _INVERSE_GAMMA of the spread: two, one of GMM_PRIOR_FIXED; then GMM_PRIOR_GAMMA of the rate or
   *     scale in `second`, of which diag covariances have one for each coordinate: 1 or D values;
   *     GMM_PRIOR_INVERSE_WISHART: two, one of GMM_PRIOR_FIXED; then GMM_PRIOR_WISHART of the scale in `second`;
   *     GMM_PRIOR_ABOVE around one of the last two, to bound it from below.
   *
   * GMM_PRIOR_FIXED with num_values 0 leaves a parameter as it is stated. All other families must have NULL. */
  const gmm_prior *priors;
};

/** A model: its size, and the prior and the constraints of each of its three unknowns. */
typedef struct gmm_model_options {
  uint32_t struct_size;
  /** K, 1 .. GMM_MAX_COMPONENTS; the largest K if it has a prior; default 1. */
  int32_t num_components;
  /** D, 1 .. GMM_MAX_DIMENSIONS; default 1. */
  int32_t num_dimensions;
  /** A gmm_covariance_form; default GMM_COVARIANCE_FULL. */
  int32_t covariance;
  /** 1: one spread for all components; default 0. */
  int32_t shared_spread;
  /** 1: the means increase with the component in one coordinate, a hard constraint; default 0. */
  int32_t ordered_means;
  /** The coordinate in which they do, 0 .. D - 1; default 0. */
  int32_t order_coordinate;
  /** A gmm_default_priors, the rule by which data choose the priors of GMM_PRIOR_SCALED; 0 leaves it to the call. Draws
   * then have GMM_DEFAULT_PRIORS_MALSINER_WALLI if D > 1 or K has a prior, and GMM_DEFAULT_PRIORS_FRALEY_RAFTERY
   * otherwise, as fits have always. Where no prior waits: the rule that has chosen priors, or 0. Default 0. */
  int32_t default_priors;
  /** GMM_PRIOR_DIRICHLET or GMM_PRIOR_FIXED (sum 1); default Dirichlet(1). */
  gmm_prior weights;
  /** Every weight is at least this, a hard constraint: 0 .. 1/K; default 0. */
  double minimum_weight;
  /** GMM_PRIOR_NORMAL, _NORMAL_KAPPA, _UNIFORM, _FIXED, _EACH or _SCALED; default GMM_PRIOR_SCALED. */
  gmm_prior means;
  /** For sds a family on the sd, variance or precision; for covariance matrices GMM_PRIOR_INVERSE_WISHART; for both
   * GMM_PRIOR_FIXED, _EACH and _SCALED; default GMM_PRIOR_SCALED. A shared spread has those of one component. */
  gmm_prior spread;
  /** The prior of the number of components, cut off at num_components: GMM_PRIOR_DISCRETE_UNIFORM or one of the
   * families that follow it; `first` holds num_values parameters. All components then have the same priors: one value,
   * or D; no known weights or means, no least weight. An order of the means numbers the components of each draw: those
   * with rows, and after them the others. Default GMM_PRIOR_FIXED: K is num_components. */
  gmm_prior count;
  /** A background beside the components; NULL, the default, for none. A model whose background has the volume of the
   * box around data is open, as with GMM_PRIOR_SCALED. */
  const gmm_background *background;
} gmm_model_options;

/** Writes the defaults.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_model_options_init(gmm_model_options *options, size_t struct_size) GMM_NONNULL(1);

/**
 * Checks and copies a model. Constraints are a part of the prior, which is the product of the named densities on the
 * set where the constraints hold.
 *
 * With GMM_PRIOR_SCALED the model is open: the prior of its means or spread waits for data. gmm_sample chooses it at
 * the scale of its data, as gmm_model_for_data does. So does gmm_fit_em, by GMM_DEFAULT_PRIORS_FRALEY_RAFTERY where no
 * rule is stated. Calls without data refuse an open model.
 *
 * If the number of components has a prior, K stands for the largest number wherever a model or a posterior has arrays
 * of components. Chains draw the number given the partition of the rows (telescoping sampling, Fruehwirth-Schnatter,
 * Malsiner-Walli, Gruen 2021, Bayesian Analysis 16), which is exact for every prior that is allowed. So are the chains
 * of a Dirichlet process; one that comes to have more clusters than its draws have room for ends with
 * GMM_ERROR_DEGENERATE, and the draws so far.
 *
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE; GMM_ERROR_INVALID_ARGUMENT for a parameter out of range;
 * GMM_ERROR_INVALID_MODEL for a contradiction, such as a minimum_weight above 1/K, fixed means out of order or without
 * room for others between them, fixed weights below the minimum, or a prior on sds for covariance matrices.
 */
GMM_NODISCARD gmm_status gmm_model_create(const gmm_model_options *options, gmm_model **out_model,
                                          gmm_error **out_error) GMM_NONNULL(2);

/**
 * The model for data: a model of its own, in which the priors of the model's rule take the place of GMM_PRIOR_SCALED.
 * If it has none, the rule is that of draws, GMM_DEFAULT_PRIORS_MALSINER_WALLI if D > 1 or K has a prior.
 *
 * GMM_DEFAULT_PRIORS_FRALEY_RAFTERY: weakly informative priors after Fraley, Raftery (2007), "Bayesian regularization
 * for normal mixture estimation and model-based clustering", Journal of Classification 24. Variances have the
 * distribution that they have within a covariance matrix. With x-bar the means of the columns and S the covariance
 * matrix of the data (divisor N - 1) the priors are
 *
 *     means:   Normal(x-bar, covariance of the component / 0.01);
 *     spread:  full, tied: inverse-Wishart(D + 2, S / K^(2/D));
 *              diag: variance of coordinate d ~ inverse-Gamma(3 / 2, S_dd / K^(2/D) / 2);
 *              spherical: the same with tr(S) / D for S_dd.
 *
 * GMM_DEFAULT_PRIORS_MALSINER_WALLI: hierarchical priors after Malsiner-Walli, Fruehwirth-Schnatter, Gruen (2016),
 * "Model-based clustering based on sparse finite Gaussian mixtures", Statistics and Computing 26. With m_d the medians
 * and R_d the ranges of the columns
 *
 *     means:   Normal(m, R), independent between coordinates;
 *     spread:  full, tied: inverse-Wishart(D + 4, W),
 *                  W ~ Wishart(D + 1, (D + 4) / (100 (D + 1)) diag(R^2)) above (D + 4) / 10000 diag(u R^2);
 *              diag: variance of coordinate d ~ inverse-Gamma(5 / 2, b_d),
 *                  b_d ~ Gamma(1, 40 / R_d^2) above R_d^2 / 4000;
 *              spherical: the same with the average of R_d^2.
 *
 * So the scale of the components is learned, with a typical sd of a tenth of the range and a least one of a hundredth.
 * The bound (GMM_PRIOR_ABOVE) is not in the paper. It keeps the posterior proper where values tie and where columns
 * determine each other. With C the correlation matrix of the data, u_d = 1 / ((C + 1e-6 I)^-1)_dd is the share of the
 * variance of column d that the other columns do not determine.
 *
 * W and b are unknown too, and draws have them (GMM_FIELD_SCALE, GMM_FIELD_RATE). Fits need known ones.
 *
 * Beside a background both rules look at the rows without a share of them, the mean of the prior of its weight: those
 * that lie farthest from the medians of the columns, in units of their median absolute deviations. Where that leaves a
 * column constant, all rows count.
 *
 * @param model an open model; another one is handed back as it is.
 * @param data in the model's number of dimensions: at least 2 rows, or weights with a sum of at least 2.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_UNSUPPORTED;
 * GMM_ERROR_INVALID_ARGUMENT for too few rows or other dimensions; GMM_ERROR_DEGENERATE for a constant column, or for
 * columns that determine each other; GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_model_for_data(const gmm_model *model, const gmm_data *data, const gmm_control *control,
                                            gmm_model **out_model, gmm_error **out_error) GMM_NONNULL(4);

/**
 * Asks whether the posterior given data exists, before it is sampled.
 *
 * Under a prior whose density stays positive as an sd goes to 0 (Uniform from 0, HalfCauchy, HalfNormal, HalfStudentT),
 * ties make it improper: a component with a free mean that holds two equal rows, or one with a known mean and a row at
 * it, has infinite mass near an sd of 0. A row of sample weight w counts as w rows. In several dimensions ties within
 * one coordinate suffice for GMM_COVARIANCE_DIAG, and rows must be equal for GMM_COVARIANCE_SPHERICAL.
 * docs/STATISTICS.md has the exact conditions. A Uniform prior with a lower bound above 0, InverseGamma on the
 * variance, Gamma on the precision and inverse-Wishart priors keep the posterior proper, and so do all
 * gmm_default_priors. Where their scale has a prior itself, it must be bounded (GMM_PRIOR_ABOVE); this is not asked.
 *
 * The modes at fault are narrow. Chains that do not meet them sample the rest, and a chain that does ends with
 * GMM_ERROR_DEGENERATE. So gmm_sample does not ask this.
 *
 * @param model the model; one that is open takes its priors from the data.
 * @param data in the model's number of dimensions.
 * @return GMM_OK where the posterior is proper; GMM_IMPROPER, with an error that names the largest tie; for data that
 * gmm_sample refuses, because components hold all rows as ties, GMM_ERROR_DEGENERATE; GMM_ERROR_NULL_ARGUMENT,
 * GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT, GMM_ERROR_UNSUPPORTED, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_model_check(const gmm_model *model, const gmm_data *data, const gmm_control *control,
                                         gmm_error **out_error);

/** Whether a prior of the model waits for data (GMM_PRIOR_SCALED), or the volume of its background; 0 for an invalid
 * handle. */
int32_t gmm_model_is_open(const gmm_model *model);

/** K; 0 for an invalid handle. */
int32_t gmm_model_num_components(const gmm_model *model);

/** D; 0 for an invalid handle. */
int32_t gmm_model_num_dimensions(const gmm_model *model);

/** The number of standard deviations: K; K x D for GMM_COVARIANCE_DIAG; those of one component where the spread is
 * shared. 0 where the spread is covariance matrices, and for an invalid handle. */
int32_t gmm_model_num_sds(const gmm_model *model);

/** The number of covariance matrices: K, or 1 where tied. 0 where the spread is sds, and for an invalid handle. */
int32_t gmm_model_num_covariances(const gmm_model *model);

/** The gmm_covariance_form of the model, GMM_COVARIANCE_DIAG in one dimension; -1 for an invalid handle. */
int32_t gmm_model_covariance(const gmm_model *model);

/** The gmm_default_priors by which data choose priors of the model, or have chosen them; 0 where the caller stated all
 * of them, or left the rule of an open model to the call, and for an invalid handle. Files keep it. */
int32_t gmm_model_default_priors(const gmm_model *model);

/**
 * Fills *out_options, whose struct_size must be set, with options that make the same model again. Priors that data have
 * chosen are stated, beside the rule in default_priors; those that wait for data are GMM_PRIOR_SCALED. The arrays
 * belong to the model and end with it. In one dimension the spread is stated for sds: covariance is
 * GMM_COVARIANCE_DIAG.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE.
 */
GMM_NODISCARD gmm_status gmm_model_get_options(const gmm_model *model, gmm_model_options *out_options,
                                               gmm_error **out_error) GMM_NONNULL(2);

/**
 * The log density of the prior. Known unknowns contribute 0 where they equal the known values. Each density is
 * normalised without the constraints, and is taken in the variable that it is stated for (sd, variance or precision).
 * The result is -infinity outside the support or the constraints.
 *
 * @param model a model that is not open, without a background.
 * @param weights K.
 * @param means K x D.
 * @param spread the sds, or the covariance matrices, D x D each, of which the lower triangles are read.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_INVALID_ARGUMENT (an open model).
 */
GMM_NODISCARD gmm_status gmm_model_log_prior(const gmm_model *model, const double *weights, const double *means,
                                             const double *spread, double *out_log_density, gmm_error **out_error)
    GMM_NONNULL(5);

/** Frees a model; NULL is accepted. */
void gmm_model_destroy(gmm_model *model);

/* ----------------------------------------------------------------------------------------------- Sampling */

/** How chains move. */
enum gmm_method {
  /** Exact conditional draws, with the assignments drawn as well (data augmentation). They need no tuning. With 200 or
   * more iterations of it each chain finds out whether it mixes slowly. If so, it also proposes all parameters jointly,
   * with the assignments summed out, in every iteration (docs/STATISTICS.md). */
  GMM_METHOD_GIBBS = 0,
  /** Random-walk Metropolis on weights, means and sds, with scales that adapt during tuning, and element-wise
   * categorical updates of the assignments. */
  GMM_METHOD_METROPOLIS = 1
};

/** Moves beside the steps of the method, which cross where these steps are slow or stuck (docs/STATISTICS.md). */
enum gmm_moves {
  /** Joint moves of all parameters, where tuning finds that they pay. Split-merge moves, which divide the rows of two
   * or three components anew, and so cross between modes; with up to 4,096 rows, often where tuning finds that they
   * reach what the steps do not, and now and then elsewhere. */
  GMM_MOVES_AUTOMATIC = 0,
  /** None: the steps of the method alone. */
  GMM_MOVES_NONE = 1
};

/** In place of a number of rungs: as many as tuning finds, about twice the communication barrier. */
enum gmm_rungs { GMM_RUNGS_AUTOMATIC = 1 };

/** What is drawn, where chains start, and where the run is written down. */
typedef struct gmm_sample_options {
  uint32_t struct_size;
  /** A gmm_method; default GMM_METHOD_GIBBS. */
  int32_t method;
  /** Kept draws of each chain, >= 1; default 1000. */
  int64_t num_draws;
  /** Iterations before the first kept draw, >= 0; default 1000. */
  int64_t num_tune;
  /** >= 1; default 4. */
  int64_t num_chains;
  /** Iterations for each kept draw, >= 1; default 1. */
  int64_t thin;
  /** Default 0. */
  uint64_t seed;
  /** 1: every draw of the assignments is kept, N bytes each; default 0. */
  int32_t store_assignments;
  /** Rows of the arrays that follow: 0 (the data lead to the starts), 1 (the same for every chain) or num_chains;
   * default 0. */
  int32_t num_initial;
  /** num_initial x K, or NULL; each row positive with sum 1, within the constraints. */
  const double *initial_weights;
  /** num_initial x K x D, or NULL; within the constraints. */
  const double *initial_means;
  /** num_initial x gmm_model_num_sds, or NULL; inside the prior's support. */
  const double *initial_sds;
  /** num_initial x gmm_model_num_covariances x D x D, or NULL; symmetric and positive definite. */
  const double *initial_covariances;
  /** Where all chains start, in place of the arrays, or NULL: a fit, or any mixture with the model's components and
   * dimensions. Its components are put into the model's order and its covariances into the model's form: pooled by
   * weight where the spread is shared, their diagonal where it is sds. Weights below the minimum and sds outside the
   * prior's support move to its edge. What the model knows is not read. */
  const gmm_mixture *initial_mixture;
  /** Chains start at the last draws of this posterior's chains, in turn, or NULL. Its components, dimensions and form
   * of covariances must be the model's. At most one kind of start is given. */
  const gmm_posterior *initial_posterior;
  /** Where the run is written down, or NULL; default NULL. */
  const gmm_checkpoint *checkpoint;
  /** A gmm_moves; default GMM_MOVES_AUTOMATIC. */
  int32_t moves;
  /** Rungs of tempering: 0 for none, GMM_RUNGS_AUTOMATIC for as many as tuning finds, or 2 .. 64. Chains at lower and
   * lower powers of the densities exchange states with the chain, which then crosses between modes that no move
   * connects. Each rung takes the time of a chain. Default 0. */
  int32_t num_rungs;
  /** The convergence at which the run ends; then num_draws is the least number of draws. NULL: it ends after num_draws;
   * default NULL. */
  const gmm_until *until;
} gmm_sample_options;

/**
 * The convergence at which a run ends, and the limits at which it ends without.
 *
 * It is that of scalars of each draw which need no labels: the log posterior, the log likelihood, the number of
 * clusters, the sum of the squared weights, and the weights by decreasing size. A scalar that is the same in all draws
 * is left out.
 */
struct gmm_until {
  uint32_t struct_size;
  /** 0. */
  int32_t reserved;
  /** The effective sample size over all chains, of the bulk and of the tails of each scalar, > 0; 0: none is asked for;
   * default 1000. */
  double ess;
  /** The largest rank-normalised split R-hat of a scalar, > 1; 0: none is asked for, as with one chain, which has none;
   * default 1.01. One of the two must be asked for. */
  double r_hat;
  /** The largest number of draws of each chain, >= num_draws; 0: ten times num_draws; default 0. */
  int64_t max_draws;
  /** Seconds after which the run ends with the draws that all chains have, which a clock decides; >= 0, 0: no limit;
   * default 0. If there are none, the call returns GMM_CANCELLED. */
  double seconds;
};

/** Writes the defaults.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_until_init(gmm_until *until, size_t struct_size) GMM_NONNULL(1);

/** Writes the defaults.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_sample_options_init(gmm_sample_options *options, size_t struct_size) GMM_NONNULL(1);

/**
 * Draws from the posterior of a model given data.
 *
 * The draw t of chain c is the state after num_tune + (t + 1) * thin iterations. It is a function of the model, the
 * data, seed, c, num_tune and that number alone. Initial values that are not given come from the data, differently for
 * each chain.
 *
 * Sample weights. The draws are from the power posterior, prior * prod_i p(x_i | parameters)^weight_i, where p is the
 * density of the mixture. So a weight of 0 makes a row inert, an integer repeats it, and weights of 1/3 count three
 * rows as one. The log likelihood is that of the rows times their weights. The assignment of a row is one draw from its
 * cluster probabilities, whatever its weight. Where some weight is not an integer, the acceptance of a draw is that of
 * a Metropolis-Hastings step, which is near 1 where the sum of the weights is large against the number of parameters.
 *
 * Cancelling. GMM_CANCELLED hands back in *out_posterior the draws that every chain has finished, or NULL where there
 * are none, and sets *out_error as well.
 *
 * Collapse. Where the posterior is improper (gmm_model_check), a chain can run to an sd of 0. It has collapsed when a
 * component that holds nothing but ties has an sd below a thousandth (two tied rows: 1e-8) of the prior's scale, of the
 * data's sd, and of the distance to the nearest other value. Then all chains end before that iteration, and the call
 * returns GMM_ERROR_DEGENERATE, an error that names the chain and the iteration, and in *out_posterior the draws of the
 * iterations before, or NULL where there are none. They are the same bits for any number of threads, and cannot be
 * extended. A checkpoint stays as it was last written, and leads to the same end.
 *
 * Checkpoints. With options->checkpoint the run is written to that file before the first iteration, every `interval`
 * seconds while the chains go on, and at the end, also of a cancelled run. Where the file is there already, the chains
 * go on from it and end with the same bits as if they had never stopped: a call that was killed is simply made again.
 * The file stays. The same call then returns at once, and one for more draws goes on: num_draws may differ, all else
 * must be as it was. The file holds all draws, and of the data a fingerprint. A file that cannot be written or read is
 * found out before anything is sampled, and there is no posterior then. Where a later checkpoint fails, on a full disk
 * for example, sampling goes on and the next one is tried. If the last one fails, the call returns GMM_ERROR_FILE, an
 * error, and in *out_posterior all draws; the file is the checkpoint before. One thread more than num_threads, asleep
 * most of the time, does the writing.
 *
 * Convergence. With options->until the run looks at its draws when each chain has num_draws of them, and then whenever
 * their number has grown by a half (rounded down, by at least 1, and never beyond max_draws). It ends where they have
 * converged. So the number of draws is a function of the draws: it depends on no clock, unless until->seconds ends the
 * run, and on no number of threads. The draws are those of a run of the same length without until. A run that goes on
 * from its checkpoint looks at the draws of the file too, so it ends where it would have ended without a stop. A run
 * that reaches max_draws, or that has no time or memory left, returns GMM_OK and all draws, and
 * gmm_posterior_get_until tells what they have reached. Progress counts up to the next look.
 *
 * Labels. Where the priors do not tell components apart, the posterior is relabelled: component k is the same component
 * in all draws. See the section on labels.
 *
 * @param model the model; one that is open takes its priors from the data.
 * @param data in the model's number of dimensions. Without observations, or NULL, the constrained prior is sampled by
 * the same method.
 * @param options NULL for the defaults.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE; GMM_ERROR_INVALID_ARGUMENT, also for
 * data in other dimensions, and for an open model without data; GMM_ERROR_INVALID_MODEL for initial values against the
 * constraints; GMM_ERROR_DEGENERATE where a chain collapses, and where all observations are equal under a prior that
 * lets the sd reach 0; GMM_ERROR_UNSUPPORTED for Metropolis in several dimensions or with GMM_PRIOR_NORMAL_KAPPA;
 * GMM_ERROR_FILE, GMM_ERROR_FILE_FORMAT and GMM_ERROR_FILE_MISMATCH for a checkpoint, the last with the first
 * difference; GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_sample(const gmm_model *model, const gmm_data *data, const gmm_sample_options *options,
                                    const gmm_control *control, gmm_posterior **out_posterior, gmm_error **out_error)
    GMM_NONNULL(5);

/**
 * Independent draws from the constrained prior, in one chain, without data and with a log likelihood of 0. They are
 * exact. Where the constraints leave less than about 1/1,000 of the prior's mass, each draw is the end of a chain of
 * its own, which is much longer than it needs to forget its start. Draw t is a function of the model, seed and t alone.
 *
 * @param model a model that is not open.
 * @param num_draws >= 1.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_UNSUPPORTED;
 * GMM_ERROR_INVALID_ARGUMENT, also for an open model; GMM_ERROR_DEGENERATE; GMM_CANCELLED, which leaves no posterior.
 */
GMM_NODISCARD gmm_status gmm_sample_prior(const gmm_model *model, int64_t num_draws, uint64_t seed,
                                          const gmm_control *control, gmm_posterior **out_posterior,
                                          gmm_error **out_error) GMM_NONNULL(5);

/**
 * A new posterior with the old draws and num_draws more of each chain, continued: the same bits as one call for all of
 * them. Cancelling, collapse and checkpoints work as in gmm_sample. A checkpoint of the same chains that is behind the
 * posterior is replaced; from one that is ahead, the chains go on.
 *
 * @param num_draws >= 1.
 * @param checkpoint where the run is written down, or NULL.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT;
 * GMM_ERROR_UNSUPPORTED for subsets, prior draws and the draws before a collapse; GMM_ERROR_DEGENERATE;
 * GMM_ERROR_FILE, GMM_ERROR_FILE_FORMAT and GMM_ERROR_FILE_MISMATCH for a checkpoint; GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_posterior_extend(const gmm_posterior *posterior, int64_t num_draws,
                                              const gmm_checkpoint *checkpoint, const gmm_control *control,
                                              gmm_posterior **out_posterior, gmm_error **out_error) GMM_NONNULL(5);

/**
 * A new posterior with the old draws, at least num_draws more of each chain, and more until they have converged. It is
 * gmm_posterior_extend with the looks of gmm_sample_options.until.
 *
 * The looks are those of one run: at n, the num_draws of the gmm_sample that began the chains, and then whenever the
 * number has grown by a half. Those at fewer draws than there are with num_draws more are left out. So a gmm_sample
 * with the same options, this until and a max_draws ends with the same draws, unless it ends at a look that is left
 * out. For instance, a run that met its until and is extended until a stricter one has the draws of a run until the
 * stricter one, and a cancelled run that is extended until what it was to meet has the draws that it would have had.
 * Where the draws are at a look and have converged, none are made.
 *
 * @param num_draws >= 0.
 * @param until NULL for the defaults. max_draws counts the old draws too, and must be at least as many with num_draws
 * more; 0: ten times the number at the first look. Its seconds are those of this call.
 * @param checkpoint where the run is written down, or NULL.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT;
 * GMM_ERROR_UNSUPPORTED for subsets, prior draws and the draws before a collapse; GMM_ERROR_DEGENERATE;
 * GMM_ERROR_FILE, GMM_ERROR_FILE_FORMAT and GMM_ERROR_FILE_MISMATCH for a checkpoint; GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_posterior_extend_until(const gmm_posterior *posterior, int64_t num_draws,
                                                    const gmm_until *until, const gmm_checkpoint *checkpoint,
                                                    const gmm_control *control, gmm_posterior **out_posterior,
                                                    gmm_error **out_error) GMM_NONNULL(6);

/**
 * The draws burn, burn + thin, burn + 2 thin, ... of each chain, which share the memory of the posterior and keep their
 * labels.
 *
 * @param burn 0 <= burn < draws of a chain.
 * @param thin >= 1.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_INVALID_ARGUMENT.
 */
GMM_NODISCARD gmm_status gmm_posterior_subset(const gmm_posterior *posterior, int64_t burn, int64_t thin,
                                              gmm_posterior **out_posterior, gmm_error **out_error) GMM_NONNULL(4);

/**
 * The draws of some chains, in the given order. They are copied and keep their labels. The result cannot be extended.
 *
 * @param chains num_chains different numbers, 0 <= chain < chains of the posterior.
 * @param num_chains >= 1.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_INVALID_ARGUMENT.
 */
GMM_NODISCARD gmm_status gmm_posterior_subset_chains(const gmm_posterior *posterior, const int64_t *chains,
                                                     int64_t num_chains, gmm_posterior **out_posterior,
                                                     gmm_error **out_error) GMM_NONNULL(4);

/** Frees a posterior; NULL is accepted. Views of it end here. */
void gmm_posterior_destroy(gmm_posterior *posterior);

/* ------------------------------------------------------------------------- Sampling beside the program */

/** What a run is doing. */
enum gmm_run_state {
  GMM_RUN_RUNNING = 0,
  GMM_RUN_PAUSED = 1,
  GMM_RUN_FINISHED = 2, /**< it has ended with all its draws, or with those that gmm_sample_options.until wants */
  GMM_RUN_STOPPED = 3,  /**< it was stopped or cancelled, or its time was over */
  GMM_RUN_FAILED = 4    /**< it has ended with an error */
};

/** How far a run is. */
typedef struct gmm_run_info {
  uint32_t struct_size;
  /** A gmm_run_state. */
  int32_t state;
  /** The status that gmm_run_wait returns for a run that has ended; GMM_OK before. */
  gmm_status status;
  int32_t num_chains;
  /** The draws that every chain has. */
  int64_t num_draws;
  /** As in a gmm_progress. */
  int64_t iterations_done;
  int64_t iterations_total;
  int64_t draws_done;
  int64_t draws_total;
  /** The time of the run so far, without pauses. */
  double seconds;
} gmm_run_info;

/** Writes zeros and the size.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_run_info_init(gmm_run_info *info, size_t struct_size) GMM_NONNULL(1);

/**
 * Starts a run of gmm_sample beside the program, and returns. The draws have the same bits.
 *
 * Its threads are the only ones of this library that outlive a call. They block all signals, as the threads of calls
 * do, and end with the run, at the latest in gmm_run_destroy. The functions of a run may be called from any thread.
 * They see the draws up to the last turn of each chain, about two milliseconds or one iteration ago.
 *
 * A process that is forked from that of the run has no threads of it. There the functions that return a status return
 * GMM_ERROR_UNSUPPORTED, and gmm_run_destroy frees no more than the handle. dlclose does not unload the library, so
 * threads that go on keep their code. A program that ends does not wait for a run.
 *
 * @param model as in gmm_sample.
 * @param data as in gmm_sample.
 * @param options as in gmm_sample. The values are read and checked before the call returns, and so are the priors of an
 * open model; a checkpoint is opened by the run.
 * @param control NULL, or without a progress callback, since a run is asked for its progress. A time limit does not
 * count pauses. The flag for cancelling stops the run; it must outlive it.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_INVALID_MODEL, GMM_ERROR_DEGENERATE, GMM_ERROR_UNSUPPORTED and GMM_ERROR_FILE as gmm_sample, for arguments;
 * GMM_CANCELLED. GMM_ERROR_OUT_OF_MEMORY also where the system refuses a thread.
 */
GMM_NODISCARD gmm_status gmm_run_start(const gmm_model *model, const gmm_data *data, const gmm_sample_options *options,
                                       const gmm_control *control, gmm_run **out_run, gmm_error **out_error)
    GMM_NONNULL(5);

/** How far a run is. It does not wait.
 * @param out_info its struct_size must be set.
 * @param out_draws the draws of each chain (num_chains), or NULL with a capacity of 0.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_BUFFER_TOO_SMALL;
 * GMM_ERROR_UNSUPPORTED in a fork of the run's process. */
GMM_NODISCARD gmm_status gmm_run_poll(const gmm_run *run, gmm_run_info *out_info, int64_t *out_draws, int64_t capacity,
                                      gmm_error **out_error) GMM_NONNULL(2);

/** A posterior of the draws that every chain has, or NULL where there are none, while the run goes on. It is that of a
 * run of this length: the same bits, and it can be extended. It shares the memory of the run's draws. After the end of
 * the run it is the posterior of gmm_run_wait.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE; GMM_ERROR_UNSUPPORTED in a fork of the run's process. */
GMM_NODISCARD gmm_status gmm_run_snapshot(const gmm_run *run, gmm_posterior **out_posterior, gmm_error **out_error)
    GMM_NONNULL(2);

/** Pauses a run, and returns when its threads have ended or sleep, within about 20 ms of work or one iteration. A pause
 * changes no draw. NULL is accepted, and so is a run that is paused or has ended. */
void gmm_run_pause(gmm_run *run);

/** Lets a paused run go on. NULL is accepted, and so is a run that is not paused. */
void gmm_run_resume(gmm_run *run);

/** Ends a run, paused or not, with the draws that every chain has, and does not wait for the end. NULL is accepted, and
 * so is a run that has ended. */
void gmm_run_stop(gmm_run *run);

/**
 * Waits for the end of a run, and returns what gmm_sample would have returned: the status, *out_posterior and
 * *out_error. A run that was stopped returns GMM_CANCELLED and its draws. A paused run does not end by itself. The
 * function may be called again, and makes a new handle each time.
 *
 * @param control progress of the run, and a flag and a time limit for the wait. A wait that is cancelled returns
 * GMM_CANCELLED and no posterior, and the run goes on.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT;
 * GMM_ERROR_UNSUPPORTED in a fork of the run's process; GMM_ERROR_DEGENERATE, GMM_ERROR_FILE, GMM_ERROR_FILE_FORMAT and
 * GMM_ERROR_FILE_MISMATCH as gmm_sample; GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_run_wait(gmm_run *run, const gmm_control *control, gmm_posterior **out_posterior,
                                      gmm_error **out_error) GMM_NONNULL(3);

/** Stops a run if it has not ended, waits for its threads, and frees it; its posteriors stay. NULL is accepted. */
void gmm_run_destroy(gmm_run *run);

/**
 * Starts to draw in parts, and returns. gmm_stream_next hands the parts over, one after the other, while the library
 * makes the next one. The parts together are the draws of gmm_sample, as drawn.
 *
 * Memory is bounded: beside the parts that the program keeps, one waits and one is being made. Then the chains wait
 * for the program. So num_draws may be as large as a program can ever want. The threads are those of a run beside the
 * program (gmm_run_start): they end with the stream, and a fork has none.
 *
 * @param model as in gmm_sample.
 * @param data as in gmm_sample.
 * @param options as in gmm_sample, without a checkpoint and without `until`.
 * @param part draws of each chain in a part, >= 1. The last part may have fewer.
 * @param control NULL, or without a progress callback. A time limit counts the time in which chains wait.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_INVALID_MODEL, GMM_ERROR_DEGENERATE, GMM_ERROR_UNSUPPORTED and GMM_ERROR_FILE as gmm_sample, for arguments;
 * GMM_CANCELLED. GMM_ERROR_OUT_OF_MEMORY also where the system refuses a thread.
 */
GMM_NODISCARD gmm_status gmm_stream_start(const gmm_model *model, const gmm_data *data,
                                          const gmm_sample_options *options, int64_t part, const gmm_control *control,
                                          gmm_stream **out_stream, gmm_error **out_error) GMM_NONNULL(6);

/**
 * Waits for the next part: a posterior as drawn of the next draws of each chain, which cannot be extended; NULL after
 * the last.
 *
 * @param control a flag and a time limit for the wait, and a callback whose progress counts nothing. A wait that is
 * cancelled returns GMM_CANCELLED, and the stream goes on.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT;
 * GMM_ERROR_UNSUPPORTED in a fork of the stream's process; GMM_ERROR_DEGENERATE where a chain has collapsed, after the
 * draws before; GMM_CANCELLED, also for a stream that was cancelled.
 */
GMM_NODISCARD gmm_status gmm_stream_next(gmm_stream *stream, const gmm_control *control, gmm_posterior **out_posterior,
                                         gmm_error **out_error) GMM_NONNULL(3);

/** Ends a stream, waits for its threads, and frees it; its parts stay. NULL is accepted. */
void gmm_stream_destroy(gmm_stream *stream);

/** A part of the draws, as a sink receives it. */
typedef struct gmm_part {
  uint32_t struct_size;
  int32_t num_chains;
  /** The number of the part's first draw in each chain, from 0. */
  int64_t first_draw;
  /** Draws of each chain. */
  int64_t num_draws;
  /** These draws of all chains, as drawn, for gmm_posterior_view and all other functions of a posterior; they cannot be
   * extended. The handle belongs to the library and ends when the sink returns. A sink that keeps the draws takes
   * another one: gmm_posterior_subset with burn 0 and thin 1, which copies nothing. */
  const gmm_posterior *posterior;
} gmm_part;

/**
 * Receives draws while they are made. It is called on the thread that made the call, never concurrently, with one part
 * after the other. Meanwhile the library makes the next part, and then its chains wait. A result other than 0 ends the
 * call with GMM_CANCELLED; what went wrong is for the sink to keep in its user_data.
 *
 * It may call every function of the library, gmm_sample_to included. It may throw an exception or end its thread, as a
 * gmm_progress_fn may, and must not call longjmp.
 */
typedef int32_t (*gmm_sink_fn)(const gmm_part *part, void *user_data);

/**
 * Draws in parts, which a sink receives: gmm_stream_start and gmm_stream_next in one call, with the same parts, bits
 * and bounds of memory. GMM_OK means that the sink has received num_draws draws of each chain.
 *
 * @param model as in gmm_sample.
 * @param data as in gmm_sample.
 * @param options as in gmm_sample, without a checkpoint and without `until`.
 * @param part draws of each chain in a part, >= 1. The last part may have fewer.
 * @param control as in gmm_sample. Progress counts the draws that the sink has received. The time limit counts the time
 * of the sink.
 * @param user_data what the sink receives.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_INVALID_MODEL, GMM_ERROR_UNSUPPORTED and GMM_ERROR_FILE as gmm_sample; GMM_ERROR_DEGENERATE, where a chain
 * has collapsed after the sink has received the draws before; GMM_CANCELLED, also where the sink ends the call. Parts
 * that the sink has not received are then dropped. GMM_ERROR_OUT_OF_MEMORY also where the system refuses a thread.
 */
GMM_NODISCARD gmm_status gmm_sample_to(const gmm_model *model, const gmm_data *data, const gmm_sample_options *options,
                                       int64_t part, const gmm_control *control, gmm_sink_fn sink, void *user_data,
                                       gmm_error **out_error);

/* ------------------------------------------------------------------------------- The draws of a posterior */

/** What a posterior holds. */
typedef struct gmm_posterior_info {
  uint32_t struct_size;
  /** K. */
  int32_t num_components;
  /** D. */
  int32_t num_dimensions;
  /** A gmm_covariance_form; GMM_COVARIANCE_DIAG in one dimension. */
  int32_t covariance;
  /** gmm_model_num_sds of the model. */
  int32_t num_sds;
  /** gmm_model_num_covariances of the model. */
  int32_t num_covariances;
  /** N. */
  int64_t num_observations;
  int64_t num_chains;
  /** Of each chain. */
  int64_t num_draws;
  int64_t num_tune;
  /** Iterations between two draws, those of a subset included. */
  int64_t thin;
  uint64_t seed;
  /** A gmm_method. */
  int32_t method;
  /** 1: the assignments are stored. */
  int32_t has_assignments;
  /** 1: the draws are those of gmm_sample_prior. */
  int32_t is_prior;
  /** 1: the posterior was returned by gmm_sample or gmm_posterior_extend without a collapse, and can be extended. */
  int32_t can_extend;
  /** Wall time of the sampling, extensions included. */
  double seconds;
  /** The gmm_label_rule of the labels; GMM_LABELS_AS_DRAWN where no labels are exchanged between draws. */
  int32_t label_rule;
  /** The coordinate of an order of means or sds; otherwise -1. */
  int32_t label_coordinate;
} gmm_posterior_info;

/** Writes zeros and the size.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_posterior_info_init(gmm_posterior_info *info, size_t struct_size) GMM_NONNULL(1);

/** Fills *out_info, whose struct_size must be set.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE. */
GMM_NODISCARD gmm_status gmm_posterior_get_info(const gmm_posterior *posterior, gmm_posterior_info *out_info,
                                                gmm_error **out_error) GMM_NONNULL(2);

/** The model of a posterior, as a handle of its own that the caller destroys. It is never open.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE. */
GMM_NODISCARD gmm_status gmm_posterior_get_model(const gmm_posterior *posterior, gmm_model **out_model,
                                                 gmm_error **out_error) GMM_NONNULL(2);

/** The data of a posterior, as a handle of its own that the caller destroys. For prior draws they have no observations.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE. */
GMM_NODISCARD gmm_status gmm_posterior_get_data(const gmm_posterior *posterior, gmm_data **out_data,
                                                gmm_error **out_error) GMM_NONNULL(2);

/** How often a chain makes split-merge moves. */
enum gmm_split_merge {
  /** Never: there is one component, there are more than 4,096 rows, or GMM_MOVES_NONE. */
  GMM_SPLIT_MERGE_OFF = 0,
  /** Now and then: tuning saw no move that reaches what the steps do not. */
  GMM_SPLIT_MERGE_RARELY = 1,
  /** Often: tuning saw such moves, or the rows are so few that moves cost nothing. */
  GMM_SPLIT_MERGE_REGULARLY = 2
};

/** The moves of one chain. */
typedef struct gmm_chain_moves {
  uint32_t struct_size;
  /** The joint moves of each iteration; 0 where they do not pay. */
  int32_t num_joint;
  /** A gmm_split_merge. */
  int32_t split_merge;
  /** 0. */
  int32_t reserved;
  /** Iterations from one with split-merge moves to the next; 0 where there are none. */
  int64_t interval;
  /** Split-merge moves since the tuning. */
  int64_t num_proposed;
  /** Those that gave rows to other components. */
  int64_t num_accepted;
} gmm_chain_moves;

/** Writes zeros and the size.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_chain_moves_init(gmm_chain_moves *moves, size_t struct_size) GMM_NONNULL(1);

/** The moves of a chain, and what they have done since the tuning.
 * @param chain 0 .. num_chains - 1.
 * @param out_moves its struct_size must be set.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT;
 * GMM_ERROR_UNSUPPORTED for draws that cannot be extended. */
GMM_NODISCARD gmm_status gmm_posterior_get_moves(const gmm_posterior *posterior, int64_t chain,
                                                 gmm_chain_moves *out_moves, gmm_error **out_error) GMM_NONNULL(3);

/** The rungs of one chain. */
typedef struct gmm_chain_tempering {
  uint32_t struct_size;
  /** Rungs, the chain itself included; 1 without tempering. */
  int32_t num_rungs;
  /** The communication barrier: the sum of the rejection rates between neighbours. */
  double barrier;
  /** States that came back to the chain after they had been on the last rung, since the tuning. */
  int64_t num_round_trips;
} gmm_chain_tempering;

/** Writes zeros and the size.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_chain_tempering_init(gmm_chain_tempering *tempering, size_t struct_size) GMM_NONNULL(1);

/** The rungs of a chain, and their exchanges since the tuning. An exchange is accepted with the assignments summed out.
 * @param chain 0 .. num_chains - 1.
 * @param out_tempering its struct_size must be set.
 * @param out_powers the powers of the densities, falling from 1, (num_rungs), or NULL.
 * @param out_swap_rates the mean probability that a rung and the next exchange states, (num_rungs - 1), or NULL.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_BUFFER_TOO_SMALL;
 * GMM_ERROR_UNSUPPORTED for draws that cannot be extended. */
GMM_NODISCARD gmm_status gmm_posterior_get_tempering(const gmm_posterior *posterior, int64_t chain,
                                                     gmm_chain_tempering *out_tempering, double *out_powers,
                                                     int64_t powers_capacity, double *out_swap_rates,
                                                     int64_t swap_rates_capacity, gmm_error **out_error) GMM_NONNULL(3);
/** Why a run with gmm_sample_options.until, or of gmm_posterior_extend_until, ended. */
enum gmm_until_end {
  GMM_UNTIL_MET = 0,       /**< the draws have reached what was asked for */
  GMM_UNTIL_MAX_DRAWS = 1, /**< the largest number of draws was made */
  GMM_UNTIL_SECONDS = 2,   /**< the time was over */
  /** There was no memory for more draws, or to look at those there are. The figures of the latter are NaN. */
  GMM_UNTIL_MEMORY = 3
};

/** Scalars of each draw that need no labels. */
enum gmm_until_scalar {
  GMM_UNTIL_NONE = -1, /**< all scalars are the same in all draws */
  GMM_UNTIL_LOG_POSTERIOR = 0,
  GMM_UNTIL_LOG_LIKELIHOOD = 1,
  GMM_UNTIL_NUM_CLUSTERS = 2,
  GMM_UNTIL_SUM_SQUARED_WEIGHTS = 3,
  /** The largest weight; the weight of rank k, from 0, is this number + k. */
  GMM_UNTIL_SORTED_WEIGHTS = 4
};

/** What the draws of a run with gmm_sample_options.until, or of gmm_posterior_extend_until, have reached. */
typedef struct gmm_until_result {
  uint32_t struct_size;
  /** A gmm_until_end. */
  int32_t end;
  /** The least effective sample size, of the bulk and the tails; NaN for fewer than four draws of each chain. */
  double ess;
  /** The largest R-hat; NaN for one chain, and for fewer than four draws of each chain. */
  double r_hat;
  /** The gmm_until_scalar of ess. */
  int32_t ess_scalar;
  /** The gmm_until_scalar of r_hat. */
  int32_t r_hat_scalar;
} gmm_until_result;

/** Writes zeros and the size.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_until_result_init(gmm_until_result *result, size_t struct_size) GMM_NONNULL(1);

/** What the draws have reached, and why the run ended.
 * @param out_result its struct_size must be set.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE; GMM_ERROR_UNSUPPORTED for a posterior
 * of a run without gmm_sample_options.until, of subsets, and of gmm_posterior_extend. Files keep the result. */
GMM_NODISCARD gmm_status gmm_posterior_get_until(const gmm_posterior *posterior, gmm_until_result *out_result,
                                                 gmm_error **out_error) GMM_NONNULL(2);

/** What can be viewed of a posterior, with its axes. If the number of components has a prior, a draw has components 0,
 * ..., GMM_FIELD_NUM_COMPONENTS - 1, those with rows first, and NaN in the places of others. */
enum gmm_field {
  /** (chains, draws, K) float64. */
  GMM_FIELD_WEIGHTS = 0,
  /** (chains, draws, K) float64 where D = 1, else (chains, draws, K, D). */
  GMM_FIELD_MEANS = 1,
  /** float64, (chains, draws, K) for D = 1 and spherical, (chains, draws, K, D) for diag; without K where shared. */
  GMM_FIELD_SDS = 2,
  /** (chains, draws) float64: log p(x | weights, means, spread), with the assignments summed out. */
  GMM_FIELD_LOG_LIKELIHOOD = 3,
  /** (chains, draws) float64: the log likelihood + gmm_model_log_prior. */
  GMM_FIELD_LOG_POSTERIOR = 4,
  /** (chains, draws) float64: the mean acceptance probability of the proposals since the last draw, which
   * GMM_METHOD_METROPOLIS and the joint moves of GMM_METHOD_GIBBS make; 1 where there was none. Assignments do not
   * count. */
  GMM_FIELD_ACCEPTANCE = 5,
  /** float64, (chains, draws, K, D, D) for full, (chains, draws, D, D) for tied. */
  GMM_FIELD_COVARIANCES = 6,
  /** (chains, draws) float64: the number of clusters, which are the components to which at least one row of positive
   * weight is assigned. Of rows whose weights have fractions, those count that are assigned as whole rows. 0 without
   * data; NaN in draws of files of format 3 and before. */
  GMM_FIELD_NUM_CLUSTERS = 7,
  /** (chains, draws) float64: the number of components, where it has a prior. */
  GMM_FIELD_NUM_COMPONENTS = 8,
  /** (chains, draws, K) float64: the rows of each component, where the number of components has a prior; a row of
   * sample weight w counts as w, or as the whole rows that are assigned for it if w is a fraction. */
  GMM_FIELD_CLUSTER_SIZES = 9,
  /** (chains, draws, N) uint8, where stored: the components, and K for the background. Where labels are exchanged,
     gmm_posterior_get_assignments copies them. */
  GMM_FIELD_ASSIGNMENTS = 10,
  /** (chains, draws) float64: the concentration of each weight, or alpha of GMM_PRIOR_DYNAMIC_DIRICHLET, where it has a
   * prior. */
  GMM_FIELD_CONCENTRATION = 11,
  /** (chains, draws) float64 where D = 1, else (chains, draws, D): the mean of the means' prior, where it has a prior.
   */
  GMM_FIELD_CENTER = 12,
  /** float64, (chains, draws, D) for diag with D > 1, else (chains, draws): the rate or scale of the spread's prior,
   * where it has a prior. */
  GMM_FIELD_RATE = 13,
  /** (chains, draws, D, D) float64: the scale matrix of the spread's prior, where it has a prior. */
  GMM_FIELD_SCALE = 14,
  /** (chains, draws) float64 where D = 1, else (chains, draws, D): the sd of the means' prior, where it has a prior. */
  GMM_FIELD_MEANS_SD = 15,
  /** (chains, draws) float64: the weight of the background, where there is one. */
  GMM_FIELD_BACKGROUND = 16,
  /** float64, the posterior's copy of the data: (N, 1) where D = 1, else (groups, 8, D). There observation i is row i
   * of the first two axes joined, and the last group ends in rows of 0. Missing values have the mean of their column;
   * gmm_data_get_values shows which they are. */
  GMM_FIELD_OBSERVATIONS = 20,
  /** (N) float64, the sample weights, where they are not all 1. */
  GMM_FIELD_SAMPLE_WEIGHTS = 21
};

/** The elements of a view. */
enum gmm_element {
  GMM_ELEMENT_FLOAT64 = 0, /**< double */
  GMM_ELEMENT_UINT8 = 1    /**< uint8_t */
};

/** A read-only array inside a posterior, without a copy, valid until that posterior is destroyed. This struct never
 * changes. */
typedef struct gmm_view {
  const void *data;
  /** A gmm_element. */
  int32_t element;
  /** 1 .. 6. */
  int32_t num_axes;
  /** 1 beyond num_axes. */
  int64_t shape[6];
  /** In elements; 0 beyond num_axes. */
  int64_t strides[6];
} gmm_view;

/** Fills *out_view.
 * @param field a gmm_field.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE; GMM_ERROR_INVALID_ARGUMENT for an unknown field;
 * GMM_ERROR_UNSUPPORTED for assignments that were not stored or whose labels are exchanged, for sds or covariances that
 * the model does not have, and for weights of data that have none; GMM_ERROR_OUT_OF_MEMORY where labels are made.
 */
GMM_NODISCARD gmm_status gmm_posterior_view(const gmm_posterior *posterior, int32_t field, gmm_view *out_view,
                                            gmm_error **out_error) GMM_NONNULL(3);

/**
 * Copies the assignments of some draws of a chain, which must have been stored, under the labels of the posterior.
 *
 * @param chain 0 .. num_chains - 1.
 * @param first_draw 0 .. num_draws of the posterior - 1.
 * @param num_draws >= 1, at most the draws that follow.
 * @param out_assignments num_draws x N.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_INVALID_ARGUMENT; GMM_ERROR_UNSUPPORTED for
 * assignments that were not stored; GMM_ERROR_BUFFER_TOO_SMALL.
 */
GMM_NODISCARD gmm_status gmm_posterior_get_assignments(const gmm_posterior *posterior, int64_t chain,
                                                       int64_t first_draw, int64_t num_draws, uint8_t *out_assignments,
                                                       int64_t capacity, gmm_error **out_error);

/* ------------------------------------------------------------------------------------------------- Labels */
/*
 * Where priors do not tell components apart, a component's number means nothing: chains exchange the numbers of
 * components, or each chain has numbers of its own. So posteriors come relabelled. Components that share all priors
 * exchange labels within a draw, such that labels mean the same in all draws and chains; no draw is left out. Weights,
 * means, spreads, assignments, summaries, probabilities and CSV files have these labels. They are made at the first use
 * and kept. Labels stay as drawn where the means have an order (ordered_means) or the priors tell components apart, for
 * prior draws and without data. Files hold draws as drawn. docs/LABELS.md explains the method.
 */

/** The rule of labels. */
enum gmm_label_rule {
  GMM_LABELS_AS_DRAWN = 0,   /**< those of the chains */
  GMM_LABELS_DIVERGENCE = 1, /**< least divergence from a reference that the draws make, by its first mean coordinate */
  GMM_LABELS_MEANS = 2,      /**< a coordinate of the means increases with the label */
  GMM_LABELS_SDS = 3,        /**< the sd in a coordinate increases, or the determinant of the covariance */
  GMM_LABELS_WEIGHTS = 4,    /**< the weight increases */
  GMM_LABELS_ROWS = 5,       /**< rows whose components are known */
  GMM_LABELS_MIXTURE = 6,    /**< the components of a mixture, such as a fit */
  GMM_LABELS_POSTERIOR = 7   /**< the components of another posterior */
};

/** How the components of draws get labels. */
typedef struct gmm_label_options {
  uint32_t struct_size;
  /** A gmm_label_rule but GMM_LABELS_AS_DRAWN; default GMM_LABELS_DIVERGENCE. */
  int32_t rule;
  /** The coordinate of GMM_LABELS_MEANS, where -1 stands for 0, or of GMM_LABELS_SDS, where -1 stands for the
   * determinant; otherwise -1. Default -1. */
  int32_t coordinate;
  int32_t reserved;
  /** For GMM_LABELS_ROWS: num_labels components, one for each observation, 0 .. K - 1, or -1 where it is unknown. */
  const int64_t *labels;
  int64_t num_labels;
  /** For GMM_LABELS_MIXTURE: as many components and dimensions as the posterior has. */
  const gmm_mixture *mixture;
  /** For GMM_LABELS_POSTERIOR: draws given data, of as many components and dimensions. */
  const gmm_posterior *reference;
} gmm_label_options;

/** Writes the defaults.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_label_options_init(gmm_label_options *options, size_t struct_size) GMM_NONNULL(1);

/**
 * The same draws with the labels that the chains gave their components. They share the memory of the posterior. Saved,
 * they load as drawn.
 *
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE.
 */
GMM_NODISCARD gmm_status gmm_posterior_as_drawn(const gmm_posterior *posterior, gmm_posterior **out_posterior,
                                                gmm_error **out_error) GMM_NONNULL(2);

/**
 * The same draws with labels by another rule. They are exchanged within groups of components that share all priors,
 * also where the means have an order. Files keep these labels; gmm_posterior_extend makes new ones by
 * GMM_LABELS_DIVERGENCE.
 *
 * @param options NULL for the defaults.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT;
 * GMM_ERROR_UNSUPPORTED for prior draws, draws without data, and an order by a spread that is shared; GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_posterior_relabel(const gmm_posterior *posterior, const gmm_label_options *options,
                                               const gmm_control *control, gmm_posterior **out_posterior,
                                               gmm_error **out_error) GMM_NONNULL(4);

/**
 * The component, as drawn, that has label k in each draw.
 *
 * @param out_permutations chains x draws x K; 0 .. K - 1 in each draw where labels are as drawn.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_posterior_get_permutations(const gmm_posterior *posterior, const gmm_control *control,
                                                        uint8_t *out_permutations, int64_t capacity,
                                                        gmm_error **out_error);

/**
 * How certain the labels are: for each label the share of the draws in which the component with that label is nearer to
 * it than to any other label that it could have. 1 where the priors tell components apart or the means have an order,
 * NaN for labels as drawn and prior draws. Subsets have the confidence of the posterior from which they come.
 *
 * @param out_confidence K.
 * @param out_overall the share of the draws in which every component is nearest to its own label, which is one minus
 * the rate of Fruehwirth-Schnatter (2011); may be NULL.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_posterior_label_confidence(const gmm_posterior *posterior, const gmm_control *control,
                                                        double *out_confidence, int64_t capacity, double *out_overall,
                                                        gmm_error **out_error);

/* ---------------------------------------------------------------------------------------------- Summaries */

/** Which statistics a summary has. */
typedef struct gmm_summary_options {
  uint32_t struct_size;
  /** 0 .. 64; default 5. */
  int32_t num_quantiles;
  /** The mass of the highest-density (shortest) interval, in (0, 1); default 0.95. */
  double hdi_probability;
  /** num_quantiles probabilities in [0, 1]; default .025, .25, .5, .75, .975. */
  const double *quantiles;
} gmm_summary_options;

/** Writes the defaults.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_summary_options_init(gmm_summary_options *options, size_t struct_size) GMM_NONNULL(1);

/** The columns that every summary has. The quantiles follow in the order of the options. */
enum gmm_summary_column {
  GMM_COLUMN_MEAN = 0,      /**< mean */
  GMM_COLUMN_SD = 1,        /**< standard deviation */
  GMM_COLUMN_HDI_LOWER = 2, /**< lower end of the highest-density interval */
  GMM_COLUMN_HDI_UPPER = 3, /**< upper end of the highest-density interval */
  GMM_COLUMN_MCSE_MEAN = 4, /**< Monte-Carlo standard error of the mean */
  GMM_COLUMN_MCSE_SD = 5,   /**< Monte-Carlo standard error of the sd */
  GMM_COLUMN_MC_ERROR = 6,  /**< standard error of the mean by batch means, 100 batches */
  GMM_COLUMN_ESS_BULK = 7,  /**< effective sample size of the bulk */
  GMM_COLUMN_ESS_TAIL = 8,  /**< effective sample size of the tails */
  GMM_COLUMN_R_HAT = 9,     /**< rank-normalised split R-hat, the larger of bulk and folded */
  GMM_COLUMN_QUANTILES = 10 /**< the first quantile */
};

/**
 * A table with a row for each scalar parameter: "weights[0]", "means[0]", "sd[0]" or, where shared, "sd". In several
 * dimensions there are "means[k, d]", and "sd[k, d]" (diag), "sd[k]" (spherical), "covariances[k, i, j]" (full) or
 * "covariance[i, j]" (tied) with i >= j. If the data's columns have names, d, i and j are these.
 *
 * The statistics are those of ArviZ (Vehtari, Gelman, Simpson, Carpenter, Buerkner 2021, Bayesian Analysis 16(2)). One
 * that is not defined is NaN: with fewer than 4 draws in a chain; R-hat for one chain; R-hat and mcse_sd for draws that
 * are all equal. Threads share the parameters. Each thread needs up to 28 words of memory for each draw.
 *
 * @param options NULL for the defaults.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_posterior_summarize(const gmm_posterior *posterior, const gmm_summary_options *options,
                                                 const gmm_control *control, gmm_summary **out_summary,
                                                 gmm_error **out_error) GMM_NONNULL(4);

/** The number of rows; 0 for an invalid handle. */
int32_t gmm_summary_num_rows(const gmm_summary *summary);

/** The number of columns; 0 for an invalid handle. */
int32_t gmm_summary_num_columns(const gmm_summary *summary);

/** A name such as "means[0]", owned by the summary. NULL out of range and for an invalid handle. */
const char *gmm_summary_row_name(const gmm_summary *summary, int32_t row);

/** A name such as "mean", "hdi_2.5%", "hdi_97.5%" or "25%", owned by the summary. NULL out of range and for an invalid
 * handle. */
const char *gmm_summary_column_name(const gmm_summary *summary, int32_t column);

/** One cell; NaN out of range and for an invalid handle. */
double gmm_summary_value(const gmm_summary *summary, int32_t row, int32_t column);

/** Writes all cells, row after row.
 * @param out_values rows x columns.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_BUFFER_TOO_SMALL. */
GMM_NODISCARD gmm_status gmm_summary_get_values(const gmm_summary *summary, double *out_values, int64_t capacity,
                                                gmm_error **out_error) GMM_NONNULL(2);

/** What a row of gmm_posterior_summarize says beside its numbers: "prior" for the means and the spread of a component
 * that has no rows in at least nine of ten draws, because these are draws from the prior; "empty" for its weight; else
 * "". It is "" for all rows of gmm_summarize. NULL out of range and for an invalid handle. */
const char *gmm_summary_row_note(const gmm_summary *summary, int32_t row);

/** The table as aligned text owned by the summary: a header line and a line for each row, each ended by a newline. A
 * last column has the notes, where there are any. "" for an invalid handle. */
const char *gmm_summary_text(const gmm_summary *summary);

/** Frees a summary; NULL is accepted. Its names and its text end here. */
void gmm_summary_destroy(gmm_summary *summary);

/* ---------------------------------------------------------------------------------------------- Diagnoses */

/** How much gmm_posterior_diagnose looks at. */
enum gmm_diagnosis_extent {
  /** The log posterior, the weights and the numbers of occupied components, at up to 500 draws of each chain: about a
   * millisecond, without a pass over the data and without labels. */
  GMM_DIAGNOSIS_QUICK = 0,
  /** Everything. */
  GMM_DIAGNOSIS_FULL = 1
};

/** What a finding is about. Findings of one severity come in this order. */
enum gmm_finding {
  /** A chain has collapsed, so the draws end early. */
  GMM_FINDING_ENDED_EARLY = 0,
  /** The posterior is improper. */
  GMM_FINDING_IMPROPER = 1,
  /** There are fewer than 400 draws in all, and nothing else is judged by R-hat or effective sample sizes. */
  GMM_FINDING_SHORT_RUN = 2,
  /** An unknown number of components is the largest that there is room for in more than 5 % of the draws (a note) or
   * half of them (a problem). */
  GMM_FINDING_COUNT_CUT_OFF = 3,
  /** Chains are in different modes: the middle 90 % of their draws of a scalar do not overlap. */
  GMM_FINDING_DIFFERENT_MODES = 4,
  /** R-hat is above 1.05 (a problem) or 1.01 (a note). */
  GMM_FINDING_CHAINS_DISAGREE = 5,
  /** The effective sample size of the bulk is below 100 (a problem), or that of the bulk or the tails below 400 (a
   * note). */
  GMM_FINDING_FEW_EFFECTIVE_DRAWS = 6,
  /** There is one chain. */
  GMM_FINDING_SINGLE_CHAIN = 7,
  /** A component is nearest to its own label in fewer than 90 % of the draws (a note), or R-hat of a relabelled
   * parameter is above 1.05 where results without labels are fine (a problem). */
  GMM_FINDING_LABELS_UNCERTAIN = 8,
  /** Components have no rows in at least nine of ten draws. */
  GMM_FINDING_EMPTY_COMPONENTS = 9,
  /** The data, or what they say of a parameter, lie far from the prior. */
  GMM_FINDING_PRIOR_AGAINST_DATA = 10,
  /** The prior says more than the data on a parameter: its sensitivity by gmm_power_sensitivity is at least 0.05, and
   * larger than that to the likelihood. */
  GMM_FINDING_INFORMATIVE_PRIOR = 11,
  /** Fewer than 10 % of the Metropolis proposals are accepted, or more than 75 %. */
  GMM_FINDING_ACCEPTANCE = 12
};

/** How much a finding matters. */
enum gmm_severity {
  /** Something to know; the numbers are good for what they say. */
  GMM_SEVERITY_NOTE = 0,
  /** Something is wrong; numbers mislead. */
  GMM_SEVERITY_PROBLEM = 1
};

/**
 * Says what is wrong with the draws of a posterior and what to do about it, the worst first.
 *
 * R-hat and effective sample sizes of the scalars of gmm_posterior_label_free, which need no labels, come first. Those
 * of relabelled parameters are judged beside them, so chains in different modes and uncertain labels are told apart. Of
 * a single chain, R-hat compares the halves. A full diagnosis makes labels if nothing has made them. It looks at up to
 * four million numbers of scalars without labels, and at as many of weights, means, sds and variances; of longer runs
 * it takes draws at even distances.
 *
 * @param extent a gmm_diagnosis_extent.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT;
 * GMM_ERROR_UNSUPPORTED for prior draws; GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_posterior_diagnose(const gmm_posterior *posterior, int32_t extent,
                                                const gmm_control *control, gmm_diagnosis **out_diagnosis,
                                                gmm_error **out_error) GMM_NONNULL(4);

/** The number of findings, problems before notes; 0 where there is nothing to report, and for an invalid handle. */
int32_t gmm_diagnosis_num_findings(const gmm_diagnosis *diagnosis);

/** A gmm_finding; -1 out of range and for an invalid handle. */
int32_t gmm_diagnosis_kind(const gmm_diagnosis *diagnosis, int32_t finding);

/** A gmm_severity; -1 out of range and for an invalid handle. */
int32_t gmm_diagnosis_severity(const gmm_diagnosis *diagnosis, int32_t finding);

/** What was found, in sentences owned by the diagnosis. NULL out of range and for an invalid handle. */
const char *gmm_diagnosis_what(const gmm_diagnosis *diagnosis, int32_t finding);

/** What to do about it, owned by the diagnosis. NULL out of range and for an invalid handle. */
const char *gmm_diagnosis_advice(const gmm_diagnosis *diagnosis, int32_t finding);

/** The number of numbers behind a finding; 0 out of range and for an invalid handle. */
int32_t gmm_diagnosis_num_numbers(const gmm_diagnosis *diagnosis, int32_t finding);

/** A name such as "r_hat", "nats" or "mode_of_chain[2]", owned by the diagnosis. NULL out of range and for an invalid
 * handle. */
const char *gmm_diagnosis_number_name(const gmm_diagnosis *diagnosis, int32_t finding, int32_t number);

/** The number of that name; NaN out of range and for an invalid handle. */
double gmm_diagnosis_number(const gmm_diagnosis *diagnosis, int32_t finding, int32_t number);

/** The number of measures: scalars without labels, then, in a full diagnosis, relabelled parameters. There is one for
 * each kind, such as the means, that of the largest R-hat. 0 for an invalid handle. */
int32_t gmm_diagnosis_num_measures(const gmm_diagnosis *diagnosis);

/** The scalar that is measured, such as "log_posterior" or "means[0]", owned by the diagnosis. NULL out of range and
 * for an invalid handle. */
const char *gmm_diagnosis_measure_name(const gmm_diagnosis *diagnosis, int32_t measure);

/** A statistic of that scalar.
 * @param column GMM_COLUMN_R_HAT, GMM_COLUMN_ESS_BULK or GMM_COLUMN_ESS_TAIL.
 * @return NaN out of range, for a constant scalar and for an invalid handle. */
double gmm_diagnosis_measure(const gmm_diagnosis *diagnosis, int32_t measure, int32_t column);

/** All of it as a page of text owned by the diagnosis, in lines ended by newlines. "" for an invalid handle. */
const char *gmm_diagnosis_text(const gmm_diagnosis *diagnosis);

/** Frees a diagnosis; NULL is accepted. Its text ends here. */
void gmm_diagnosis_destroy(gmm_diagnosis *diagnosis);

/**
 * The probability that no row of positive weight is assigned to a component, for each component: the average over the
 * draws of the product of 1 - P(component | x_i) over all rows. At most 256 draws at even distances are taken, and at
 * least 8 of a posterior with many rows.
 *
 * @param out_probabilities K.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT;
 * GMM_ERROR_UNSUPPORTED for draws without observations; GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_posterior_empty_probabilities(const gmm_posterior *posterior, const gmm_control *control,
                                                           double *out_probabilities, int64_t capacity,
                                                           gmm_error **out_error);

/* ------------------------------------------------------------------------------ Components and predictions */

/**
 * P(component k | data) of every observation, averaged over all draws from the exact responsibilities given each draw.
 * It takes O(draws N K) time and no memory beyond the output.
 *
 * @param out_probabilities N x K; rows sum to 1, less the probability of a background.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_posterior_probabilities(const gmm_posterior *posterior, const gmm_control *control,
                                                     double *out_probabilities, int64_t capacity,
                                                     gmm_error **out_error);

/**
 * P(component k | x, data) at new points: the responsibilities of each draw weighted by its density at x, that is
 * sum_t w_k N(x | k, t) / sum_t sum_j w_j N(x | j, t). This is the posterior predictive probability of the component
 * that comes with x. (gmm_posterior_probabilities, for points that are part of the data, averages the
 * responsibilities.)
 *
 * @param points in the model's number of dimensions; their weights are ignored.
 * @param out_probabilities N x K of the points.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_posterior_predict_probabilities(const gmm_posterior *posterior, const gmm_data *points,
                                                             const gmm_control *control, double *out_probabilities,
                                                             int64_t capacity, gmm_error **out_error);

/**
 * P(background | data) of every observation, averaged over all draws as gmm_posterior_probabilities.
 *
 * @param out_probabilities N.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED; GMM_ERROR_UNSUPPORTED without a background.
 */
GMM_NODISCARD gmm_status gmm_posterior_background(const gmm_posterior *posterior, const gmm_control *control,
                                                  double *out_probabilities, int64_t capacity, gmm_error **out_error);

/**
 * P(background | x, data) at new points, as gmm_posterior_predict_probabilities.
 *
 * @param points in the model's number of dimensions; their weights are ignored.
 * @param out_probabilities N of the points.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED; GMM_ERROR_UNSUPPORTED without a background.
 */
GMM_NODISCARD gmm_status gmm_posterior_predict_background(const gmm_posterior *posterior, const gmm_data *points,
                                                          const gmm_control *control, double *out_probabilities,
                                                          int64_t capacity, gmm_error **out_error);

/**
 * P(x belongs to a component without rows | x, data) at new points, for models in which the number of components has a
 * prior: the probability that a point founds a new cluster. It is the ratio of two densities, each averaged over draws:
 * that of components without rows, and that of all. The other clusters share the rest:
 * gmm_posterior_predict_probabilities of gmm_posterior_given_clusters has their shares.
 *
 * @param points in the model's number of dimensions; their weights are ignored.
 * @param out_probabilities N of the points.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED; GMM_ERROR_UNSUPPORTED if the number of components is known.
 */
GMM_NODISCARD gmm_status gmm_posterior_predict_new_cluster(const gmm_posterior *posterior, const gmm_data *points,
                                                           const gmm_control *control, double *out_probabilities,
                                                           int64_t capacity, gmm_error **out_error);

/**
 * The log posterior predictive density at new points: the log of the average over draws of the mixture density.
 *
 * @param points in the model's number of dimensions; their weights are ignored.
 * @param out_log_density N of the points.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_posterior_log_density(const gmm_posterior *posterior, const gmm_data *points,
                                                   const gmm_control *control, double *out_log_density,
                                                   int64_t capacity, gmm_error **out_error);

/**
 * Data sets drawn from the posterior predictive distribution. Row r takes one posterior draw, chosen uniformly with
 * replacement, and draws num_points observations from its mixture. It is a function of the posterior, seed and r alone.
 *
 * @param num_draws the number of data sets, >= 1.
 * @param num_points observations of each, >= 0.
 * @param out_values num_draws x num_points x D.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_posterior_sample_predictive(const gmm_posterior *posterior, int64_t num_draws,
                                                         int64_t num_points, uint64_t seed, const gmm_control *control,
                                                         double *out_values, int64_t capacity, gmm_error **out_error);

/**
 * Completed tables: the data with each missing value drawn from its distribution given the values that its row has and
 * a draw of the posterior, for multiple imputation (Rubin 1987). The draws are evenly spaced. The tables are a function
 * of the posterior and the seed.
 *
 * @param num_draws the number of tables, >= 1.
 * @param out_values num_draws x N x D.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_posterior_impute(const gmm_posterior *posterior, int64_t num_draws, uint64_t seed,
                                              const gmm_control *control, double *out_values, int64_t capacity,
                                              gmm_error **out_error);

/**
 * Draws of the true values: those behind errors of measurement, those in intervals, and those that are missing.
 * gmm_posterior_impute draws the last two alone.
 *
 * @param num_draws the number of tables, >= 1.
 * @param out_values num_draws x N x D.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_posterior_true_values(const gmm_posterior *posterior, int64_t num_draws, uint64_t seed,
                                                   const gmm_control *control, double *out_values, int64_t capacity,
                                                   gmm_error **out_error);

/**
 * The posterior expectations of the true values of the data, or of other points.
 *
 * @param points in the model's number of dimensions; NULL for the posterior's data. Draws count by their density at
 * such a point, because it is not part of the data.
 * @param out_values N x D, or N x D of the points.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_posterior_true_values_mean(const gmm_posterior *posterior, const gmm_data *points,
                                                        const gmm_control *control, double *out_values,
                                                        int64_t capacity, gmm_error **out_error);

/**
 * The data, or other points, with each missing value replaced by its posterior expectation given the values that its
 * row has.
 *
 * @param points in the model's number of dimensions; NULL for the posterior's data. Draws count by their density at
 * such a point, because it is not part of the data.
 * @param out_values N x D, or N x D of the points.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_posterior_impute_mean(const gmm_posterior *posterior, const gmm_data *points,
                                                   const gmm_control *control, double *out_values, int64_t capacity,
                                                   gmm_error **out_error);

/**
 * log p(x | parameters) of observations first_row .. first_row + num_rows - 1 under every draw, with the assignments
 * summed out. It is without the sample weights: the log likelihood of a draw is the sum over all observations of the
 * weight times this number. Blocks of rows bound the memory.
 *
 * @param first_row 0 .. N.
 * @param num_rows 0 .. N - first_row.
 * @param out_log_likelihood num_chains x num_draws x num_rows.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_posterior_pointwise_log_likelihood(const gmm_posterior *posterior, int64_t first_row,
                                                                int64_t num_rows, const gmm_control *control,
                                                                double *out_log_likelihood, int64_t capacity,
                                                                gmm_error **out_error);

/* --------------------------------------------------------------------------------- Comparison of models */

/** The totals of a leave-one-out cross-validation. */
typedef struct gmm_loo {
  uint32_t struct_size;
  /** 0. */
  int32_t reserved;
  /** S: the draws over all chains. */
  int64_t num_draws;
  /** The expected log predictive density of new data: the sum of w elpd over observations of weight w. */
  double elpd;
  /** Its standard error: the square root of the sum of w (elpd - mean)^2, with the weighted mean. */
  double se;
  /** The effective number of parameters: the log predictive density of the data themselves less `elpd`. */
  double p_loo;
  /** min(1 - 1 / log10(S), 0.7): terms can be trusted up to this Pareto k. */
  double good_k;
  /** The observations with a larger k. */
  int64_t num_bad_k;
  /** The effective number of draws over their number, as given or found. */
  double relative_efficiency;
} gmm_loo;

/** Writes zeros and the size.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_loo_init(gmm_loo *loo, size_t struct_size) GMM_NONNULL(1);

/**
 * Leave-one-out cross-validation by Pareto smoothed importance sampling (Vehtari, Gelman, Gabry 2017, Statistics and
 * Computing 27; Vehtari, Simpson, Gelman, Yao, Gabry 2024, JMLR 25(72)). The numbers are those of ArviZ 0.23. Blocks of
 * rows are evaluated under all draws, so memory grows neither with N times draws nor with K.
 *
 * An observation of sample weight w stands for w observations, one of which is left out at a time; for w < 1 the
 * observation as a whole is left out. So integer weights are repeated rows, and rows of weight 0 enter no total.
 *
 * @param posterior draws from a posterior, at least 21 over all chains, with observations.
 * @param relative_efficiency the effective number of draws over their number, > 0; or 0 for the mean over all
 * parameters (matrices as a whole) of the effective sample size for the mean, over the number of draws, which is
 * ArviZ's rule. 1 for a single chain.
 * @param out_loo the totals; its struct_size must be set.
 * @param out_elpd N: log p(x_i | the other observations); may be NULL.
 * @param out_pareto_k N: the shape of the tail of each observation's importance ratios; may be NULL. Infinite where the
 * tail fits no generalized Pareto distribution, -infinity where all ratios are equal and the term is exact.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT;
 * GMM_ERROR_UNSUPPORTED, also for prior draws, no observations and too few draws; GMM_ERROR_BUFFER_TOO_SMALL,
 * GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_posterior_loo(const gmm_posterior *posterior, double relative_efficiency,
                                           const gmm_control *control, gmm_loo *out_loo, double *out_elpd,
                                           int64_t elpd_capacity, double *out_pareto_k, int64_t pareto_k_capacity,
                                           gmm_error **out_error) GMM_NONNULL(4);

/**
 * The difference between two models in expected log predictive density, over pairs of the terms of the same
 * observations (Vehtari, Gelman, Gabry 2017, equation 24).
 *
 * @param elpd num_observations terms of a model: out_elpd of gmm_posterior_loo.
 * @param other_elpd num_observations terms of the other model.
 * @param sample_weights num_observations, finite and not negative; or NULL for 1.
 * @param num_observations >= 1.
 * @param out_difference the sum of w (elpd - other_elpd).
 * @param out_se its standard error; may be NULL.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_INVALID_ARGUMENT; GMM_ERROR_INVALID_DATA for terms that are not finite.
 */
GMM_NODISCARD gmm_status gmm_loo_difference(const double *elpd, const double *other_elpd, const double *sample_weights,
                                            int64_t num_observations, double *out_difference, double *out_se,
                                            gmm_error **out_error) GMM_NONNULL(5);

/**
 * The Bayesian information criterion at the draw of the largest log likelihood: -2 log likelihood + P log N, with P
 * free parameters and N the sum of the sample weights. The draw stands for the maximum, so this is an upper bound;
 * gmm_fit_em finds the maximum.
 *
 * @param posterior draws from a posterior with observations.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE; GMM_ERROR_UNSUPPORTED for prior draws and no observations.
 */
GMM_NODISCARD gmm_status gmm_posterior_bic(const gmm_posterior *posterior, double *out_bic, gmm_error **out_error)
    GMM_NONNULL(2);

/** Ways to estimate the evidence of a model. */
enum gmm_evidence_method {
  /** Bridge sampling (Meng, Wong 1996) between the posterior and a mixture of its conditional distributions, both with
   * the assignments summed out. It uses draws of the posterior. */
  GMM_EVIDENCE_BRIDGE = 0,
  /** Stepping stones (Xie et al. 2011) along powers of the components' densities, from the prior to the posterior. Each
   * power has chains of its own, which exchange their states. It uses the model and the data alone. */
  GMM_EVIDENCE_STEPPING_STONES = 1
};

/** How the evidence of a model is estimated. */
typedef struct gmm_evidence_options {
  uint32_t struct_size;
  /** A gmm_evidence_method; default GMM_EVIDENCE_BRIDGE. */
  int32_t method;
  /** Draws: of the mixture, and at most of the posterior, for bridge sampling; or of each power. 100 .. 2^24, or 0 for
   * 4,000, and for as many of each power as bring the error to 0.05, 10,000 .. 160,000; default 0. */
  int64_t num_draws;
  /** Conditional distributions in the mixture of bridge sampling, 1 .. 2^20, at most half of the posterior's draws; or
   * 0 for up to 500, where parameters of priors have priors 100; default 0. */
  int64_t num_terms;
  /** Default 0. */
  uint64_t seed;
} gmm_evidence_options;

/** Writes the defaults.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_evidence_options_init(gmm_evidence_options *options, size_t struct_size) GMM_NONNULL(1);

/** The evidence of a model. */
typedef struct gmm_evidence {
  uint32_t struct_size;
  /** The gmm_evidence_method. */
  int32_t method;
  /** log p(data), in nats. */
  double log_evidence;
  /** Its standard error; 0 for a closed form. */
  double error;
  /** The log of the prior's mass on the parameters that meet the constraints, by which bridge sampling has divided the
   * integral; 0 for stepping stones. An order of exchangeable components is not in it. */
  double log_prior_mass;
  /** How much the posterior and the mixture have in common, or the least of two neighbouring powers, at most 1. The
   * error grows as it falls. */
  double overlap;
  /** The draws of the posterior that were used, or those at each power; 0 for a closed form. */
  int64_t num_draws;
  /** The conditional distributions of the mixture; 0 for other methods. */
  int64_t num_terms;
  /** The powers, with 0 and 1; 0 for other methods. */
  int32_t num_rungs;
  /** 1 if log_evidence is a closed form. */
  int32_t is_exact;
} gmm_evidence;

/** Sets all fields to 0 and the size.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_evidence_init(gmm_evidence *evidence, size_t struct_size) GMM_NONNULL(1);

/**
 * The log marginal likelihood of the model of a posterior: the log of the integral of prior times likelihood over all
 * parameters, summed over all assignments and all labels, with its Monte-Carlo error.
 *
 * The prior is normalised on the parameters that meet the constraints. So a model whose exchangeable means are in order
 * has the evidence of the model without the order, and no factor K! is missing. A row of sample weight w counts as the
 * power w of its density, also for fractions. One component under a conjugate prior has a closed form.
 *
 * Bridge sampling takes the draws of the second half of each chain, and makes the mixture from the first half. Its
 * error knows nothing of modes that no chain has met. It takes O(draws terms K (K D^2 + 2^(G - 1))) time, where G is
 * the number of components that share all priors, and as many passes over the rows as there are draws and terms.
 * Stepping stones find their powers by themselves. Both are functions of the posterior and the options.
 *
 * @param posterior draws from a posterior with any number of rows; at least 20 over all chains, and 2 of each, for
 * bridge sampling.
 * @param options NULL for the defaults.
 * @param out_evidence its struct_size must be set.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT;
 * GMM_ERROR_UNSUPPORTED for prior draws, too few draws, and bridge sampling of more than 12 components that share all
 * priors; GMM_ERROR_DEGENERATE for a posterior that is improper, which has no
 * evidence (the message says which part of the data and of the priors), and for a mixture that does not overlap with
 * the posterior; GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_posterior_log_evidence(const gmm_posterior *posterior, const gmm_evidence_options *options,
                                                    const gmm_control *control, gmm_evidence *out_evidence,
                                                    gmm_error **out_error) GMM_NONNULL(4);

/* ---------------------------------------------------------------------------------- Results without labels */

/**
 * The probability that two rows share a component, given the data, for pairs of rows: the average over all draws of
 * sum_k p_ik p_jk, where p are the exact responsibilities given a draw, and 1 for the pair of a row with itself. It
 * does not depend on the numbers of the components. It takes O(draws num_rows num_columns K) time, half of it without
 * columns, and no memory beyond the output that grows with draws or rows. A pair has the same bits in any call.
 *
 * @param num_rows the number of rows, >= 1; with rows NULL, 0.
 * @param rows num_rows numbers of rows, 0 .. N - 1, in any order, possibly repeated; NULL for all rows of the data, of
 * which all pairs take 8 N^2 bytes.
 * @param num_columns the number of columns, >= 1; with columns NULL, 0.
 * @param columns num_columns numbers of the rows to pair with; NULL for the rows.
 * @param out_probabilities num_rows x num_columns.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE; GMM_ERROR_INVALID_ARGUMENT for a row
 * out of range; GMM_ERROR_UNSUPPORTED for prior draws; GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_posterior_coclustering(const gmm_posterior *posterior, int64_t num_rows,
                                                    const int64_t *rows, int64_t num_columns, const int64_t *columns,
                                                    const gmm_control *control, double *out_probabilities,
                                                    int64_t capacity, gmm_error **out_error);

/** Losses between two partitions. Let p be the shares of the clusters of one, q those of the other, and r those of
 * their intersections, in the sum of the sample weights. */
enum gmm_partition_loss {
  /** The variation of information in nats (Meila 2007): sum p log p + sum q log q - 2 sum r log r. */
  GMM_PARTITION_VI = 0,
  /** Binder (1978), with equal costs: sum p^2 + sum q^2 - 2 sum r^2, the share of ordered pairs of rows on which the
   * two disagree. */
  GMM_PARTITION_BINDER = 1
};

/** How an optimal partition is searched for. */
typedef struct gmm_partition_options {
  uint32_t struct_size;
  /** A gmm_partition_loss; default GMM_PARTITION_VI. */
  int32_t loss;
  /** Draws over which the loss is averaged, evenly spaced, >= 1; default 1000. No more than the posterior has are
   * used. */
  int64_t num_draws;
  /** Searches, each from a start of its own, 1 .. 10000; default 16. */
  int32_t num_starts;
  /** The largest number of clusters, or 0 for twice the largest of a draw, at least 16; default 0. */
  int32_t max_clusters;
  /** Default 0. */
  uint64_t seed;
  /** The posterior mass of the credible ball, in (0, 1); default 0.95. */
  double ball_probability;
} gmm_partition_options;

/** Writes the defaults.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_partition_options_init(gmm_partition_options *options, size_t struct_size) GMM_NONNULL(1);

/** What is known of an optimal partition beside its labels. The bounds are those of gmm_posterior_partition. */
typedef struct gmm_partition_result {
  uint32_t struct_size;
  /** The loss, a gmm_partition_loss. */
  int32_t loss;
  /** The number of clusters. */
  int64_t num_clusters;
  /** The average loss between the partition and the draws. */
  double expected_loss;
  /** The radius of the credible ball. */
  double radius;
  /** The loss between the partition and the horizontal bound, which is at most the radius. */
  double horizontal_distance;
  double upper_distance;
  double lower_distance;
  int64_t horizontal_clusters;
  int64_t upper_clusters;
  int64_t lower_clusters;
  /** The number of draws that were used. */
  int64_t num_draws;
} gmm_partition_result;

/** Sets all fields to 0 and the size.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_partition_result_init(gmm_partition_result *result, size_t struct_size) GMM_NONNULL(1);

/**
 * The partition of the rows that minimises a posterior expected loss, with a credible ball about it.
 *
 * The draws of partitions are assignments, drawn anew from p(z | parameters, x) given draws of the posterior, with
 * streams keyed by seed, chain, draw and block; stored assignments are not used. The search is greedy (Rastelli, Friel
 * 2018; Dahl, Johnson, Mueller 2022): from several starts it moves one row at a time, then merges and splits clusters,
 * down to a local optimum, and keeps the best. Each row counts in the loss with its sample weight, as so many rows that
 * stay together; a row of weight 0 joins the cluster that suits a row of average weight best. The result is a function
 * of the posterior and the options.
 *
 * The credible ball (Wade, Ghahramani 2018) holds all partitions within the smallest distance that holds
 * ball_probability of the draws. Its bounds are draws: the most distant one (horizontal), and the most distant one
 * among those with the fewest clusters (upper vertical) and among those with the most (lower vertical).
 *
 * With C clusters the search takes O(num_starts N draws C) time for each of a few sweeps. It takes N bytes for each
 * draw, and on each thread 8 draws C K bytes.
 *
 * @param out_labels 4 x N: the clusters of the rows in the optimal partition, and in the horizontal, the upper vertical
 * and the lower vertical bound. Clusters are numbered from 0 by decreasing weight, equal ones by their first row.
 * @param out_result may be NULL; its struct_size must be set.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT;
 * GMM_ERROR_UNSUPPORTED for prior draws; GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_posterior_partition(const gmm_posterior *posterior, const gmm_partition_options *options,
                                                 const gmm_control *control, int64_t *out_labels, int64_t capacity,
                                                 gmm_partition_result *out_result, gmm_error **out_error);

/** How the modes of a posterior are looked for. */
typedef struct gmm_mode_options {
  uint32_t struct_size;
  /** 0. */
  int32_t reserved;
  /** Draws that are examined, evenly over the chains, 2 .. 10000; default 400. No more than the posterior has are used,
   * and at least one of each chain. */
  int64_t num_draws;
  /** Steps from each of them, 1 .. 1000000; default 50. */
  int64_t num_steps;
  /** Default 0. */
  uint64_t seed;
} gmm_mode_options;

/** Writes the defaults.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_mode_options_init(gmm_mode_options *options, size_t struct_size) GMM_NONNULL(1);

/** What was examined to find modes. */
typedef struct gmm_mode_result {
  uint32_t struct_size;
  /** The number M of modes. */
  int32_t num_modes;
  /** The draws that were examined. */
  int64_t num_draws;
  /** The share of rows by which the clusters of two draws may differ that are connected directly. */
  double reach;
} gmm_mode_result;

/** Writes zeros and the size.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_mode_result_init(gmm_mode_result *result, size_t struct_size) GMM_NONNULL(1);

/**
 * The modes of a posterior, as its chains have found them: sets of draws that the steps of the method, without moves
 * and rungs, connect. Modes come by decreasing mass. Draws that differ by the numbers of their components alone are in
 * one mode.
 *
 * From each examined draw the chain makes steps. The share of rows whose most probable component differs before and
 * after, over the best matching of numbers, is at most the reach in 95 % of the draws. Two draws whose clusters differ
 * by at most the reach are connected, and a mode holds all draws that are connected through others. At most 500 rows
 * are compared. The masses are shares of the examined draws: they are those of the posterior only where chains pass
 * between the modes, and their errors, by autocorrelation and between chains, tell.
 *
 * @param options NULL for the defaults.
 * @param control threads, progress in draws, cancelling; NULL for the defaults.
 * @param out_result its struct_size must be set; NULL if only arrays are wanted.
 * @param out_masses the shares of the draws, (M), or NULL.
 * @param out_errors their Monte-Carlo standard errors, (M), or NULL.
 * @param out_log_posteriors the largest log posterior density among the examined draws of each mode, (M), or NULL.
 * @param out_best the chain and the draw where it is, (M, 2), or NULL.
 * @param out_shares the share of each chain's examined draws, (M, num_chains), or NULL.
 * @param capacity modes for which the arrays have room; as many as examined draws always suffice.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_BUFFER_TOO_SMALL, GMM_ERROR_OUT_OF_MEMORY, GMM_CANCELLED; GMM_ERROR_UNSUPPORTED for prior draws.
 */
GMM_NODISCARD gmm_status gmm_posterior_modes(const gmm_posterior *posterior, const gmm_mode_options *options,
                                             const gmm_control *control, gmm_mode_result *out_result,
                                             double *out_masses, double *out_errors, double *out_log_posteriors,
                                             int64_t *out_best, double *out_shares, int64_t capacity,
                                             gmm_error **out_error);

/** What gmm_posterior_count_probabilities counts. */
enum gmm_count {
  GMM_COUNT_COMPONENTS = 0, /**< components, K */
  GMM_COUNT_CLUSTERS = 1    /**< clusters: the components with rows, K+ */
};

/**
 * The posterior of the number of components or clusters, for models in which it has a prior.
 *
 * That of components is the mean over draws of p(K | partition of the rows), which is more precise than the shares of
 * the draws; if sample weights have fractions, it is the shares. That of clusters is the shares.
 *
 * @param count a gmm_count.
 * @param out_probabilities P(0), P(1), ..., P(num_components): num_components + 1 numbers.
 * @param out_errors their Monte-Carlo standard errors, as many, or NULL.
 * @param capacity numbers for which each array has room.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_INVALID_ARGUMENT, GMM_ERROR_BUFFER_TOO_SMALL,
 * GMM_ERROR_OUT_OF_MEMORY; GMM_ERROR_UNSUPPORTED if the number of components is known, and for GMM_COUNT_COMPONENTS of
 * a Dirichlet process.
 */
GMM_NODISCARD gmm_status gmm_posterior_count_probabilities(const gmm_posterior *posterior, int32_t count,
                                                           double *out_probabilities, double *out_errors,
                                                           int64_t capacity, gmm_error **out_error) GMM_NONNULL(3);

/**
 * The draws with one number of clusters, as a posterior of so many components, for models in which their number has a
 * prior. It is relabelled like others, and everything about components can be asked of it.
 *
 * Components without rows are left out, and the weights are scaled to sum 1. Log likelihood and log posterior are those
 * of the whole draw. The draws of all chains follow each other in one chain.
 *
 * @param num_clusters a number that some draw has; see GMM_FIELD_NUM_CLUSTERS.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_INVALID_ARGUMENT, GMM_ERROR_OUT_OF_MEMORY;
 * GMM_ERROR_UNSUPPORTED if the number of components is known.
 */
GMM_NODISCARD gmm_status gmm_posterior_given_clusters(const gmm_posterior *posterior, int32_t num_clusters,
                                                      gmm_posterior **out_posterior, gmm_error **out_error)
    GMM_NONNULL(3);

/** The number Q of scalars that gmm_posterior_label_free writes for each draw: K + 7; 0 for an invalid handle. */
int32_t gmm_posterior_num_label_free(const gmm_posterior *posterior);

/** The name of such a scalar, such as "sorted_weights[0]", owned by the posterior. NULL out of range and for an invalid
 * handle. */
const char *gmm_posterior_label_free_name(const gmm_posterior *posterior, int32_t position);

/**
 * Scalars of each draw that mean the same whatever the numbers of the components, so that their R-hat and effective
 * sample sizes judge the chains even where labels switch (gmm_summarize takes the array as it is):
 *
 *     log_posterior             as in GMM_FIELD_LOG_POSTERIOR
 *     sum_squared_weights       the probability that two new rows share a component
 *     sorted_weights[0 .. K-1]  the weights by decreasing size
 *     log_density[0 .. 4]       the log density of the mixture at five rows of the data: those that hold the quantiles
 *                               .05, .25, .5, .75 and .95 of the first column, weighted by the sample weights
 *
 * @param out_values (chains, draws, Q).
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT;
 * GMM_ERROR_UNSUPPORTED for prior draws; GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_posterior_label_free(const gmm_posterior *posterior, const gmm_control *control,
                                                  double *out_values, int64_t capacity, gmm_error **out_error);

/* ------------------------------------------------------------------------------- Progress and cancelling */

/** Makes a flag, which is not raised.
 * @return GMM_ERROR_NULL_ARGUMENT. */
GMM_NODISCARD gmm_status gmm_cancel_create(gmm_cancel **out_cancel, gmm_error **out_error) GMM_NONNULL(1);

/** Raises the flag; calls that use it return GMM_CANCELLED soon. Async-signal-safe. NULL is accepted. */
void gmm_cancel_request(gmm_cancel *cancel);

/** Lowers the flag, so that it can be used again. NULL is accepted. */
void gmm_cancel_reset(gmm_cancel *cancel);

/** Frees the flag; no call may still be using it. NULL is accepted. */
void gmm_cancel_destroy(gmm_cancel *cancel);

/** How far a call is. */
typedef struct gmm_progress {
  uint32_t struct_size;
  /** 0 in calls that do not sample a posterior, as are the draws. */
  int32_t num_chains;
  /** Over all chains, tuning included. Calls that do not sample count other things. gmm_fit_em and gmm_fit_variational
   * count starts, summaries quantities, gmm_posterior_save, _write, _load and _read bytes (the last two read each
   * twice), gmm_posterior_export_csv draws, gmm_statistics_merge statistics. gmm_kde, gmm_autocorrelation and
   * gmm_histogram count 0 or 1, gmm_posterior_coclustering patches of 256 x 256 pairs,
   * gmm_posterior_partition blocks of rows and searches, all others blocks of points or draws. */
  int64_t iterations_done;
  int64_t iterations_total;
  /** Kept draws, over all chains. */
  int64_t draws_done;
  int64_t draws_total;
  double seconds_elapsed;
  /** An estimate; NaN before the first iteration ends. */
  double seconds_left;
} gmm_progress;

/**
 * Receives progress. It is called on the thread that made the call, never concurrently, at most every progress_interval
 * seconds, and once at the end, whatever the end is. A result other than 0 cancels the call, except for the last one.
 *
 * The callback may throw an exception, in C++ or any language that unwinds the stack, or end its thread. The call is
 * cancelled: there is no further report, its threads end, its memory is freed, and files are as after GMM_CANCELLED.
 * Then the exception goes on to the caller of the call, whose out_ handles and *out_error are set as they would be by
 * GMM_CANCELLED, or by the result of the call if the last report throws. A program that does not catch it ends by
 * std::terminate. A callback must not call longjmp, which leaves the threads of the call behind.
 */
typedef int32_t (*gmm_progress_fn)(const gmm_progress *progress, void *user_data);

/** Builds of the inner loops. Within one, results are the same bits for any number of threads. AVX2 and AVX-512 give
 * the same bits as each other. The portable build rounds differently, so its chains part from theirs. */
enum gmm_kernel_build {
  GMM_KERNELS_BEST = 0,     /**< the fastest that this processor can run */
  GMM_KERNELS_PORTABLE = 1, /**< for any processor */
  GMM_KERNELS_AVX2 = 2,     /**< x86-64 with AVX2 and FMA */
  GMM_KERNELS_AVX512 = 3    /**< x86-64 with AVX-512 (F, BW, CD, DQ, VL) */
};

/** How a long call runs. Nothing here changes its results, except kernel_build; a clock decides no more than when a
 * call ends. */
struct gmm_control {
  uint32_t struct_size;
  /** 0: one for each processor that this process may use; default 0. Files and their bytes, gmm_autocorrelation,
   * gmm_histogram and gmm_statistics_merge are the work of one thread, the caller's. */
  int32_t num_threads;
  /** Default NULL. */
  gmm_progress_fn progress;
  /** What the callback receives as user_data. */
  void *progress_user_data;
  /** Seconds, >= 0; default 0.1. */
  double progress_interval;
  /** Default NULL. */
  gmm_cancel *cancel;
  /** A gmm_kernel_build, for tests; default GMM_KERNELS_BEST. GMM_ERROR_UNSUPPORTED for a build that this processor or
   * this library lacks. */
  int32_t kernel_build;
  /** 0. */
  int32_t reserved;
  /** Seconds after which the call ends as if it were cancelled; >= 0, 0: no limit; default 0. */
  double time_limit;
};

/** Writes the defaults.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_control_init(gmm_control *control, size_t struct_size) GMM_NONNULL(1);

/* --------------------------------------------------------------------------------- Checkpoints and files */

/** Where a run of gmm_sample or gmm_posterior_extend is written down, as gmm_sample describes. */
struct gmm_checkpoint {
  uint32_t struct_size;
  /** 0. */
  int32_t reserved;
  /** The file. It must be set. */
  const char *path;
  /** Seconds between two checkpoints, > 0; default 30. There are more between them where writing would take over 2 % of
   * the process's processor time. */
  double interval;
};

/** Writes the defaults.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_checkpoint_init(gmm_checkpoint *checkpoint, size_t struct_size) GMM_NONNULL(1);

/**
 * Saves a posterior with all that it has: model, data, options, draws, assignments where stored, and where the chains
 * stand. The loaded posterior answers every call with the same bits, gmm_posterior_extend included. The format is
 * documented, has a checksum, and later versions read it.
 *
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_ERROR_FILE; GMM_CANCELLED, which leaves the path as it was and no other file.
 */
GMM_NODISCARD gmm_status gmm_posterior_save(const gmm_posterior *posterior, const char *path,
                                            const gmm_control *control, gmm_error **out_error);

/**
 * Loads what gmm_posterior_save wrote, in memory of about the file's size. A chain that is extended has the bits that
 * it would have had where it was saved, if the library's version and rounding (gmm_kernel_build) are the same.
 *
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT, GMM_ERROR_WRONG_HANDLE,
 * GMM_ERROR_UNSUPPORTED; GMM_ERROR_FILE where the file cannot be read; GMM_ERROR_FILE_FORMAT where it is not a
 * posterior, is cut or damaged, or is of a later format, which is found out before anything of its size is allocated;
 * GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_posterior_load(const char *path, const gmm_control *control, gmm_posterior **out_posterior,
                                            gmm_error **out_error) GMM_NONNULL(3);

/** The number of bytes of the file that gmm_posterior_save writes, and that gmm_posterior_write writes; 0 for an
 * invalid handle. */
int64_t gmm_posterior_size(const gmm_posterior *posterior);

/**
 * Writes the bytes of the file that gmm_posterior_save writes to memory, so that other processes and machines can read
 * them. No more memory is needed.
 *
 * @param out_bytes gmm_posterior_size bytes.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_ERROR_BUFFER_TOO_SMALL; GMM_CANCELLED, which leaves the buffer partly written.
 */
GMM_NODISCARD gmm_status gmm_posterior_write(const gmm_posterior *posterior, const gmm_control *control,
                                             uint8_t *out_bytes, int64_t capacity, gmm_error **out_error)
    GMM_NONNULL(3);

/**
 * Reads what gmm_posterior_write wrote, or the contents of a file of gmm_posterior_save, as gmm_posterior_load does.
 * The bytes need no alignment and are copied. Memory stays in proportion to num_bytes, whatever the bytes say.
 *
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT, GMM_ERROR_WRONG_HANDLE,
 * GMM_ERROR_UNSUPPORTED; GMM_ERROR_FILE_FORMAT for bytes of anything else, and for those that were cut, changed, or
 * written in a later version of the format; GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_posterior_read(const uint8_t *bytes, int64_t num_bytes, const gmm_control *control,
                                            gmm_posterior **out_posterior, gmm_error **out_error) GMM_NONNULL(4);

/**
 * Writes the draws of one chain as a CSV file in the form of CmdStan, which ArviZ, stansummary and R's posterior read:
 * comments, a line of names, and a line for each draw with the shortest numbers that read back as the same bits. The
 * names are lp__, accept_stat__, log_likelihood, weights.1, ..., means.1 or means.1.1, ..., sd, sd.1, sd.1.1 or
 * covariances.1.1.1, ...; their indices count from 1, and the first is the fastest. Assignments are left out.
 *
 * @param chain 0 .. num_chains - 1.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_ERROR_FILE, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_posterior_export_csv(const gmm_posterior *posterior, int64_t chain, const char *path,
                                                  const gmm_control *control, gmm_error **out_error);

/* --------------------------------------------------------------------------------- Maximum likelihood (EM) */

/** Where a fit starts. */
enum gmm_start {
  GMM_START_KMEANS = 0, /**< k-means clusters from k-means++ seeds: their shares, means and covariances; beside a
                           background every other start is of GMM_START_RANDOM_POINTS */
  GMM_START_KMEANS_PLUS_PLUS = 1, /**< the same without k-means iterations */
  GMM_START_RANDOM = 2,           /**< random responsibilities */
  GMM_START_RANDOM_POINTS = 3     /**< means at random observations, the data's covariance for all */
};

/** When a run of expectation-maximisation has converged. */
enum gmm_criterion {
  /** An iteration moves no mean by more than the tolerance times its sds, no sd by more than that fraction, and no
   * weight by more than that. */
  GMM_CRITERION_MOVEMENT = 0,
  /** The mean log likelihood of an observation changes by less than the tolerance. */
  GMM_CRITERION_LOWER_BOUND = 1
};

/** The order of the components of a fit. */
enum gmm_order {
  GMM_ORDER_MEANS = 0, /**< by the first coordinate of their means */
  GMM_ORDER_START = 1  /**< that of the start: of given means or responsibilities, or of what the start found */
};

/** What is fitted, from where, until when. */
typedef struct gmm_em_options {
  uint32_t struct_size;

  /** K, 1 .. GMM_MAX_COMPONENTS; default 1. */
  int32_t num_components;
  /** A gmm_covariance_form; default GMM_COVARIANCE_FULL. */
  int32_t covariance;
  /** 1: one covariance for all components (with GMM_COVARIANCE_FULL the same as GMM_COVARIANCE_TIED); default 0. */
  int32_t shared_spread;

  /** A gmm_start; default GMM_START_KMEANS. */
  int32_t start;
  /** Runs from different starts, the best of which is kept; >= 1; default 10. */
  int32_t num_starts;
  /** Default 0. */
  uint64_t seed;
  /** K, positive, sum 1, or NULL. Given values take the place of what the start finds. Weights, means and covariances
   * together are the only start. */
  const double *initial_weights;
  /** K x D, or NULL. */
  const double *initial_means;
  /** Full: K x D x D, tied: D x D, symmetric and positive definite; diag: K x D, spherical: K variances, of which only
   * the first component's are read where the spread is shared. In one dimension they are variances, whatever the form.
   * Or NULL. */
  const double *initial_covariances;
  /** N x K, or N x (K + 1) with those of a background last; not negative, each row with a positive sum, to which it is
   * scaled; or NULL. The first M-step is of these, and there is one start. */
  const double *initial_responsibilities;

  /** Of each run, >= 1; default 10000. */
  int64_t max_iterations;
  /** Of the criterion, >= 0; default 1e-9. */
  double tolerance;
  /** A gmm_criterion; default GMM_CRITERION_MOVEMENT. */
  int32_t criterion;
  /** A gmm_order; default GMM_ORDER_MEANS. */
  int32_t order;

  /** No variance, given the coordinates before it, falls below this fraction of the data's; > 0; default 1e-12. */
  double variance_floor;
  /** Added to every variance in each iteration, >= 0; default 0. */
  double regularization;
  /** The model whose posterior density (gmm_model_log_prior plus the log likelihood) is maximised within its
   * constraints; NULL for the likelihood. One that is open takes its priors from the data. num_components, covariance
   * and shared_spread are then the model's, whatever is set, and regularization must be 0. Its concentrations must be
   * at least 1, unless the weights have a minimum or are known. */
  const gmm_model *model;
  /** A background beside the components, or NULL. The likelihood is maximised over its weight too, unless that is
   * known; its prior gives the start. NULL with a model, which has its own. */
  const gmm_background *background;
} gmm_em_options;

/** Writes the defaults.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_em_options_init(gmm_em_options *options, size_t struct_size) GMM_NONNULL(1);

/** A fit. The arrays belong to it. */
typedef struct gmm_em_result {
  uint32_t struct_size;

  /** K. */
  int32_t num_components;
  /** D. */
  int32_t num_dimensions;
  /** A gmm_covariance_form. */
  int32_t covariance;
  /** 1: all components have the same covariance. */
  int32_t shared_spread;

  /** 1: the tolerance was met within max_iterations. */
  int32_t converged;
  /** Of the run that was kept. */
  int64_t num_iterations;
  /** Of the last iteration, as in GMM_CRITERION_MOVEMENT. */
  double move;

  /** Of all observations. */
  double log_likelihood;
  /** Of the model at the estimate; 0 where the likelihood was maximised. */
  double log_prior;
  /** The mean log likelihood of an observation before the last M-step (plus log_prior / N). */
  double lower_bound;
  /** -2 log likelihood + parameters * log N. Parameters that the model knows do not count. */
  double bic;
  /** -2 log likelihood + 2 * parameters, as in bic. */
  double aic;
  /** The integrated completed likelihood on the scale of bic: bic + 2 * entropy (Biernacki, Celeux, Govaert 2000, IEEE
   * PAMI 22), where the responsibilities stand for the most probable assignments. The smaller, the better: it prefers
   * components that overlap little. NaN for a stepwise fit. */
  double icl;
  /** The sum of -w_i t_ik log t_ik over rows and components, of responsibilities t and sample weights w, >= 0; of the
   * parameters of log_likelihood. NaN for a stepwise fit. */
  double entropy;
  /** The number of free parameters: weights (with that of a background), means and covariances, without those that are
   * known. */
  int64_t num_parameters;

  /** K. */
  const double *weights;
  /** K x D. */
  const double *means;
  /** The number of different numbers in covariances: where the spread is shared and diag or spherical, those of one
   * component, of which the others' are copies. */
  int64_t num_covariances;
  /** Full: K x D x D, tied: D x D, diag: K x D, spherical: K; as gmm_mixture takes them. */
  const double *covariances;
  /** The square roots of covariances, in the same shape, where these are variances: diag, spherical and D = 1. NULL
   * where they are matrices. */
  const double *sds;
  /** In the same shape: U with precision U U^T, upper triangular; 1 / sd where covariances are variances. */
  const double *precisions_cholesky;

  /** Covariances that ended on the floor. The likelihood has no maximum there. */
  int64_t num_at_floor;
  /** Components that were lost, because of the floor or of their weight. It should be 0. */
  int64_t num_collapsed;
  /** num_collapsed: which; 0 for the one covariance of all. */
  const int32_t *collapsed_components;
  /** num_collapsed: the first coordinate whose variance, given those before it, was kept on the floor; -1 where the
   * weight vanished. */
  const int32_t *collapsed_coordinates;

  /** num_iterations: the lower_bound of each iteration. */
  const double *history;
  /** The weight of the background, and the log of its density; 0 and 0 without one. As gmm_mixture takes them. */
  double background_weight;
  double log_background;
  /** D: the bounds of the background; NULL without one, and where only its volume is known. */
  const double *background_lower;
  const double *background_upper;
} gmm_em_result;

/** Writes zeros and the size.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_em_result_init(gmm_em_result *result, size_t struct_size) GMM_NONNULL(1);

/**
 * Fits a mixture by expectation-maximisation (Dempster, Laird, Rubin 1977) and keeps the best of several starts. The
 * likelihood grows without limit where a covariance becomes singular. So of all starts those with the fewest
 * covariances on the floor count, and of these the one with the largest likelihood is kept.
 *
 * Cancelling. GMM_CANCELLED hands back in *out_fit the best fit so far, and sets *out_error as well. Starts that have
 * not ended take part with their parameters after the last whole iteration; `converged` is 0 where one of them is the
 * best. *out_fit is NULL where no start has made an iteration.
 *
 * With a model the posterior density is maximised: weights, then means, then spread are set to the conditional mode in
 * each iteration (Meng, Rubin 1993). A model whose priors tell components apart keeps its order; means that a model
 * orders are in that order, whatever the options ask for.
 *
 * @param data at least K observations of positive weight; without a model and regularization, with at least 2 different
 * values in each column.
 * @param options NULL for the defaults.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED; GMM_ERROR_INVALID_MODEL for a density without a maximum, and initial values against the
 * constraints; GMM_ERROR_DEGENERATE for data without a spread; GMM_CANCELLED, with the best fit so far.
 */
GMM_NODISCARD gmm_status gmm_fit_em(const gmm_data *data, const gmm_em_options *options, const gmm_control *control,
                                    gmm_em_fit **out_fit, gmm_error **out_error) GMM_NONNULL(4);

/** Fills *out_result, whose struct_size must be set.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE. */
GMM_NODISCARD gmm_status gmm_em_fit_get_result(const gmm_em_fit *fit, gmm_em_result *out_result, gmm_error **out_error)
    GMM_NONNULL(2);

/** Frees a fit; NULL is accepted. The arrays of its results end here. */
void gmm_em_fit_destroy(gmm_em_fit *fit);

/* -------------------------------------------------------------------------------------- Variational Bayes */

/** Families of the weights' prior in a variational fit. */
enum gmm_weights_family {
  /** Sticks of a Dirichlet process that are cut off at K (Blei, Jordan 2006). */
  GMM_WEIGHTS_DIRICHLET_PROCESS = 0,
  /** One Dirichlet distribution with the same concentration for every component. */
  GMM_WEIGHTS_DIRICHLET = 1
};

/** A variational approximation and the prior that led to it. The arrays belong to the fit. A caller that goes on from
 * an approximation fills the struct with arrays of its own. */
typedef struct gmm_variational_result {
  uint32_t struct_size;
  /** K. */
  int32_t num_components;
  /** D. */
  int32_t num_dimensions;
  /** A gmm_covariance_form. */
  int32_t covariance;
  /** A gmm_weights_family. */
  int32_t weights_family;
  /** 1: the bound changed by less than the tolerance within max_iterations. */
  int32_t converged;
  /** Of the run that was kept. */
  int64_t num_iterations;
  /** The lower bound of the log evidence without its constant terms, as scikit-learn states it; -infinity where no
   * iteration was made. */
  double lower_bound;
  /** K: the expected weights, scaled to sum 1. The components are in the order of the start. */
  const double *weights;
  /** K, of the Dirichlet distribution; or 2 x K, the first and the second parameters of the sticks' beta laws. */
  const double *weight_concentration;
  /** K: how many observations each mean is worth. */
  const double *mean_precision;
  /** K x D. */
  const double *means;
  /** Of the precisions' Wishart distributions: K, or 1 where tied. */
  const double *degrees_of_freedom;
  /** The inverses of the expected precisions. Full: K x D x D, tied: D x D, diag: K x D, spherical: K. */
  const double *covariances;
  /** In the same shape: U with precision U U^T, upper triangular; 1 / sd where diagonal. */
  const double *precisions_cholesky;
  /** num_iterations: the lower_bound of each iteration. */
  const double *history;
  /** The prior as it was used, as are the four fields that follow. */
  double weight_concentration_prior;
  double mean_precision_prior;
  double degrees_of_freedom_prior;
  /** D. */
  const double *mean_prior;
  /** Full and tied: D x D, diag: D, spherical: 1. */
  const double *covariance_prior;
} gmm_variational_result;

/** Writes zeros and the size.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_variational_result_init(gmm_variational_result *result, size_t struct_size) GMM_NONNULL(1);

/** What is fitted, from where, until when, under which prior. */
typedef struct gmm_variational_options {
  uint32_t struct_size;
  /** K, 1 .. GMM_MAX_COMPONENTS; default 1. */
  int32_t num_components;
  /** A gmm_covariance_form; default GMM_COVARIANCE_FULL. */
  int32_t covariance;
  /** A gmm_weights_family; default GMM_WEIGHTS_DIRICHLET_PROCESS. */
  int32_t weights_family;
  /** A gmm_start; default GMM_START_KMEANS. */
  int32_t start;
  /** Runs from different starts, of which the one with the largest bound is kept; >= 1; default 1. */
  int32_t num_starts;
  /** Of each run, >= 0; 0 keeps the start; default 100. */
  int64_t max_iterations;
  /** A run has converged when the bound changes by less; >= 0; default 1e-3. */
  double tolerance;
  /** Added to every variance of the members in each iteration, >= 0; default 1e-6. */
  double regularization;
  /** Default 0. */
  uint64_t seed;
  /** Of each component, or of the process: 1e-290 .. 1e290, or 0 for 1 / K; default 0. */
  double weight_concentration_prior;
  /** How many observations the prior mean is worth: 1e-290 .. 1e290; default 1. */
  double mean_precision_prior;
  /** Above D - 1 and at most 1e290, or 0 for D; default 0. */
  double degrees_of_freedom_prior;
  /** D, or NULL for the mean of the data. */
  const double *mean_prior;
  /** Full and tied: D x D (symmetric, positive definite), diag: D, spherical: 1; or NULL for the covariance of the data
   * with divisor N - 1. */
  const double *covariance_prior;
  /** N x K, between 0 and 1, or NULL. The first update is of these as they are (a row need not sum to 1), and there is
   * one start. As in scikit-learn, a tied covariance counts the part of every row that belongs to no component, about
   * the origin. */
  const double *initial_responsibilities;
  /** The approximation to go on from, or NULL. The first iteration's bound is compared with its lower_bound, which is
   * -infinity for none. Its sizes, weights_family and covariance must be those of the fit. weight_concentration,
   * mean_precision, means, degrees_of_freedom and covariances (symmetric) are read. */
  const gmm_variational_result *initial;
} gmm_variational_options;

/** Writes the defaults.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_variational_options_init(gmm_variational_options *options, size_t struct_size) GMM_NONNULL(1);

/**
 * Fits a mixture by variational Bayes: coordinate ascent of the evidence's lower bound (Bishop 2006, Pattern
 * Recognition and Machine Learning, section 10.2; sticks of a Dirichlet process: Blei, Jordan 2006, Bayesian Analysis
 * 1). The prior is mean of k ~ Normal(mean_prior, covariance of k / mean_precision_prior), precision of k ~
 * Wishart(degrees_of_freedom_prior, covariance_prior^-1). The approximation takes assignments and parameters to be
 * independent, and so it understates the uncertainty of both. From the same responsibilities it has the numbers of
 * scikit-learn's BayesianGaussianMixture. GMM_CANCELLED hands back the best fit so far as gmm_fit_em does.
 *
 * @param data at least K observations of positive weight.
 * @param options NULL for the defaults.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_INVALID_ARGUMENT, GMM_ERROR_STRUCT_SIZE,
 * GMM_ERROR_UNSUPPORTED; GMM_ERROR_DEGENERATE for covariances that are not positive definite (constant or collinear
 * columns without a covariance_prior or a regularization); GMM_CANCELLED, with the best fit so far.
 */
GMM_NODISCARD gmm_status gmm_fit_variational(const gmm_data *data, const gmm_variational_options *options,
                                             const gmm_control *control, gmm_variational_fit **out_fit,
                                             gmm_error **out_error) GMM_NONNULL(4);

/** Fills *out_result, whose struct_size must be set.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE. */
GMM_NODISCARD gmm_status gmm_variational_fit_get_result(const gmm_variational_fit *fit,
                                                        gmm_variational_result *out_result, gmm_error **out_error)
    GMM_NONNULL(2);

/**
 * The logarithms of the weights, up to a common constant, with which a mixture of the approximation's means and
 * covariances has its responsibilities: E[log w_k] + (E[log |precision|] - log |E precision| - D / mean_precision) / 2
 * (Bishop 2006, equations 10.64 to 10.66). They may lie so far apart that weights would underflow.
 *
 * @param approximation as `initial` of the options.
 * @param out_log_weights K.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_INVALID_ARGUMENT, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_BUFFER_TOO_SMALL,
 * GMM_ERROR_DEGENERATE.
 */
GMM_NODISCARD gmm_status gmm_variational_log_weights(const gmm_variational_result *approximation,
                                                     double *out_log_weights, int64_t capacity, gmm_error **out_error);

/** Frees a fit; NULL is accepted. The arrays of its results end here. */
void gmm_variational_fit_destroy(gmm_variational_fit *fit);

/* ---------------------------------------------------------------------------- Mixtures with known parameters */

/** One value of the parameters of a mixture: that of a gmm_em_result, or any other. */
struct gmm_mixture {
  uint32_t struct_size;
  /** K, 1 .. GMM_MAX_COMPONENTS; default 1. */
  int32_t num_components;
  /** D, 1 .. GMM_MAX_DIMENSIONS; default 1. */
  int32_t num_dimensions;
  /** A gmm_covariance_form; default GMM_COVARIANCE_FULL. */
  int32_t covariance;
  /** K, not negative, sum 1 (to 1e-8; to 1e-6 where all are numbers that a float holds, and are then divided by their
   * sum). */
  const double *weights;
  /** K x D. */
  const double *means;
  /** Full: K x D x D, tied: D x D, positive definite; diag: K x D, spherical: K variances, of which only the first
   * component's are read where the spread is shared. */
  const double *covariances;
  /** K logarithms that take the place of weights (which may then be NULL) where those would underflow, or NULL. They
   * are below 1e300 in magnitude or -infinity, and at least one is finite. The sum of their exponentials is free:
   * densities have it as a factor. GMM_ERROR_UNSUPPORTED in calls other than gmm_mixture_probabilities,
   * gmm_mixture_log_probabilities, gmm_mixture_log_density and gmm_mixture_entropy. */
  const double *log_weights;
  /** 1: one covariance for all components (with GMM_COVARIANCE_FULL the same as GMM_COVARIANCE_TIED); default 0. The
   * M-step of gmm_statistics and gmm_stepwise keeps it so. */
  int32_t shared_spread;
  /** 0. */
  int32_t reserved;
  /** The weight of a background, 0 .. 1, of which the components have the rest; 0, the default, for none. It must be 0
   * in calls that neither evaluate the mixture at points nor draw from it. */
  double background_weight;
  /** The log of its density, -log of its volume; finite. Ignored where bounds are given. */
  double log_background;
  /** D bounds of the background's box, or NULL. Points that lack values or are known by intervals need them, and so
   * does gmm_mixture_sample. */
  const double *background_lower;
  const double *background_upper;
};

/** Writes the defaults, without any parameters.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_mixture_init(gmm_mixture *mixture, size_t struct_size) GMM_NONNULL(1);

/**
 * The responsibilities P(component k | x) = w_k N(x | k) / sum_j w_j N(x | j), of which a background has a part, in O(N
 * K D^2) time, or N K D where the covariances are diagonal.
 *
 * @param points in the mixture's number of dimensions; their weights are ignored.
 * @param out_probabilities N x K of the points; rows sum to 1, less the probability of a background.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE; GMM_ERROR_INVALID_ARGUMENT, also for
 * covariances that are not positive definite, with the component and the pivot; GMM_ERROR_UNSUPPORTED;
 * GMM_ERROR_BUFFER_TOO_SMALL; GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_mixture_probabilities(const gmm_mixture *mixture, const gmm_data *points,
                                                   const gmm_control *control, double *out_probabilities,
                                                   int64_t capacity, gmm_error **out_error);

/**
 * P(background | x), 0 without a background.
 *
 * @param points in the mixture's number of dimensions; their weights are ignored.
 * @param out_probabilities N of the points.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_mixture_background(const gmm_mixture *mixture, const gmm_data *points,
                                                const gmm_control *control, double *out_probabilities, int64_t capacity,
                                                gmm_error **out_error);

/**
 * log P(component k | x), which stays finite where the probability underflows: at least -1e306 for components of a
 * positive weight.
 *
 * @param points in the mixture's number of dimensions; their weights are ignored.
 * @param out_log_probabilities N x K of the points.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_mixture_log_probabilities(const gmm_mixture *mixture, const gmm_data *points,
                                                       const gmm_control *control, double *out_log_probabilities,
                                                       int64_t capacity, gmm_error **out_error);

/**
 * log sum_k w_k N(x | k), of the density in the data's unit.
 *
 * @param points in the mixture's number of dimensions; their weights are ignored.
 * @param out_log_density N of the points.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_mixture_log_density(const gmm_mixture *mixture, const gmm_data *points,
                                                 const gmm_control *control, double *out_log_density, int64_t capacity,
                                                 gmm_error **out_error);

/**
 * Points with each missing value replaced by its expectation given the values that the point has.
 *
 * @param points in the mixture's number of dimensions; their weights are ignored.
 * @param out_values N x D of the points.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_mixture_impute_mean(const gmm_mixture *mixture, const gmm_data *points,
                                                 const gmm_control *control, double *out_values, int64_t capacity,
                                                 gmm_error **out_error);

/**
 * The expectations of the true values of points: those behind errors of measurement, those in intervals, and those that
 * are missing.
 *
 * @param points in the mixture's number of dimensions; their weights are ignored.
 * @param out_values N x D of the points.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_mixture_true_values_mean(const gmm_mixture *mixture, const gmm_data *points,
                                                      const gmm_control *control, double *out_values, int64_t capacity,
                                                      gmm_error **out_error);

/**
 * The entropy of the responsibilities, -sum_k t_k log t_k: 0 where the component is certain, log K where all are
 * equally probable. Its sum over the data of a fit is the `entropy` of gmm_em_result.
 *
 * @param points in the mixture's number of dimensions; their weights are ignored.
 * @param out_entropy N of the points.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_mixture_entropy(const gmm_mixture *mixture, const gmm_data *points,
                                             const gmm_control *control, double *out_entropy, int64_t capacity,
                                             gmm_error **out_error);

/**
 * Independent points of the mixture, in the order in which they are drawn: components are not sorted. Point i is a
 * function of the mixture, seed and i alone, so the first points of many are the same as those of few.
 *
 * @param num_points >= 0.
 * @param out_points num_points x D.
 * @param out_components num_points components, 0 .. K - 1, and K for a background, whose bounds must be known; or NULL.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_mixture_sample(const gmm_mixture *mixture, int64_t num_points, uint64_t seed,
                                            const gmm_control *control, double *out_points, int64_t points_capacity,
                                            int32_t *out_components, int64_t components_capacity,
                                            gmm_error **out_error);

/* -------------------------------------------------------------------------------------- Merging components */

/**
 * Merges components into clusters, one pair after the other (Baudry, Raftery, Celeux, Lo, Gottardo 2010, J. Comp.
 * Graph. Stat. 19). A cluster may need several components; its responsibility is the sum of theirs. Each step merges
 * the two clusters whose merging lowers the entropy of the responsibilities most, the first pair of several. Where the
 * entropy falls steeply while clusters are merged, these tell nothing apart; where it falls little, fewer clusters are
 * no clearer.
 *
 * The time is O(N K^2); a pair costs nothing in rows in which one of the two has a responsibility of 0. Threads share
 * the rows and change no bit.
 *
 * @param probabilities num_observations x num_components responsibilities, such as those of gmm_mixture_probabilities
 * or gmm_posterior_probabilities; finite, not negative, each row with a positive sum, to which it is scaled.
 * @param sample_weights num_observations, finite, not negative, not all 0; or NULL for 1.
 * @param num_observations N, >= 1.
 * @param num_components K, 1 .. GMM_MAX_COMPONENTS.
 * @param out_entropies K: the sum of -w_i t_ik log t_ik with 1 .. K clusters; 0 for one.
 * @param out_merged_weights K, or NULL: for each number of clusters the sum of the weights of the rows that were most
 * probable in one of the two clusters whose merging led to it; 0 for K.
 * @param entropies_capacity the number of elements of out_entropies and out_merged_weights.
 * @param out_clusters K x K, or NULL: in row c - 1 the cluster of each component where c are left, 0 .. c - 1 in the
 * order of their first components.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_merge_components(const double *probabilities, const double *sample_weights,
                                              int64_t num_observations, int32_t num_components,
                                              const gmm_control *control, double *out_entropies,
                                              double *out_merged_weights, int64_t entropies_capacity,
                                              int32_t *out_clusters, int64_t clusters_capacity, gmm_error **out_error);

/* ------------------------------------------------------------------------------------------ Data in parts */

/**
 * What an iteration of expectation-maximisation needs to know of observations, for data that do not fit in memory or
 * arrive in parts. An iteration is: statistics of each part under the same parameters, merged, maximised. Sums are
 * exact to far beyond the last bit, so the result does not depend on the order of merging. Data that are cut at
 * multiples of 4096 rows lead to the same bits as all data at once.
 *
 * @param data in the mixture's number of dimensions.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_ERROR_DEGENERATE (sums that are not finite), GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_statistics_compute(const gmm_mixture *mixture, const gmm_data *data,
                                                const gmm_control *control, gmm_statistics **out_statistics,
                                                gmm_error **out_error) GMM_NONNULL(4);

/**
 * The statistics of all observations of others, which must be under the same parameters.
 *
 * @param statistics num_statistics handles.
 * @param num_statistics >= 1.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_statistics_merge(const gmm_statistics *const *statistics, int64_t num_statistics,
                                              const gmm_control *control, gmm_statistics **out_statistics,
                                              gmm_error **out_error) GMM_NONNULL(4);

/**
 * The parameters to which one iteration leads, as a fit in the order of the mixture: num_iterations is 1, `converged`
 * 0, and `move` tells how far the parameters moved; log_likelihood, bic, aic, icl and entropy are those of the
 * parameters before.
 *
 * @param regularization as in gmm_em_options.
 * @param variance_floor as in gmm_em_options.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE; GMM_ERROR_INVALID_ARGUMENT, also without observations;
 * GMM_ERROR_DEGENERATE for constant columns without regularization.
 */
GMM_NODISCARD gmm_status gmm_statistics_maximize(const gmm_statistics *statistics, double regularization,
                                                 double variance_floor, gmm_em_fit **out_fit, gmm_error **out_error)
    GMM_NONNULL(4);

/** The number of bytes that gmm_statistics_write writes; 0 for an invalid handle. */
int64_t gmm_statistics_size(const gmm_statistics *statistics);

/**
 * Writes statistics as bytes, so that other processes and machines can merge them. The bytes are little-endian, with
 * the version of their format, a checksum and the parameters (docs/FORMATS.md). Equal statistics have equal bytes.
 *
 * @param out_bytes gmm_statistics_size bytes.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_BUFFER_TOO_SMALL.
 */
GMM_NODISCARD gmm_status gmm_statistics_write(const gmm_statistics *statistics, uint8_t *out_bytes, int64_t capacity,
                                              gmm_error **out_error) GMM_NONNULL(2);

/**
 * Reads what gmm_statistics_write wrote. The bytes need no alignment and are copied. Memory stays in proportion to
 * num_bytes, whatever the bytes say.
 *
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_INVALID_ARGUMENT; GMM_ERROR_FILE_FORMAT for bytes of anything else, and
 * for those that were cut, changed, or written in a later version of the format.
 */
GMM_NODISCARD gmm_status gmm_statistics_read(const uint8_t *bytes, int64_t num_bytes, gmm_statistics **out_statistics,
                                             gmm_error **out_error) GMM_NONNULL(3);

/** Frees statistics; NULL is accepted. */
void gmm_statistics_destroy(gmm_statistics *statistics);

/* -------------------------------------------------------------------------------------------- Stepwise EM */

/**
 * Begins stepwise expectation-maximisation (Cappe, Moulines 2009, J. R. Statist. Soc. B 71) at a mixture. It serves
 * data that arrive in parts and are not kept: each part enters running sums once, under the parameters before it. A
 * part whose weights have the sum s, after parts of the sum n, enters with the share (s / (n + s))^0.7, so rows count
 * and not parts. No weight falls below 1e-12, so a component without members in all parts can return. The result
 * depends on the order of the parts; gmm_statistics has the exact maximum.
 *
 * @param total_weight the sum n of the weights of the observations that the mixture was fitted to with the same
 * regularization; 0 where it is no more than a start.
 * @param regularization added to every variance, >= 0.
 * @param variance_floor > 0, as in gmm_em_options.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_INVALID_ARGUMENT, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_UNSUPPORTED for
 * log_weights.
 */
GMM_NODISCARD gmm_status gmm_stepwise_create(const gmm_mixture *mixture, double total_weight, double regularization,
                                             double variance_floor, gmm_stepwise **out_stepwise, gmm_error **out_error)
    GMM_NONNULL(5);

/**
 * Learns from a part, which makes a handle of its own; `stepwise` stays what it was.
 *
 * @param data in the mixture's number of dimensions, at least 1 row.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED; GMM_ERROR_DEGENERATE for constant columns without regularization; GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_stepwise_update(const gmm_stepwise *stepwise, const gmm_data *data,
                                             const gmm_control *control, gmm_stepwise **out_stepwise,
                                             gmm_error **out_error) GMM_NONNULL(4);

/**
 * The parameters as a fit, in the order of the mixture: num_iterations is 1 (0 before the first part), `converged` 0,
 * and `move` tells how far the last part moved the parameters; log_likelihood, bic, aic and lower_bound are those of
 * the last part under the parameters before it.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_DEGENERATE.
 */
GMM_NODISCARD gmm_status gmm_stepwise_get_fit(const gmm_stepwise *stepwise, gmm_em_fit **out_fit, gmm_error **out_error)
    GMM_NONNULL(2);

/** The sum of all weights so far; 0 for an invalid handle. */
double gmm_stepwise_total_weight(const gmm_stepwise *stepwise);

/** The number of bytes that gmm_stepwise_write writes; 0 for an invalid handle. */
int64_t gmm_stepwise_size(const gmm_stepwise *stepwise);

/** Writes the state as bytes: little-endian, with the version of their format and a checksum (docs/FORMATS.md). Equal
 * states have equal bytes.
 * @param out_bytes gmm_stepwise_size bytes.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_BUFFER_TOO_SMALL. */
GMM_NODISCARD gmm_status gmm_stepwise_write(const gmm_stepwise *stepwise, uint8_t *out_bytes, int64_t capacity,
                                            gmm_error **out_error) GMM_NONNULL(2);

/** Reads what gmm_stepwise_write wrote. The bytes need no alignment and are copied. Memory stays in proportion to
 * num_bytes, whatever the bytes say.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_INVALID_ARGUMENT; GMM_ERROR_FILE_FORMAT for bytes of anything else, and
 * for those that were cut, changed, or written in a later version of the format. */
GMM_NODISCARD gmm_status gmm_stepwise_read(const uint8_t *bytes, int64_t num_bytes, gmm_stepwise **out_stepwise,
                                           gmm_error **out_error) GMM_NONNULL(3);

/** Frees a state; NULL is accepted. */
void gmm_stepwise_destroy(gmm_stepwise *stepwise);

/* ----------------------------------------------------------------------------- Statistics of any numbers */

/**
 * The table of gmm_posterior_summarize for draws of any origin.
 *
 * @param values num_chains x num_draws x num_quantities. NaN values give NaN.
 * @param num_chains >= 1.
 * @param num_draws >= 1.
 * @param num_quantities >= 0.
 * @param names num_quantities strings, or NULL for "x[0]", "x[1]", ... ("x" for one quantity).
 * @param options NULL for the defaults.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_summarize(const double *values, int64_t num_chains, int64_t num_draws,
                                       int64_t num_quantities, const char *const *names,
                                       const gmm_summary_options *options, const gmm_control *control,
                                       gmm_summary **out_summary, gmm_error **out_error) GMM_NONNULL(8);

/**
 * The log density of the prior at each draw: its log posterior less its log likelihood. Where parameters of priors have
 * priors, it is the density of these alone, and of what has a prior of known parameters: what lies below them is
 * learned from the data, and does not belong to what gmm_power_sensitivity raises.
 *
 * @param posterior with any labels, on which it does not depend.
 * @param out_log_priors num_chains x num_draws.
 * @param capacity numbers for which the array has room.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_BUFFER_TOO_SMALL, GMM_ERROR_OUT_OF_MEMORY.
 */
GMM_NODISCARD gmm_status gmm_posterior_log_priors(const gmm_posterior *posterior, double *out_log_priors,
                                                  int64_t capacity, gmm_error **out_error) GMM_NONNULL(2);

/**
 * How strongly the distributions of quantities depend on a component of the posterior, the prior or the likelihood
 * (Kallioinen, Paananen, Buerkner, Vehtari 2024, Statistics and Computing 34:57). Draws are weighted as if the
 * component were raised to the powers 0.99 and 1.01, with Pareto smoothed weights. The sensitivity is the cumulative
 * Jensen-Shannon distance that this causes over |log2 power|, averaged over both powers. The numbers are those of
 * `psense` of ArviZ 1.
 *
 * The log prior of a draw is that of gmm_posterior_log_priors. From 0.05 on, a sensitivity counts as large. A
 * large one to both components points to a conflict between prior and data, a large one to the prior alone to a strong
 * prior or weak data.
 *
 * @param values num_chains x num_draws x num_quantities.
 * @param num_chains >= 1.
 * @param num_draws >= 1.
 * @param num_quantities >= 1.
 * @param log_densities num_chains x num_draws: the log density of the component at each draw.
 * @param out_sensitivity num_quantities. NaN for a constant quantity, for values that are not finite, where a log
 * density is not finite, and for fewer than 21 draws over all chains.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_power_sensitivity(const double *values, int64_t num_chains, int64_t num_draws,
                                               int64_t num_quantities, const double *log_densities,
                                               const gmm_control *control, double *out_sensitivity, int64_t capacity,
                                               gmm_error **out_error);

/**
 * The autocorrelation of a series at lags 0 .. max_lag: the autocovariance with divisor n over that of lag 0. NaN for a
 * constant series.
 *
 * @param values num_values elements, `stride` apart.
 * @param stride >= 1.
 * @param max_lag 0 .. num_values - 1.
 * @param out_autocorrelation max_lag + 1.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_autocorrelation(const double *values, int64_t num_values, int64_t stride, int64_t max_lag,
                                             const gmm_control *control, double *out_autocorrelation, int64_t capacity,
                                             gmm_error **out_error);

/** Rules that choose the bandwidth of a kernel density estimate, the kernel's sd. */
enum gmm_bandwidth_rule {
  /** Improved Sheather-Jones: the largest root of t = xi gamma[7](t) (Botev, Grotowski, Kroese 2010, Annals of
   * Statistics 38(5)) up to 1.144 n^(-1/5) s, which suffices for every density (Terrell 1990). It assumes no shape and
   * suits several modes. Where 65,536 bins of all values are too coarse, the root for the densest part. Where ties
   * leave no root, the root for the values without repetitions, but at most Silverman's bandwidth if less than half of
   * the values differ. Without any root, which a few values may leave, Silverman's. At least half the median distance
   * of neighbours among (up to 1024) distinct values, so that rounded values make no separate peaks. */
  GMM_BANDWIDTH_ISJ = 0,
  GMM_BANDWIDTH_SCOTT = 1,    /**< n^(-1/5) s, with the sample sd s; it suits one Normal mode and blurs several */
  GMM_BANDWIDTH_SILVERMAN = 2 /**< 0.9 n^(-1/5) min(s, IQR / 1.34); s alone where the quartiles are equal */
};

/** How a density is estimated. */
typedef struct gmm_kde_options {
  uint32_t struct_size;
  /** A gmm_bandwidth_rule; default GMM_BANDWIDTH_ISJ. Without effect where the bandwidth is given. */
  int32_t rule;
  /** The kernel's sd in the unit of the values, positive; or 0, the default, for that of the rule. */
  double bandwidth;
  /** The bounds of the values, such as 0 for sds and 0 and 1 for weights; lower < upper. Defaults -infinity and
   * infinity. The mass that kernels would put beyond a bound is reflected there. */
  double lower;
  double upper;
} gmm_kde_options;

/** Writes the defaults.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_STRUCT_SIZE. */
gmm_status gmm_kde_options_init(gmm_kde_options *options, size_t struct_size) GMM_NONNULL(1);

/**
 * A Gaussian kernel density estimate: the mean over values x_i of exp(-(x - x_i)^2 / (2 h^2)) / (h sqrt(2 pi)), with
 * bandwidth h. Between bounds it integrates to 1, and outside it is 0.
 *
 * Up to 8192 pairs of a value and a point are summed term by term. Larger sums go through nodes h / 10 apart, in time
 * proportional to num_values + num_points. Their error is below 1e-10 of the largest density, at every point, and
 * below 1e-11 if the values span at most 20,000 bandwidths. Threads share values and points.
 *
 * @param values num_values elements, `stride` apart.
 * @param stride >= 1.
 * @param options NULL for the defaults.
 * @param points num_points points; or NULL for equally spaced ones from min - 3 bandwidths to max + 3 bandwidths,
 * within the bounds.
 * @param num_points >= 1.
 * @param out_points num_points: the points; may be NULL where points are given.
 * @param out_density num_points.
 * @param out_bandwidth the kernel's sd; may be NULL.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT;
 * GMM_ERROR_INVALID_DATA for NaN, infinities and values outside the bounds; GMM_ERROR_DEGENERATE where a rule has no
 * answer (one value, or all equal); GMM_ERROR_UNSUPPORTED, GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_kde(const double *values, int64_t num_values, int64_t stride,
                                 const gmm_kde_options *options, const double *points, int64_t num_points,
                                 const gmm_control *control, double *out_points, int64_t points_capacity,
                                 double *out_density, int64_t density_capacity, double *out_bandwidth,
                                 gmm_error **out_error);

/**
 * The values of highest density: the shortest interval that holds a share of the values (Chen, Shao 1999), as in
 * gmm_posterior_summarize; or the region of highest density, which has an interval for each mode (Hyndman 1996): the
 * points at which a kernel density estimate is above the level that leaves the given mass above it. The estimate is
 * evaluated at up to 65,536 points, an eighth of a bandwidth apart, and linear between them.
 *
 * @param values num_values elements, `stride` apart.
 * @param stride >= 1.
 * @param probability in (0, 1).
 * @param is_multimodal 1 for the region, 0 for the interval.
 * @param options of the kernel density; NULL for the defaults. The interval has no use for them.
 * @param out_intervals the lower and the upper end of each interval, ascending. The interval is NaN if a value is.
 * @param capacity 2 for the interval; if it is too small for the region, the error tells how much is needed.
 * @param out_num_intervals the number of intervals.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT; for the
 * region GMM_ERROR_INVALID_DATA and GMM_ERROR_DEGENERATE as in gmm_kde; GMM_ERROR_UNSUPPORTED,
 * GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_hdi(const double *values, int64_t num_values, int64_t stride, double probability,
                                 int32_t is_multimodal, const gmm_kde_options *options, const gmm_control *control,
                                 double *out_intervals, int64_t capacity, int64_t *out_num_intervals,
                                 gmm_error **out_error);

/**
 * Counts values in equal bins over [lower, upper], which are half open, except for the last one, which is closed.
 * Values outside and NaN are not counted. Where both ends are NaN they are the smallest and the largest value. If these
 * are equal, the ends are half a unit to either side; without any value they are -0.5 and 0.5.
 *
 * @param values num_values elements, `stride` apart.
 * @param stride >= 1.
 * @param num_bins >= 1.
 * @param out_edges num_bins + 1, or NULL.
 * @param out_counts num_bins.
 * @return GMM_ERROR_NULL_ARGUMENT, GMM_ERROR_WRONG_HANDLE, GMM_ERROR_STRUCT_SIZE, GMM_ERROR_INVALID_ARGUMENT,
 * GMM_ERROR_UNSUPPORTED, GMM_ERROR_BUFFER_TOO_SMALL, GMM_CANCELLED.
 */
GMM_NODISCARD gmm_status gmm_histogram(const double *values, int64_t num_values, int64_t stride, double lower,
                                       double upper, int64_t num_bins, const gmm_control *control, double *out_edges,
                                       int64_t edges_capacity, int64_t *out_counts, int64_t counts_capacity,
                                       gmm_error **out_error);

/* -------------------------------------------------------------------------------------- The loaded library */

/** The library's version, "major.minor.patch"; static storage. Never fails. */
const char *gmm_version(void);

/** The binary interface of the loaded library, to compare with GMM_ABI_VERSION. Never fails. */
int32_t gmm_abi_version(void);

/** What the library is and runs on, as `name=value` words separated by spaces: "version=0.1.0 abi=0 kernels=avx512
 * available=portable,avx2,avx512". `kernels` is the build of the inner loops that calls use by default, the fastest
 * that this processor can run. Static storage. Never fails. */
const char *gmm_build_info(void);

#ifdef __cplusplus
}
#endif

#endif /* GMMSWIFT_H */
