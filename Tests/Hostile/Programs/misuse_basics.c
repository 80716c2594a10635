/* Misuse of error objects and of struct_size. */
#include "misuse.h"

void misuse_errors(const misuse_handles *handles) {
  EXPECT(gmm_error_status(NULL) == GMM_ERROR_NULL_ARGUMENT);
  EXPECT(strcmp(gmm_error_message(NULL), "") == 0);
  EXPECT(strcmp(gmm_error_argument(NULL), "") == 0);
  EXPECT(strcmp(gmm_error_rule(NULL), "") == 0 && strcmp(gmm_error_value(NULL), "") == 0);
  gmm_error_destroy(NULL);

  EXPECT(strcmp(gmm_error_message((gmm_error *)handles->model), "") == 0);
  EXPECT(strcmp(gmm_error_argument(handles->zeros), "") == 0);
  EXPECT(gmm_error_status(handles->zeros) == GMM_ERROR_WRONG_HANDLE);
  gmm_error_destroy((gmm_error *)handles->model);
  EXPECT(gmm_model_num_components(handles->model) == 2);

  const gmm_status unknown[] = {-1, 1, 9, 72, 1000, INT32_MAX, INT32_MIN};
  for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
    EXPECT(strcmp(gmm_status_name(unknown[i]), "GMM_UNKNOWN_STATUS") == 0);
  }
  EXPECT(strcmp(gmm_status_name(GMM_OK), "GMM_OK") == 0);
  EXPECT(strcmp(gmm_status_name(GMM_ERROR_INVALID_DATA), "GMM_ERROR_INVALID_DATA") == 0);
  EXPECT(strcmp(gmm_status_name(GMM_CANCELLED), "GMM_CANCELLED") == 0);
}

/* The rules of struct_size for one kind of options, whose _init is given. */
#define INIT_SIZES(type, init)                                                                  \
  do {                                                                                          \
    struct {                                                                                    \
      type options;                                                                             \
      unsigned char tail[64];                                                                   \
    } room;                                                                                     \
    EXPECT(init(NULL, sizeof(type)) == GMM_ERROR_NULL_ARGUMENT);                                \
    EXPECT(init(&room.options, 0) == GMM_ERROR_STRUCT_SIZE);                                    \
    EXPECT(init(&room.options, 3) == GMM_ERROR_STRUCT_SIZE);                                    \
    EXPECT(init(&room.options, SIZE_MAX) == GMM_ERROR_STRUCT_SIZE);                             \
    memset(&room, 0xA5, sizeof room);                                                           \
    EXPECT(init(&room.options, sizeof(type)) == GMM_OK);                                        \
    EXPECT(room.options.struct_size == sizeof(type) && room.tail[0] == 0xA5);                   \
    memset(&room, 0xA5, sizeof room);                                                           \
    EXPECT(init(&room.options, sizeof(type) - 8) == GMM_OK);                                    \
    EXPECT(((unsigned char *)&room)[sizeof(type) - 8] == 0xA5);                                 \
    EXPECT(room.options.struct_size == sizeof(type) - 8);                                       \
    memset(&room, 0xA5, sizeof room);                                                           \
    EXPECT(init(&room.options, sizeof room) == GMM_OK);                                         \
    EXPECT(room.options.struct_size == sizeof room && room.tail[0] == 0 && room.tail[63] == 0); \
  } while (0)

void misuse_sizes(const misuse_handles *handles) {
  INIT_SIZES(gmm_data_options, gmm_data_options_init);
  INIT_SIZES(gmm_model_options, gmm_model_options_init);
  INIT_SIZES(gmm_background, gmm_background_init);
  INIT_SIZES(gmm_control, gmm_control_init);
  INIT_SIZES(gmm_checkpoint, gmm_checkpoint_init);
  INIT_SIZES(gmm_posterior_info, gmm_posterior_info_init);
  INIT_SIZES(gmm_sample_options, gmm_sample_options_init);
  INIT_SIZES(gmm_summary_options, gmm_summary_options_init);
  INIT_SIZES(gmm_until, gmm_until_init);
  INIT_SIZES(gmm_until_result, gmm_until_result_init);
  INIT_SIZES(gmm_run_info, gmm_run_info_init);
  INIT_SIZES(gmm_loo, gmm_loo_init);
  INIT_SIZES(gmm_evidence_options, gmm_evidence_options_init);
  INIT_SIZES(gmm_evidence, gmm_evidence_init);
  INIT_SIZES(gmm_chain_moves, gmm_chain_moves_init);
  INIT_SIZES(gmm_mode_options, gmm_mode_options_init);
  INIT_SIZES(gmm_mode_result, gmm_mode_result_init);
  INIT_SIZES(gmm_chain_tempering, gmm_chain_tempering_init);
  INIT_SIZES(gmm_label_options, gmm_label_options_init);
  INIT_SIZES(gmm_kde_options, gmm_kde_options_init);
  INIT_SIZES(gmm_em_options, gmm_em_options_init);
  INIT_SIZES(gmm_em_result, gmm_em_result_init);

  /* A caller was compiled with a newer header. The call is accepted unless a new field is set. */
  struct {
    gmm_sample_options options;
    double newer;
  } future;
  gmm_posterior *made = NULL;
  future.options = fixture_sample_options();
  future.options.struct_size = sizeof future;
  future.newer = 0.0;
  ACCEPTED(gmm_sample(handles->model, fixture_data_set(), &future.options, NULL, &made, out_error));
  gmm_posterior_destroy(made);
  future.newer = 1.0;
  REFUSED_HANDLE(GMM_ERROR_STRUCT_SIZE, "options", made,
                 gmm_sample(handles->model, fixture_data_set(), &future.options, NULL, &made, out_error));

  /* A caller was compiled with an older header. The bytes beyond struct_size are not read. */
  gmm_sample_options older = fixture_sample_options();
  older.struct_size = offsetof(gmm_sample_options, store_assignments);
  older.store_assignments = -5;
  older.num_initial = -5;
  ACCEPTED(gmm_sample(handles->model, fixture_data_set(), &older, NULL, &made, out_error));
  gmm_posterior_destroy(made);

  older.struct_size = 0;
  REFUSED_HANDLE(GMM_ERROR_STRUCT_SIZE, "options", made,
                 gmm_sample(handles->model, fixture_data_set(), &older, NULL, &made, out_error));

  gmm_control control;
  gmm_control_init(&control, sizeof control);
  control.struct_size = 0;
  REFUSED_HANDLE(GMM_ERROR_STRUCT_SIZE, "control", made,
                 gmm_sample(handles->model, fixture_data_set(), NULL, &control, &made, out_error));
}
