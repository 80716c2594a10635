/* The task of Swift's concurrency on which a call is made.
 *
 * The runtime's functions are referred to weakly. A program with tasks has them. The shared library for C is linked
 * without Swift's concurrency, and its calls have no task. */
#ifndef GMM_TASK_H
#define GMM_TASK_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__APPLE__)
#define GMM_WEAK __attribute__((weak_import))
#else
#define GMM_WEAK __attribute__((weak))
#endif

__attribute__((swiftcall)) GMM_WEAK extern void *swift_task_getCurrent(void);
__attribute__((swiftcall)) GMM_WEAK extern bool swift_task_isCancelled(void *task);

/* Returns the task that runs on this thread, or NULL if there is none. */
static inline void *gmm_current_task(void) {
  return swift_task_getCurrent && swift_task_isCancelled ? swift_task_getCurrent() : NULL;
}

/* Returns whether a task was cancelled. The task must still run. Any thread may call this function. */
static inline bool gmm_task_is_cancelled(void *task) { return swift_task_isCancelled(task); }

#endif
