/* Calls of every kind run in processes whose address space is limited, from hardly any room to enough. Each call
 * succeeds or is refused with GMM_ERROR_OUT_OF_MEMORY, and never ends the process. */
#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "fixture.h"

enum { MANY = 300000, K = 3, WIDE = 3000 };

static double *numbers, *output;
static int64_t *counts;
static gmm_data *many, *two;
static gmm_model *model;
static gmm_posterior *posterior, *posterior_of_many;
static int64_t *labels;
static const double zero = 0.0, one = 1.0, ten = 10.0;

static gmm_control one_thread(void) {
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  control.num_threads = 1;
  return control;
}

static gmm_status lay_many_out(void) {
  gmm_data *made = NULL;
  const gmm_status status = gmm_data_create(numbers, MANY, 1, NULL, &made, NULL);
  gmm_data_destroy(made);
  return status;
}

static gmm_status lay_weighted_out(void) {
  gmm_data *made = NULL;
  gmm_data_options options = fixture_data_options();
  for (int i = 0; i < MANY; i++) output[i] = 0.5;
  options.sample_weights = output;
  const gmm_status status = gmm_data_create(numbers, MANY, 1, &options, &made, NULL);
  gmm_data_destroy(made);
  return status;
}

static gmm_status sample_many_observations(void) {
  gmm_sample_options options = fixture_sample_options();
  const gmm_control control = one_thread();
  gmm_posterior *made = NULL;
  options.num_draws = 1;
  options.num_tune = 0;
  options.num_chains = 1;
  options.store_assignments = 1;
  const gmm_status status = gmm_sample(model, many, &options, &control, &made, NULL);
  gmm_posterior_destroy(made);
  return status;
}

static gmm_status sample_many_draws(void) {
  gmm_sample_options options = fixture_sample_options();
  const gmm_control control = one_thread();
  gmm_posterior *made = NULL;
  options.num_draws = MANY / 5;
  const gmm_status status = gmm_sample(model, two, &options, &control, &made, NULL);
  gmm_posterior_destroy(made);
  return status;
}

static gmm_status sample_many_chains(void) {
  gmm_sample_options options = fixture_sample_options();
  const gmm_control control = one_thread();
  gmm_posterior *made = NULL;
  options.num_draws = 1;
  options.num_tune = 0;
  options.num_chains = 5000;
  const gmm_status status = gmm_sample(model, two, &options, &control, &made, NULL);
  gmm_posterior_destroy(made);
  return status;
}

static gmm_status sample_prior(void) {
  gmm_posterior *made = NULL;
  const gmm_status status = gmm_sample_prior(model, MANY / 4, 1, NULL, &made, NULL);
  gmm_posterior_destroy(made);
  return status;
}

static gmm_status extend(void) {
  const gmm_control control = one_thread();
  gmm_posterior *made = NULL;
  const gmm_status status = gmm_posterior_extend(posterior, MANY / 5, NULL, &control, &made, NULL);
  gmm_posterior_destroy(made);
  return status;
}

static gmm_status summarize_posterior(void) {
  gmm_summary *made = NULL;
  const gmm_status status = gmm_posterior_summarize(posterior, NULL, NULL, &made, NULL);
  gmm_summary_destroy(made);
  return status;
}

static gmm_status summarize_numbers(void) {
  gmm_summary *made = NULL;
  const gmm_status status = gmm_summarize(numbers, 2, MANY / 4, 2, NULL, NULL, NULL, &made, NULL);
  gmm_summary_destroy(made);
  return status;
}

static gmm_status summarize_many_quantities(void) {
  gmm_summary *made = NULL;
  const gmm_status status = gmm_summarize(numbers, 1, 4, MANY / 50, NULL, NULL, NULL, &made, NULL);
  gmm_summary_destroy(made);
  return status;
}

static gmm_status autocorrelation(void) {
  return gmm_autocorrelation(numbers, MANY, 1, MANY / 2, NULL, output, MANY, NULL);
}

static gmm_status density(void) {
  return gmm_kde(numbers, MANY, 1, NULL, NULL, 1000, NULL, output, 1000, output + 1000, 1000, NULL, NULL);
}

static gmm_status density_at_points(void) {
  gmm_kde_options options;
  gmm_kde_options_init(&options, sizeof options);
  options.bandwidth = 1.0;
  return gmm_kde(numbers, 4, 1, &options, numbers, MANY, NULL, NULL, 0, output, MANY, NULL, NULL);
}

static gmm_status histogram(void) {
  return gmm_histogram(numbers, MANY, 1, (double)NAN, (double)NAN, MANY, NULL, NULL, 0, counts, MANY, NULL);
}

static gmm_status probabilities_at_points(void) {
  const gmm_control control = one_thread();
  gmm_posterior *few = NULL;
  gmm_data *points = NULL;
  gmm_status status = gmm_posterior_subset(posterior, 0, MANY, &few, NULL);
  if (status == GMM_OK) status = gmm_data_create(numbers, MANY, 1, NULL, &points, NULL);
  if (status == GMM_OK) status = gmm_posterior_log_density(few, points, &control, output, MANY, NULL);
  gmm_data_destroy(points);
  gmm_posterior_destroy(few);
  return status;
}

static gmm_status partition(void) {
  const gmm_control control = one_thread();
  gmm_partition_options options;
  gmm_partition_options_init(&options, sizeof options);
  options.num_starts = 2;
  return gmm_posterior_partition(posterior_of_many, &options, &control, labels, 4 * MANY, NULL, NULL);
}

static gmm_status label_free(void) {
  const gmm_control control = one_thread();
  return gmm_posterior_label_free(posterior_of_many, &control, output, MANY, NULL);
}

static gmm_status diagnose(void) {
  const gmm_control control = one_thread();
  gmm_diagnosis *diagnosis = NULL;
  gmm_status status = gmm_posterior_diagnose(posterior_of_many, GMM_DIAGNOSIS_QUICK, &control, &diagnosis, NULL);
  gmm_diagnosis_destroy(diagnosis);
  if (status == GMM_OK) {
    status = gmm_posterior_diagnose(posterior_of_many, GMM_DIAGNOSIS_FULL, &control, &diagnosis, NULL);
    gmm_diagnosis_destroy(diagnosis);
  }
  return status;
}

static gmm_status fit(void) {
  const gmm_control control = one_thread();
  gmm_em_fit *made = NULL;
  gmm_em_options options;
  gmm_em_options_init(&options, sizeof options);
  options.num_components = K;
  options.num_starts = 1;
  options.max_iterations = 2;
  const gmm_status status = gmm_fit_em(many, &options, &control, &made, NULL);
  gmm_em_fit_destroy(made);
  return status;
}

static gmm_status fit_from_responsibilities(void) {
  const gmm_control control = one_thread();
  gmm_data_options data_options = fixture_data_options();
  gmm_data *data = NULL;
  gmm_em_fit *made = NULL;
  gmm_em_options options;
  gmm_em_options_init(&options, sizeof options);
  options.num_components = 2;
  options.max_iterations = 2;
  options.initial_responsibilities = output;
  data_options.sample_weights = output;
  for (int i = 0; i < MANY; i++) output[i] = 0.5;
  gmm_status status = gmm_data_create(numbers, MANY / 2, 1, &data_options, &data, NULL);
  if (status == GMM_OK) status = gmm_fit_em(data, &options, &control, &made, NULL);
  gmm_em_fit_destroy(made);
  gmm_data_destroy(data);
  return status;
}

static gmm_status wide_model(void) {
  gmm_model *made = NULL;
  gmm_model_options options = fixture_model_options();
  options.num_components = 256;
  options.num_dimensions = WIDE;
  options.covariance = GMM_COVARIANCE_DIAG;
  const gmm_status status = gmm_model_create(&options, &made, NULL);
  gmm_model_destroy(made);
  return status;
}

static gmm_status statistics(void) {
  gmm_statistics *made = NULL;
  gmm_mixture mixture;
  gmm_mixture_init(&mixture, sizeof mixture);
  mixture.weights = &one;
  mixture.means = &zero;
  mixture.covariances = &ten;
  const gmm_status status = gmm_statistics_compute(&mixture, many, NULL, &made, NULL);
  gmm_statistics_destroy(made);
  return status;
}

/* Bytes of address space in use. */
static rlim_t address_space(void) {
  long pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file == NULL || fscanf(file, "%ld", &pages) != 1) exit(EXIT_FAILURE);
  fclose(file);
  return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

/* Runs a call in a child with `room` bytes to grow into. Returns the status, or -1 when the child ended otherwise. */
static int run_with_room(gmm_status (*call)(void), rlim_t room) {
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    const struct rlimit limit = {address_space() + room, RLIM_INFINITY}, no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    if (setrlimit(RLIMIT_AS, &limit) != 0) _exit(255);
    if (freopen("/dev/null", "w", stderr) == NULL) _exit(255);
    /* The first two calls make the objects that a process makes once, and let the allocator grow. */
    const gmm_status first = call(), second = call();
    const rlim_t before = address_space();
    for (int i = 0; i < 2; i++) {
      const gmm_status again = call();
      if (again != GMM_OK && again != GMM_ERROR_OUT_OF_MEMORY) _exit(253);
    }
    /* Memory of a caller's size is over a megabyte here. */
    if (address_space() > before + (1 << 20)) _exit(254);
    _exit(second == GMM_OK ? first : second);
  }
  int outcome = -1;
  if (waitpid(child, &outcome, 0) != child || !WIFEXITED(outcome)) return -1;
  return WEXITSTATUS(outcome);
}

int main(void) {
  static const struct {
    const char *name;
    gmm_status (*call)(void);
  } calls[] = {{"lay data out", lay_many_out},
               {"lay weighted data out", lay_weighted_out},
               {"sample many observations", sample_many_observations},
               {"sample many draws", sample_many_draws},
               {"sample many chains", sample_many_chains},
               {"sample the prior", sample_prior},
               {"extend", extend},
               {"summarize a posterior", summarize_posterior},
               {"summarize numbers", summarize_numbers},
               {"summarize many quantities", summarize_many_quantities},
               {"autocorrelation", autocorrelation},
               {"density", density},
               {"density at points", density_at_points},
               {"histogram", histogram},
               {"densities at points", probabilities_at_points},
               {"partition", partition},
               {"scalars without labels", label_free},
               {"diagnose", diagnose},
               {"fit", fit},
               {"fit from responsibilities", fit_from_responsibilities},
               {"wide model", wide_model},
               {"statistics", statistics}};
  /* Large allocations are mapped and unmapped one by one, so that the used address space shows the held memory. */
  if (mallopt(M_MMAP_THRESHOLD, 1 << 16) != 1) return EXIT_FAILURE;
  fixture_fill();
  numbers = malloc(MANY * sizeof *numbers);
  output = malloc(MANY * sizeof *output);
  counts = malloc(MANY * sizeof *counts);
  labels = malloc(4 * MANY * sizeof *labels);
  if (numbers == NULL || output == NULL || counts == NULL || labels == NULL) return EXIT_FAILURE;
  for (int i = 0; i < MANY; i++) numbers[i] = fixture_data[i % FIXTURE_COUNT] + i * 1e-9;
  many = fixture_rows(numbers, MANY, 1);
  two = fixture_rows(numbers, 2, 1);
  gmm_model_options options = fixture_model_options();
  options.num_components = K;
  model = fixture_model(&options);
  gmm_sample_options sampling = fixture_sample_options();
  sampling.num_draws = MANY / 5;
  const gmm_control control = one_thread();
  ACCEPTED(gmm_sample(model, two, &sampling, &control, &posterior, out_error));
  sampling.num_draws = 4;
  sampling.num_tune = 0;
  ACCEPTED(gmm_sample(model, many, &sampling, &control, &posterior_of_many, out_error));

  for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
    int num_refused = 0, num_accepted = 0;
    for (double room = 1 << 18; room < 3e9; room *= 1.7) {
      const int status = run_with_room(calls[i].call, (rlim_t)room / 4096 * 4096);
      num_refused += status == GMM_ERROR_OUT_OF_MEMORY;
      num_accepted += status == GMM_OK;
      if (!EXPECT(status == GMM_OK || status == GMM_ERROR_OUT_OF_MEMORY)) {
        printf("  %s with %.0f kB: %s %d\n", calls[i].name, room / 1024, status < 0 ? "trapped" : "status", status);
      }
      /* Two limits sufficed, and more room makes no difference. */
      if (num_accepted == 2) break;
    }
    if (!EXPECT(num_refused > 0 && num_accepted > 0)) {
      printf("  %s: %d refused, %d accepted\n", calls[i].name, num_refused, num_accepted);
    }
  }
  /* A size that no machine has is refused at once, with the bytes that it would take. */
  gmm_error *error = NULL;
  gmm_posterior *made = NULL;
  sampling.num_draws = (int64_t)1 << 50;
  EXPECT(gmm_sample(model, two, &sampling, NULL, &made, &error) == GMM_ERROR_OUT_OF_MEMORY && made == NULL);
  /* 2 chains of draws of 3 weights, means and sds and 3 more numbers, 8 bytes each, are 234187180623783808 bytes; a few
   * kilobytes for the chains come on top. */
  if (!EXPECT(strstr(gmm_error_message(error), "which takes 23418718062") != NULL)) {
    printf("  %s\n", gmm_error_message(error));
  }
  gmm_error_destroy(error);
  sampling.num_draws = (int64_t)1 << 60;
  EXPECT(gmm_sample(model, two, &sampling, NULL, &made, &error) == GMM_ERROR_OUT_OF_MEMORY && made == NULL);
  EXPECT(strstr(gmm_error_message(error), "more than 2^63 bytes") != NULL);
  gmm_error_destroy(error);
  gmm_posterior_destroy(posterior_of_many);
  gmm_posterior_destroy(posterior);
  gmm_model_destroy(model);
  gmm_data_destroy(two);
  gmm_data_destroy(many);
  free(labels);
  free(counts);
  free(output);
  free(numbers);
  return check_report("pressure");
}
