/* The instructions that the processor and the system support, and those that the compiler may use. Swift can ask
 * neither the compiler's builtin nor its macros. */
#ifndef GMM_PROCESSOR_H
#define GMM_PROCESSOR_H

#include <stdbool.h>

/* Returns whether the compiler's flags let it use the instructions of the x86-64-v3 level. */
static inline bool gmm_is_compiled_for_avx2(void) {
#if defined(__AVX2__) && defined(__FMA__)
  return true;
#else
  return false;
#endif
}

/* The same for the x86-64-v4 level. */
static inline bool gmm_is_compiled_for_avx512(void) {
#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
  return true;
#else
  return false;
#endif
}

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
