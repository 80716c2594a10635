/* The instructions that the processor and the system support. Swift cannot call the compiler's builtin. */
#ifndef GMM_PROCESSOR_H
#define GMM_PROCESSOR_H

#include <stdbool.h>

/* Returns whether compiled code may use the instructions of the x86-64-v3 level (AVX2 and FMA), whose registers the
 * system saves. */
static inline bool gmm_processor_has_avx2(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
         __builtin_cpu_supports("bmi2");
#else
  return false;
#endif
}

/* Returns whether compiled code may use the instructions of the x86-64-v4 level. */
static inline bool gmm_processor_has_avx512(void) {
#if defined(__x86_64__)
  return gmm_processor_has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
  return false;
#endif
}

#endif
