/* Functions on files that Swift offers only through its own library, which would need a newer C library. */
#ifndef GMM_FILES_H
#define GMM_FILES_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

/* Returns the errno of the last failure on this thread. */
static inline int gmm_files_error(void) { return errno; }

/* Calls open(2). The mode is that of a new file; an existing file keeps its own. */
static inline int gmm_files_open(const char *path, int flags, mode_t mode) { return open(path, flags, mode); }

static inline bool gmm_files_is_folder(const struct stat *status) { return S_ISDIR(status->st_mode); }
static inline bool gmm_files_is_regular(const struct stat *status) { return S_ISREG(status->st_mode); }
static inline bool gmm_files_is_link(const struct stat *status) { return S_ISLNK(status->st_mode); }

#endif
