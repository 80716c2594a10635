#include "misuse.h"

int main(void) {
  static double zeros[32];
  fixture_fill();
  const gmm_model_options model_options = fixture_model_options();
  const gmm_sample_options sample_options = fixture_sample_options();

  misuse_handles handles = {NULL, NULL, NULL, NULL, zeros};
  handles.model = fixture_model(&model_options);
  handles.posterior = fixture_posterior(handles.model, &sample_options);
  ACCEPTED(gmm_sample_prior(handles.model, 10, 1, NULL, &handles.prior, out_error));
  ACCEPTED(gmm_cancel_create(&handles.cancel, out_error));

  misuse_errors(&handles);
  misuse_sizes(&handles);
  misuse_models(&handles);
  misuse_dimensions(&handles);
  misuse_data_sets(&handles);
  misuse_data_tables(&handles);
  misuse_sampling(&handles);
  misuse_posteriors(&handles);
  misuse_files(&handles);
  misuse_labels(&handles);
  misuse_prediction(&handles);
  misuse_summaries(&handles);
  misuse_arrays(&handles);
  misuse_em(&handles);
  misuse_statistics(&handles);
  misuse_known_mixtures(&handles);
  misuse_starts(&handles);
  misuse_stepwise(&handles);
  misuse_variational(&handles);

  gmm_cancel_destroy(handles.cancel);
  gmm_posterior_destroy(handles.prior);
  gmm_posterior_destroy(handles.posterior);
  gmm_model_destroy(handles.model);
  return check_report("misuse");
}
