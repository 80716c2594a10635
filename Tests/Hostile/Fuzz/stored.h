/* Files for the library's readers: their paths, their checksums, and the runs to which checkpoints belong. */
#ifndef STORED_H
#define STORED_H

#include <gmmswift.h>

enum { HEADER = 64, LONGEST_FILE = 1 << 16, RUNS = 5 };

/* The kinds of files. */
enum { KIND_POSTERIOR = 1, KIND_CHECKPOINT = 2, KIND_STATISTICS = 3 };

typedef struct stored {
  size_t size;
  uint8_t bytes[LONGEST_FILE];
} stored;

/* A path in a folder that is removed at the end, in memory where there is such a place. */
const char *stored_path(const char *name);

/* Writes a file of these bytes. */
void stored_write(const char *path, const uint8_t *bytes, size_t size);

/* Reads a file. If it does not exist, the result has 0 bytes. */
void stored_read(const char *path, stored *self);

/* Puts a header with the right length and checksums before the payload that is there. `like`: a file of the library's,
 * for its version. A posterior's format stays an earlier one where the header says so, and is today's otherwise; a
 * checkpoint's is today's. */
void stored_seal(stored *self, uint32_t kind, const stored *like);

/* Changes the length of each section so that it reaches to the next section. */
void stored_mend_sections(stored *self);

/* Samples run 0 .. RUNS - 1 with a checkpoint at `path`, or without for NULL: small data, all kinds of states of chains
 * between the runs. */
gmm_status stored_run(int run, const char *path, gmm_cancel *cancel, gmm_posterior **posterior, gmm_error **error);

/* The checkpoint of a finished run, made by the library when first asked for; its checksums are compared with the
 * harness's own. */
const stored *stored_checkpoint(int run);

/* The bytes of the section that begins at a place, head included. */
size_t stored_section_size(const stored *file, size_t place);

/* Changes the bytes that the section at a place says it has, head included. */
void stored_set_section_size(stored *file, size_t place, size_t size);

/* The bytes of the first section of a checkpoint: what it is a checkpoint of. */
size_t stored_identity_size(const stored *checkpoint);

#endif
