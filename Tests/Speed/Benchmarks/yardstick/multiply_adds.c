// The rate of the machine: independent fused multiply-adds of vectors of doubles, on one or several threads.
//
// Each thread keeps as many sums in registers as there are, apart from two for the factors; no sum waits for another,
// and nothing is loaded or stored. It is the upper bound of any code on this processor, at the clock that it gives when
// all threads work.
//
//     clang -O3 -march=x86-64-v4 -DLANES=8 multiply_adds.c -o multiply_adds && ./multiply_adds 2
//
// prints 10^9 multiply-adds of doubles a second of all threads together, the best of 5 runs: by the wall clock, then by
// processor time, as if the threads had run side by side all the time.
#include <immintrin.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#ifndef LANES
#define LANES 8
#endif

#if LANES == 8
typedef __m512d Vector;
#define ALL _mm512_set1_pd
#define MULTIPLY_ADD _mm512_fmadd_pd
// These are 24 of 32 registers.
enum { SUMS = 24 };
#else
typedef __m256d Vector;
#define ALL _mm256_set1_pd
#define MULTIPLY_ADD _mm256_fmadd_pd
// These are 12 of 16 registers.
enum { SUMS = 12 };
#endif

enum { RUNS = 5, MOST_THREADS = 64, TURNS = 4000000 };

static double seconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

// x <- x a + b, which tends to b / (1 - a) = 1: all numbers stay normal, and the compiler cannot know the result.
static void *work(void *result) {
  Vector sums[SUMS], a = ALL(0.5), b = ALL(0.5);
  // Factors from a place that the compiler cannot see through.
  __asm__ volatile("" : "+v"(a), "+v"(b));
  for (int i = 0; i < SUMS; ++i) sums[i] = ALL(i);
  for (long turn = 0; turn < TURNS; ++turn) {
#pragma GCC unroll 24
    for (int i = 0; i < SUMS; ++i) sums[i] = MULTIPLY_ADD(sums[i], a, b);
  }
  double numbers[LANES], total = 0;
  for (int i = 0; i < SUMS; ++i) {
    __builtin_memcpy(numbers, &sums[i], sizeof numbers);
    for (int lane = 0; lane < LANES; ++lane) total += numbers[lane];
  }
  *(double *)result = total;
  return NULL;
}

int main(int count, char **arguments) {
  int threads = count > 1 ? atoi(arguments[1]) : 1;
  if (threads < 1 || threads > MOST_THREADS) {
    fputs("usage: multiply_adds THREADS, at most 64\n", stderr);
    return 2;
  }
  double wall = 1e300, processor = 1e300;
  for (int run = 0; run < RUNS; ++run) {
    pthread_t others[MOST_THREADS];
    double totals[MOST_THREADS];
    double start = seconds(CLOCK_MONOTONIC), used = seconds(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 1; i < threads; ++i)
      if (pthread_create(&others[i], NULL, work, &totals[i]) != 0) return 1;
    work(&totals[0]);
    for (int i = 1; i < threads; ++i) pthread_join(others[i], NULL);
    start = seconds(CLOCK_MONOTONIC) - start;
    used = (seconds(CLOCK_PROCESS_CPUTIME_ID) - used) / threads;
    if (start < wall) wall = start;
    if (used < processor) processor = used;
    for (int i = 0; i < threads; ++i) {
      if (totals[i] != (double)SUMS * LANES) {
        fputs("multiply_adds: the sums are not what they tend to\n", stderr);
        return 1;
      }
    }
  }
  double billions = 1e-9 * (double)threads * TURNS * SUMS * LANES;
  printf("%.4f %.4f\n", billions / wall, billions / processor);
  return 0;
}
