/*
 * The library reads no environment variable, and neither does the runtime within it.
 *
 * At load the runtime looks for variables of the name SWIFT_..., which make it print, or install handlers of signals
 * that belong to the host. These two definitions answer it: they are hidden, so they serve nobody outside the library,
 * and the host keeps its environment.
 */
#define HIDDEN __attribute__((visibility("hidden")))

static char *no_variables[] = {0};
HIDDEN char **environ = no_variables;

HIDDEN char *getenv(const char *name);
char *getenv(const char *name) {
  (void)name;
  return 0;
}

HIDDEN char *secure_getenv(const char *name);
char *secure_getenv(const char *name) {
  (void)name;
  return 0;
}
