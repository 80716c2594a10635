"""What a valid call of each function looks like, and what the rows of the table expect where it is not a refusal.

Whoever adds a function to the header meets these tables: a parameter without a valid value, a result without a word on
invalid handles, and a rule that no row needs are all errors of the generator.
"""

from __future__ import annotations

# Valid values of parameters by (function, name), or by name, and live handles. The identifiers are those of table.h,
# which also fills a struct of each type that functions take.
VALUES_OF_FUNCTIONS = {
    ("gmm_data_create", "num_dimensions"): "2",
    ("gmm_posterior_sample_predictive", "num_draws"): "3",
    ("gmm_posterior_sample_predictive", "num_points"): "4",
    ("gmm_posterior_extend", "posterior"): "table.posterior",
    ("gmm_summarize", "num_draws"): "10",
    ("gmm_kde", "num_points"): "8",
    ("gmm_kde", "points"): "table_numbers",
    ("gmm_model_log_prior", "weights"): "table_halves",
    ("gmm_model_log_prior", "means"): "table_numbers",
    ("gmm_model_log_prior", "spread"): "table_positive",
    ("gmm_posterior_view", "field"): "GMM_FIELD_MEANS",
    ("gmm_stepwise_read", "bytes"): "table_stepwise_bytes",
    ("gmm_stepwise_read", "num_bytes"): "table_num_stepwise_bytes",
    ("gmm_posterior_export_csv", "path"): '"build/abi/misuse.csv"',
}
VALUES_OF_NAMES = {
    "data": "fixture_data",
    "path": '"build/abi/misuse.gmm"',
    "chain": "0",
    "values": "fixture_data",
    "num_observations": "TABLE_ROWS",
    "num_points": "TABLE_POINTS",
    "num_values": "TABLE_ROWS",
    "stride": "1",
    "num_draws": "3",
    "num_chains": "2",
    "num_quantities": "2",
    "num_bins": "4",
    "num_statistics": "2",
    "names": "table_names",
    "seed": "7",
    "burn": "1",
    "thin": "2",
    "max_lag": "3",
    "position": "0",
    "row": "0",
    "column": "0",
    "field": "0",
    "bandwidth": "0.5",
    "lower": "-10.0",
    "upper": "10.0",
    "regularization": "1e-6",
    "variance_floor": "1e-9",
    "total_weight": "5.0",
    "capacity": "TABLE_CAPACITY",
    "status": "GMM_OK",
    "statistics": "table.statistics_list",
    "bytes": "table_bytes",
    "num_bytes": "table_num_bytes",
}
HANDLES = {
    "gmm_data": "table.data",
    "gmm_model": "table.model",
    "gmm_posterior": "table.posterior",
    "gmm_summary": "table.summary",
    "gmm_em_fit": "table.fit",
    "gmm_statistics": "table.statistics",
    "gmm_variational_fit": "table.variational",
    "gmm_stepwise": "table.stepwise",
    "gmm_error": "table.error",
    "gmm_cancel": "table.cancel",
}

# What functions without a status return for an invalid handle or index, as a condition on `result`.
INVALID_RESULTS = {
    "gmm_error_status": "result == GMM_ERROR_NULL_ARGUMENT || result == GMM_ERROR_WRONG_HANDLE",
    "gmm_error_message": 'strcmp(result, "") == 0',
    "gmm_error_argument": 'strcmp(result, "") == 0',
    "gmm_error_rule": 'strcmp(result, "") == 0',
    "gmm_error_value": 'strcmp(result, "") == 0',
    "gmm_error_num_indices": "result == 0",
    "gmm_error_index": "result == -1",
    "gmm_error_system_code": "result == 0",
    "gmm_status_name": 'strcmp(result, "GMM_UNKNOWN_STATUS") == 0',
    "gmm_data_num_observations": "result == 0",
    "gmm_data_num_dimensions": "result == 0",
    "gmm_data_has_sample_weights": "result == 0",
    "gmm_data_column_name": "result == NULL",
    "gmm_data_fingerprint": "result == 0",
    "gmm_model_num_components": "result == 0",
    "gmm_model_num_dimensions": "result == 0",
    "gmm_model_num_spreads": "result == 0",
    "gmm_model_num_covariances": "result == 0",
    "gmm_model_covariance": "result == -1",
    "gmm_model_is_open": "result == 0",
    "gmm_summary_num_rows": "result == 0",
    "gmm_summary_num_columns": "result == 0",
    "gmm_summary_row_name": "result == NULL",
    "gmm_summary_column_name": "result == NULL",
    "gmm_summary_value": "isnan(result)",
    "gmm_summary_text": 'strcmp(result, "") == 0',
    "gmm_statistics_size": "result == 0",
    "gmm_stepwise_size": "result == 0",
    "gmm_stepwise_total_weight": "result == 0.0",
}

# Rows whose outcome is not "refused, with an argument named like the parameter": (function, parameter or field, value)
# as patterns, and the outcome, of which the first that fits counts:
#   ok         the call succeeds
#   any        it succeeds or is refused: which, depends on the rest of the call
#   cancelled  it would run for ever, and is run with a raised flag
#   status     it is refused, as the kind of value says; for what comes before a pattern that is wider
#   NAME       it is refused, and the argument contains NAME
OUTCOMES = [
    # Pointers that may be NULL.
    ("*", "out_error", "NULL", "ok"),
    ("*_init", "control", "NULL", "status"),
    ("*", "control", "NULL", "ok"),
    ("gmm_data_create", "options", "NULL", "ok"),
    ("gmm_data_create", "options.column_names", "NULL", "ok"),
    ("gmm_sample", "data", "NULL", "ok"),  # the prior is sampled
    ("gmm_sample", "options", "NULL", "ok"),
    ("gmm_*summarize", "options", "NULL", "ok"),
    ("gmm_fit_em", "options", "NULL", "ok"),
    ("gmm_fit_variational", "options", "NULL", "ok"),
    ("gmm_summarize", "names", "NULL", "ok"),
    ("*", "mixture.log_weights", "NULL", "ok"),
    ("gmm_kde", "points", "NULL", "ok"),
    ("gmm_kde", "out_points", "NULL", "ok"),
    ("gmm_kde", "out_bandwidth", "NULL", "ok"),
    ("gmm_histogram", "out_edges", "NULL", "ok"),
    ("*", "control.cancel", "NULL", "ok"),
    ("gmm_posterior_extend", "checkpoint", "NULL", "ok"),
    ("gmm_sample", "options.checkpoint", "NULL", "ok"),
    ("*_init", "checkpoint", "NULL", "status"),
    ("*", "checkpoint.struct_size", "8", "path"),
    ("gmm_fit_em", "options.model", "NULL", "ok"),
    ("gmm_posterior_export_csv", "chain", "0", "ok"),
    ("*", "options.initial*", "NULL", "ok"),
    ("gmm_fit_variational", "options.*_prior", "NULL", "ok"),
    ("gmm_data_create", "options.sample_weights", "NULL", "ok"),
    ("*", "options.means.family", "0", "ok"),  # GMM_PRIOR_FIXED
    ("*", "options.*.priors", "NULL", "ok"),  # of all families but GMM_PRIOR_EACH
    ("gmm_model_create", "options.weights.family", "-1", "weights.family"),
    ("gmm_model_create", "options.*.family", "-1", "ok"),  # GMM_PRIOR_SCALED
    ("*", "options.spread.*", "*", "spread"),
    ("*", "options.means.*", "*", "means"),
    ("*", "options.weights.second", "*", "ok"),
    ("*", "options.weights.*", "*", "weights"),
    # A struct of an older caller keeps its defaults beyond its size; of a newer one, the rest is zero.
    ("*", "mixture.struct_size", "8", "weights"),
    ("*", "approximation.struct_size", "8", "num_dimensions"),
    ("*", "*.struct_size", "larger and zero", "ok"),
    ("*", "out_*.struct_size", "larger and not zero", "ok"),
    ("*_init", "struct_size", "8", "ok"),
    (
        "*summarize",
        "options.struct_size",
        "8",
        "quantiles",
    ),  # num_quantiles is within, and no longer the default's 5
    ("*", "*.struct_size", "8", "ok"),
    # 0 where it is a number like any other, the default, or a known value of an enumeration.
    ("gmm_status_name", "status", "0", "ok"),
    ("*", "options.ordered_means", "0", "ok"),
    ("*", "options.shared_spread", "0", "ok"),
    ("*", "*.reserved", "0", "ok"),
    ("*", "*.covariance", "0", "ok"),
    ("*", "options.order_coordinate", "0", "ok"),
    ("gmm_sample", "options.method", "0", "ok"),
    ("gmm_sample", "options.num_tune", "0", "ok"),
    ("gmm_sample", "options.store_assignments", "0", "ok"),
    ("gmm_fit_*", "options.start", "0", "ok"),
    ("gmm_fit_variational", "options.max_iterations", "0", "ok"),
    ("*", "*.weights_family", "0", "ok"),
    # What comes after the first number of one dimension is not read.
    ("gmm_fit_variational", "options.*_prior", "NaN in the middle", "ok"),
    # Of an approximation what is derived is not read, nor the prior.
    ("gmm_variational_log_weights", "approximation.converged", "*", "ok"),
    ("gmm_variational_log_weights", "approximation.num_iterations", "*", "ok"),
    ("gmm_variational_log_weights", "approximation.lower_bound", "*", "ok"),
    ("gmm_variational_log_weights", "approximation.weights", "*", "ok"),
    ("gmm_variational_log_weights", "approximation.precisions_cholesky", "*", "ok"),
    ("gmm_variational_log_weights", "approximation.history", "*", "ok"),
    ("gmm_variational_log_weights", "approximation.*_prior", "*", "ok"),
    ("gmm_fit_em", "options.criterion", "0", "ok"),
    ("*", "control.num_threads", "0", "ok"),
    ("*", "control.kernel_build", "0", "ok"),
    ("*summarize", "options.num_quantiles", "0", "ok"),
    ("gmm_posterior_subset", "burn", "0", "ok"),
    ("gmm_posterior_view", "field", "0", "ok"),
    ("gmm_autocorrelation", "max_lag", "0", "ok"),
    ("gmm_summary_*", "row", "0", "ok"),
    ("gmm_summary_*", "column", "0", "ok"),
    ("*", "*seed", "*", "ok"),
    # Data sets may be empty, and nothing may be predicted.
    ("gmm_data_create", "num_observations", "0", "ok"),
    ("gmm_data_create", "options.row_stride", "0", "ok"),
    ("gmm_data_create", "options.first_row", "0", "ok"),
    ("gmm_data_column_name", "column", "0", "ok"),
    ("gmm_posterior_*", "num_points", "0", "ok"),
    ("gmm_mixture_*", "num_points", "0", "ok"),
    ("gmm_mixture_sample", "out_components", "NULL", "ok"),
    # As large as can be, and still meant.
    ("*", "control.num_threads", "INT32_MAX", "ok"),
    ("*", "capacity", "INT64_MAX", "ok"),
    ("gmm_posterior_subset", "thin", "INT64_MAX", "ok"),
    ("gmm_fit_*", "options.max_iterations", "INT64_MAX", "ok"),
    ("gmm_fit_*", "options.num_starts", "INT32_MAX", "ok"),  # given values are the only start
    # Numbers whose product with another is too large: either can be named.
    ("*", "*stride", "INT64_MAX", "num_"),
    ("gmm_sample", "options.num_*", "INT64_MAX", "draws"),
    ("gmm_sample", "options.thin", "INT64_MAX", "draws"),
    ("gmm_summarize", "num_chains", "INT64_MAX", "draws"),
    ("gmm_posterior_sample_predictive", "num_*", "INT64_MAX", "capacity"),
    ("gmm_kde", "num_points", "INT64_MAX", "capacity"),
    ("gmm_histogram", "num_bins", "INT64_MAX", "capacity"),
    # NaN and infinity among draws and parameters have an answer: NaN, or a density of 0.
    ("gmm_model_log_prior", "*", "NaN*", "ok"),
    ("gmm_model_log_prior", "*", "infinite", "ok"),
    ("gmm_summarize", "values", "NaN*", "ok"),
    ("gmm_summarize", "values", "infinite", "ok"),
    ("gmm_autocorrelation", "values", "NaN*", "ok"),
    ("gmm_autocorrelation", "values", "infinite", "ok"),
    ("gmm_histogram", "values", "NaN*", "ok"),
    ("gmm_histogram", "values", "infinite", "ok"),
    ("gmm_histogram", "*er", "-1.0", "ok"),
]
