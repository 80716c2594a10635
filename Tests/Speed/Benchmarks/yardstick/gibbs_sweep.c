// The rate of the machine: the assignment sweep of a one-dimensional mixture as a bare loop, on one thread, in AVX-512.
//
// Each observation gets its K log densities, the exponentials of their distances from the largest, one uniform number,
// a label by inverting the cumulative shares, and a place in the counts, sums and sums of squares of its component; the
// labels are stored. Nothing else is done: no log likelihood, no keyed random stream, no rest of a block (N is a
// multiple of 8), and the quadratic is expanded, which loses digits far from 0. It is a yardstick, not a sampler.
//
//     clang -O3 -march=x86-64-v4 -DK=3 gibbs_sweep.c -o gibbs_sweep && ./gibbs_sweep 504 2000
//
// prints nanoseconds of processor time per observation, the best of 5 runs of 2,000 sweeps over 504 observations.
#include <immintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#ifndef K
#define K 3
#endif

enum { LANES = 8, RUNS = 5 };

typedef __m512d Vector;

// Sums over the observations of each component, lane by lane.
typedef struct {
  Vector count[K], sum[K], square[K];
} Moments;

// Eight xoshiro256+ generators side by side (Blackman, Vigna 2021).
typedef struct {
  __m512i word[4];
} Generator;

static inline Vector all(double value) { return _mm512_set1_pd(value); }

// 2^t for t <= 0. The fraction t - floor(t) takes one instruction, and so does the scaling by 2^floor(t); between them
// is the polynomial of degree 11 that is nearest to 2^f on [0, 1] (largest error 4.5e-18 before rounding), with even
// and odd powers apart so that two chains of multiply-adds run side by side.
static inline Vector exp2_of(Vector t) {
  Vector f = _mm512_reduce_pd(t, _MM_FROUND_TO_NEG_INF);
  Vector f2 = _mm512_mul_pd(f, f);
  Vector even = all(0x1.c1546b0b891a7p-28), odd = all(0x1.5a6d6b99eb4a1p-31);
  even = _mm512_fmadd_pd(even, f2, all(0x1.628a9b2661495p-20));
  odd = _mm512_fmadd_pd(odd, f2, all(0x1.b895fab031272p-24));
  even = _mm512_fmadd_pd(even, f2, all(0x1.4308f5f51db7ep-13));
  odd = _mm512_fmadd_pd(odd, f2, all(0x1.ffd042008e366p-17));
  even = _mm512_fmadd_pd(even, f2, all(0x1.3b2ab6f5ef905p-7));
  odd = _mm512_fmadd_pd(odd, f2, all(0x1.5d87ff7b78a76p-10));
  even = _mm512_fmadd_pd(even, f2, all(0x1.ebfbdff82bd67p-3));
  odd = _mm512_fmadd_pd(odd, f2, all(0x1.c6b08d7070085p-5));
  even = _mm512_fmadd_pd(even, f2, all(1));
  odd = _mm512_fmadd_pd(odd, f2, all(0x1.62e42fefa39fap-1));
  return _mm512_scalef_pd(_mm512_fmadd_pd(odd, f, even), t);
}

// Uniform numbers in [0, 1): 52 random bits of mantissa in [1, 2), less 1.
static inline Vector uniform(Generator *generator) {
  __m512i *s = generator->word;
  __m512i bits = _mm512_srli_epi64(_mm512_add_epi64(s[0], s[3]), 12);
  __m512i shifted = _mm512_slli_epi64(s[1], 17);
  s[2] = _mm512_xor_si512(s[2], s[0]);
  s[3] = _mm512_xor_si512(s[3], s[1]);
  s[1] = _mm512_xor_si512(s[1], s[2]);
  s[0] = _mm512_xor_si512(s[0], s[3]);
  s[2] = _mm512_xor_si512(s[2], shifted);
  s[3] = _mm512_rol_epi64(s[3], 45);
  __m512i one = _mm512_set1_epi64(0x3FF0000000000000);
  return _mm512_sub_pd(_mm512_castsi512_pd(_mm512_or_si512(bits, one)), all(1));
}

// One sweep; table[j] holds c0, c1, c2 of component j: its log2 density at x is c0 + c1 x + c2 x^2.
__attribute__((noinline)) static void sweep(const double *x, long n, double table[K][3], uint8_t *labels,
                                            double moments[K][3], Generator *generator) {
  Generator g = *generator;
  Moments m;
  Vector c[K][3];
  for (int j = 0; j < K; ++j) {
    m.count[j] = m.sum[j] = m.square[j] = _mm512_setzero_pd();
    for (int i = 0; i < 3; ++i) c[j][i] = all(table[j][i]);
  }
  for (long i = 0; i < n; i += LANES) {
    Vector value = _mm512_loadu_pd(x + i), share[K];
    for (int j = 0; j < K; ++j) share[j] = _mm512_fmadd_pd(value, _mm512_fmadd_pd(value, c[j][2], c[j][1]), c[j][0]);
    Vector largest = share[0];
    for (int j = 1; j < K; ++j) largest = _mm512_max_pd(largest, share[j]);
    for (int j = 0; j < K; ++j) {
      share[j] = exp2_of(_mm512_sub_pd(share[j], largest));
      if (j > 0) share[j] = _mm512_add_pd(share[j], share[j - 1]);
    }
    // The product is below the total, so the last component needs no comparison: what is left is its own.
    Vector level = _mm512_mul_pd(uniform(&g), share[K - 1]), squared = _mm512_mul_pd(value, value);
    __mmask8 left = 0xff;
    __m128i label = _mm_setzero_si128();
    for (int j = 0; j < K; ++j) {
      __mmask8 beyond = j < K - 1 ? _mm512_cmp_pd_mask(share[j], level, _CMP_LE_OQ) : 0;
      __mmask8 member = (__mmask8)(left & ~beyond);
      left = beyond;
      if (j < K - 1) label = _mm_mask_set1_epi8(label, beyond, (char)(j + 1));
      m.count[j] = _mm512_mask_add_pd(m.count[j], member, m.count[j], all(1));
      m.sum[j] = _mm512_mask_add_pd(m.sum[j], member, m.sum[j], value);
      m.square[j] = _mm512_mask_add_pd(m.square[j], member, m.square[j], squared);
    }
    _mm_storel_epi64((__m128i *)(labels + i), label);
  }
  for (int j = 0; j < K; ++j) {
    moments[j][0] = _mm512_reduce_add_pd(m.count[j]);
    moments[j][1] = _mm512_reduce_add_pd(m.sum[j]);
    moments[j][2] = _mm512_reduce_add_pd(m.square[j]);
  }
  *generator = g;
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int main(int count, char **arguments) {
  long n = count > 1 ? atol(arguments[1]) : 504, sweeps = count > 2 ? atol(arguments[2]) : 2000;
  if (n < LANES || n % LANES != 0 || sweeps < 1) {
    fputs("usage: gibbs_sweep N SWEEPS, with N a multiple of 8\n", stderr);
    return 2;
  }
  size_t bytes = ((size_t)n * sizeof(double) + 63) / 64 * 64;
  double *x = aligned_alloc(64, bytes);
  uint8_t *labels = aligned_alloc(64, bytes);
  if (x == NULL || labels == NULL) return 1;
  // Clusters 5 apart, sd about 0.6; the means of one sweep are those of the next, so that no sweep can be left out.
  for (long i = 0; i < n; ++i) x[i] = 5 * ((double)(i % K) - (K - 1) / 2.0) + 2 * drand48() - 1;
  Generator generator;
  for (int i = 0; i < 4 * LANES; ++i)
    ((uint64_t *)&generator)[i] = ((uint64_t)mrand48() << 32) ^ (uint64_t)mrand48() ^ (uint64_t)i;
  double means[K], moments[K][3], table[K][3], best = 1e300;
  for (int j = 0; j < K; ++j) means[j] = 5 * (j - (K - 1) / 2.0);
  const double log2_of_e = 1.4426950408889634;
  for (int run = 0; run < RUNS; ++run) {
    double start = seconds();
    for (long s = 0; s < sweeps; ++s) {
      for (int j = 0; j < K; ++j) {
        table[j][0] = -0.5 * log2_of_e * means[j] * means[j];
        table[j][1] = log2_of_e * means[j];
        table[j][2] = -0.5 * log2_of_e;
      }
      sweep(x, n, table, labels, moments, &generator);
      for (int j = 0; j < K; ++j) means[j] = moments[j][1] / moments[j][0];
    }
    double taken = seconds() - start;
    if (taken < best) best = taken;
  }
  double total = 0;
  for (int j = 0; j < K; ++j) total += moments[j][0];
  if (total != (double)n) {
    fputs("gibbs_sweep: the counts do not sum to N\n", stderr);
    return 1;
  }
  printf("%.5f\n", best / (double)n / (double)sweeps * 1e9);
  free(x);
  free(labels);
  return 0;
}
