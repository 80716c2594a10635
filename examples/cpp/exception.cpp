// An exception of a progress callback that reaches the caller.
//
// Worker threads are at work below a callback, so an exception must not leave it: it is caught there, kept, and thrown
// again when the call has returned and has joined its threads.
//
//     exception

#include <gmmswift.h>

#include <cmath>
#include <cstdio>
#include <exception>
#include <functional>
#include <stdexcept>
#include <vector>

namespace {

// A callback in C++, and the exception that it threw.
struct Observer {
  std::function<void(const gmm_progress &)> observe;
  std::exception_ptr thrown;
};

// What the library calls: nothing that the observer throws passes through here.
int32_t observed(const gmm_progress *progress, void *user_data) noexcept {
  Observer &observer = *static_cast<Observer *>(user_data);
  try {
    observer.observe(*progress);
    return 0;
  } catch (...) {
    // The first one counts: the library reports once more at the end of a call that is cancelled.
    if (!observer.thrown) observer.thrown = std::current_exception();
    return 1;
  }
}

// Samples, or throws what the observer threw.
gmm_posterior *sample(const gmm_model *model, const gmm_data *data, Observer &observer) {
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  control.progress = observed;
  control.progress_user_data = &observer;
  control.progress_interval = 0.001;
  gmm_sample_options options;
  gmm_sample_options_init(&options, sizeof options);
  options.num_draws = 1000000;
  gmm_posterior *posterior = nullptr;
  gmm_error *error = nullptr;
  const gmm_status status = gmm_sample(model, data, &options, &control, &posterior, &error);
  const std::runtime_error failure(gmm_error_message(error));
  gmm_error_destroy(error);
  if (observer.thrown) {
    gmm_posterior_destroy(posterior);  // the draws so far
    std::rethrow_exception(observer.thrown);
  }
  if (status != GMM_OK) throw failure;
  return posterior;
}

}  // namespace

int main() {
  std::vector<double> values;
  for (int i = 0; i < 2000; i++) values.push_back((i % 2 == 0 ? 0.0 : 6.0) + std::sin(0.1 * i));
  gmm_model_options options;
  gmm_model_options_init(&options, sizeof options);
  options.num_components = 2;
  gmm_data *data = nullptr;
  gmm_model *model = nullptr;
  if (gmm_data_create(values.data(), 2000, 1, nullptr, &data, nullptr) != GMM_OK) return 1;
  if (gmm_model_create(&options, &model, nullptr) != GMM_OK) return 1;

  int is_caught = 0;
  Observer observer{[](const gmm_progress &progress) {
                      if (progress.iterations_done > 1000) throw std::runtime_error("enough of it");
                    },
                    nullptr};
  try {
    gmm_posterior_destroy(sample(model, data, observer));
  } catch (const std::runtime_error &error) {
    std::printf("caught after the call: %s\n", error.what());
    is_caught = 1;
  }
  gmm_model_destroy(model);
  gmm_data_destroy(data);
  return is_caught ? 0 : 1;
}
