/* Writes the first inputs of the target `files` into a folder: checkpoints of every run, of the first also from the
 * midst of its tuning, posteriors of every run, and statistics of every form of covariances. More posteriors are those
 * of Tests/Truth/Golden. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "input.h"
#include "stored.h"

enum { STAGES = 5 };

static void keep(const char *folder, const char *name, const stored *file) {
  char path[1024];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  stored_write(path, file->bytes, file->size);
}

static void *cancel_after(void *arguments) {
  gmm_cancel *const cancel = *(gmm_cancel **)arguments;
  const struct timespec wait = {0, ((long *)arguments)[1]};
  nanosleep(&wait, NULL);
  gmm_cancel_request(cancel);
  return NULL;
}

/* Cancels the first run again and again until each fifth of its tuning has a checkpoint. */
static void keep_tuning(const char *folder) {
  static stored file;
  int kept[STAGES] = {0};
  char path[512];
  strcpy(path, stored_path("tuning"));
  gmm_cancel *cancel = NULL;
  if (gmm_cancel_create(&cancel, NULL) != GMM_OK) broken("there are flags");
  for (long round = 0; round < 20000; round++) {
    struct {
      gmm_cancel *cancel;
      long wait;
    } arguments = {cancel, 1000 * (round % 2000)};
    pthread_t thread;
    gmm_posterior *posterior = NULL;
    gmm_error *error = NULL;
    remove(path);
    gmm_cancel_reset(cancel);
    pthread_create(&thread, NULL, cancel_after, &arguments);
    (void)stored_run(0, path, cancel, &posterior, &error);
    pthread_join(thread, NULL);
    gmm_error_destroy(error);
    gmm_posterior_destroy(posterior);
    stored_read(path, &file);
    if (file.size == 0) continue; /* cancelled before the first iteration */
    /* After the head of the section of the chains: seconds, draws, iterations. */
    const uint8_t *iterations = file.bytes + HEADER + stored_identity_size(&file) + 32;
    const int stage = iterations[0] * STAGES / 211;
    if (iterations[0] == 0 || iterations[0] > 210 || kept[stage]++) continue;
    char name[64];
    snprintf(name, sizeof name, "checkpoint-tuning-%d", stage);
    keep(folder, name, &file);
  }
  gmm_cancel_destroy(cancel);
}

/* Posteriors of every run. */
static void keep_posteriors(const char *folder) {
  for (int run = 0; run < RUNS; run++) {
    static stored file;
    char path[512], name[64];
    strcpy(path, stored_path("posterior"));
    gmm_posterior *posterior = NULL;
    gmm_error *error = NULL;
    if (stored_run(run, NULL, NULL, &posterior, &error) != GMM_OK ||
        gmm_posterior_save(posterior, path, NULL, NULL) != GMM_OK)
      broken("runs have posteriors");
    stored_read(path, &file);
    snprintf(name, sizeof name, "posterior-%d", run);
    keep(folder, name, &file);
    gmm_until until;
    gmm_until_init(&until, sizeof until);
    until.ess = 1.0;
    until.r_hat = 0.0;
    gmm_posterior *longer = NULL;
    if (gmm_posterior_extend_until(posterior, 0, &until, NULL, NULL, &longer, NULL) != GMM_OK ||
        gmm_posterior_save(longer, path, NULL, NULL) != GMM_OK)
      broken("runs go on until they have converged");
    stored_read(path, &file);
    snprintf(name, sizeof name, "posterior-until-%d", run);
    keep(folder, name, &file);
    gmm_posterior_destroy(longer);
    gmm_posterior_destroy(posterior);
  }
}

static void keep_statistics(const char *folder) {
  static const char *const names[] = {"full", "tied", "diag", "spherical"};
  static const double data[] = {-2.5, 1.5, -1.75, 0.5, -1.5, 2, 0.25, 1, 2.5, -0.5, 3, 0.125, 3.25, 4, 4, 3};
  static const double weights[] = {0.25, 0.75}, matrices[] = {1, 0.5, 0.5, 1, 2, 0, 0, 2}, ones[] = {1, 2, 1, 2};
  for (int32_t form = 0; form < 4; form++) {
    static stored file;
    gmm_mixture mixture;
    gmm_mixture_init(&mixture, sizeof mixture);
    mixture.num_components = 2;
    mixture.num_dimensions = 2;
    mixture.covariance = form;
    mixture.weights = weights;
    mixture.means = data;
    mixture.covariances = form < 2 ? matrices : ones;
    gmm_statistics *statistics = NULL;
    gmm_data *rows = NULL;
    if (gmm_data_create(data, 8, 2, NULL, &rows, NULL) != GMM_OK ||
        gmm_statistics_compute(&mixture, rows, NULL, &statistics, NULL) != GMM_OK ||
        gmm_statistics_write(statistics, file.bytes, LONGEST_FILE, NULL) != GMM_OK)
      broken("statistics have bytes");
    file.size = (size_t)gmm_statistics_size(statistics);
    gmm_statistics_destroy(statistics);
    gmm_data_destroy(rows);
    char name[64];
    snprintf(name, sizeof name, "statistics-%s", names[form]);
    keep(folder, name, &file);
  }
}

int main(int count, char **arguments) {
  if (count != 2) return EXIT_FAILURE;
  for (int run = 0; run < RUNS; run++) {
    char name[64];
    snprintf(name, sizeof name, "checkpoint-%d", run);
    keep(arguments[1], name, stored_checkpoint(run));
  }
  keep_tuning(arguments[1]);
  keep_posteriors(arguments[1]);
  keep_statistics(arguments[1]);
  return EXIT_SUCCESS;
}
