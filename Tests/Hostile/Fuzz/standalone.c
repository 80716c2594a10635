/* Runs a target without libFuzzer: standalone SECONDS FILE... Every file first, then changed copies of them until the
 * time is over; the changes are the same in every run. The input in hand is printed when the program traps. */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LONGEST = 4096, MOST_FILES = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static uint8_t current[LONGEST];
static size_t current_size;

/* Writes the input as hexadecimal digits. It makes only async-signal-safe calls. */
static void trapped(int number) {
  static const char digits[] = "0123456789abcdef";
  char text[2 * LONGEST + 1];
  for (size_t i = 0; i < current_size; i++) {
    text[2 * i] = digits[current[i] >> 4];
    text[2 * i + 1] = digits[current[i] & 15];
  }
  text[2 * current_size] = '\n';
  if (write(STDOUT_FILENO, text, 2 * current_size + 1) < 0) _exit(1);
  _exit(128 + number);
}

/* A small generator of its own (xorshift64*), so that runs repeat anywhere. */
static uint64_t draw(uint64_t *state) {
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return *state * 0x2545F4914F6CDD1DULL;
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static size_t load(const char *path, uint8_t *bytes) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) exit(EXIT_FAILURE);
  const size_t size = fread(bytes, 1, LONGEST, file);
  fclose(file);
  return size;
}

int main(int count, char **arguments) {
  static const int traps[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
  static uint8_t inputs[MOST_FILES][LONGEST];
  static size_t sizes[MOST_FILES];
  if (count < 3 || count - 2 > MOST_FILES) return EXIT_FAILURE;
  for (int i = 0; i < 6; i++) signal(traps[i], trapped);
  const int files = count - 2;
  long executions = 0;
  for (int i = 0; i < files; i++) {
    sizes[i] = current_size = load(arguments[2 + i], inputs[i]);
    memcpy(current, inputs[i], current_size);
    LLVMFuzzerTestOneInput(current, current_size);
    executions++;
  }
  uint64_t state = 0x9E3779B97F4A7C15ULL;
  const double end = seconds() + atof(arguments[1]);
  while (seconds() < end) {
    /* Takes the head of one input and, in half of the rounds, the tail of another. Then changes some bytes. */
    const int first = (int)(draw(&state) % (uint64_t)files), second = (int)(draw(&state) % (uint64_t)files);
    memcpy(current, inputs[first], sizes[first]);
    current_size = sizes[first];
    const size_t cut = draw(&state) % (sizes[first] + 1);
    if (draw(&state) % 2 == 0 && cut < sizes[second]) {
      memcpy(current + cut, inputs[second] + cut, sizes[second] - cut);
      current_size = sizes[second];
    }
    for (uint64_t changes = draw(&state) % 8; changes > 0 && current_size > 0; changes--) {
      current[draw(&state) % current_size] = (uint8_t)draw(&state);
    }
    LLVMFuzzerTestOneInput(current, current_size);
    executions++;
  }
  printf("%ld executions from %d inputs, nothing broke\n", executions, files);
  return EXIT_SUCCESS;
}
