/* Posterior files, checkpoints and statistics. Every input is read as it is, which headers and checksums refuse at
 * once, and again with its header, its checksums and the lengths of its sections mended, so that the readers' inside is
 * reached.
 *
 * In the header, bytes 40 to 42, which mending clears, choose: the run that a checkpoint is given to, whether its
 * identity stays as it is (odd), and whether the lengths of the sections do (odd). */
#include <stdio.h>
#include <unistd.h>

#include "input.h"
#include "saved_again.h"
#include "stored.h"

enum { MOST = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static char posterior_path[512], checkpoint_path[512], copy_path[512];

/* Stops a run that would take long, for example with thousands of iterations for each draw. */
static int32_t stop(const gmm_progress *progress, void *calls) {
  return progress->iterations_done > 0 && ++*(int *)calls > 1;
}

/* Checks that the memory is not more than a small file needs. */
static void hold_memory(gmm_status status) {
  if (status == GMM_ERROR_OUT_OF_MEMORY) broken("reading takes memory of about the file's size");
}

/* Checks that the numbers of a field of a posterior exist and, if `what` is given, that they are not NaN. */
static void read_field(const gmm_posterior *posterior, int32_t field, const char *what) {
  gmm_view view;
  gmm_error *error = NULL;
  const gmm_status status = gmm_posterior_view(posterior, field, &view, &error);
  hold_error(status, &error);
  if (status != GMM_OK) return;
  int64_t inner = 1;
  for (int32_t axis = 2; axis < view.num_axes; axis++) inner *= view.shape[axis];
  static volatile double sum;
  for (int64_t chain = 0; chain < view.shape[0]; chain++) {
    for (int64_t draw = 0; draw < view.shape[1]; draw++) {
      const int64_t offset = chain * view.strides[0] + draw * view.strides[1];
      if (view.element == GMM_ELEMENT_UINT8) {
        for (int64_t i = 0; i < inner; i++) sum += ((const uint8_t *)view.data)[offset + i];
      } else {
        for (int64_t i = 0; i < inner; i++) sum += ((const double *)view.data)[offset + i];
        if (what != NULL) hold_numbers((const double *)view.data + offset, inner, what);
      }
    }
  }
}

/* Uses a posterior in all the ways in which a host can. */
static void use(const gmm_posterior *posterior, const char *what) {
  static const int32_t fields[] = {GMM_FIELD_WEIGHTS,        GMM_FIELD_MEANS,         GMM_FIELD_SDS,
                                   GMM_FIELD_LOG_LIKELIHOOD, GMM_FIELD_LOG_POSTERIOR, GMM_FIELD_ACCEPTANCE,
                                   GMM_FIELD_COVARIANCES,    GMM_FIELD_BACKGROUND};
  static uint8_t labels[MOST];
  static double output[MOST];
  gmm_error *error = NULL;
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) read_field(posterior, fields[i], what);
  read_field(posterior, GMM_FIELD_NUM_CLUSTERS, NULL);
  read_field(posterior, GMM_FIELD_ASSIGNMENTS, NULL);
  hold_error(gmm_posterior_get_assignments(posterior, 0, 0, 1, labels, MOST, &error), &error);
  hold_error(gmm_posterior_get_permutations(posterior, NULL, labels, MOST, &error), &error);
  hold_error(gmm_posterior_label_confidence(posterior, NULL, output, MOST, NULL, &error), &error);
  static const int64_t chain = 0;
  gmm_posterior *other = NULL;
  hold_error(gmm_posterior_relabel(posterior, NULL, NULL, &other, &error), &error);
  gmm_posterior_destroy(other);
  hold_error(gmm_posterior_as_drawn(posterior, &other, &error), &error);
  read_field(other, GMM_FIELD_WEIGHTS, what);
  gmm_posterior_destroy(other);
  hold_error(gmm_posterior_subset_chains(posterior, &chain, 1, &other, &error), &error);
  read_field(other, GMM_FIELD_WEIGHTS, what);
  gmm_posterior_destroy(other);
  gmm_posterior_info info = {.struct_size = sizeof info};
  hold_error(gmm_posterior_get_info(posterior, &info, &error), &error);
  gmm_model *model = NULL;
  hold_error(gmm_posterior_get_model(posterior, &model, &error), &error);
  gmm_model_destroy(model);
  gmm_data *data = NULL;
  hold_error(gmm_posterior_get_data(posterior, &data, &error), &error);
  if (gmm_data_num_observations(data) != info.num_observations) broken("a posterior has its data");
  (void)gmm_data_fingerprint(data);
  (void)gmm_data_column_name(data, 0);
  gmm_data_destroy(data);
  gmm_summary *summary = NULL;
  hold_error(gmm_posterior_summarize(posterior, NULL, NULL, &summary, &error), &error);
  (void)gmm_summary_text(summary);
  gmm_summary_destroy(summary);
  hold_error(gmm_posterior_probabilities(posterior, NULL, output, MOST, &error), &error);
  hold_error(gmm_posterior_background(posterior, NULL, output, MOST, &error), &error);
  hold_error(gmm_posterior_sample_predictive(posterior, 1, 2, 3, NULL, output, MOST, &error), &error);
  hold_error(gmm_posterior_export_csv(posterior, 0, copy_path, NULL, &error), &error);
  for (int64_t thin = 1; thin <= 2; thin++) {
    gmm_posterior *subset = NULL;
    hold_error(gmm_posterior_subset(posterior, info.num_draws / 4, thin, &subset, &error), &error);
    hold_error(gmm_posterior_export_csv(subset, 0, copy_path, NULL, &error), &error);
    gmm_posterior_destroy(subset);
  }
}

/* Extends a posterior by a draw. */
static void extend(const gmm_posterior *posterior) {
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  int calls = 0;
  control.num_threads = 1;
  control.progress = stop;
  control.progress_user_data = &calls;
  control.progress_interval = 0;
  gmm_posterior *more = NULL;
  gmm_error *error = NULL;
  hold_error(gmm_posterior_extend(posterior, 1, NULL, &control, &more, &error), &error);
  if (more != NULL) use(more, NULL);
  gmm_posterior_destroy(more);
}

/* Reads the bytes of a file from memory, which ends as reading the file does. */
static void read_from_memory(const stored *file, gmm_status expected) {
  static uint8_t copy[LONGEST_FILE];
  gmm_posterior *posterior = NULL;
  gmm_error *error = NULL;
  const gmm_status status = gmm_posterior_read(file->bytes, (int64_t)file->size, NULL, &posterior, &error);
  hold_error(status, &error);
  if (status != expected || (status == GMM_OK) != (posterior != NULL)) broken("memory is read as a file is");
  if (status != GMM_OK) return;
  const int64_t size = gmm_posterior_size(posterior);
  hold_error(gmm_posterior_write(posterior, NULL, copy, LONGEST_FILE, &error), &error);
  static stored saved;
  hold_error(gmm_posterior_save(posterior, copy_path, NULL, &error), &error);
  stored_read(copy_path, &saved);
  if (size != (int64_t)saved.size || memcmp(copy, saved.bytes, saved.size) != 0)
    broken("the bytes are those of a file");
  gmm_posterior_destroy(posterior);
}

static void load(const stored *file) {
  static stored copy;
  gmm_posterior *posterior = NULL;
  gmm_error *error = NULL;
  stored_write(posterior_path, file->bytes, file->size);
  const gmm_status status = gmm_posterior_load(posterior_path, NULL, &posterior, &error);
  hold_memory(status);
  hold_error(status, &error);
  if ((status == GMM_OK) != (posterior != NULL)) broken("a posterior where there is no error");
  read_from_memory(file, status);
  if (status != GMM_OK) return;
  use(posterior, "loaded numbers are numbers");
  extend(posterior);
  const gmm_status saved = gmm_posterior_save(posterior, copy_path, NULL, &error);
  hold_error(saved, &error);
  if (saved != GMM_OK) broken("what was loaded can be saved");
  stored_read(copy_path, &copy);
  if (!saved_again(file, &copy)) broken("what was loaded is saved as the same bytes");
  gmm_posterior_destroy(posterior);
}

static void resume(const stored *file, int run) {
  gmm_posterior *posterior = NULL;
  gmm_error *error = NULL;
  stored_write(checkpoint_path, file->bytes, file->size);
  const gmm_status status = stored_run(run, checkpoint_path, NULL, &posterior, &error);
  hold_memory(status);
  hold_error(status, &error);
  if ((status == GMM_OK) != (posterior != NULL)) broken("a posterior where there is no error");
  if (status != GMM_OK) return;
  use(posterior, NULL);
  gmm_posterior_destroy(posterior);
}

static void read_statistics(const stored *file) {
  static uint8_t copy[LONGEST_FILE];
  gmm_statistics *statistics = NULL, *merged = NULL;
  gmm_em_fit *fit = NULL;
  gmm_error *error = NULL;
  const gmm_status status = gmm_statistics_read(file->bytes, (int64_t)file->size, &statistics, &error);
  hold_memory(status);
  hold_error(status, &error);
  if (status != GMM_OK) return;
  const int64_t size = gmm_statistics_size(statistics);
  hold_error(gmm_statistics_write(statistics, copy, LONGEST_FILE, &error), &error);
  if (size != (int64_t)file->size || memcmp(copy + HEADER, file->bytes + HEADER, file->size - HEADER) != 0)
    broken("statistics that were read are written as the same bytes");
  const gmm_statistics *both[] = {statistics, statistics};
  hold_error(gmm_statistics_merge(both, 2, NULL, &merged, &error), &error);
  for (int i = 0; i < 2; i++) {
    hold_error(gmm_statistics_maximize(both[i], i == 0 ? 0.0 : 1e-6, 1e-9, &fit, &error), &error);
    gmm_em_fit_destroy(fit);
    fit = NULL;
  }
  hold_error(gmm_statistics_maximize(merged, 1e-6, 1e-9, &fit, &error), &error);
  gmm_em_fit_destroy(fit);
  gmm_statistics_destroy(merged);
  gmm_statistics_destroy(statistics);
}

/* Reads bytes with the reader for the kind in their header. If they name no kind, every reader reads them. */
static void read_all(const stored *file, uint32_t kind, int run) {
  if (kind == KIND_POSTERIOR || kind == 0) load(file);
  if (kind == KIND_CHECKPOINT || kind == 0) resume(file, run);
  if (kind == KIND_STATISTICS || kind == 0) read_statistics(file);
}

/* The run whose checkpoint the file is, where its identity is one of the library's; -1 otherwise. */
static int run_of(const stored *file) {
  for (int run = 0; run < RUNS; run++) {
    const stored *checkpoint = stored_checkpoint(run);
    const size_t size = stored_identity_size(checkpoint);
    if (file->size >= HEADER + size && memcmp(file->bytes + HEADER, checkpoint->bytes + HEADER, size) == 0) return run;
  }
  return -1;
}

/* Puts the identity of a run in the place of the file's own, as far as that goes by its length. */
static void set_identity(stored *file, int run) {
  const stored *checkpoint = stored_checkpoint(run);
  const size_t size = stored_identity_size(checkpoint);
  if (file->size < HEADER + size) {
    memset(file->bytes + file->size, 0, HEADER + size - file->size);
    file->size = HEADER + size;
  }
  memcpy(file->bytes + HEADER, checkpoint->bytes + HEADER, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  static stored file, original;
  if (posterior_path[0] == '\0') {
    strcpy(posterior_path, stored_path("posterior"));
    strcpy(checkpoint_path, stored_path("checkpoint"));
    strcpy(copy_path, stored_path("copy"));
  }
  if (size > LONGEST_FILE / 2) return 0;
  memcpy(original.bytes, bytes, size);
  original.size = size;
  const int found = run_of(&original);
  read_all(&original, 0, found < 0 ? 0 : found);
  if (size < HEADER) return 0;

  file.size = size;
  memcpy(file.bytes, bytes, size);
  const uint32_t kind = bytes[8] >= KIND_POSTERIOR && bytes[8] <= KIND_STATISTICS ? bytes[8] : 1 + bytes[8] % 3;
  const int run = found < 0 ? bytes[40] % RUNS : found;
  if (kind != KIND_STATISTICS && bytes[42] % 2 == 0) stored_mend_sections(&file);
  if (kind == KIND_CHECKPOINT && bytes[41] % 2 == 0) set_identity(&file, run);
  stored_seal(&file, kind, stored_checkpoint(run));
  if (file.size != original.size || memcmp(file.bytes, original.bytes, size) != 0) read_all(&file, kind, run);
  return 0;
}
