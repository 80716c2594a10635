/* Iterations of a chain allocate nothing: a call with twice as many draws makes as many allocations. The program's
 * own malloc replaces the C library's and counts the calls, also those of the library. */
#define _GNU_SOURCE
#include <errno.h>

#include "check.h"
#include "fixture.h"

/* glibc's allocator, under the names that glibc provides for programs that replace malloc. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static long num_allocations;

void *malloc(size_t size) {
  num_allocations++;
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  num_allocations++;
  return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
  num_allocations++;
  return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  num_allocations++;
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  num_allocations++;
  *memory = __libc_memalign(alignment, size);
  return *memory == NULL ? ENOMEM : 0;
}

enum { K = 3, SHORT = 1000, TUNE = 1000 };
static const double zero = 0.0, one = 1.0, two = 2.0, ten = 10.0;

/* Returns the number of allocations of a call that keeps `num_draws` draws, on one thread. The chain
 * makes no moves: its steps must not allocate. */
static long allocations_of(const gmm_model *model, int32_t method, int64_t num_draws) {
  gmm_sample_options options = fixture_sample_options();
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  control.num_threads = 1;
  options.method = method;
  options.num_chains = 2;
  options.num_tune = TUNE;
  options.num_draws = num_draws;
  options.store_assignments = 1;
  /* Split-merge moves take lists of rows, a few for each move. */
  options.moves = GMM_MOVES_NONE;
  gmm_posterior *posterior = NULL;
  const gmm_data *data = gmm_model_num_dimensions(model) == 1 ? fixture_data_set() : fixture_table_set();
  const long before = num_allocations;
  ACCEPTED(gmm_sample(model, data, &options, &control, &posterior, out_error));
  const long taken = num_allocations - before;
  gmm_posterior_destroy(posterior);
  return taken;
}

static void iterations_allocate_nothing(const gmm_model *model, int32_t method) {
  /* The first call makes the objects that a process makes once. */
  (void)allocations_of(model, method, 10);
  const long few = allocations_of(model, method, SHORT), many = allocations_of(model, method, 2 * SHORT);
  EXPECT(few > 0 && few < SHORT);
  /* A chain copies memory that it shares with its start when it changes it. The number of such copies differs by
   * less than the 4 arrays of the 2 chains. Turns of 2 ms may allocate too, and a busy machine takes more of them.
   * An allocation in each iteration would make over 2,000. */
  if (!EXPECT(labs(many - few) <= 64)) printf("  method %d: %ld and %ld allocations\n", (int)method, few, many);
}

static void in_one_dimension(const gmm_model_options *options) {
  gmm_model *model = fixture_model(options);
  iterations_allocate_nothing(model, GMM_METHOD_GIBBS);
  iterations_allocate_nothing(model, GMM_METHOD_METROPOLIS);
  gmm_model_destroy(model);
}

/* Every form of covariances, with means whose prior is scaled by them and with others, in order and not. */
static void in_several_dimensions(int32_t covariance, int is_ordered, int is_scaled) {
  static const double center[FIXTURE_COLUMNS] = {0.0}, dof = 5.0,
                      scale[FIXTURE_COLUMNS * FIXTURE_COLUMNS] = {1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0};
  const int has_matrices = covariance == GMM_COVARIANCE_FULL || covariance == GMM_COVARIANCE_TIED;
  gmm_model_options options = fixture_model_options();
  options.num_dimensions = FIXTURE_COLUMNS;
  options.covariance = covariance;
  options.ordered_means = is_ordered;
  if (is_scaled) options.means = (gmm_prior){GMM_PRIOR_NORMAL_KAPPA, 1, center, &one, NULL};
  if (has_matrices) options.spread = (gmm_prior){GMM_PRIOR_INVERSE_WISHART, 1, &dof, scale, NULL};
  gmm_model *model = fixture_model(&options);
  iterations_allocate_nothing(model, GMM_METHOD_GIBBS);
  gmm_model_destroy(model);
}

/* A known mean, sd or covariance among others, in order and not. */
static void with_priors_of_components(void) {
  static const double center[FIXTURE_COLUMNS] = {0.0}, dof = 5.0,
                      scale[FIXTURE_COLUMNS * FIXTURE_COLUMNS] = {1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0};
  const gmm_prior open = {GMM_PRIOR_NORMAL, 1, &zero, &ten, NULL}, known = {GMM_PRIOR_FIXED, 1, &one, NULL, NULL};
  const gmm_prior scaled = {GMM_PRIOR_NORMAL_KAPPA, 1, center, &one, NULL};
  const gmm_prior wishart = {GMM_PRIOR_INVERSE_WISHART, 1, &dof, scale, NULL};
  const gmm_prior matrix = {GMM_PRIOR_FIXED, 1, scale, NULL, NULL}, sds = {GMM_PRIOR_HALF_NORMAL, 1, &two, NULL, NULL};
  gmm_prior means[K], spreads[K];
  for (int choice = 0; choice < 4; choice++) {
    const int has_matrices = choice >> 1;
    for (int k = 0; k < K; k++) {
      means[k] = k == 1 ? known : has_matrices && k == 2 ? scaled : open;
      spreads[k] = has_matrices ? (k == 1 ? matrix : wishart) : k == 1 ? known : sds;
    }
    gmm_model_options options = fixture_model_options();
    options.num_components = K;
    options.num_dimensions = has_matrices ? FIXTURE_COLUMNS : 1;
    options.ordered_means = choice & 1;
    options.means = (gmm_prior){GMM_PRIOR_EACH, K, NULL, NULL, means};
    options.spread = (gmm_prior){GMM_PRIOR_EACH, K, NULL, NULL, spreads};
    if (!has_matrices) {
      in_one_dimension(&options);
      continue;
    }
    gmm_model *model = fixture_model(&options);
    iterations_allocate_nothing(model, GMM_METHOD_GIBBS);
    gmm_model_destroy(model);
  }
}

int main(void) {
  fixture_fill();
  const gmm_prior spreads[] = {
      {GMM_PRIOR_UNIFORM, 1, &zero, &ten, NULL},      {GMM_PRIOR_HALF_CAUCHY, 1, &two, NULL, NULL},
      {GMM_PRIOR_HALF_NORMAL, 1, &two, NULL, NULL},   {GMM_PRIOR_INVERSE_GAMMA, 1, &two, &one, NULL},
      {GMM_PRIOR_GAMMA, 1, &two, &one, NULL},         {GMM_PRIOR_LOG_NORMAL, 1, &zero, &one, NULL},
      {GMM_PRIOR_HALF_STUDENT_T, 1, &ten, &two, NULL}};
  for (int choice = 0; choice < 7 * 2 * 2 * 2; choice++) {
    gmm_model_options options = fixture_model_options();
    options.num_components = choice & 1 ? 9 : K;
    options.minimum_weight = choice & 2 ? 0.08 : 0.0;
    options.ordered_means = choice >> 2 & 1;
    options.shared_spread = choice >> 2 & 1;
    options.spread = spreads[choice >> 3];
    in_one_dimension(&options);
  }
  with_priors_of_components();
  for (int choice = 0; choice < 4 * 2 * 2; choice++) in_several_dimensions(choice >> 2, choice & 1, choice >> 1 & 1);
  return check_report("allocations");
}
