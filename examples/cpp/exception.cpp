// An exception of a progress callback that reaches the caller.
//
// The call ends its threads, frees its memory and hands back the draws so far. Then the exception goes on.
//
//     exception

#include <gmmswift.h>

#include <cmath>
#include <cstdio>
#include <functional>
#include <memory>
#include <stdexcept>
#include <vector>

namespace {

using Observer = std::function<void(const gmm_progress &)>;
using Posterior = std::unique_ptr<gmm_posterior, decltype(&gmm_posterior_destroy)>;
using Error = std::unique_ptr<gmm_error, decltype(&gmm_error_destroy)>;

int32_t observed(const gmm_progress *progress, void *user_data) {
  (*static_cast<Observer *>(user_data))(*progress);
  return 0;
}

// Puts the handle that a call has made into its owner, whether the call returns or throws.
template <typename Owner>
struct Out {
  explicit Out(Owner &owner) : owner(owner) {}
  ~Out() { owner.reset(handle); }
  Owner &owner;
  typename Owner::pointer handle = nullptr;
};

// Fills the posterior, or throws what the observer throws: the posterior then has the draws so far.
void sample(const gmm_model *model, const gmm_data *data, Observer &observer, Posterior &posterior) {
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  control.progress = observed;
  control.progress_user_data = &observer;
  control.progress_interval = 0.001;
  gmm_sample_options options;
  gmm_sample_options_init(&options, sizeof options);
  options.num_draws = 1000000;
  Error error(nullptr, gmm_error_destroy);
  gmm_status status;
  {
    Out made(posterior);
    Out failed(error);
    status = gmm_sample(model, data, &options, &control, &made.handle, &failed.handle);
  }
  if (status != GMM_OK) throw std::runtime_error(gmm_error_message(error.get()));
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
  Posterior posterior(nullptr, gmm_posterior_destroy);
  Observer observer = [](const gmm_progress &progress) {
    if (progress.draws_done > 1000) throw std::runtime_error("enough of it");
  };
  try {
    sample(model, data, observer, posterior);
  } catch (const std::runtime_error &error) {
    std::printf("caught after the call: %s\n", error.what());
    is_caught = 1;
  }
  posterior.reset();
  gmm_model_destroy(model);
  gmm_data_destroy(data);
  return is_caught ? 0 : 1;
}
