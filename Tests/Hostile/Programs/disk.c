/* A disk that fails. The program has its own write, fsync, rename and similar functions, which the library then
 * calls. Each call of each function fails in turn. The old file stays, no temporary file stays, and the caller gets
 * the draws. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "check.h"
#include "draws.h"
#include "fixture.h"

typedef enum { OPEN, WRITE, READ, TRUNCATE, SEEK, SYNC, RENAME, NUM_FUNCTIONS } function;
static const char *const function_names[] = {"open", "write", "read", "ftruncate", "lseek", "fsync", "rename"};
static const int reasons[] = {EMFILE, ENOSPC, EIO, ENOSPC, EIO, EIO, EACCES};

/* The function that fails, the number of its call that fails, counted from now, and the errno that it sets. */
static struct {
  int is_armed, calls, reason;
  function function;
} fault;
/* The largest number of bytes of a write or read that does not fail. The kernel may return fewer bytes at any time. */
static size_t piece = (size_t)-1;

/* Returns whether this call shall fail, and sets errno if so. */
static int fails(function called) {
  if (!fault.is_armed || called != fault.function || --fault.calls != 0) return 0;
  errno = fault.reason;
  return 1;
}

/* The C library's own function. */
#define THE_REAL(name)                  \
  static __typeof__(&name) real = NULL; \
  if (real == NULL) *(void **)(&real) = dlsym(RTLD_NEXT, #name)

int open(const char *path, int flags, ...) {
  THE_REAL(open);
  return fails(OPEN) ? -1 : real(path, flags, 0666);
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
  THE_REAL(write);
  return fails(WRITE) ? -1 : real(descriptor, bytes, count < piece ? count : piece);
}

ssize_t read(int descriptor, void *bytes, size_t count) {
  THE_REAL(read);
  return fails(READ) ? -1 : real(descriptor, bytes, count < piece ? count : piece);
}

int ftruncate(int descriptor, off_t length) {
  THE_REAL(ftruncate);
  return fails(TRUNCATE) ? -1 : real(descriptor, length);
}

off_t lseek(int descriptor, off_t offset, int from) {
  THE_REAL(lseek);
  return fails(SEEK) ? -1 : real(descriptor, offset, from);
}

int fsync(int descriptor) {
  THE_REAL(fsync);
  return fails(SYNC) ? -1 : real(descriptor);
}

int rename(const char *from, const char *to) {
  THE_REAL(rename);
  return fails(RENAME) ? -1 : real(from, to);
}

/* ------------------------------------------------------------------------------------------------- Files */

static char folder[1024];
static char path[sizeof folder + 32], temporary[sizeof path + 8];

/* Reads at most `room` bytes of a file. Returns their number, or -1 if there is no file. */
static long contents(unsigned char *bytes, size_t room) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) return -1;
  const long length = (long)fread(bytes, 1, room, file);
  fclose(file);
  return length;
}

static unsigned char before[1 << 20], after[1 << 20];

/* The number of runs that could not be written and returned their draws. */
static int num_draws_kept = 0;

/* ------------------------------------------------------------------------------------------------- Calls */

static gmm_model *model;
static gmm_posterior *posterior, *longer;

static gmm_status save(gmm_posterior **out, gmm_error **out_error) {
  *out = NULL;
  return gmm_posterior_save(longer, path, NULL, out_error);
}

static gmm_status export_csv(gmm_posterior **out, gmm_error **out_error) {
  *out = NULL;
  return gmm_posterior_export_csv(longer, 0, path, NULL, out_error);
}

static gmm_status load(gmm_posterior **out, gmm_error **out_error) {
  return gmm_posterior_load(path, NULL, out, out_error);
}

static gmm_status sample_with_checkpoints(gmm_posterior **out, gmm_error **out_error) {
  gmm_sample_options options = fixture_sample_options();
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  control.num_threads = 1;
  gmm_checkpoint checkpoint;
  gmm_checkpoint_init(&checkpoint, sizeof checkpoint);
  checkpoint.path = path;
  checkpoint.interval = 3600.0;
  options.checkpoint = &checkpoint;
  return gmm_sample(model, fixture_data_set(), &options, &control, out, out_error);
}

typedef struct {
  const char *name;
  gmm_status (*make)(gmm_posterior **, gmm_error **);
} call;

/* Checks the state after a failed call. A run leaves its last checkpoint, from which it goes on to the same draws. */
static void leaves_what_was_there(const call *call, const gmm_posterior *out, long length) {
  if (call->make != sample_with_checkpoints) {
    EXPECT(contents(after, sizeof after) == length && memcmp(before, after, (size_t)length) == 0);
  } else if (out == NULL) {
    EXPECT(access(path, F_OK) != 0); /* the call was refused before the run began */
  } else {
    gmm_posterior *again = NULL;
    EXPECT(contents(after, sizeof after) > 0);
    ACCEPTED(sample_with_checkpoints(&again, out_error));
    EXPECT(same_draws(out, posterior) && same_draws(again, posterior));
    gmm_posterior_destroy(again);
    num_draws_kept++;
  }
}

/* Checks a call whose n-th use of a function fails. Returns whether the call used the function n times. */
static int survives(const call *call, function failing, int n, int reason) {
  const int failures_before = num_failures;
  gmm_posterior *out = NULL;
  gmm_error *error = NULL;
  if (call->make != sample_with_checkpoints) ACCEPTED(gmm_posterior_save(posterior, path, NULL, out_error));
  const long length = contents(before, sizeof before);

  fault.function = failing, fault.calls = n, fault.reason = reason, fault.is_armed = 1;
  const gmm_status status = call->make(&out, &error);
  const int has_failed = fault.calls <= 0;
  fault.is_armed = 0;

  EXPECT((status == GMM_OK) == (error == NULL));
  EXPECT(access(temporary, F_OK) != 0);
  if (status == GMM_OK) {
    /* An interrupted call is made again; a folder that cannot be opened is not synced. */
    EXPECT(!has_failed || reason == EINTR || failing == OPEN);
    if (call->make == load) EXPECT(same_draws(out, posterior));
    if (call->make == sample_with_checkpoints) EXPECT(same_draws(out, posterior));
  } else {
    EXPECT(has_failed && reason != EINTR && status == GMM_ERROR_FILE);
    EXPECT(strstr(gmm_error_message(error), path) != NULL);
    EXPECT(strstr(gmm_error_message(error), strerror(reason)) != NULL);
    if (strstr(gmm_error_message(error), "cannot sync the folder") == NULL) leaves_what_was_there(call, out, length);
  }
  if (num_failures > failures_before) {
    printf("  %s, %s number %d: %s\n", call->name, function_names[failing], n, strerror(reason));
  }
  gmm_posterior_destroy(out);
  gmm_error_destroy(error);
  unlink(path);
  return has_failed;
}

int main(void) {
  static const call calls[] = {
      {"save", save}, {"export", export_csv}, {"load", load}, {"checkpoint", sample_with_checkpoints}};
  const char *place = getenv("TMPDIR");
  snprintf(folder, sizeof folder, "%s/gmmswift-disk-XXXXXX", place != NULL ? place : ".");
  if (mkdtemp(folder) == NULL) return EXIT_FAILURE;
  snprintf(path, sizeof path, "%s/a.gmm", folder);
  snprintf(temporary, sizeof temporary, "%s.gmmtmp", path);
  fixture_fill();
  const gmm_model_options model_options = fixture_model_options();
  gmm_sample_options options = fixture_sample_options();
  model = fixture_model(&model_options);
  posterior = fixture_posterior(model, &options);
  options.num_draws = 1000;
  options.store_assignments = 1;
  longer = fixture_posterior(model, &options);

  int num_faults[NUM_FUNCTIONS] = {0};
  for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
    for (function failing = 0; failing < NUM_FUNCTIONS; failing++) {
      const int interruptible = failing == WRITE || failing == READ;
      for (int n = 1; survives(&calls[i], failing, n, reasons[failing]); n++) {
        num_faults[failing]++;
        if (interruptible) survives(&calls[i], failing, n, EINTR);
      }
    }
    /* Writes and reads in pieces, which the system is free to do. */
    piece = 1000;
    survives(&calls[i], OPEN, INT_MAX, 0);
    piece = (size_t)-1;
  }
  /* Each function has failed, so the library calls all of them. */
  for (int i = 0; i < NUM_FUNCTIONS; i++) EXPECT(num_faults[i] > 1);
  EXPECT(num_draws_kept > 5);
  gmm_posterior_destroy(longer);
  gmm_posterior_destroy(posterior);
  gmm_model_destroy(model);
  EXPECT(rmdir(folder) == 0);
  int total = 0;
  for (int i = 0; i < NUM_FUNCTIONS; i++) total += num_faults[i];
  printf("%d faults; ", total);
  return check_report("disk");
}
