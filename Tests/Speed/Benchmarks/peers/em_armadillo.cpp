// Iterations of EM by Armadillo's gmm_diag, in one dimension, from a given start:
//
//     em_armadillo FILE ITERATIONS WEIGHT... MEAN... SD...
//
// FILE holds doubles and nothing else. Prints the version, the seconds of the fit, weights, means and sds, a line each.
#include <armadillo>
#include <chrono>
#include <cstdio>
#include <cstdlib>

int main(int argc, char **argv) {
  const int components = (argc - 3) / 3;
  if (components < 1 || argc != 3 + 3 * components) return EXIT_FAILURE;
  arma::mat x;
  if (!x.load(argv[1], arma::raw_binary)) return EXIT_FAILURE;
  x.reshape(1, x.n_elem);
  arma::rowvec weights(components), means(components), sds(components);
  for (int k = 0; k < components; k++) {
    weights[k] = std::atof(argv[3 + k]);
    means[k] = std::atof(argv[3 + components + k]);
    sds[k] = std::atof(argv[3 + 2 * components + k]);
  }
  arma::gmm_diag mixture;
  mixture.set_params(means, arma::square(sds), weights);
  const auto begin = std::chrono::steady_clock::now();
  const bool done =
      mixture.learn(x, components, arma::eucl_dist, arma::keep_existing, 0, std::atoi(argv[2]), 1e-300, false);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (!done) return EXIT_FAILURE;
  std::printf("%s\n%.9f\n", arma::arma_version::as_string().c_str(), seconds);
  for (int k = 0; k < components; k++) std::printf("%.17g ", mixture.hefts[k]);
  std::printf("\n");
  for (int k = 0; k < components; k++) std::printf("%.17g ", mixture.means(0, k));
  std::printf("\n");
  for (int k = 0; k < components; k++) std::printf("%.17g ", std::sqrt(mixture.dcovs(0, k)));
  std::printf("\n");
  return EXIT_SUCCESS;
}
