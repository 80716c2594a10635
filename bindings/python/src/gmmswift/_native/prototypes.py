"""Generated from include/interface.json by `make interface`: the functions."""

from collections.abc import Mapping
from ctypes import (
    POINTER,
    Structure,
    c_char_p,
    c_double,
    c_int32,
    c_int64,
    c_size_t,
    c_uint64,
    c_void_p,
)
from typing import Any

from gmmswift._native.arrays import ByteArray, DoubleArray, Int32Array, Int64Array
from gmmswift._native.structs import (
    Control,
    DataOptions,
    EMOptions,
    EMResult,
    MixtureValues,
    ModelOptions,
    PosteriorInfo,
    SampleOptions,
    SummaryOptions,
    View,
)

__all__ = ["INITIALIZERS", "PROTOTYPES"]

# The result and the parameters of each function.
PROTOTYPES: Mapping[str, tuple[Any, list[Any]]] = {
    "gmm_version": (c_char_p, []),
    "gmm_build_info": (c_char_p, []),
    "gmm_abi_version": (c_int32, []),
    "gmm_status_name": (c_char_p, [c_int32]),
    "gmm_error_status": (c_int32, [c_void_p]),
    "gmm_error_message": (c_char_p, [c_void_p]),
    "gmm_error_argument": (c_char_p, [c_void_p]),
    "gmm_error_destroy": (None, [c_void_p]),
    "gmm_data_options_init": (c_int32, [POINTER(DataOptions), c_size_t]),
    "gmm_data_create": (
        c_int32,
        [DoubleArray, c_int64, c_int64, POINTER(DataOptions), POINTER(c_void_p), POINTER(c_void_p)],
    ),
    "gmm_data_num_observations": (c_int64, [c_void_p]),
    "gmm_data_num_dimensions": (c_int64, [c_void_p]),
    "gmm_data_has_sample_weights": (c_int32, [c_void_p]),
    "gmm_data_column_name": (c_char_p, [c_void_p, c_int64]),
    "gmm_data_fingerprint": (c_uint64, [c_void_p]),
    "gmm_data_destroy": (None, [c_void_p]),
    "gmm_model_options_init": (c_int32, [POINTER(ModelOptions), c_size_t]),
    "gmm_model_create": (c_int32, [POINTER(ModelOptions), POINTER(c_void_p), POINTER(c_void_p)]),
    "gmm_model_create_for_data": (
        c_int32,
        [POINTER(ModelOptions), c_void_p, POINTER(c_void_p), POINTER(c_void_p)],
    ),
    "gmm_model_get_options": (c_int32, [c_void_p, POINTER(ModelOptions), POINTER(c_void_p)]),
    "gmm_model_num_components": (c_int32, [c_void_p]),
    "gmm_model_num_dimensions": (c_int32, [c_void_p]),
    "gmm_model_num_spreads": (c_int32, [c_void_p]),
    "gmm_model_num_covariances": (c_int32, [c_void_p]),
    "gmm_model_covariance": (c_int32, [c_void_p]),
    "gmm_model_log_prior": (
        c_int32,
        [c_void_p, DoubleArray, DoubleArray, DoubleArray, DoubleArray, POINTER(c_void_p)],
    ),
    "gmm_model_destroy": (None, [c_void_p]),
    "gmm_cancel_create": (c_int32, [POINTER(c_void_p), POINTER(c_void_p)]),
    "gmm_cancel_request": (None, [c_void_p]),
    "gmm_cancel_reset": (None, [c_void_p]),
    "gmm_cancel_destroy": (None, [c_void_p]),
    "gmm_control_init": (c_int32, [POINTER(Control), c_size_t]),
    "gmm_sample_options_init": (c_int32, [POINTER(SampleOptions), c_size_t]),
    "gmm_sample": (
        c_int32,
        [
            c_void_p,
            c_void_p,
            POINTER(SampleOptions),
            POINTER(Control),
            POINTER(c_void_p),
            POINTER(c_void_p),
        ],
    ),
    "gmm_sample_prior": (
        c_int32,
        [c_void_p, c_int64, c_uint64, POINTER(c_void_p), POINTER(c_void_p)],
    ),
    "gmm_posterior_extend": (
        c_int32,
        [c_void_p, c_int64, POINTER(Control), POINTER(c_void_p), POINTER(c_void_p)],
    ),
    "gmm_posterior_subset": (
        c_int32,
        [c_void_p, c_int64, c_int64, POINTER(c_void_p), POINTER(c_void_p)],
    ),
    "gmm_posterior_save": (c_int32, [c_void_p, c_char_p, POINTER(c_void_p)]),
    "gmm_posterior_load": (c_int32, [c_char_p, POINTER(c_void_p), POINTER(c_void_p)]),
    "gmm_posterior_export_csv": (c_int32, [c_void_p, c_int64, c_char_p, POINTER(c_void_p)]),
    "gmm_posterior_get_model": (c_int32, [c_void_p, POINTER(c_void_p), POINTER(c_void_p)]),
    "gmm_posterior_get_data": (c_int32, [c_void_p, POINTER(c_void_p), POINTER(c_void_p)]),
    "gmm_posterior_destroy": (None, [c_void_p]),
    "gmm_posterior_get_info": (c_int32, [c_void_p, POINTER(PosteriorInfo), POINTER(c_void_p)]),
    "gmm_posterior_view": (c_int32, [c_void_p, c_int32, POINTER(View), POINTER(c_void_p)]),
    "gmm_posterior_probabilities": (
        c_int32,
        [c_void_p, POINTER(Control), DoubleArray, c_int64, POINTER(c_void_p)],
    ),
    "gmm_posterior_predict_probabilities": (
        c_int32,
        [c_void_p, c_void_p, POINTER(Control), DoubleArray, c_int64, POINTER(c_void_p)],
    ),
    "gmm_posterior_log_density": (
        c_int32,
        [c_void_p, c_void_p, POINTER(Control), DoubleArray, c_int64, POINTER(c_void_p)],
    ),
    "gmm_posterior_sample_predictive": (
        c_int32,
        [c_void_p, c_int64, c_int64, c_uint64, DoubleArray, c_int64, POINTER(c_void_p)],
    ),
    "gmm_summary_options_init": (c_int32, [POINTER(SummaryOptions), c_size_t]),
    "gmm_posterior_summarize": (
        c_int32,
        [c_void_p, POINTER(SummaryOptions), POINTER(c_void_p), POINTER(c_void_p)],
    ),
    "gmm_summarize": (
        c_int32,
        [
            DoubleArray,
            c_int64,
            c_int64,
            c_int64,
            POINTER(c_char_p),
            POINTER(SummaryOptions),
            POINTER(c_void_p),
            POINTER(c_void_p),
        ],
    ),
    "gmm_summary_num_rows": (c_int32, [c_void_p]),
    "gmm_summary_num_columns": (c_int32, [c_void_p]),
    "gmm_summary_row_name": (c_char_p, [c_void_p, c_int32]),
    "gmm_summary_column_name": (c_char_p, [c_void_p, c_int32]),
    "gmm_summary_value": (c_double, [c_void_p, c_int32, c_int32]),
    "gmm_summary_text": (c_char_p, [c_void_p]),
    "gmm_summary_destroy": (None, [c_void_p]),
    "gmm_autocorrelation": (
        c_int32,
        [DoubleArray, c_int64, c_int64, c_int64, DoubleArray, c_int64, POINTER(c_void_p)],
    ),
    "gmm_kde": (
        c_int32,
        [
            DoubleArray,
            c_int64,
            c_int64,
            c_double,
            DoubleArray,
            c_int64,
            DoubleArray,
            DoubleArray,
            c_int64,
            DoubleArray,
            POINTER(c_void_p),
        ],
    ),
    "gmm_histogram": (
        c_int32,
        [
            DoubleArray,
            c_int64,
            c_int64,
            c_double,
            c_double,
            c_int64,
            DoubleArray,
            Int64Array,
            c_int64,
            POINTER(c_void_p),
        ],
    ),
    "gmm_em_options_init": (c_int32, [POINTER(EMOptions), c_size_t]),
    "gmm_fit_em": (
        c_int32,
        [c_void_p, POINTER(EMOptions), POINTER(Control), POINTER(c_void_p), POINTER(c_void_p)],
    ),
    "gmm_em_fit_get_result": (c_int32, [c_void_p, POINTER(EMResult), POINTER(c_void_p)]),
    "gmm_em_fit_destroy": (None, [c_void_p]),
    "gmm_mixture_init": (c_int32, [POINTER(MixtureValues), c_size_t]),
    "gmm_mixture_probabilities": (
        c_int32,
        [
            POINTER(MixtureValues),
            c_void_p,
            POINTER(Control),
            DoubleArray,
            c_int64,
            POINTER(c_void_p),
        ],
    ),
    "gmm_mixture_log_density": (
        c_int32,
        [
            POINTER(MixtureValues),
            c_void_p,
            POINTER(Control),
            DoubleArray,
            c_int64,
            POINTER(c_void_p),
        ],
    ),
    "gmm_mixture_sample": (
        c_int32,
        [
            POINTER(MixtureValues),
            c_int64,
            c_uint64,
            POINTER(Control),
            DoubleArray,
            Int32Array,
            c_int64,
            POINTER(c_void_p),
        ],
    ),
    "gmm_statistics_compute": (
        c_int32,
        [POINTER(MixtureValues), c_void_p, POINTER(Control), POINTER(c_void_p), POINTER(c_void_p)],
    ),
    "gmm_statistics_merge": (
        c_int32,
        [POINTER(c_void_p), c_int64, POINTER(c_void_p), POINTER(c_void_p)],
    ),
    "gmm_statistics_maximize": (
        c_int32,
        [c_void_p, c_double, c_double, POINTER(c_void_p), POINTER(c_void_p)],
    ),
    "gmm_statistics_size": (c_int64, [c_void_p]),
    "gmm_statistics_write": (c_int32, [c_void_p, ByteArray, c_int64, POINTER(c_void_p)]),
    "gmm_statistics_read": (c_int32, [ByteArray, c_int64, POINTER(c_void_p), POINTER(c_void_p)]),
    "gmm_statistics_destroy": (None, [c_void_p]),
}

# The function that writes the defaults of each options struct.
INITIALIZERS: Mapping[type[Structure], str] = {
    DataOptions: "gmm_data_options_init",
    ModelOptions: "gmm_model_options_init",
    Control: "gmm_control_init",
    SampleOptions: "gmm_sample_options_init",
    SummaryOptions: "gmm_summary_options_init",
    EMOptions: "gmm_em_options_init",
    MixtureValues: "gmm_mixture_init",
}
