// The time to load a library in a fresh process: dlopen with all symbols bound, and the first call. Prints
// milliseconds.
#include <dlfcn.h>
#include <stdio.h>
#include <time.h>

static double milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

int main(int count, char **arguments) {
  if (count != 2) return 2;
  double start = milliseconds();
  void *library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    return 1;
  }
  int (*version)(void);
  *(void **)&version = dlsym(library, "gmm_abi_version");
  if (version == NULL || version() < 0) return 1;
  printf("%.4f\n", milliseconds() - start);
  return 0;
}
