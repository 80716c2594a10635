#include "behaviour.h"

static void about(void) {
  EXPECT(strcmp(gmm_version(), GMM_VERSION_STRING) == 0);
  EXPECT(strncmp(gmm_build_info(), "version=" GMM_VERSION_STRING " ", strlen("version=" GMM_VERSION_STRING " ")) == 0);
  EXPECT(strstr(gmm_build_info(), "available=portable") != NULL);
  EXPECT(gmm_abi_version() == GMM_ABI_VERSION);
}

/* Returns whether a part is to run. All parts run except those that an argument leaves out (-PART), or only those
 * that arguments name. */
static int is_wanted(const char *name, int count, char **arguments) {
  int wanted = count < 2 || arguments[1][0] == '-';
  for (int i = 1; i < count; i++) {
    if (strcmp(arguments[i], name) == 0) wanted = 1;
    if (arguments[i][0] == '-' && strcmp(arguments[i] + 1, name) == 0) wanted = 0;
  }
  return wanted;
}

/* behaviour [PART... | -PART...] */
int main(int count, char **arguments) {
  const struct {
    const char *name;
    void (*run)(void);
  } parts[] = {{"stack", behaviour_stack}, /* first: the runtime's initialization needs most of the stack */
               {"about", about},
               {"draws", behaviour_draws},
               {"labels", behaviour_labels},
               {"counts", behaviour_counts},
               {"known rows", behaviour_known_rows},
               {"background", behaviour_background},
               {"hyperpriors", behaviour_hyperpriors},
               {"continuation", behaviour_continuation},
               {"files", behaviour_files},
               {"control", behaviour_control},
               {"cancelling", behaviour_cancelling},
               {"long_calls", behaviour_long_calls},
               {"processes", behaviour_processes},
               {"models", behaviour_models},
               {"dimensions", behaviour_dimensions},
               {"data", behaviour_data},
               {"data_sets", behaviour_data_sets},
               {"parts_of_data", behaviour_parts_of_data},
               {"summaries", behaviour_summaries},
               {"predictions", behaviour_predictions},
               {"comparison", behaviour_comparison},
               {"label_free", behaviour_label_free},
               {"diagnosis", behaviour_diagnosis},
               {"arrays", behaviour_arrays},
               {"densities", behaviour_densities},
               {"em", behaviour_em},
               {"statistics", behaviour_statistics},
               {"mixtures", behaviour_mixtures},
               {"variational", behaviour_variational},
               {"stepwise", behaviour_stepwise},
               {"starts", behaviour_starts},
               {"until", behaviour_until},
               {"runs", behaviour_runs}};
  int num_run = 0;
  fixture_fill();
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    if (!is_wanted(parts[i].name, count, arguments)) continue;
    parts[i].run();
    num_run++;
  }
  EXPECT(num_run > 0);
  return check_report("behaviour");
}
