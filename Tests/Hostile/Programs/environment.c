/* Variables for the Swift runtime, which the library carries: it reads none of them, so it prints nothing and leaves
 * the host's signals alone, and the host keeps its environment. */
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>

#include "check.h"

extern char **environ;

static int num_handlers(void) {
  int count = 0;
  for (int number = 1; number < 32; number++) {
    struct sigaction action;
    if (sigaction(number, NULL, &action) != 0) continue;
    if (action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN) count++;
  }
  return count;
}

/* environment LIBRARY, with SWIFT_DEBUG_HELP=YES and SWIFT_BACKTRACE=enable=yes */
int main(int count, char **arguments) {
  EXPECT(count == 2 && getenv("SWIFT_DEBUG_HELP") != NULL && getenv("SWIFT_BACKTRACE") != NULL);
  EXPECT(num_handlers() == 0);
  void *library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
  if (!EXPECT(library != NULL)) return EXIT_FAILURE;
  const char *(*build_info)(void);
  *(void **)&build_info = dlsym(library, "gmm_build_info");
  EXPECT(strncmp(build_info(), "version=", 8) == 0);
  EXPECT(num_handlers() == 0);
  EXPECT(strcmp(getenv("SWIFT_DEBUG_HELP"), "YES") == 0 && environ[0] != NULL);
  return check_report("environment");
}
