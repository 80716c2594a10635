/* What the processor and the system under it can do; the compiler's builtin has no Swift spelling. */
#ifndef GMM_PROCESSOR_H
#define GMM_PROCESSOR_H

#include <stdbool.h>

/* The instructions of the x86-64-v3 level that compiled code may use: AVX2 and FMA, saved by the system. */
static inline bool gmm_processor_has_avx2(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
         __builtin_cpu_supports("bmi2");
#else
  return false;
#endif
}

/* The instructions of the x86-64-v4 level. */
static inline bool gmm_processor_has_avx512(void) {
#if defined(__x86_64__)
  return gmm_processor_has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
  return false;
#endif
}

#endif
