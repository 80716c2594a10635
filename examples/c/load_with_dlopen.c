/*
 * The library as a plug-in, which is found and loaded while the program runs, not when it is linked.
 *
 *     load_with_dlopen [libgmmswift.so.0]
 */
#include <dlfcn.h>
#include <gmmswift.h>
#include <stdio.h>
#include <stdlib.h>

/* One pointer for each function in use. The header's prototypes give the types, so that they cannot disagree. */
static struct {
  __typeof__(gmm_version) *version;
  __typeof__(gmm_abi_version) *abi_version;
  __typeof__(gmm_error_message) *error_message;
  __typeof__(gmm_error_destroy) *error_destroy;
  __typeof__(gmm_data_create) *data_create;
  __typeof__(gmm_data_destroy) *data_destroy;
  __typeof__(gmm_em_options_init) *em_options_init;
  __typeof__(gmm_fit_em) *fit_em;
  __typeof__(gmm_em_fit_get_result) *em_fit_get_result;
  __typeof__(gmm_em_fit_destroy) *em_fit_destroy;
} gmm;

/* Looks a function up, or ends the program. POSIX allows to read dlsym's result as a pointer to a function, for which
 * ISO C has no cast. `function` points to the place of that pointer. */
static void find(void *library, const char *name, void *function) {
  *(void **)function = dlsym(library, name);
  if (*(void **)function != NULL) return;
  fprintf(stderr, "%s\n", dlerror());
  exit(EXIT_FAILURE);
}

int main(int argc, char **argv) {
  void *library = dlopen(argc > 1 ? argv[1] : "libgmmswift.so.0", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    return EXIT_FAILURE;
  }
  find(library, "gmm_version", &gmm.version);
  find(library, "gmm_abi_version", &gmm.abi_version);
  find(library, "gmm_error_message", &gmm.error_message);
  find(library, "gmm_error_destroy", &gmm.error_destroy);
  find(library, "gmm_data_create", &gmm.data_create);
  find(library, "gmm_data_destroy", &gmm.data_destroy);
  find(library, "gmm_em_options_init", &gmm.em_options_init);
  find(library, "gmm_fit_em", &gmm.fit_em);
  find(library, "gmm_em_fit_get_result", &gmm.em_fit_get_result);
  find(library, "gmm_em_fit_destroy", &gmm.em_fit_destroy);

  /* The structs in this program are those of its header, so the library must have the same binary interface. */
  if (gmm.abi_version() != GMM_ABI_VERSION) {
    fprintf(stderr, "binary interface %d is needed, %d was found\n", GMM_ABI_VERSION, (int)gmm.abi_version());
    return EXIT_FAILURE;
  }
  printf("libgmmswift %s\n", gmm.version());

  const double values[] = {1.2, 0.8, 1.1, 0.9, 4.8, 5.3, 5.1, 4.9, 5.0};
  const int64_t num_values = sizeof values / sizeof values[0];

  gmm_em_options options;
  gmm.em_options_init(&options, sizeof options);
  options.num_components = 2;

  gmm_error *error = NULL;
  gmm_data *data = NULL;
  gmm_em_fit *fit = NULL;
  gmm_em_result result = {.struct_size = sizeof result};
  if (gmm.data_create(values, num_values, 1, NULL, &data, &error) != GMM_OK ||
      gmm.fit_em(data, &options, NULL, &fit, &error) != GMM_OK ||
      gmm.em_fit_get_result(fit, &result, &error) != GMM_OK) {
    fprintf(stderr, "%s\n", gmm.error_message(error));
    gmm.error_destroy(error);
    gmm.em_fit_destroy(fit);
    gmm.data_destroy(data);
    return EXIT_FAILURE;
  }
  printf("means %.4f %.4f\n", result.means[0], result.means[1]);

  gmm.em_fit_destroy(fit);
  gmm.data_destroy(data);
  dlclose(library);
  return EXIT_SUCCESS;
}
