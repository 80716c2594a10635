/* A program that uses an installed copy: fits two clusters and checks where they are. */
#include <gmmswift.h>
#include <stdio.h>
#include <string.h>

int main(void) {
  const double values[] = {1.2, 0.8, 1.1, 0.9, 4.8, 5.3, 5.1, 4.9, 5.0};
  gmm_em_options options;
  gmm_em_options_init(&options, sizeof options);
  options.num_components = 2;

  gmm_error *error = NULL;
  gmm_data *data = NULL;
  gmm_em_fit *fit = NULL;
  gmm_em_result result = {.struct_size = sizeof result};
  if (gmm_data_create(values, 9, 1, NULL, &data, &error) != GMM_OK ||
      gmm_fit_em(data, &options, NULL, &fit, &error) != GMM_OK ||
      gmm_em_fit_get_result(fit, &result, &error) != GMM_OK) {
    printf("%s\n", gmm_error_message(error));
    gmm_error_destroy(error);
    return 1;
  }
  /* The groups are four apart with sds of 0.2: each mean is that of its group, 1 and 5.02. */
  const int is_right = result.means[0] > 0.999 && result.means[0] < 1.001 && result.means[1] > 5.019 &&
                       result.means[1] < 5.021 && strcmp(gmm_version(), GMM_VERSION_STRING) == 0;
  gmm_em_fit_destroy(fit);
  gmm_data_destroy(data);
  return is_right ? 0 : 1;
}
