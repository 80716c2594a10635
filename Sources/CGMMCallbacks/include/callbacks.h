/* Calls of a host's callback, and what it throws.
 *
 * An exception of a callback must not pass through the frames of a call: their threads would go on, and their memory
 * and files would never be released. So it is stopped at the callback and kept, and raised again when the call has
 * ended. Each thread keeps at most one. A callback that ends its thread (pthread_exit, pthread_cancel) is served the
 * same way, since the frames of the thread are unwound then too. */
#ifndef GMM_CALLBACKS_H
#define GMM_CALLBACKS_H

#include <stdint.h>

#define GMM_HIDDEN __attribute__((visibility("hidden")))

/* Returns function(progress, user_data). If the function throws, the exception is kept, and the result is 1. While one
 * is kept the function is not called, and the result is 1 too. */
GMM_HIDDEN int32_t gmm_callback_call(int32_t (*function)(const void *progress, void *user_data), const void *progress,
                                     void *user_data);

/* Raises the exception that this thread keeps, if there is one. Nobody above the caller of this function may hold
 * anything, because the exception passes through without releasing it. */
GMM_HIDDEN void gmm_callback_raise(void);

#endif
