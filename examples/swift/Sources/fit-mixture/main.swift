// Three clusters that only the order of their means tells apart. None of them is nearly empty.
//
//     fit-mixture DATA [SAVED]
//
// DATA is a text file with one number on each line. SAVED is a file to which the posterior is written, and read again.

import Foundation
import GaussianMixtures

let text = try String(contentsOfFile: CommandLine.arguments[1], encoding: .utf8)
let data = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }

let model = try MixtureModel(
  componentCount: 3,
  minimumWeight: 0.1,
  means: .normal(mean: [0], sd: [15]),
  orderedMeans: true,
  spread: .uniform(lower: [0], upper: [20]),
  sharedSpread: true)

// Which flags of the compiler make them faster is told in README.md.
print("kernels:", KernelBuild.best)
let posterior = try sample(model, data: data, SamplingOptions(draws: 5_000, tune: 1_000, chains: 4, seed: 1))

print("parameter, mean, sd, 95 % highest-density interval, R-hat")
for parameter in try posterior.summary() {
  let statistics = parameter.statistics
  print(
    parameter.name, statistics.mean, statistics.sd, statistics.hdiLower, statistics.hdiUpper, statistics.rHat)
}

let probabilities = try posterior.probabilities()
print("the first observation,", data[0], "is in component 0, 1, 2 with probability", probabilities[0..<3])

if CommandLine.arguments.count > 2 {
  do {
    try posterior.save(to: CommandLine.arguments[2])
    let longer = try Posterior.load(CommandLine.arguments[2]).extended(by: 100)
    print("saved, loaded and extended:", longer.drawCount, "draws of each chain")
  } catch let error as StorageError {
    print("not saved:", error)
  }
}
