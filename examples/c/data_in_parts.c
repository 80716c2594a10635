/*
 * A fit of a mixture to data of which only a part is in memory at any time.
 *
 *     x_i | z_i = k ~ Normal(means[k], covariances[k]),   maximum likelihood, by expectation-maximisation.
 *
 * Each iteration reads the file part by part and computes the sufficient statistics of each part under the current
 * parameters. The merged statistics give the next parameters. They are passed on as bytes, as if from another machine.
 * Parts are multiples of 4096 rows, so the fit is the same, bit for bit, as with all data at once. The program
 * checks that.
 *
 *     data_in_parts [examples/data/faithful.txt]
 *
 * The file holds rows of two numbers. It is short, so the program repeats it 80 times, as 21,760 rows.
 */
#include <string.h>

#include "example.h"

enum { DIMENSIONS = 2, COMPONENTS = 2, PART = 8192, REPEATS = 80, ITERATIONS = 10 };

/* A source of rows that is read from the beginning in each iteration. */
typedef struct source {
  FILE *file;
  int passes; /* over the file, with the current one */
} source;

static void rewind_source(source *rows) {
  rewind(rows->file);
  rows->passes = 1;
}

/* Reads the next rows, at most PART of them, and returns their number. */
static int64_t read_part(source *rows, double (*part)[DIMENSIONS]) {
  int64_t count = 0;
  while (count < PART) {
    if (fscanf(rows->file, "%lf %lf", &part[count][0], &part[count][1]) == DIMENSIONS) {
      count++;
    } else if (rows->passes < REPEATS) {
      rewind(rows->file);
      rows->passes++;
    } else {
      break;
    }
  }
  return count;
}

/* Writes the statistics of one part as bytes, as for another process, and reads them back. */
static gmm_statistics *sent(const gmm_statistics *statistics) {
  gmm_error *error = NULL;
  const int64_t size = gmm_statistics_size(statistics);
  uint8_t *bytes = malloc((size_t)size);
  if (bytes == NULL) exit(EXIT_FAILURE);
  check(gmm_statistics_write(statistics, bytes, size, &error), &error);
  gmm_statistics *received = NULL;
  check(gmm_statistics_read(bytes, size, &received, &error), &error);
  free(bytes);
  return received;
}

/* Returns a data set of rows. */
static gmm_data *rows_of(const double *rows, int64_t count) {
  gmm_error *error = NULL;
  gmm_data *data = NULL;
  check(gmm_data_create(rows, count, DIMENSIONS, NULL, &data, &error), &error);
  return data;
}

/* Makes one iteration: returns the parameters to which those of the mixture lead. */
static gmm_em_fit *iterate(source *rows, const gmm_mixture *mixture) {
  static double part[PART][DIMENSIONS];
  gmm_error *error = NULL;
  gmm_statistics *total = NULL;
  int64_t count;
  for (rewind_source(rows); (count = read_part(rows, part)) > 0;) {
    gmm_statistics *statistics = NULL;
    gmm_data *data = rows_of(part[0], count);
    check(gmm_statistics_compute(mixture, data, NULL, &statistics, &error), &error);
    gmm_data_destroy(data);
    gmm_statistics *received = sent(statistics);
    gmm_statistics_destroy(statistics);
    if (total == NULL) {
      total = received;
      continue;
    }
    const gmm_statistics *both[] = {total, received};
    gmm_statistics *merged = NULL;
    check(gmm_statistics_merge(both, 2, NULL, &merged, &error), &error);
    gmm_statistics_destroy(total);
    gmm_statistics_destroy(received);
    total = merged;
  }
  gmm_em_fit *fit = NULL;
  check(gmm_statistics_maximize(total, 0.0, 1e-12, &fit, &error), &error);
  gmm_statistics_destroy(total);
  return fit;
}

static gmm_em_result result_of(const gmm_em_fit *fit) {
  gmm_error *error = NULL;
  gmm_em_result result = {.struct_size = sizeof result};
  check(gmm_em_fit_get_result(fit, &result, &error), &error);
  return result;
}

/* Makes the same iterations with all rows in memory. */
static gmm_em_fit *fit_at_once(source *rows, const gmm_mixture *start, int64_t *out_count) {
  static double all[REPEATS * 1000][DIMENSIONS];
  gmm_error *error = NULL;
  int64_t count = 0, more;
  for (rewind_source(rows); count + PART <= REPEATS * 1000 && (more = read_part(rows, all + count)) > 0;) count += more;
  gmm_em_options options;
  gmm_em_options_init(&options, sizeof options);
  options.num_components = COMPONENTS;
  options.initial_weights = start->weights;
  options.initial_means = start->means;
  options.initial_covariances = start->covariances;
  options.max_iterations = ITERATIONS;
  options.tolerance = 0.0;
  gmm_em_fit *fit = NULL;
  gmm_data *data = rows_of(all[0], count);
  check(gmm_fit_em(data, &options, NULL, &fit, &error), &error);
  gmm_data_destroy(data);
  *out_count = count;
  return fit;
}

int main(int argc, char **argv) {
  const char *path = argc > 1 ? argv[1] : "examples/data/faithful.txt";
  source rows = {.file = fopen(path, "r")};
  if (rows.file == NULL) {
    fprintf(stderr, "%s: cannot be opened\n", path);
    return EXIT_FAILURE;
  }

  const double weights[] = {0.5, 0.5}, means[] = {2.0, 60.0, 4.0, 75.0};
  const double covariances[] = {1.0, 0.0, 0.0, 100.0, 1.0, 0.0, 0.0, 100.0};
  gmm_mixture mixture;
  gmm_mixture_init(&mixture, sizeof mixture);
  mixture.num_components = COMPONENTS;
  mixture.num_dimensions = DIMENSIONS;
  mixture.weights = weights;
  mixture.means = means;
  mixture.covariances = covariances;
  const gmm_mixture start = mixture;

  /* The arrays of parameters belong to their fit, which must live until the next fit has been made. */
  gmm_em_fit *fit = NULL;
  gmm_em_result result = {.struct_size = sizeof result};
  for (int i = 0; i < ITERATIONS; i++) {
    gmm_em_fit *next = iterate(&rows, &mixture);
    gmm_em_fit_destroy(fit);
    fit = next;
    result = result_of(fit);
    mixture.weights = result.weights;
    mixture.means = result.means;
    mixture.covariances = result.covariances;
    if (i % 3 == 0)
      printf("iteration %2d: mean log likelihood %.6f, moved by %.1e\n", i, result.lower_bound, result.move);
  }
  for (int k = 0; k < COMPONENTS; k++) {
    const double *c = result.covariances + 4 * k;
    printf("component %d: weight %.4f, mean %.4f %.4f, covariance %.4f %.4f %.4f\n", k, result.weights[k],
           result.means[2 * k], result.means[2 * k + 1], c[0], c[2], c[3]);
  }

  /* The wait after an eruption of 3.2 minutes decides to which component the eruption belongs. */
  gmm_error *error = NULL;
  const double medium[] = {3.2, 50.0, 3.2, 80.0};
  double probabilities[2 * COMPONENTS];
  gmm_data *points = rows_of(medium, 2);
  check(gmm_mixture_probabilities(&mixture, points, NULL, probabilities, 2 * COMPONENTS, &error), &error);
  gmm_data_destroy(points);
  printf("an eruption of 3.2 minutes is a long one with probability %.3f before a wait of 50 minutes, %.3f of 80\n",
         probabilities[1], probabilities[3]);

  int64_t count = 0;
  gmm_em_fit *whole = fit_at_once(&rows, &start, &count);
  const gmm_em_result expected = result_of(whole);
  const int same = memcmp(expected.weights, result.weights, sizeof weights) == 0 &&
                   memcmp(expected.means, result.means, sizeof means) == 0 &&
                   memcmp(expected.covariances, result.covariances, sizeof covariances) == 0;
  printf("all %d rows at once: %s\n", (int)count, same ? "the same bits" : "other numbers");

  gmm_em_fit_destroy(whole);
  gmm_em_fit_destroy(fit);
  fclose(rows.file);
  return same ? EXIT_SUCCESS : EXIT_FAILURE;
}
