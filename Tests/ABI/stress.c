#include "stress.h"

#include <time.h>
#include <unistd.h>

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
  if (part == NULL) return 1;
  gmm_posterior_info info = {.struct_size = sizeof info}, all = {.struct_size = sizeof all};
  gmm_view mine, theirs;
  if (gmm_posterior_get_info(part, &info, NULL) != GMM_OK || gmm_posterior_get_info(whole, &all, NULL) != GMM_OK)
    return 0;
  if (info.num_chains != all.num_chains || info.num_draws > all.num_draws) return 0;
  if (gmm_posterior_view(part, GMM_FIELD_MEANS, &mine, NULL) != GMM_OK) return 0;
  if (gmm_posterior_view(whole, GMM_FIELD_MEANS, &theirs, NULL) != GMM_OK) return 0;
  for (int64_t chain = 0; chain < info.num_chains; chain++) {
    for (int64_t draw = 0; draw < info.num_draws; draw++) {
      const double *a = (const double *)mine.data + chain * mine.strides[0] + draw * mine.strides[1];
      const double *b = (const double *)theirs.data + chain * theirs.strides[0] + draw * theirs.strides[1];
      if (memcmp(a, b, (size_t)info.num_components * sizeof *a) != 0) return 0;
    }
  }
  return 1;
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
