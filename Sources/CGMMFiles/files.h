/* What the C library's files need that Swift has under names of its own library only, which asks for a newer C library.
 */
#ifndef GMM_FILES_H
#define GMM_FILES_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>

/* The reason of the last failure on this thread. */
static inline int gmm_files_error(void) { return errno; }

/* open(2); mode is that of a file that is made, and ignored for others. */
static inline int gmm_files_open(const char *path, int flags, mode_t mode) { return open(path, flags, mode); }

static inline bool gmm_files_is_folder(const struct stat *status) { return S_ISDIR(status->st_mode); }
static inline bool gmm_files_is_regular(const struct stat *status) { return S_ISREG(status->st_mode); }
static inline bool gmm_files_is_link(const struct stat *status) { return S_ISLNK(status->st_mode); }

#endif
