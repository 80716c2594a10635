/*
 * One process with two languages and one library. This native program samples through the C interface. Then it lets the
 * Python interpreter that it embeds sample through the gmmswift package. Both use the copy of libgmmswift with which
 * this program is linked, and both get the same draws, bit for bit.
 *
 *     host DATA [PYTHON]
 *
 * DATA is a text file with one number on each line. PYTHON is the interpreter whose installed packages are used, such
 * as that of a virtual environment.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <dlfcn.h>
#include <link.h>
#include <stdbool.h>

#include "../c/example.h"

/* ------------------------------------------------------------------------------------------ Sampling from C */

static gmm_posterior *sample_in_c(const double *values, int64_t num_values) {
  gmm_error *error = NULL;
  const double prior_mean = 0.0, prior_sd = 15.0, sd_lower = 0.0, sd_upper = 20.0;

  gmm_model_options options;
  gmm_model_options_init(&options, sizeof options);
  options.num_components = 3;
  options.ordered_means = 1;
  options.shared_spread = 1;
  options.minimum_weight = 0.1;
  options.means = (gmm_prior){GMM_PRIOR_NORMAL, 1, &prior_mean, &prior_sd, NULL};
  options.spread = (gmm_prior){GMM_PRIOR_UNIFORM, 1, &sd_lower, &sd_upper, NULL};

  gmm_model *model = NULL;
  check(gmm_model_create(&options, &model, &error), &error);

  gmm_sample_options sampling;
  gmm_sample_options_init(&sampling, sizeof sampling);
  sampling.num_chains = 2;
  sampling.num_tune = 500;
  sampling.num_draws = 2000;
  sampling.seed = 12345;

  gmm_posterior *posterior = NULL;
  gmm_data *data = NULL;
  check(gmm_data_create(values, num_values, 1, NULL, &data, &error), &error);
  check(gmm_sample(model, data, &sampling, NULL, &posterior, &error), &error);
  gmm_data_destroy(data);
  gmm_model_destroy(model);
  return posterior;
}

/* ------------------------------------------------------------------------------------- Sampling from Python */

/* Expects `data`, a memoryview of doubles, and leaves `draws`, a dictionary of contiguous arrays. */
static const char script[] =
    "import numpy as np\n"
    "import gmmswift as gm\n"
    "model = gm.Mixture(n_components=3, weights=gm.Dirichlet(1.0, minimum=0.1),\n"
    "                   means=gm.Normal(0.0, sd=15.0), ordered=True,\n"
    "                   sd=gm.Uniform(0, 20), shared_sd=True)\n"
    "posterior = gm.sample(model, np.frombuffer(data), draws=2000, tune=500, chains=2, random_seed=12345)\n"
    "draws = {name: np.ascontiguousarray(posterior[name])\n"
    "         for name in ('weights', 'means', 'sd', 'log_posterior')}\n"
    "print(posterior.summary())\n";

/* Ends the program with Python's own message. */
static void fail_in_python(void) {
  PyErr_Print();
  exit(EXIT_FAILURE);
}

/* Returns the file from which the dynamic linker loaded the library. */
static const char *library_path(void) {
  void *handle = dlopen("libgmmswift.so.0", RTLD_NOW | RTLD_NOLOAD);
  struct link_map *map = NULL;
  if (handle == NULL || dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0) {
    fprintf(stderr, "%s\n", dlerror());
    exit(EXIT_FAILURE);
  }
  dlclose(handle);
  return map->l_name;
}

/* Starts Python so that it finds the packages of the given interpreter (or its own, for NULL) and this very library. */
static void start_python(const char *interpreter) {
  setenv("GMMSWIFT_LIBRARY", library_path(), 1);
  PyConfig config;
  PyConfig_InitPythonConfig(&config);
  config.install_signal_handlers = 0; /* signals belong to the host */
  PyStatus status = PyStatus_Ok();
  if (interpreter != NULL) status = PyConfig_SetBytesString(&config, &config.executable, interpreter);
  if (!PyStatus_Exception(status)) status = Py_InitializeFromConfig(&config);
  PyConfig_Clear(&config);
  if (PyStatus_Exception(status)) Py_ExitStatusException(status);
}

/* Runs the script on the host's own array, without a copy; returns the dictionary of draws. */
static PyObject *sample_in_python(double *values, int64_t num_values) {
  PyObject *names = PyDict_New();
  PyObject *data =
      PyMemoryView_FromMemory((char *)values, (Py_ssize_t)num_values * (Py_ssize_t)sizeof *values, PyBUF_READ);
  if (names == NULL || data == NULL || PyDict_SetItemString(names, "data", data) != 0) fail_in_python();
  Py_DECREF(data);

  PyObject *result = PyRun_String(script, Py_file_input, names, names);
  if (result == NULL) fail_in_python();
  Py_DECREF(result);

  PyObject *draws = PyDict_GetItemString(names, "draws");
  if (draws == NULL) fail_in_python();
  Py_INCREF(draws);
  Py_DECREF(names);
  return draws;
}

/* ---------------------------------------------------------------------------------------------- Comparison */

/* Returns whether the draws of one field equal Python's array of that name, bit for bit. */
static bool is_identical(const gmm_posterior *posterior, int32_t field, PyObject *draws, const char *name) {
  gmm_error *error = NULL;
  gmm_view view;
  Py_buffer array;
  check(gmm_posterior_view(posterior, field, &view, &error), &error);
  PyObject *object = PyDict_GetItemString(draws, name);
  if (object == NULL || PyObject_GetBuffer(object, &array, PyBUF_C_CONTIGUOUS) != 0) fail_in_python();

  const int64_t count = view.shape[0] * view.shape[1] * view.shape[2];
  bool identical = array.len == (Py_ssize_t)(count * (int64_t)sizeof(double));
  const double *left = view.data, *right = array.buf;
  for (int64_t chain = 0; identical && chain < view.shape[0]; chain++) {
    for (int64_t draw = 0; identical && draw < view.shape[1]; draw++) {
      for (int64_t k = 0; identical && k < view.shape[2]; k++, right++) {
        const double *value = left + chain * view.strides[0] + draw * view.strides[1] + k * view.strides[2];
        identical = memcmp(value, right, sizeof *value) == 0;
      }
    }
  }
  PyBuffer_Release(&array);
  printf("%-13s %8lld values: %s\n", name, (long long)count, identical ? "the same bits" : "DIFFERENT");
  return identical;
}

/* Counts the loaded files that are a libgmmswift, whatever their folder is called. */
static int count_library(struct dl_phdr_info *object, size_t size, void *count) {
  (void)size;
  const char *slash = strrchr(object->dlpi_name, '/');
  const char *name = slash != NULL ? slash + 1 : object->dlpi_name;
  if (strncmp(name, "libgmmswift.so", strlen("libgmmswift.so")) == 0) ++*(int *)count;
  return 0;
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: %s DATA [PYTHON]\n", argv[0]);
    return EXIT_FAILURE;
  }
  int64_t num_values = 0;
  double *values = read_values(argv[1], &num_values);
  gmm_posterior *posterior = sample_in_c(values, num_values);

  start_python(argc > 2 ? argv[2] : NULL);
  PyObject *draws = sample_in_python(values, num_values);

  bool identical = is_identical(posterior, GMM_FIELD_WEIGHTS, draws, "weights");
  identical &= is_identical(posterior, GMM_FIELD_MEANS, draws, "means");
  identical &= is_identical(posterior, GMM_FIELD_SDS, draws, "sd");
  identical &= is_identical(posterior, GMM_FIELD_LOG_POSTERIOR, draws, "log_posterior");

  int num_libraries = 0;
  dl_iterate_phdr(count_library, &num_libraries);
  printf("copies of libgmmswift in this process: %d\n", num_libraries);
  identical = identical && num_libraries == 1;
  printf("%s\n", identical ? "identical draws" : "the draws differ");

  Py_DECREF(draws);
  if (Py_FinalizeEx() != 0) identical = false;
  gmm_posterior_destroy(posterior);
  free(values);
  return identical ? EXIT_SUCCESS : EXIT_FAILURE;
}
