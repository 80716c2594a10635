/* Loses a posterior, so that a search for lost memory has something to find. */
#include "fixture.h"

int main(void) {
  fixture_fill();
  const gmm_model_options model_options = fixture_model_options();
  const gmm_sample_options options = fixture_sample_options();
  gmm_model *model = fixture_model(&model_options);
  fixture_posterior(model, &options);
  gmm_model_destroy(model);
  return 0;
}
