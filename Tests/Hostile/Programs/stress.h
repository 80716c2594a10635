/* Hosts that strain the library. Each part takes a scale: 1 for a few seconds, 10 and more for long runs. */
#ifndef STRESS_H
#define STRESS_H

/* These tests do on purpose what compilers warn about. */
#define GMM_NO_ATTRIBUTES

#include "check.h"
#include "draws.h"
#include "fixture.h"

void stress_threads(int scale);    /* 64 host threads at once, one model for all */
void stress_cancelling(int scale); /* a flag raised by another thread at any moment */
void stress_forks(int scale);      /* fork before, during and after calls */
void stress_callbacks(int scale);  /* callbacks that are slow, that cancel, that call back */
void stress_handles(int scale);    /* handles made and destroyed by many threads; handles destroyed twice */
void stress_rounds(int scale);     /* create, sample, destroy: memory stays flat */

/* Returns the resident memory of this process in kilobytes, or -1 if it is not known. */
long resident_kilobytes(void);

/* Sleeps. */
void sleep_microseconds(long microseconds);

/* Returns whether the draws of `part` are the first ones of `whole`, bit for bit; 1 if `part` is NULL. */
int begins(const gmm_posterior *part, const gmm_posterior *whole);

#endif
