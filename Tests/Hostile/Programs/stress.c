#include "stress.h"

#include <time.h>
#include <unistd.h>

#include "draws.h"

long resident_kilobytes(void) {
  long pages = -1, resident = -1;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file == NULL) return -1;
  if (fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = -1;
  fclose(file);
  return resident < 0 ? -1 : resident * (sysconf(_SC_PAGESIZE) / 1024);
}

void sleep_microseconds(long microseconds) {
  const struct timespec time = {microseconds / 1000000, microseconds % 1000000 * 1000};
  nanosleep(&time, NULL);
}

int begins(const gmm_posterior *part, const gmm_posterior *whole) {
  return part == NULL || holds_draws(part, whole, 0, 1);
}

/* stress [SCALE [PART]] */
int main(int count, char **arguments) {
  const struct {
    const char *name;
    void (*run)(int scale);
  } parts[] = {{"threads", stress_threads},     {"cancelling", stress_cancelling}, {"forks", stress_forks},
               {"callbacks", stress_callbacks}, {"handles", stress_handles},       {"rounds", stress_rounds}};
  const int scale = count > 1 ? atoi(arguments[1]) : 1;
  fixture_fill();
  for (int i = 0; i < 6; i++) {
    if (count < 3 || strcmp(arguments[2], parts[i].name) == 0) parts[i].run(scale);
  }
  return check_report("stress");
}
