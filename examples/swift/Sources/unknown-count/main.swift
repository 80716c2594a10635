// How many clusters data make, where the number of components K has a prior. Components without rows count for K, but
// not for the number of clusters K+.
//
//     unknown-count DATA
//
// DATA is a text file with one number on each line, such as examples/data/galaxies.txt.

import Foundation
import GaussianMixtures

let text = try String(contentsOfFile: CommandLine.arguments[1], encoding: .utf8)
let data = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }

// All components have the same priors, because their number varies.
let model = try MixtureModel(
  MixtureShape(componentCount: 64),
  means: .scaledNormal(mean: [20.831], kappa: [0.05]),
  spread: .inverseGamma(shape: [2], scale: [2.6085]),
  count: .betaNegativeBinomial(size: 1, a: 4, b: 3))
let posterior = try sample(model, data: data, SamplingOptions(draws: 20_000, tune: 1_000, chains: 4, seed: 1))

let components = try posterior.componentProbabilities()
let clusters = try posterior.clusterProbabilities()
print("number, P(K), P(K+), its Monte-Carlo error")
for number in clusters.values.indices where max(components.values[number], clusters.values[number]) >= 0.01 {
  print(
    "number[\(number)]", components.values[number], clusters.values[number], clusters.errors[number])
}

// What needs no labels is of all draws, whatever their numbers of components.
let densities = try posterior.logDensity(at: DataSet([10, 20])).map(exp)
print("density at 10 and 20:", densities[0], densities[1])
let together = try posterior.coclustering(rows: [0], columns: [1, data.count - 1])
print("the first observation shares a component with the next one and the last one:", together[0], together[1])

// Components mean something in the draws that have equally many clusters.
let most = clusters.values.indices.max { clusters.values[$0] < clusters.values[$1] }!
let given = try posterior.given(clusters: most)
print("given \(most) clusters: \(given.drawCount) draws, labels certain in", try given.labelling.overallConfidence)
for parameter in try given.summary() where parameter.name.hasPrefix("means") {
  print(parameter.name, parameter.statistics.mean, parameter.statistics.sd)
}
