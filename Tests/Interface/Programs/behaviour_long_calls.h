/* The calls that can take long, but neither sample nor fit. Each is made with a control, and its result is numbers. */
#ifndef BEHAVIOUR_LONG_CALLS_H
#define BEHAVIOUR_LONG_CALLS_H

#include "behaviour.h"

enum { NUM_LONG_CALLS = 28, RESULT_CAPACITY = 80000 };

/* The result of a call, as numbers. */
typedef struct result {
  double numbers[RESULT_CAPACITY];
  int64_t count;
} result;

typedef struct long_call {
  const char *name;
  gmm_status (*run)(const gmm_control *control, result *made, gmm_error **out_error);
  int64_t num_reports;      /* at least, where each look at the monitor is a report */
  int64_t iterations_total; /* -1: any */
  int writes_parts;         /* 1: what is cancelled leaves its buffer partly written */
} long_call;

extern const long_call long_calls[NUM_LONG_CALLS];

/* The files that calls save and export to. */
extern const char long_calls_file[], long_calls_csv[];

/* Makes the inputs of the calls, and the files; returns the posterior in them. */
const gmm_posterior *long_calls_prepare(void);
void long_calls_end(void);

/* Appends the bytes of a file, or as many as fit. */
void take_file(const char *path, result *made);

#endif
