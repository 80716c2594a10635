/* Opens and closes the library 100 times and samples in between: reload LIBRARY. The program is not linked with it. */
#include <dlfcn.h>
#include <gmmswift.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Resident memory in kilobytes, and whether the library is mapped. */
static long resident_kilobytes(int *is_mapped) {
  char line[1024];
  long resident = -1;
  FILE *status = fopen("/proc/self/status", "r"), *maps = fopen("/proc/self/maps", "r");
  if (status == NULL || maps == NULL) exit(EXIT_FAILURE);
  while (fgets(line, sizeof line, status) != NULL) sscanf(line, "VmRSS: %ld", &resident);
  *is_mapped = 0;
  while (fgets(line, sizeof line, maps) != NULL) *is_mapped |= strstr(line, "libgmmswift") != NULL;
  fclose(status);
  fclose(maps);
  return resident;
}

/* ISO C has no cast from an object's address to a function's; POSIX has this one. */
#define FIND(library, name)                       \
  do {                                            \
    void *address = dlsym(library, #name);        \
    if (address == NULL) return -1.0;             \
    memcpy(&(name##_), &address, sizeof address); \
  } while (0)

/* Samples through the library at `path` and closes it; returns the first draw, or -1. */
static double first_draw(const char *path) {
  static const double zero = 0.0, ten = 10.0, values[] = {0.1, 0.3, 2.9, 3.2};
  gmm_status (*gmm_model_options_init_)(gmm_model_options *, size_t);
  gmm_status (*gmm_model_create_)(const gmm_model_options *, gmm_model **, gmm_error **);
  gmm_status (*gmm_data_create_)(const double *, int64_t, int64_t, const gmm_data_options *, gmm_data **, gmm_error **);
  gmm_status (*gmm_sample_)(const gmm_model *, const gmm_data *, const gmm_sample_options *, const gmm_control *,
                            gmm_posterior **, gmm_error **);
  gmm_status (*gmm_posterior_view_)(const gmm_posterior *, int32_t, gmm_view *, gmm_error **);
  void (*gmm_posterior_destroy_)(gmm_posterior *);
  void (*gmm_data_destroy_)(gmm_data *);
  void (*gmm_model_destroy_)(gmm_model *);
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return -1.0;
  FIND(library, gmm_model_options_init);
  FIND(library, gmm_model_create);
  FIND(library, gmm_data_create);
  FIND(library, gmm_sample);
  FIND(library, gmm_posterior_view);
  FIND(library, gmm_posterior_destroy);
  FIND(library, gmm_data_destroy);
  FIND(library, gmm_model_destroy);
  gmm_model_options options;
  gmm_model *model = NULL;
  gmm_data *data = NULL;
  gmm_posterior *posterior = NULL;
  gmm_view view;
  double result = -1.0;
  gmm_model_options_init_(&options, sizeof options);
  options.means = (gmm_prior){GMM_PRIOR_NORMAL, 1, &zero, &ten, NULL};
  options.spread = (gmm_prior){GMM_PRIOR_UNIFORM, 1, &zero, &ten, NULL};
  if (gmm_model_create_(&options, &model, NULL) == GMM_OK &&
      gmm_data_create_(values, 4, 1, NULL, &data, NULL) == GMM_OK &&
      gmm_sample_(model, data, NULL, NULL, &posterior, NULL) == GMM_OK &&
      gmm_posterior_view_(posterior, GMM_FIELD_MEANS, &view, NULL) == GMM_OK) {
    result = *(const double *)view.data;
  }
  gmm_posterior_destroy_(posterior);
  gmm_data_destroy_(data);
  gmm_model_destroy_(model);
  if (dlclose(library) != 0) result = -1.0;
  return result;
}

int main(int count, char **arguments) {
  if (count < 2) return EXIT_FAILURE;
  int is_mapped = 0;
  const double expected = first_draw(arguments[1]);
  for (int i = 0; i < 50; i++) (void)first_draw(arguments[1]);
  const long before = resident_kilobytes(&is_mapped);
  int num_right = 0;
  for (int i = 0; i < 100; i++) num_right += first_draw(arguments[1]) == expected;
  const long after = resident_kilobytes(&is_mapped);
  /* The library stays mapped after dlclose (-z nodelete), since the Swift runtime cannot be taken down; closing it 100
   * times costs nothing but the pages that are
   * touched for the first time, and the second dlopen finds it as it was. */
  printf("reload: %d of 100 loads gave the same draw, %s, %ld kB before, %ld kB after\n", num_right,
         is_mapped ? "still mapped" : "unmapped", before, after);
  return expected != -1.0 && num_right == 100 && is_mapped && after - before <= 512 ? EXIT_SUCCESS : EXIT_FAILURE;
}
