/* Misuse of files: gmm_posterior_save, _load, _write, _read, _export_csv, _get_model, gmm_model_get_options, and
 * checkpoints. */
#include <unistd.h>

#include "misuse.h"

/* A file that no call creates. */
static const char never[] = "gmmswift-never";

static void misuse_paths(const misuse_handles *handles) {
  const gmm_posterior *posterior = handles->posterior;
  gmm_posterior *made = NULL;
  gmm_model *model = NULL;
  const char *path = never;

  const void *wrong[] = {NULL, handles->model, handles->cancel, handles->zeros};
  for (int i = 0; i < 4; i++) {
    const gmm_status status = wrong[i] == NULL ? GMM_ERROR_NULL_ARGUMENT : GMM_ERROR_WRONG_HANDLE;
    REFUSED(status, "posterior", gmm_posterior_save(wrong[i], path, NULL, out_error));
    REFUSED(status, "posterior", gmm_posterior_export_csv(wrong[i], 0, path, NULL, out_error));
    REFUSED_HANDLE(status, "posterior", model, gmm_posterior_get_model(wrong[i], &model, out_error));
  }
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "path", gmm_posterior_save(posterior, NULL, NULL, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "path", gmm_posterior_export_csv(posterior, 0, NULL, NULL, out_error));
  REFUSED_HANDLE(GMM_ERROR_NULL_ARGUMENT, "path", made, gmm_posterior_load(NULL, NULL, &made, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_posterior", gmm_posterior_load(path, NULL, NULL, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_model", gmm_posterior_get_model(posterior, NULL, out_error));
  const int64_t chains[] = {-1, 2, INT64_MAX, INT64_MIN};
  for (int i = 0; i < 4; i++) {
    REFUSED(GMM_ERROR_INVALID_ARGUMENT, "chain", gmm_posterior_export_csv(posterior, chains[i], path, NULL, out_error));
  }
  const char *no_text[] = {"", "gmmswift-\xff\xfe"};
  for (int i = 0; i < 2; i++) {
    REFUSED(GMM_ERROR_INVALID_ARGUMENT, "path", gmm_posterior_save(posterior, no_text[i], NULL, out_error));
    REFUSED(GMM_ERROR_INVALID_ARGUMENT, "path", gmm_posterior_export_csv(posterior, 0, no_text[i], NULL, out_error));
    REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "path", made, gmm_posterior_load(no_text[i], NULL, &made, out_error));
  }
  const char *no_files[] = {".", "/dev/full", "gmmswift-missing/file", "/dev/null/file"};
  for (int i = 0; i < 4; i++) {
    REFUSED(GMM_ERROR_FILE, "path", gmm_posterior_save(posterior, no_files[i], NULL, out_error));
    REFUSED(GMM_ERROR_FILE, "path", gmm_posterior_export_csv(posterior, 0, no_files[i], NULL, out_error));
    REFUSED_HANDLE(GMM_ERROR_FILE, "path", made, gmm_posterior_load(no_files[i], NULL, &made, out_error));
  }
  REFUSED_HANDLE(GMM_ERROR_FILE_FORMAT, "path", made, gmm_posterior_load("/proc/self/exe", NULL, &made, out_error));
  EXPECT(access(path, F_OK) != 0);
}

static void misuse_bytes(const misuse_handles *handles) {
  const gmm_posterior *posterior = handles->posterior;
  gmm_posterior *made = NULL;
  const int64_t size = gmm_posterior_size(posterior);
  uint8_t *bytes = calloc((size_t)size + 1, 1);
  const void *wrong[] = {NULL, handles->model, handles->cancel, handles->zeros};
  for (int i = 0; i < 4; i++) {
    const gmm_status status = wrong[i] == NULL ? GMM_ERROR_NULL_ARGUMENT : GMM_ERROR_WRONG_HANDLE;
    REFUSED(status, "posterior", gmm_posterior_write(wrong[i], NULL, bytes, size, out_error));
    EXPECT(gmm_posterior_size(wrong[i]) == 0);
  }
  const int64_t small[] = {size - 1, 64, 0, -1, INT64_MIN};
  for (int i = 0; i < 5; i++) {
    REFUSED(GMM_ERROR_BUFFER_TOO_SMALL, "capacity", gmm_posterior_write(posterior, NULL, bytes, small[i], out_error));
  }
  EXPECT(bytes[0] == 0);
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_bytes", gmm_posterior_write(posterior, NULL, NULL, size, out_error));
  REFUSED_HANDLE(GMM_ERROR_FILE_FORMAT, "bytes", made, gmm_posterior_read(bytes, size, NULL, &made, out_error));
  ACCEPTED(gmm_posterior_write(posterior, NULL, bytes, size, out_error));
  REFUSED_HANDLE(GMM_ERROR_INVALID_ARGUMENT, "num_bytes", made, gmm_posterior_read(bytes, -1, NULL, &made, out_error));
  REFUSED_HANDLE(GMM_ERROR_NULL_ARGUMENT, "bytes", made, gmm_posterior_read(NULL, size, NULL, &made, out_error));
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_posterior", gmm_posterior_read(bytes, size, NULL, NULL, out_error));
  const int64_t lengths[] = {0, 1, 63, 64, 65, size - 1, size + 1};
  for (int i = 0; i < 7; i++) {
    REFUSED_HANDLE(GMM_ERROR_FILE_FORMAT, "bytes", made, gmm_posterior_read(bytes, lengths[i], NULL, &made, out_error));
  }
  for (int64_t i = 0; i < size; i += i < 256 ? 1 : 97) {
    bytes[i] ^= 1;
    REFUSED_HANDLE(GMM_ERROR_FILE_FORMAT, "bytes", made, gmm_posterior_read(bytes, size, NULL, &made, out_error));
    bytes[i] ^= 1;
  }
  ACCEPTED(gmm_posterior_read(bytes, size, NULL, &made, out_error));
  gmm_posterior_destroy(made);
  free(bytes);
}

static void misuse_model_options(const misuse_handles *handles) {
  gmm_model_options options = {.struct_size = sizeof options, .num_components = 77};
  const void *wrong[] = {NULL, handles->posterior, handles->zeros};
  for (int i = 0; i < 3; i++) {
    const gmm_status status = wrong[i] == NULL ? GMM_ERROR_NULL_ARGUMENT : GMM_ERROR_WRONG_HANDLE;
    REFUSED(status, "model", gmm_model_get_options(wrong[i], &options, out_error));
  }
  REFUSED(GMM_ERROR_NULL_ARGUMENT, "out_options", gmm_model_get_options(handles->model, NULL, out_error));
  options.struct_size = 0;
  REFUSED(GMM_ERROR_STRUCT_SIZE, "out_options", gmm_model_get_options(handles->model, &options, out_error));
  EXPECT(options.num_components == 77);
}

/* Checks that a run with this checkpoint is refused, new or extended. */
static void misuse_checkpoint(const misuse_handles *handles, gmm_status status, const char *argument,
                              const gmm_checkpoint *checkpoint) {
  gmm_posterior *made = NULL;
  gmm_sample_options options = fixture_sample_options();
  options.checkpoint = checkpoint;
  REFUSED_HANDLE(status, argument, made,
                 gmm_sample(handles->model, fixture_data_set(), &options, NULL, &made, out_error));
  REFUSED_HANDLE(status, argument, made,
                 gmm_posterior_extend(handles->posterior, 5, checkpoint, NULL, &made, out_error));
}

static void misuse_checkpoints(const misuse_handles *handles) {
  gmm_checkpoint checkpoint;
  gmm_checkpoint_init(&checkpoint, sizeof checkpoint);
  EXPECT(checkpoint.path == NULL && checkpoint.interval == 30.0);
  misuse_checkpoint(handles, GMM_ERROR_NULL_ARGUMENT, "checkpoint.path", &checkpoint);

  const double intervals[] = {0.0, -1.0, (double)NAN, (double)INFINITY};
  checkpoint.path = never;
  for (int i = 0; i < 4; i++) {
    checkpoint.interval = intervals[i];
    misuse_checkpoint(handles, GMM_ERROR_INVALID_ARGUMENT, "checkpoint.interval", &checkpoint);
  }
  checkpoint.interval = 1.0;
  checkpoint.reserved = 1;
  misuse_checkpoint(handles, GMM_ERROR_INVALID_ARGUMENT, "checkpoint.reserved", &checkpoint);
  checkpoint.reserved = 0;
  checkpoint.struct_size = 0;
  misuse_checkpoint(handles, GMM_ERROR_STRUCT_SIZE, "checkpoint.struct_size", &checkpoint);
  checkpoint.struct_size = sizeof checkpoint;
  const struct {
    gmm_status status;
    const char *path;
  } cases[] = {{GMM_ERROR_INVALID_ARGUMENT, ""},
               {GMM_ERROR_INVALID_ARGUMENT, "gmmswift-\xff"},
               {GMM_ERROR_FILE, "."},
               {GMM_ERROR_FILE, "gmmswift-missing/file"},
               {GMM_ERROR_FILE, "/dev/full"},
               {GMM_ERROR_FILE_FORMAT, "/proc/self/exe"},
               {GMM_ERROR_FILE, "/dev/null/nought"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    checkpoint.path = cases[i].path;
    misuse_checkpoint(handles, cases[i].status, "checkpoint.path", &checkpoint);
  }
  EXPECT(access(never, F_OK) != 0);
}

void misuse_files(const misuse_handles *handles) {
  misuse_paths(handles);
  misuse_bytes(handles);
  misuse_model_options(handles);
  misuse_checkpoints(handles);
}
