#define _GNU_SOURCE
#include "stored.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "input.h"
#include "xxh64.h"

static char folder[64];

static void remove_folder(void) {
  DIR *entries = opendir(folder);
  for (const struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
    if (entry->d_name[0] != '.') unlink(stored_path(entry->d_name));
  }
  if (entries != NULL) closedir(entries);
  rmdir(folder);
}

const char *stored_path(const char *name) {
  static char path[64 + 256 + 1];
  if (folder[0] == '\0') {
    strcpy(folder, "/dev/shm/gmmfuzzXXXXXX");
    if (mkdtemp(folder) == NULL) {
      strcpy(folder, P_tmpdir "/gmmfuzzXXXXXX");
      if (mkdtemp(folder) == NULL) broken("there is a folder for files");
    }
    atexit(remove_folder);
  }
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

void stored_write(const char *path, const uint8_t *bytes, size_t size) {
  FILE *file = fopen(path, "wb");
  if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) broken("a file can be written");
}

void stored_read(const char *path, stored *self) {
  FILE *file = fopen(path, "rb");
  self->size = file == NULL ? 0 : fread(self->bytes, 1, LONGEST_FILE, file);
  if (file != NULL) fclose(file);
}

/* Writes a number of `count` bytes. */
static void put(uint8_t *bytes, uint64_t value, int count) {
  for (int i = 0; i < count; i++) bytes[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t get(const uint8_t *bytes) {
  uint64_t value = 0;
  for (int i = 0; i < 8; i++) value |= (uint64_t)bytes[i] << (8 * i);
  return value;
}

void stored_seal(stored *self, uint32_t kind, const stored *like) {
  uint8_t *const header = self->bytes;
  const size_t payload = self->size - HEADER;
  const int is_earlier = header[12] >= 1 && header[12] <= 3;
  const uint32_t format = kind == KIND_CHECKPOINT ? 3 : kind != KIND_POSTERIOR ? 1 : is_earlier ? header[12] : 4;
  memset(header, 0, HEADER);
  memcpy(header, like->bytes, 8);
  put(header + 8, kind, 4);
  put(header + 12, format, 4);
  memcpy(header + 16, like->bytes + 16, 6);
  put(header + 24, payload, 8);
  put(header + 32, xxh64(header + HEADER, payload), 8);
  put(header + 56, xxh64(header, 56), 8);
}

void stored_mend_sections(stored *self) {
  static const char names[][9] = {"MODL\0\0\0\0", "OPTS\0\0\0\0", "DATA\0\0\0\0", "WGHT\0\0\0\0",
                                  "COLS\0\0\0\0", "IDEN\0\0\0\0", "CHNS\0\0\0\0", "DRAW\0\0\0\0",
                                  "LABL\0\0\0\0", "LBLS\0\0\0\0", "UNTL\0\0\0\0"};
  uint8_t *section = NULL, *const end = self->bytes + self->size;
  for (uint8_t *place = self->bytes + HEADER; place + 16 <= end; place++) {
    int found = 0;
    for (int i = 0; i < 11; i++) found |= memcmp(place, names[i], 8) == 0;
    if (!found) continue;
    if (section != NULL) put(section + 8, (uint64_t)(place - section) - 16, 8);
    section = place;
    place += 15;
  }
  if (section != NULL) put(section + 8, (uint64_t)(end - section) - 16, 8);
}

size_t stored_section_size(const stored *file, size_t place) {
  if (file->size < place + 16) broken("a file of the library's has a section here");
  const uint64_t length = get(file->bytes + place + 8);
  if (length > file->size - place - 16) broken("a section of a file of the library's ends within it");
  return 16 + (size_t)length;
}

void stored_set_section_size(stored *file, size_t place, size_t size) { put(file->bytes + place + 8, size - 16, 8); }

size_t stored_identity_size(const stored *checkpoint) { return stored_section_size(checkpoint, HEADER); }

gmm_status stored_run(int run, const char *path, gmm_cancel *cancel, gmm_posterior **posterior, gmm_error **error) {
  static const double data[] = {-2.5, 1.5, -1.75, 0.5, -1.5, 2, 0.25, 1, 2.5, -0.5, 3, 0.125, 3.25, 4, 4, 3};
  static const double numbers[] = {0.5, 1, 4, 0, 1, 2, 0.25, 3}, weights[] = {0.25, 0.75};
  static const char *const names[] = {"height", "\xc3\xa9tendue"};
  static const double zero = 0, one = 1, ten = 10, wishart[] = {2, 0.5, 0.5, 1};
  static const double low[] = {-3, -1}, high[] = {4, 5};
  gmm_background box;
  gmm_background_init(&box, sizeof box);
  box.lower = low;
  box.upper = high;
  gmm_model_options options;
  gmm_model_options_init(&options, sizeof options);
  options.num_components = 2;
  options.num_dimensions = run < 2 ? 1 : 2;
  options.means = (gmm_prior){GMM_PRIOR_NORMAL, 1, &zero, &ten, NULL};
  options.spread = (gmm_prior){GMM_PRIOR_HALF_CAUCHY, 1, &one, NULL, NULL};
  gmm_data_options rows;
  gmm_data_options_init(&rows, sizeof rows);
  gmm_sample_options sampling;
  gmm_sample_options_init(&sampling, sizeof sampling);
  sampling.num_draws = 3;
  sampling.num_chains = run == 2 ? 2 : 1;
  sampling.num_tune = 2;
  switch (run) {
    case 0: /* moves of the means, learned while tuning */
      options.weights = (gmm_prior){GMM_PRIOR_FIXED, 2, weights, NULL, NULL};
      options.spread = (gmm_prior){GMM_PRIOR_FIXED, 1, numbers + 5, NULL, NULL};
      sampling.num_tune = 210;
      break;
    case 1:
      options.minimum_weight = 0.125;
      options.ordered_means = 1;
      sampling.method = GMM_METHOD_METROPOLIS;
      sampling.thin = 2;
      sampling.store_assignments = 1;
      break;
    case 2: /* fractions of rows, names of columns, covariance matrices */
      options.means = (gmm_prior){GMM_PRIOR_NORMAL_KAPPA, 1, data, &one, NULL};
      options.spread = (gmm_prior){GMM_PRIOR_INVERSE_WISHART, 1, numbers + 2, wishart, NULL};
      rows.sample_weights = numbers;
      rows.column_names = names;
      sampling.store_assignments = 1;
      break;
    case 3: /* a part of a larger data set */
      rows.first_row = 8192;
      options.covariance = GMM_COVARIANCE_SPHERICAL;
      sampling.num_initial = 1;
      sampling.initial_weights = weights;
      break;
    default: /* a background */
      options.background = &box;
      options.covariance = GMM_COVARIANCE_DIAG;
      sampling.store_assignments = 1;
      break;
  }
  gmm_model *model = NULL;
  const gmm_status made = gmm_model_create(&options, &model, error);
  hold_error(made, error);
  if (made != GMM_OK) broken("the harness's model is one");
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  control.num_threads = 1;
  control.cancel = cancel;
  gmm_checkpoint checkpoint;
  gmm_checkpoint_init(&checkpoint, sizeof checkpoint);
  checkpoint.path = path;
  checkpoint.interval = 1000;
  if (path != NULL) sampling.checkpoint = &checkpoint;
  gmm_data *set = NULL;
  hold_error(gmm_data_create(data, 8, options.num_dimensions, &rows, &set, error), error);
  const gmm_status status = gmm_sample(model, set, &sampling, &control, posterior, error);
  gmm_data_destroy(set);
  gmm_model_destroy(model);
  return status;
}

const stored *stored_checkpoint(int run) {
  static stored checkpoints[RUNS];
  stored *self = &checkpoints[run];
  if (self->size > 0) return self;
  char path[512];
  strcpy(path, stored_path("reference"));
  gmm_posterior *posterior = NULL;
  gmm_error *error = NULL;
  const gmm_status status = stored_run(run, path, NULL, &posterior, &error);
  hold_error(status, &error);
  if (status != GMM_OK) broken("the harness's run is one");
  gmm_posterior_destroy(posterior);
  stored_read(path, self);
  unlink(path);
  if (self->size <= HEADER || self->size >= LONGEST_FILE) broken("a checkpoint has a header and a payload");
  static stored sealed;
  sealed = *self;
  stored_seal(&sealed, KIND_CHECKPOINT, self);
  stored_mend_sections(&sealed);
  if (memcmp(sealed.bytes, self->bytes, self->size) != 0) broken("the harness seals as the library does");
  return self;
}
