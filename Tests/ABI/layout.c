/*
 * Sizes, offsets and values that programs already compiled rely on: this file compiles or it does not.
 *
 * On the platforms the library is built for, pointers, int64_t and double have 8 bytes. A field that moves or a value
 * that changes breaks such programs; a field that is appended only changes the SIZE of its struct here.
 */
#include <gmmswift.h>

/* C99 has no _Static_assert: an array of negative size is an error in C and in C++. */
#define SIZE(type, size) typedef char size_of_##type##_is_##size[sizeof(type) == (size) ? 1 : -1]
#define FIELD(type, field, offset) \
  typedef char type##_##field##_is_at_##offset[offsetof(type, field) == (offset) ? 1 : -1]
#define VALUE(name, value) typedef char name##_is_##value[(name) == (value) ? 1 : -1]

SIZE(gmm_prior, 24);
FIELD(gmm_prior, family, 0);
FIELD(gmm_prior, num_values, 4);
FIELD(gmm_prior, first, 8);
FIELD(gmm_prior, second, 16);

SIZE(gmm_model_options, 112);
FIELD(gmm_model_options, struct_size, 0);
FIELD(gmm_model_options, num_components, 4);
FIELD(gmm_model_options, num_dimensions, 8);
FIELD(gmm_model_options, ordered_means, 12);
FIELD(gmm_model_options, shared_spread, 16);
FIELD(gmm_model_options, reserved, 20);
FIELD(gmm_model_options, minimum_weight, 24);
FIELD(gmm_model_options, weights, 32);
FIELD(gmm_model_options, means, 56);
FIELD(gmm_model_options, spread, 80);
FIELD(gmm_model_options, covariance, 104);
FIELD(gmm_model_options, order_coordinate, 108);

SIZE(gmm_progress, 56);
FIELD(gmm_progress, struct_size, 0);
FIELD(gmm_progress, num_chains, 4);
FIELD(gmm_progress, iterations_done, 8);
FIELD(gmm_progress, iterations_total, 16);
FIELD(gmm_progress, draws_done, 24);
FIELD(gmm_progress, draws_total, 32);
FIELD(gmm_progress, seconds_elapsed, 40);
FIELD(gmm_progress, seconds_left, 48);

SIZE(gmm_control, 64);
FIELD(gmm_control, struct_size, 0);
FIELD(gmm_control, num_threads, 4);
FIELD(gmm_control, progress, 8);
FIELD(gmm_control, progress_user_data, 16);
FIELD(gmm_control, progress_interval, 24);
FIELD(gmm_control, cancel, 32);
FIELD(gmm_control, kernel_build, 40);
FIELD(gmm_control, reserved, 44);
FIELD(gmm_control, checkpoint_path, 48);
FIELD(gmm_control, checkpoint_interval, 56);

SIZE(gmm_sample_options, 96);
FIELD(gmm_sample_options, struct_size, 0);
FIELD(gmm_sample_options, method, 4);
FIELD(gmm_sample_options, num_draws, 8);
FIELD(gmm_sample_options, num_tune, 16);
FIELD(gmm_sample_options, num_chains, 24);
FIELD(gmm_sample_options, thin, 32);
FIELD(gmm_sample_options, seed, 40);
FIELD(gmm_sample_options, store_assignments, 48);
FIELD(gmm_sample_options, num_initial, 52);
FIELD(gmm_sample_options, initial_weights, 56);
FIELD(gmm_sample_options, initial_means, 64);
FIELD(gmm_sample_options, initial_sds, 72);
FIELD(gmm_sample_options, initial_covariances, 80);
FIELD(gmm_sample_options, sample_weights, 88);

SIZE(gmm_posterior_info, 96);
FIELD(gmm_posterior_info, struct_size, 0);
FIELD(gmm_posterior_info, num_components, 4);
FIELD(gmm_posterior_info, num_dimensions, 8);
FIELD(gmm_posterior_info, num_spreads, 12);
FIELD(gmm_posterior_info, num_chains, 16);
FIELD(gmm_posterior_info, num_draws, 24);
FIELD(gmm_posterior_info, num_observations, 32);
FIELD(gmm_posterior_info, num_tune, 40);
FIELD(gmm_posterior_info, thin, 48);
FIELD(gmm_posterior_info, seed, 56);
FIELD(gmm_posterior_info, method, 64);
FIELD(gmm_posterior_info, has_assignments, 68);
FIELD(gmm_posterior_info, is_prior, 72);
FIELD(gmm_posterior_info, can_extend, 76);
FIELD(gmm_posterior_info, seconds, 80);
FIELD(gmm_posterior_info, covariance, 88);
FIELD(gmm_posterior_info, num_covariances, 92);

SIZE(gmm_view, 112);
FIELD(gmm_view, data, 0);
FIELD(gmm_view, element, 8);
FIELD(gmm_view, num_axes, 12);
FIELD(gmm_view, shape, 16);
FIELD(gmm_view, strides, 64);

SIZE(gmm_summary_options, 24);
FIELD(gmm_summary_options, struct_size, 0);
FIELD(gmm_summary_options, num_quantiles, 4);
FIELD(gmm_summary_options, hdi_probability, 8);
FIELD(gmm_summary_options, quantiles, 16);

SIZE(gmm_em_options, 128);
FIELD(gmm_em_options, struct_size, 0);
FIELD(gmm_em_options, num_components, 4);
FIELD(gmm_em_options, shared_spread, 8);
FIELD(gmm_em_options, num_starts, 12);
FIELD(gmm_em_options, max_iterations, 16);
FIELD(gmm_em_options, tolerance, 24);
FIELD(gmm_em_options, variance_floor, 32);
FIELD(gmm_em_options, seed, 40);
FIELD(gmm_em_options, initial_weights, 48);
FIELD(gmm_em_options, initial_means, 56);
FIELD(gmm_em_options, initial_sds, 64);
FIELD(gmm_em_options, covariance, 72);
FIELD(gmm_em_options, start, 76);
FIELD(gmm_em_options, criterion, 80);
FIELD(gmm_em_options, reserved, 84);
FIELD(gmm_em_options, regularization, 88);
FIELD(gmm_em_options, sample_weights, 96);
FIELD(gmm_em_options, initial_covariances, 104);
FIELD(gmm_em_options, initial_responsibilities, 112);
FIELD(gmm_em_options, model, 120);

SIZE(gmm_em_result, 168);
FIELD(gmm_em_result, struct_size, 0);
FIELD(gmm_em_result, num_components, 4);
FIELD(gmm_em_result, num_spreads, 8);
FIELD(gmm_em_result, converged, 12);
FIELD(gmm_em_result, num_iterations, 16);
FIELD(gmm_em_result, num_at_floor, 24);
FIELD(gmm_em_result, log_likelihood, 32);
FIELD(gmm_em_result, bic, 40);
FIELD(gmm_em_result, aic, 48);
FIELD(gmm_em_result, weights, 56);
FIELD(gmm_em_result, means, 64);
FIELD(gmm_em_result, sds, 72);
FIELD(gmm_em_result, num_dimensions, 80);
FIELD(gmm_em_result, covariance, 84);
FIELD(gmm_em_result, lower_bound, 88);
FIELD(gmm_em_result, move, 96);
FIELD(gmm_em_result, covariances, 104);
FIELD(gmm_em_result, precisions_cholesky, 112);
FIELD(gmm_em_result, history, 120);
FIELD(gmm_em_result, num_collapsed, 128);
FIELD(gmm_em_result, collapsed_components, 136);
FIELD(gmm_em_result, collapsed_coordinates, 144);
FIELD(gmm_em_result, log_prior, 152);
FIELD(gmm_em_result, num_covariances, 160);

SIZE(gmm_mixture, 40);
FIELD(gmm_mixture, struct_size, 0);
FIELD(gmm_mixture, num_components, 4);
FIELD(gmm_mixture, num_dimensions, 8);
FIELD(gmm_mixture, covariance, 12);
FIELD(gmm_mixture, weights, 16);
FIELD(gmm_mixture, means, 24);
FIELD(gmm_mixture, covariances, 32);

SIZE(gmm_status, 4);
SIZE(gmm_progress_fn, 8);

VALUE(GMM_OK, 0);
VALUE(GMM_ERROR_NULL_ARGUMENT, 10);
VALUE(GMM_ERROR_WRONG_HANDLE, 11);
VALUE(GMM_ERROR_INVALID_ARGUMENT, 12);
VALUE(GMM_ERROR_INVALID_DATA, 13);
VALUE(GMM_ERROR_BUFFER_TOO_SMALL, 14);
VALUE(GMM_ERROR_UNSUPPORTED, 15);
VALUE(GMM_ERROR_STRUCT_SIZE, 16);
VALUE(GMM_ERROR_INVALID_MODEL, 30);
VALUE(GMM_ERROR_DEGENERATE, 31);
VALUE(GMM_ERROR_OUT_OF_MEMORY, 50);
VALUE(GMM_ERROR_FILE, 60);
VALUE(GMM_ERROR_FILE_FORMAT, 61);
VALUE(GMM_ERROR_FILE_MISMATCH, 62);
VALUE(GMM_CANCELLED, 70);
VALUE(GMM_ERROR_INTERNAL, 90);
typedef char GMM_PRIOR_SCALED_is_minus_1[(GMM_PRIOR_SCALED) == -1 ? 1 : -1];
VALUE(GMM_PRIOR_FIXED, 0);
VALUE(GMM_PRIOR_DIRICHLET, 1);
VALUE(GMM_PRIOR_NORMAL, 2);
VALUE(GMM_PRIOR_NORMAL_KAPPA, 3);
VALUE(GMM_PRIOR_UNIFORM, 10);
VALUE(GMM_PRIOR_HALF_CAUCHY, 11);
VALUE(GMM_PRIOR_HALF_NORMAL, 12);
VALUE(GMM_PRIOR_INVERSE_GAMMA, 20);
VALUE(GMM_PRIOR_GAMMA, 30);
VALUE(GMM_PRIOR_INVERSE_WISHART, 40);
VALUE(GMM_COVARIANCE_FULL, 0);
VALUE(GMM_COVARIANCE_TIED, 1);
VALUE(GMM_COVARIANCE_DIAG, 2);
VALUE(GMM_COVARIANCE_SPHERICAL, 3);
VALUE(GMM_METHOD_GIBBS, 0);
VALUE(GMM_METHOD_METROPOLIS, 1);
VALUE(GMM_START_KMEANS, 0);
VALUE(GMM_START_KMEANS_PLUS_PLUS, 1);
VALUE(GMM_START_RANDOM, 2);
VALUE(GMM_START_RANDOM_POINTS, 3);
VALUE(GMM_CRITERION_MOVEMENT, 0);
VALUE(GMM_CRITERION_LOWER_BOUND, 1);
VALUE(GMM_FIELD_WEIGHTS, 0);
VALUE(GMM_FIELD_MEANS, 1);
VALUE(GMM_FIELD_SDS, 2);
VALUE(GMM_FIELD_LOG_LIKELIHOOD, 3);
VALUE(GMM_FIELD_LOG_POSTERIOR, 4);
VALUE(GMM_FIELD_ACCEPTANCE, 5);
VALUE(GMM_FIELD_COVARIANCES, 6);
VALUE(GMM_FIELD_ASSIGNMENTS, 10);
VALUE(GMM_FIELD_OBSERVATIONS, 20);
VALUE(GMM_ELEMENT_FLOAT64, 0);
VALUE(GMM_ELEMENT_UINT8, 1);
VALUE(GMM_COLUMN_MEAN, 0);
VALUE(GMM_COLUMN_SD, 1);
VALUE(GMM_COLUMN_HDI_LOWER, 2);
VALUE(GMM_COLUMN_HDI_UPPER, 3);
VALUE(GMM_COLUMN_MCSE_MEAN, 4);
VALUE(GMM_COLUMN_MCSE_SD, 5);
VALUE(GMM_COLUMN_MC_ERROR, 6);
VALUE(GMM_COLUMN_ESS_BULK, 7);
VALUE(GMM_COLUMN_ESS_TAIL, 8);
VALUE(GMM_COLUMN_R_HAT, 9);
VALUE(GMM_COLUMN_QUANTILES, 10);
VALUE(GMM_MAX_COMPONENTS, 256);
VALUE(GMM_ABI_VERSION, 0);
