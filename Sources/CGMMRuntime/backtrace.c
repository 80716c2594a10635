/*
 * The runtime can install handlers of signals that print a backtrace when the process crashes. Crashes belong to the
 * host, so the library leaves this part out: the definitions below stand for it, and say that it is off.
 */
#include <stdbool.h>

#define HIDDEN __attribute__((visibility("hidden")))

/* The runtime's settings: none is on. */
HIDDEN extern const char _swift_backtraceSettings[0x58];
const char _swift_backtraceSettings[0x58] = {0};

/* The runtime refers to this function so that its handlers are linked. */
HIDDEN bool _swift_backtrace_isThunkFunction(const char *name);
bool _swift_backtrace_isThunkFunction(const char *name) {
  (void)name;
  return false;
}
