#include "behaviour.h"

int main(void) {
  EXPECT(strcmp(gmm_version(), GMM_VERSION_STRING) == 0);
  EXPECT(strncmp(gmm_build_info(), "version=" GMM_VERSION_STRING " ", strlen("version=" GMM_VERSION_STRING " ")) == 0);
  EXPECT(strstr(gmm_build_info(), "available=portable") != NULL);
  EXPECT(gmm_abi_version() == GMM_ABI_VERSION);
  fixture_fill();
  behaviour_draws();
  behaviour_continuation();
  behaviour_files();
  behaviour_control();
  behaviour_cancelling();
  behaviour_processes();
  behaviour_models();
  behaviour_dimensions();
  behaviour_data();
  behaviour_summaries();
  behaviour_predictions();
  behaviour_arrays();
  behaviour_em();
  behaviour_statistics();
  behaviour_mixtures();
  behaviour_degenerate();
  return check_report("behaviour");
}
