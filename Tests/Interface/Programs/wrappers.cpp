// The header from C++17: owning handles by std::unique_ptr, errors as exceptions, callbacks to lambdas.
#include <gmmswift.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace {

template <auto destroy>
struct Destroy {
  template <typename T>
  void operator()(T* handle) const noexcept {
    destroy(handle);
  }
};

using Model = std::unique_ptr<gmm_model, Destroy<gmm_model_destroy>>;
using Data = std::unique_ptr<gmm_data, Destroy<gmm_data_destroy>>;
using Posterior = std::unique_ptr<gmm_posterior, Destroy<gmm_posterior_destroy>>;
using Summary = std::unique_ptr<gmm_summary, Destroy<gmm_summary_destroy>>;
using Error = std::unique_ptr<gmm_error, Destroy<gmm_error_destroy>>;

/// A failed call, with the status and the library's own message.
class Failure : public std::runtime_error {
 public:
  Failure(gmm_status status, const gmm_error* error) : std::runtime_error(gmm_error_message(error)), status(status) {}
  const gmm_status status;
};

/// Calls a function of the library with an error object as its last argument.
template <typename Function, typename... Arguments>
void call(Function function, Arguments... arguments) {
  gmm_error* raw = nullptr;
  const gmm_status status = function(arguments..., &raw);
  const Error error(raw);
  if (status != GMM_OK) throw Failure(status, error.get());
}

Model makeModel(int32_t components) {
  const double zero = 0.0, ten = 10.0;
  gmm_model_options options;
  gmm_model_options_init(&options, sizeof options);
  options.num_components = components;
  options.ordered_means = 1;
  options.means = gmm_prior{GMM_PRIOR_NORMAL, 1, &zero, &ten, NULL};
  options.spread = gmm_prior{GMM_PRIOR_UNIFORM, 1, &zero, &ten, NULL};
  gmm_model* model = nullptr;
  call(gmm_model_create, &options, &model);
  return Model(model);
}

Data makeData(const std::vector<double>& values) {
  gmm_data* data = nullptr;
  call(gmm_data_create, values.data(), static_cast<int64_t>(values.size()), int64_t{1},
       static_cast<const gmm_data_options*>(nullptr), &data);
  return Data(data);
}

template <typename Callback>
Posterior sample(const Model& model, const Data& data, Callback callback) {
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  control.progress_user_data = &callback;
  control.progress = [](const gmm_progress* progress, void* user_data) -> int32_t {
    (*static_cast<Callback*>(user_data))(*progress);
    return 0;
  };
  gmm_posterior* posterior = nullptr;
  call(gmm_sample, model.get(), data.get(), static_cast<const gmm_sample_options*>(nullptr), &control, &posterior);
  return Posterior(posterior);
}

void expect(bool holds, const char* what) {
  if (holds) return;
  std::printf("does not hold: %s\n", what);
  std::exit(EXIT_FAILURE);
}

}  // namespace

int main() {
  static_assert(std::is_same_v<gmm_status, int32_t> && std::is_standard_layout_v<gmm_sample_options>);
  const Data data = makeData({1.2, 0.8, 1.1, 0.9, 4.8, 5.3, 5.1, 4.9, 5.0});
  int64_t draws = 0;
  const Posterior posterior =
      sample(makeModel(2), data, [&draws](const gmm_progress& progress) { draws = progress.draws_done; });
  expect(draws == 4000, "the callback has seen all draws");

  gmm_summary* raw = nullptr;
  call(gmm_posterior_summarize, posterior.get(), static_cast<const gmm_summary_options*>(nullptr),
       static_cast<const gmm_control*>(nullptr), &raw);
  const Summary summary(raw);
  expect(gmm_summary_num_rows(summary.get()) == 6, "the summary has a row for each parameter");

  try {
    makeModel(0);
    expect(false, "a model without components is refused");
  } catch (const Failure& failure) {
    expect(failure.status == GMM_ERROR_INVALID_ARGUMENT, "the exception carries the status");
    expect(std::string(failure.what()).find("num_components") != std::string::npos, "and the message");
  }
  std::printf("wrappers: C++17 program passed\n");
  return EXIT_SUCCESS;
}
