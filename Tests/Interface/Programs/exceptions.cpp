// Exceptions that a progress callback throws: they end the call, which leaves nothing behind, and reach its caller.
//
//     exceptions [runs]
//
// With `runs` no exception passes C functions of the test, which lose what they own.
extern "C" {
#include "behaviour_long_calls.h"
}

#include <dirent.h>
#include <pthread.h>
#include <sched.h>

#include <cmath>
#include <cstring>
#include <exception>
#include <functional>
#include <string>
#include <vector>

namespace {

/// What a callback throws. The objects are counted, because none may be lost.
struct Thrown {
  explicit Thrown(int number) : number(number) { count++; }
  Thrown(const Thrown& other) : number(other.number) { count++; }
  ~Thrown() { count--; }
  int number;
  static int count;
};
int Thrown::count = 0;

/// An object on the callback's stack, which is destroyed on the exception's way.
struct Local {
  Local() { count++; }
  ~Local() { count--; }
  static int count;
};
int Local::count = 0;

int entries(const char* path) {
  int count = 0;
  DIR* folder = opendir(path);
  if (folder == nullptr) return -1;
  for (const dirent* entry = readdir(folder); entry != nullptr; entry = readdir(folder)) count++;
  closedir(folder);
  return count;
}

int threads() { return entries("/proc/self/task"); }

/// Whether the process has so many threads. The system may show a thread for a moment after it was joined.
bool hasThreads(int count) {
  for (int look = 0; look < 10000 && threads() != count; look++) sched_yield();
  return threads() == count;
}

int files() { return entries("/proc/self/fd"); }

using Observe = std::function<void(const gmm_progress&)>;

int32_t observed(const gmm_progress* progress, void* user_data) {
  const Local local;
  (*static_cast<Observe*>(user_data))(*progress);
  return 0;
}

gmm_control observing(Observe& observe, int32_t threads) {
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  control.num_threads = threads;
  control.progress = observed;
  control.progress_user_data = &observe;
  control.progress_interval = 0.0;
  return control;
}

using Call = std::function<gmm_status(const gmm_control*, gmm_error**)>;

/// Makes a call whose callback throws at its report number `last`, counted from 1. Returns whether it reached us.
bool throws(const Call& call, int32_t num_threads, int last) {
  int reports = 0;
  Observe observe = [&](const gmm_progress&) {
    reports++;
    if (reports >= last) throw Thrown(reports);
  };
  const gmm_control control = observing(observe, num_threads);
  const int before = threads(), open = files();
  gmm_error* error = nullptr;
  bool is_caught = false;
  try {
    (void)call(&control, &error);
  } catch (const Thrown& thrown) {
    is_caught = true;
    EXPECT(thrown.number == last && std::uncaught_exceptions() == 0);
  }
  EXPECT(reports == (is_caught ? last : reports));  // After an exception there is no report.
  EXPECT(hasThreads(before) && files() == open);
  EXPECT(Thrown::count == 0 && Local::count == 0);
  EXPECT(error == nullptr || gmm_error_status(error) == GMM_CANCELLED);
  gmm_error_destroy(error);
  return is_caught;
}

/// A call is stopped by an exception in any of its reports, and then gives what it gave before.
void stops(const std::string& name, const Call& call) {
  for (const int32_t num_threads : {1, 2, 5, 16}) {
    for (const int last : {1, 2, 3}) {
      if (!EXPECT(throws(call, num_threads, last) || last > 2)) std::printf("  %s\n", name.c_str());
    }
  }
}

void longCalls() {
  long_calls_prepare();
  static result before, made;
  for (const long_call& call : long_calls) {
    made.count = before.count = 0;
    ACCEPTED(call.run(nullptr, &before, out_error));
    stops(call.name, [&](const gmm_control* control, gmm_error** error) {
      made.count = 0;
      return call.run(control, &made, error);
    });
    made.count = 0;
    ACCEPTED(call.run(nullptr, &made, out_error));
    EXPECT(made.count == before.count &&
           std::memcmp(made.numbers, before.numbers, static_cast<size_t>(made.count) * sizeof(double)) == 0);
  }
  long_calls_end();
}

void runs() {
  const gmm_model_options model_options = fixture_model_options();
  gmm_model* model = fixture_model(&model_options);
  gmm_sample_options options = fixture_sample_options();
  gmm_posterior* before = fixture_posterior(model, &options);
  gmm_sample_options longer = options;
  longer.num_chains = 6;
  longer.num_draws = 20000;
  gmm_checkpoint checkpoint;
  gmm_checkpoint_init(&checkpoint, sizeof checkpoint);
  checkpoint.path = "build/interface/exceptions.checkpoint";
  gmm_posterior* made = nullptr;
  // The draws so far come back, as they do when the callback cancels. Above this number, all six chains have some.
  const Call sample = [&](const gmm_control* control, gmm_error** error) {
    return gmm_sample(model, fixture_data_set(), &longer, control, &made, error);
  };
  Observe observe = [&](const gmm_progress& progress) {
    if (progress.draws_done > 5 * 20000) throw Thrown(1);
  };
  for (const int32_t num_threads : {1, 2, 5, 16}) {
    const gmm_control control = observing(observe, num_threads);
    gmm_error* error = nullptr;
    try {
      (void)sample(&control, &error);
      EXPECT(!"an exception passes the call");
    } catch (const Thrown&) {
    }
    // Where the last report is the first above the number, the call has ended by itself.
    EXPECT(made != nullptr && (error == nullptr || gmm_error_status(error) == GMM_CANCELLED));
    gmm_posterior* more = nullptr;
    ACCEPTED(gmm_posterior_extend(made, 5, nullptr, nullptr, &more, out_error));
    gmm_posterior_destroy(more);
    gmm_posterior_destroy(made);
    gmm_error_destroy(error);
  }
  const auto sampled = [&](const Call& call) {
    return [&, call](const gmm_control* control, gmm_error** error) {
      struct Freed {
        gmm_posterior** made;
        ~Freed() { gmm_posterior_destroy(*made); }
      } freed{&made};
      return call(control, error);
    };
  };
  stops("gmm_sample", sampled(sample));
  stops("gmm_sample with a checkpoint", sampled([&](const gmm_control* control, gmm_error** error) {
          std::remove(checkpoint.path);
          longer.checkpoint = &checkpoint;
          return sample(control, error);
        }));
  std::remove(checkpoint.path);
  stops("gmm_posterior_extend", sampled([&](const gmm_control* control, gmm_error** error) {
          return gmm_posterior_extend(before, 20000, nullptr, control, &made, error);
        }));

  // A thousand groups of eight: helpers share the blocks of a pass.
  std::vector<double> values;
  for (int i = 0; i < 80000; i++) values.push_back(std::fmod(i * 0.61803398874989485, 1.0) + (i % 3));
  gmm_data* data = fixture_rows(values.data(), 80000, 1);
  gmm_em_fit* fit = nullptr;
  gmm_em_options em;
  gmm_em_options_init(&em, sizeof em);
  em.num_components = 3;
  em.num_starts = 2;
  em.max_iterations = 5;
  stops("gmm_fit_em", [&](const gmm_control* control, gmm_error** error) {
    struct Freed {
      gmm_em_fit** fit;
      ~Freed() { gmm_em_fit_destroy(*fit); }
    } freed{&fit};
    return gmm_fit_em(data, &em, control, &fit, error);
  });
  gmm_variational_fit* variational = nullptr;
  gmm_variational_options bayes;
  gmm_variational_options_init(&bayes, sizeof bayes);
  bayes.num_components = 3;
  bayes.num_starts = 2;
  bayes.max_iterations = 5;
  stops("gmm_fit_variational", [&](const gmm_control* control, gmm_error** error) {
    struct Freed {
      gmm_variational_fit** fit;
      ~Freed() { gmm_variational_fit_destroy(*fit); }
    } freed{&variational};
    return gmm_fit_variational(data, &bayes, control, &variational, error);
  });
  longer = options;
  longer.num_draws = 20;
  stops("gmm_sample of many rows", sampled([&](const gmm_control* control, gmm_error** error) {
          return gmm_sample(model, data, &longer, control, &made, error);
        }));
  gmm_data_destroy(data);

  gmm_posterior* after = fixture_posterior(model, &options);
  EXPECT(same_draws(before, after));
  gmm_posterior_destroy(after);
  gmm_posterior_destroy(before);
  gmm_model_destroy(model);
}

/// A callback calls the library, whose callback throws: it may catch the exception, or let it pass on.
void nestedCalls() {
  const gmm_model_options model_options = fixture_model_options();
  gmm_model* model = fixture_model(&model_options);
  gmm_sample_options options = fixture_sample_options();
  options.num_draws = 20000;
  const int before = threads();
  for (const bool is_caught_inside : {true, false}) {
    int caught_inside = 0, caught_outside = 0;
    Observe inner = [](const gmm_progress&) { throw Thrown(2); };
    const gmm_control inside = observing(inner, 3);
    Observe outer = [&](const gmm_progress&) {
      gmm_posterior* made = nullptr;
      try {
        EXPECT(gmm_sample(model, fixture_data_set(), &options, &inside, &made, nullptr) != GMM_OK);
      } catch (const Thrown& thrown) {
        gmm_posterior_destroy(made);
        caught_inside++;
        EXPECT(thrown.number == 2);
        if (!is_caught_inside) throw;
      }
    };
    gmm_sample_options outer_options = fixture_sample_options();
    const gmm_control outside = observing(outer, 3);
    gmm_posterior* posterior = nullptr;
    gmm_error* error = nullptr;
    try {
      EXPECT(gmm_sample(model, fixture_data_set(), &outer_options, &outside, &posterior, &error) == GMM_OK);
    } catch (const Thrown& thrown) {
      caught_outside++;
      EXPECT(thrown.number == 2);
    }
    gmm_posterior_destroy(posterior);
    gmm_error_destroy(error);
    EXPECT(caught_inside >= 1 && caught_outside == (is_caught_inside ? 0 : 1));
    EXPECT(is_caught_inside || caught_inside == 1);
    EXPECT(hasThreads(before) && Thrown::count == 0);
  }
  gmm_model_destroy(model);
}

/// A sink that throws ends the call, whose parts and threads are freed.
void throwingSinks() {
  const gmm_model_options model_options = fixture_model_options();
  gmm_model* model = fixture_model(&model_options);
  gmm_sample_options options = fixture_sample_options();
  options.num_draws = INT64_MAX / 1000000;
  const int before = threads();
  for (const int last : {1, 2, 5}) {
    int parts = 0;
    std::function<void()> receive = [&] {
      if (++parts == last) throw Thrown(last);
    };
    const gmm_sink_fn sink = [](const gmm_part*, void* user_data) -> int32_t {
      const Local local;
      (*static_cast<std::function<void()>*>(user_data))();
      return 0;
    };
    gmm_error* error = nullptr;
    int caught = 0;
    try {
      (void)!gmm_sample_to(model, fixture_data_set(), &options, 7, nullptr, sink, &receive, &error);
    } catch (const Thrown& thrown) {
      caught = thrown.number;
    }
    EXPECT(caught == last && parts == last && Thrown::count == 0 && Local::count == 0 && hasThreads(before));
    EXPECT(gmm_error_status(error) == GMM_CANCELLED);
    gmm_error_destroy(error);
  }
  gmm_model_destroy(model);
}

int32_t endThread(const gmm_progress* progress, void* user_data) {
  const Local local;
  if (progress->draws_done > 0) pthread_exit(user_data);
  return 0;
}

/// What a thread whose callback ends it works with.
struct Ending {
  const gmm_model* model;
  gmm_posterior* posterior;
  bool is_unwound;
};

void* sampleAndEnd(void* argument) {
  struct Unwound {
    Ending* ending;
    ~Unwound() { ending->is_unwound = true; }
  } unwound{static_cast<Ending*>(argument)};
  gmm_sample_options options = fixture_sample_options();
  options.num_draws = 2000000;
  gmm_control control;
  gmm_control_init(&control, sizeof control);
  control.num_threads = 4;
  control.progress = endThread;
  control.progress_user_data = argument;
  control.progress_interval = 0.0;
  (void)!gmm_sample(unwound.ending->model, fixture_data_set(), &options, &control, &unwound.ending->posterior, nullptr);
  return nullptr;
}

/// A callback that ends its thread ends the call first.
void endedThreads() {
  const gmm_model_options model_options = fixture_model_options();
  gmm_model* model = fixture_model(&model_options);
  const int before = threads();
  for (int round = 0; round < 3; round++) {
    Ending ending{model, nullptr, false};
    pthread_t thread;
    void* value = nullptr;
    EXPECT(pthread_create(&thread, nullptr, sampleAndEnd, &ending) == 0);
    EXPECT(pthread_join(thread, &value) == 0 && value == &ending);
    EXPECT(ending.is_unwound && Local::count == 0 && hasThreads(before));
    gmm_posterior_destroy(ending.posterior);
  }
  gmm_model_destroy(model);
}

}  // namespace

int main(int argc, char**) {
  fixture_fill();
  if (argc == 1) longCalls();
  runs();
  nestedCalls();
  throwingSinks();
  endedThreads();
  return check_report("exceptions");
}
