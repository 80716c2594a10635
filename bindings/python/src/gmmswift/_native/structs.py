"""Generated from include/interface.json by `make interface`: the structs."""

from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    c_char_p,
    c_double,
    c_int32,
    c_int64,
    c_uint32,
    c_uint64,
    c_void_p,
)

__all__ = [
    "PROGRESS_FN",
    "SINK_FN",
    "Background",
    "ChainMoves",
    "ChainTempering",
    "Checkpoint",
    "Control",
    "DataOptions",
    "EMOptions",
    "EMResult",
    "Evidence",
    "EvidenceOptions",
    "KdeOptions",
    "LabelOptions",
    "Loo",
    "MixtureValues",
    "ModeOptions",
    "ModeResult",
    "ModelOptions",
    "Part",
    "PartitionOptions",
    "PartitionResult",
    "PosteriorInfo",
    "Prior",
    "Progress",
    "RunInfo",
    "SampleOptions",
    "SummaryOptions",
    "Until",
    "UntilResult",
    "VariationalOptions",
    "VariationalResult",
    "View",
]


class DataOptions(Structure):
    """``gmm_data_options``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("missing", c_int32),
        ("row_stride", c_int64),
        ("first_row", c_int64),
        ("sample_weights", c_void_p),
        ("column_names", c_void_p),
        ("error_sds", c_void_p),
        ("error_covariances", c_void_p),
        ("lower", c_void_p),
        ("upper", c_void_p),
        ("labels", c_void_p),
        ("label_shares", c_void_p),
        ("num_label_shares", c_int64),
    )


class Background(Structure):
    """``gmm_background``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("reserved", c_int32),
        ("weight_first", c_double),
        ("weight_second", c_double),
        ("fixed_weight", c_double),
        ("volume", c_double),
        ("lower", c_void_p),
        ("upper", c_void_p),
    )


class Prior(Structure):
    """``gmm_prior``."""

    _fields_ = (
        ("family", c_int32),
        ("num_values", c_int32),
        ("first", c_void_p),
        ("second", c_void_p),
        ("priors", c_void_p),
    )


class ModelOptions(Structure):
    """``gmm_model_options``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("num_components", c_int32),
        ("num_dimensions", c_int32),
        ("covariance", c_int32),
        ("shared_spread", c_int32),
        ("ordered_means", c_int32),
        ("order_coordinate", c_int32),
        ("default_priors", c_int32),
        ("weights", Prior),
        ("minimum_weight", c_double),
        ("means", Prior),
        ("spread", Prior),
        ("count", Prior),
        ("background", c_void_p),
    )


class SampleOptions(Structure):
    """``gmm_sample_options``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("method", c_int32),
        ("num_draws", c_int64),
        ("num_tune", c_int64),
        ("num_chains", c_int64),
        ("thin", c_int64),
        ("seed", c_uint64),
        ("store_assignments", c_int32),
        ("num_initial", c_int32),
        ("initial_weights", c_void_p),
        ("initial_means", c_void_p),
        ("initial_sds", c_void_p),
        ("initial_covariances", c_void_p),
        ("initial_mixture", c_void_p),
        ("initial_posterior", c_void_p),
        ("checkpoint", c_void_p),
        ("moves", c_int32),
        ("num_rungs", c_int32),
        ("until", c_void_p),
    )


class Until(Structure):
    """``gmm_until``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("reserved", c_int32),
        ("ess", c_double),
        ("r_hat", c_double),
        ("max_draws", c_int64),
        ("seconds", c_double),
    )


class RunInfo(Structure):
    """``gmm_run_info``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("state", c_int32),
        ("status", c_int32),
        ("num_chains", c_int32),
        ("num_draws", c_int64),
        ("iterations_done", c_int64),
        ("iterations_total", c_int64),
        ("draws_done", c_int64),
        ("draws_total", c_int64),
        ("seconds", c_double),
    )


class Part(Structure):
    """``gmm_part``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("num_chains", c_int32),
        ("first_draw", c_int64),
        ("num_draws", c_int64),
        ("posterior", c_void_p),
    )


SINK_FN = CFUNCTYPE(c_int32, POINTER(Part), c_void_p)


class PosteriorInfo(Structure):
    """``gmm_posterior_info``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("num_components", c_int32),
        ("num_dimensions", c_int32),
        ("covariance", c_int32),
        ("num_sds", c_int32),
        ("num_covariances", c_int32),
        ("num_observations", c_int64),
        ("num_chains", c_int64),
        ("num_draws", c_int64),
        ("num_tune", c_int64),
        ("thin", c_int64),
        ("seed", c_uint64),
        ("method", c_int32),
        ("has_assignments", c_int32),
        ("is_prior", c_int32),
        ("can_extend", c_int32),
        ("seconds", c_double),
        ("label_rule", c_int32),
        ("label_coordinate", c_int32),
    )


class ChainMoves(Structure):
    """``gmm_chain_moves``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("num_joint", c_int32),
        ("split_merge", c_int32),
        ("reserved", c_int32),
        ("interval", c_int64),
        ("num_proposed", c_int64),
        ("num_accepted", c_int64),
    )


class ChainTempering(Structure):
    """``gmm_chain_tempering``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("num_rungs", c_int32),
        ("barrier", c_double),
        ("num_round_trips", c_int64),
    )


class UntilResult(Structure):
    """``gmm_until_result``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("end", c_int32),
        ("ess", c_double),
        ("r_hat", c_double),
        ("ess_scalar", c_int32),
        ("r_hat_scalar", c_int32),
    )


class View(Structure):
    """``gmm_view``."""

    _fields_ = (
        ("data", c_void_p),
        ("element", c_int32),
        ("num_axes", c_int32),
        ("shape", c_int64 * 6),
        ("strides", c_int64 * 6),
    )


class LabelOptions(Structure):
    """``gmm_label_options``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("rule", c_int32),
        ("coordinate", c_int32),
        ("reserved", c_int32),
        ("labels", c_void_p),
        ("num_labels", c_int64),
        ("mixture", c_void_p),
        ("reference", c_void_p),
    )


class SummaryOptions(Structure):
    """``gmm_summary_options``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("num_quantiles", c_int32),
        ("hdi_probability", c_double),
        ("quantiles", c_void_p),
    )


class Loo(Structure):
    """``gmm_loo``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("reserved", c_int32),
        ("num_draws", c_int64),
        ("elpd", c_double),
        ("se", c_double),
        ("p_loo", c_double),
        ("good_k", c_double),
        ("num_bad_k", c_int64),
        ("relative_efficiency", c_double),
    )


class EvidenceOptions(Structure):
    """``gmm_evidence_options``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("method", c_int32),
        ("num_draws", c_int64),
        ("num_terms", c_int64),
        ("seed", c_uint64),
    )


class Evidence(Structure):
    """``gmm_evidence``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("method", c_int32),
        ("log_evidence", c_double),
        ("error", c_double),
        ("log_prior_mass", c_double),
        ("overlap", c_double),
        ("num_draws", c_int64),
        ("num_terms", c_int64),
        ("num_rungs", c_int32),
        ("is_exact", c_int32),
    )


class PartitionOptions(Structure):
    """``gmm_partition_options``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("loss", c_int32),
        ("num_draws", c_int64),
        ("num_starts", c_int32),
        ("max_clusters", c_int32),
        ("seed", c_uint64),
        ("ball_probability", c_double),
    )


class PartitionResult(Structure):
    """``gmm_partition_result``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("loss", c_int32),
        ("num_clusters", c_int64),
        ("expected_loss", c_double),
        ("radius", c_double),
        ("horizontal_distance", c_double),
        ("upper_distance", c_double),
        ("lower_distance", c_double),
        ("horizontal_clusters", c_int64),
        ("upper_clusters", c_int64),
        ("lower_clusters", c_int64),
        ("num_draws", c_int64),
    )


class ModeOptions(Structure):
    """``gmm_mode_options``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("reserved", c_int32),
        ("num_draws", c_int64),
        ("num_steps", c_int64),
        ("seed", c_uint64),
    )


class ModeResult(Structure):
    """``gmm_mode_result``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("num_modes", c_int32),
        ("num_draws", c_int64),
        ("reach", c_double),
    )


class Progress(Structure):
    """``gmm_progress``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("num_chains", c_int32),
        ("iterations_done", c_int64),
        ("iterations_total", c_int64),
        ("draws_done", c_int64),
        ("draws_total", c_int64),
        ("seconds_elapsed", c_double),
        ("seconds_left", c_double),
    )


PROGRESS_FN = CFUNCTYPE(c_int32, POINTER(Progress), c_void_p)


class Control(Structure):
    """``gmm_control``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("num_threads", c_int32),
        ("progress", PROGRESS_FN),
        ("progress_user_data", c_void_p),
        ("progress_interval", c_double),
        ("cancel", c_void_p),
        ("kernel_build", c_int32),
        ("reserved", c_int32),
        ("time_limit", c_double),
    )


class Checkpoint(Structure):
    """``gmm_checkpoint``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("reserved", c_int32),
        ("path", c_char_p),
        ("interval", c_double),
    )


class EMOptions(Structure):
    """``gmm_em_options``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("num_components", c_int32),
        ("covariance", c_int32),
        ("shared_spread", c_int32),
        ("start", c_int32),
        ("num_starts", c_int32),
        ("seed", c_uint64),
        ("initial_weights", c_void_p),
        ("initial_means", c_void_p),
        ("initial_covariances", c_void_p),
        ("initial_responsibilities", c_void_p),
        ("max_iterations", c_int64),
        ("tolerance", c_double),
        ("criterion", c_int32),
        ("order", c_int32),
        ("variance_floor", c_double),
        ("regularization", c_double),
        ("model", c_void_p),
        ("background", c_void_p),
    )


class EMResult(Structure):
    """``gmm_em_result``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("num_components", c_int32),
        ("num_dimensions", c_int32),
        ("covariance", c_int32),
        ("shared_spread", c_int32),
        ("converged", c_int32),
        ("num_iterations", c_int64),
        ("move", c_double),
        ("log_likelihood", c_double),
        ("log_prior", c_double),
        ("lower_bound", c_double),
        ("bic", c_double),
        ("aic", c_double),
        ("icl", c_double),
        ("entropy", c_double),
        ("num_parameters", c_int64),
        ("weights", c_void_p),
        ("means", c_void_p),
        ("num_covariances", c_int64),
        ("covariances", c_void_p),
        ("sds", c_void_p),
        ("precisions_cholesky", c_void_p),
        ("num_at_floor", c_int64),
        ("num_collapsed", c_int64),
        ("collapsed_components", c_void_p),
        ("collapsed_coordinates", c_void_p),
        ("history", c_void_p),
        ("background_weight", c_double),
        ("log_background", c_double),
        ("background_lower", c_void_p),
        ("background_upper", c_void_p),
    )


class VariationalResult(Structure):
    """``gmm_variational_result``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("num_components", c_int32),
        ("num_dimensions", c_int32),
        ("covariance", c_int32),
        ("weights_family", c_int32),
        ("converged", c_int32),
        ("num_iterations", c_int64),
        ("lower_bound", c_double),
        ("weights", c_void_p),
        ("weight_concentration", c_void_p),
        ("mean_precision", c_void_p),
        ("means", c_void_p),
        ("degrees_of_freedom", c_void_p),
        ("covariances", c_void_p),
        ("precisions_cholesky", c_void_p),
        ("history", c_void_p),
        ("weight_concentration_prior", c_double),
        ("mean_precision_prior", c_double),
        ("degrees_of_freedom_prior", c_double),
        ("mean_prior", c_void_p),
        ("covariance_prior", c_void_p),
    )


class VariationalOptions(Structure):
    """``gmm_variational_options``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("num_components", c_int32),
        ("covariance", c_int32),
        ("weights_family", c_int32),
        ("start", c_int32),
        ("num_starts", c_int32),
        ("max_iterations", c_int64),
        ("tolerance", c_double),
        ("regularization", c_double),
        ("seed", c_uint64),
        ("weight_concentration_prior", c_double),
        ("mean_precision_prior", c_double),
        ("degrees_of_freedom_prior", c_double),
        ("mean_prior", c_void_p),
        ("covariance_prior", c_void_p),
        ("initial_responsibilities", c_void_p),
        ("initial", c_void_p),
    )


class MixtureValues(Structure):
    """``gmm_mixture``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("num_components", c_int32),
        ("num_dimensions", c_int32),
        ("covariance", c_int32),
        ("weights", c_void_p),
        ("means", c_void_p),
        ("covariances", c_void_p),
        ("log_weights", c_void_p),
        ("shared_spread", c_int32),
        ("reserved", c_int32),
        ("background_weight", c_double),
        ("log_background", c_double),
        ("background_lower", c_void_p),
        ("background_upper", c_void_p),
    )


class KdeOptions(Structure):
    """``gmm_kde_options``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("rule", c_int32),
        ("bandwidth", c_double),
        ("lower", c_double),
        ("upper", c_double),
    )
