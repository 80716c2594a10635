/* Files: posteriors are saved and loaded, draws are exported, and runs go on from checkpoints. */
#include <sys/stat.h>
#include <unistd.h>

#include "behaviour.h"

static char folder[1024];
static char path[sizeof folder + 32];

static const char *in_folder(const char *name) {
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

static void a_posterior_comes_back_and_goes_on(const gmm_model *model) {
  gmm_sample_options options = fixture_sample_options();
  options.store_assignments = 1;
  options.thin = 2;
  options.num_tune = 300;
  gmm_posterior *saved = fixture_posterior(model, &options), *loaded = NULL, *longer = NULL, *same = NULL;
  ACCEPTED(gmm_posterior_save(saved, in_folder("a.gmm"), NULL, out_error));
  ACCEPTED(gmm_posterior_load(in_folder("a.gmm"), NULL, &loaded, out_error));
  EXPECT(same_draws(saved, loaded));
  const gmm_posterior_info before = info_of(saved), after = info_of(loaded);
  EXPECT(memcmp(&before, &after, sizeof before) == 0);
  const gmm_view data = view_of(loaded, GMM_FIELD_OBSERVATIONS);
  EXPECT(memcmp(data.data, fixture_data, sizeof(double) * FIXTURE_COUNT) == 0);
  gmm_posterior_destroy(saved);
  options.num_draws = 80;
  saved = fixture_posterior(model, &options);
  ACCEPTED(gmm_posterior_extend(loaded, 30, NULL, NULL, &longer, out_error));
  EXPECT(same_draws(saved, longer));

  /* An existing file is replaced. */
  ACCEPTED(gmm_posterior_save(longer, in_folder("a.gmm"), NULL, out_error));
  ACCEPTED(gmm_posterior_load(in_folder("a.gmm"), NULL, &same, out_error));
  EXPECT(same_draws(longer, same));
  gmm_posterior_destroy(same);
  gmm_posterior_destroy(longer);
  gmm_posterior_destroy(loaded);
  gmm_posterior_destroy(saved);
  unlink(in_folder("a.gmm"));
}

static void bytes_in_memory_are_those_of_the_file(const gmm_model *model) {
  gmm_sample_options options = fixture_sample_options();
  options.store_assignments = 1;
  gmm_posterior *posterior = fixture_posterior(model, &options), *subset = NULL;
  ACCEPTED(gmm_posterior_subset(posterior, 5, 3, &subset, out_error));
  gmm_posterior *both[] = {posterior, subset};
  for (int i = 0; i < 2; i++) {
    gmm_posterior *found = NULL, *longer = NULL, *expected = NULL;
    ACCEPTED(gmm_posterior_save(both[i], in_folder("c.gmm"), NULL, out_error));
    const int64_t size = gmm_posterior_size(both[i]);
    /* The bytes lie at an odd address, and the one behind them is not written to. */
    uint8_t *bytes = malloc((size_t)size + 3), *file = malloc((size_t)size + 1);
    bytes[size + 1] = 77;
    ACCEPTED(gmm_posterior_write(both[i], NULL, bytes + 1, size + 100, out_error));
    FILE *stream = fopen(path, "rb");
    EXPECT(stream != NULL && fread(file, 1, (size_t)size + 1, stream) == (size_t)size);
    if (stream != NULL) fclose(stream);
    EXPECT(memcmp(bytes + 1, file, (size_t)size) == 0 && bytes[size + 1] == 77);
    ACCEPTED(gmm_posterior_read(bytes + 1, size, NULL, &found, out_error));
    /* They are copied. */
    memset(bytes, 0, (size_t)size);
    EXPECT(same_draws(both[i], found));
    const gmm_posterior_info before = info_of(both[i]), after = info_of(found);
    EXPECT(memcmp(&before, &after, sizeof before) == 0);
    if (i == 0) {
      ACCEPTED(gmm_posterior_extend(posterior, 9, NULL, NULL, &expected, out_error));
      ACCEPTED(gmm_posterior_extend(found, 9, NULL, NULL, &longer, out_error));
      EXPECT(same_draws(expected, longer));
    }
    gmm_posterior_destroy(longer);
    gmm_posterior_destroy(expected);
    gmm_posterior_destroy(found);
    free(bytes);
    free(file);
  }
  unlink(path);
  gmm_posterior_destroy(subset);
  gmm_posterior_destroy(posterior);
}

static void priors_are_equal(const gmm_prior *left, const gmm_prior *right) {
  EXPECT(left->family == right->family && left->num_values == right->num_values && left->priors == NULL);
  for (int32_t j = 0; j < left->num_values; j++) {
    EXPECT(left->first[j] == right->first[j]);
    if (left->second != NULL) EXPECT(left->second[j] == right->second[j]);
  }
}

static void the_model_of_a_posterior_is_its_own(const gmm_model_options *stated) {
  gmm_model *model = fixture_model(stated), *found = NULL, *again = NULL;
  gmm_sample_options options = fixture_sample_options();
  gmm_posterior *posterior = fixture_posterior(model, &options);
  gmm_model_destroy(model);
  ACCEPTED(gmm_posterior_get_model(posterior, &found, out_error));
  gmm_posterior_destroy(posterior);
  gmm_model_options read = {.struct_size = sizeof read};
  ACCEPTED(gmm_model_get_options(found, &read, out_error));
  EXPECT(read.num_components == stated->num_components && read.num_dimensions == stated->num_dimensions);
  EXPECT(read.ordered_means == stated->ordered_means && read.shared_spread == stated->shared_spread);
  EXPECT(read.minimum_weight == stated->minimum_weight && read.struct_size == sizeof read);
  const gmm_prior *left[] = {&read.weights, &read.means, &read.spread};
  const gmm_prior *right[] = {&stated->weights, &stated->means, &stated->spread};
  for (int i = 0; i < 3; i++) {
    EXPECT(left[i]->family == right[i]->family && left[i]->num_values == right[i]->num_values);
    if (left[i]->family != GMM_PRIOR_EACH) priors_are_equal(left[i], right[i]);
    for (int32_t k = 0; left[i]->family == GMM_PRIOR_EACH && k < left[i]->num_values; k++) {
      priors_are_equal(&left[i]->priors[k], &right[i]->priors[k]);
    }
  }
  /* The options make the same model. */
  ACCEPTED(gmm_model_create(&read, &again, out_error));
  const double weights[] = {0.4, 0.6}, means[] = {-1.0, 2.0}, sds[] = {1.0, 1.5};
  double first = 0.0, second = 1.0;
  ACCEPTED(gmm_model_log_prior(found, weights, means, sds, &first, out_error));
  ACCEPTED(gmm_model_log_prior(again, weights, means, sds, &second, out_error));
  EXPECT(first == second);
  gmm_model_destroy(again);
  gmm_model_destroy(found);
}

static void chains_are_exported(const gmm_model *model) {
  gmm_sample_options options = fixture_sample_options();
  gmm_posterior *posterior = fixture_posterior(model, &options);
  ACCEPTED(gmm_posterior_export_csv(posterior, 1, in_folder("b.csv"), NULL, out_error));
  FILE *file = fopen(in_folder("b.csv"), "r");
  char line[1024];
  int64_t draw = -1;
  const gmm_view means = view_of(posterior, GMM_FIELD_MEANS);
  while (file != NULL && fgets(line, sizeof line, file) != NULL) {
    if (line[0] == '#') continue;
    if (draw < 0) {
      EXPECT(strncmp(line, "lp__,accept_stat__,log_likelihood,weights.1,weights.2,means.1,means.2,sd", 72) == 0);
    } else {
      double numbers[7] = {0.0};
      char *next = line;
      for (int i = 0; i < 7; i++) numbers[i] = strtod(next + (i > 0 ? 1 : 0), &next);
      EXPECT(numbers[5] == element(&means, 1, draw, 0) && numbers[6] == element(&means, 1, draw, 1));
    }
    draw++;
  }
  EXPECT(file != NULL && draw == options.num_draws);
  if (file != NULL) fclose(file);
  unlink(in_folder("b.csv"));
  gmm_posterior_destroy(posterior);
}

/* Stops a call after as many reports as the number that user_data points to. */
static int32_t stop_after(const gmm_progress *progress, void *user_data) {
  (void)progress;
  return --*(int *)user_data <= 0;
}

static void a_run_that_was_stopped_goes_on(const gmm_model *model) {
  gmm_sample_options options = fixture_sample_options();
  options.num_draws = 20000;
  options.thin = 3;
  gmm_posterior *expected = fixture_posterior(model, &options), *found = NULL;
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  gmm_checkpoint checkpoint;
  gmm_checkpoint_init(&checkpoint, sizeof checkpoint);
  checkpoint.path = in_folder("c.gmmckpt");
  checkpoint.interval = 0.001;
  options.checkpoint = &checkpoint;
  control.progress = stop_after;
  control.progress_interval = 0.0;
  gmm_status status = GMM_CANCELLED;
  for (int reports = 2; status == GMM_CANCELLED; reports += 3) {
    int left = reports;
    control.progress_user_data = &left;
    status = gmm_sample(model, fixture_data_set(), &options, &control, &found, NULL);
    if (status == GMM_CANCELLED) gmm_posterior_destroy(found);
  }
  EXPECT(status == GMM_OK && same_draws(expected, found));
  gmm_posterior_destroy(found);

  gmm_error *error = NULL;
  options.seed++;
  control.progress = NULL;
  status = gmm_sample(model, fixture_data_set(), &options, &control, &found, &error);
  EXPECT(status == GMM_ERROR_FILE_MISMATCH && found == NULL);
  EXPECT(strstr(gmm_error_message(error), "is of a run with seed 7, not 8") != NULL);
  EXPECT(strcmp(gmm_error_argument(error), "checkpoint.path") == 0);
  gmm_error_destroy(error);
  unlink(path);
  gmm_posterior_destroy(expected);
}

/* Removes the folder of a run that has begun. Earlier, a file that cannot be written refuses the run. */
static int32_t remove_folder(const gmm_progress *progress, void *user_data) {
  if (progress->iterations_done == 0) return 0;
  unlink(user_data);
  rmdir(folder);
  return 0;
}

static void what_cannot_be_written_down_is_still_returned(const gmm_model *model) {
  gmm_sample_options options = fixture_sample_options();
  options.num_draws = 2000;
  gmm_posterior *expected = fixture_posterior(model, &options), *found = NULL;
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  gmm_checkpoint checkpoint;
  gmm_checkpoint_init(&checkpoint, sizeof checkpoint);
  checkpoint.path = in_folder("d.gmmckpt");
  checkpoint.interval = 60.0;
  options.checkpoint = &checkpoint;
  control.progress = remove_folder;
  control.progress_interval = 0.0;
  control.progress_user_data = path;
  gmm_error *error = NULL;
  const gmm_status status = gmm_sample(model, fixture_data_set(), &options, &control, &found, &error);
  EXPECT(status == GMM_ERROR_FILE && gmm_error_status(error) == GMM_ERROR_FILE);
  EXPECT(gmm_error_system_code(error) != 0);
  EXPECT(strstr(gmm_error_message(error), "d.gmmckpt': cannot write: No such file or directory") != NULL);
  EXPECT(found != NULL && same_draws(expected, found));
  gmm_error_destroy(error);
  gmm_posterior_destroy(found);
  gmm_posterior_destroy(expected);
}

void behaviour_files(void) {
  const char *temporary = getenv("TMPDIR");
  snprintf(folder, sizeof folder, "%s/gmmswift-behaviour-XXXXXX", temporary != NULL ? temporary : ".");
  if (!EXPECT(mkdtemp(folder) != NULL)) return;
  const gmm_model_options options = fixture_model_options(), ordered = fixture_ordered_options();
  gmm_model *model = fixture_model(&options), *simple = fixture_model(&ordered);
  a_posterior_comes_back_and_goes_on(model);
  bytes_in_memory_are_those_of_the_file(model);
  the_model_of_a_posterior_is_its_own(&options);
  the_model_of_a_posterior_is_its_own(&ordered);
  static const double one = 1.0, two = 2.0;
  const gmm_prior means[] = {{GMM_PRIOR_FIXED, 1, &one, NULL, NULL}, {GMM_PRIOR_NORMAL, 1, &two, &one, NULL}};
  const gmm_prior spreads[] = {{GMM_PRIOR_GAMMA, 1, &one, &two, NULL}, {GMM_PRIOR_FIXED, 1, &two, NULL, NULL}};
  gmm_model_options mixed = fixture_model_options();
  mixed.means = (gmm_prior){GMM_PRIOR_EACH, 2, NULL, NULL, means};
  mixed.spread = (gmm_prior){GMM_PRIOR_EACH, 2, NULL, NULL, spreads};
  the_model_of_a_posterior_is_its_own(&mixed);
  chains_are_exported(simple);
  a_run_that_was_stopped_goes_on(model);
  what_cannot_be_written_down_is_still_returned(model);
  EXPECT(rmdir(folder) != 0); /* the folder has already been removed */
  gmm_model_destroy(simple);
  gmm_model_destroy(model);
}
