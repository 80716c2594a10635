import Foundation
import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Co-clustering and the scalars without labels agree with plain loops over the draws.
@Suite struct CoclusteringTests {
  private func posterior(_ rows: Int = 300, components: Int = 3) throws -> Posterior {
    let data = (0..<rows).map { i in Double(i % 3) * 2.5 + Foundation.sin(Double(i) * 12.9) }
    let model = try MixtureModel(
      componentCount: components, means: .normal(mean: [3], sd: [5]), spread: .halfCauchy(scale: [1]))
    return try sample(model, data: data, SamplingOptions(draws: 20, tune: 100, chains: 2, seed: 6))
  }

  /// The responsibilities of all rows under each draw, by plain arithmetic.
  private func responsibilities(_ posterior: Posterior) -> [[[Double]]] {
    let components = posterior.layout.componentCount
    return (0..<posterior.chainCount * posterior.drawCount).map { value in
      let row = posterior.row(chain: value / posterior.drawCount, draw: value % posterior.drawCount)
      return posterior.data.values.map { x in
        let shares = (0..<components).map { k in
          row[k] * exp(logNormal(x, row[components + k], row[2 * components + k]))
        }
        let total = shares.reduce(0, +)
        return shares.map { $0 / total }
      }
    }
  }

  /// 300 rows are three patches, and 20 components take three draws at a time.
  @Test(arguments: [3, 20])
  func probabilitiesOfPairsAreAveragesOfProducts(components: Int) throws {
    let posterior = try posterior(components: components)
    let draws = responsibilities(posterior)
    func expected(_ i: Int, _ j: Int) -> Double {
      guard i != j else { return 1 }
      return draws.reduce(0) { $0 + zip($1[i], $1[j]).reduce(0) { $0 + $1.0 * $1.1 } } / Double(draws.count)
    }
    let all = try posterior.coclustering()
    for i in stride(from: 0, to: 300, by: 7) {
      for j in 0..<300 {
        #expect(abs(all[i * 300 + j] - expected(i, j)) < 1e-13)
        #expect(all[i * 300 + j] == all[j * 300 + i])
      }
    }
    // Each pair has the same bits in any block, and a row may be named twice.
    let (rows, columns) = ([299, 3, 3, 150], [0, 3, 299, 298, 7])
    let part = try posterior.coclustering(rows: rows, columns: columns)
    for (a, i) in rows.enumerated() {
      for (b, j) in columns.enumerated() { #expect(part[a * 5 + b] == all[i * 300 + j]) }
    }
    let square = try posterior.coclustering(rows: rows)
    for (a, i) in rows.enumerated() {
      for (b, j) in rows.enumerated() { #expect(square[a * 4 + b] == all[i * 300 + j]) }
    }
    #expect(try all == posterior.coclustering(RunControl(threads: 3)))
    // The builds differ by rounding alone.
    for build in KernelBuild.available {
      let others = try posterior.coclustering(RunControl(build: build))
      for (value, other) in zip(all, others) { #expect(abs(value - other) < 1e-13) }
    }
  }

  @Test func rowsOutOfRangeAreRefused() throws {
    let posterior = try posterior(12)
    expectError(.invalidArgument, "rows[1]", "must be between 0 and 11, got 12") {
      try posterior.coclustering(rows: [0, 12])
    }
    expectError(.invalidArgument, "columns[0]", "must be between 0 and 11, got -1") {
      try posterior.coclustering(rows: [0], columns: [-1])
    }
    expectError(.invalidArgument, "rows", "must name at least one row, got none") {
      try posterior.coclustering(rows: [])
    }
    let large = try self.posterior(4_097)
    expectError(
      .invalidArgument, "rows",
      "must be given for more than 4096 rows, because all pairs take 134283272 bytes, got none for 4097 rows"
    ) { try large.coclustering() }
  }

  @Test func scalarsWithoutLabelsAreThoseOfTheDraws() throws {
    let posterior = try posterior(41)
    let scalars = try posterior.labelFreeScalars()
    #expect(
      scalars.names == ["log_posterior", "sum_squared_weights"] + (0..<3).map { "sorted_weights[\($0)]" }
        + (0..<5).map { "log_density[\($0)]" })
    let sorted = posterior.data.values.sorted()
    // The smallest values that reach 5, 25, 50, 75 and 95 % of 41 rows: the third is the 21st.
    let points = [2, 10, 20, 30, 38].map { sorted[$0] }
    for value in 0..<40 {
      let row = posterior.row(chain: value / 20, draw: value % 20)
      let found = Array(scalars.values[value * 10..<(value + 1) * 10])
      #expect(found[0] == row[posterior.layout.logPosterior])
      #expect(abs(found[1] - row[0..<3].reduce(0) { $0 + $1 * $1 }) < 1e-15)
      #expect(Array(found[2..<5]) == row[0..<3].sorted(by: >))
      for (j, x) in points.enumerated() {
        let density = (0..<3).reduce(0.0) { $0 + row[$1] * exp(logNormal(x, row[3 + $1], row[6 + $1])) }
        #expect(abs(found[5 + j] - log(density)) < 1e-12)
      }
    }
    #expect(try scalars == posterior.labelFreeScalars(RunControl(threads: 2)))
  }

  /// In two dimensions, with weights: row 2 counts for nothing and row 4 for most.
  @Test func rowsOfDensitiesCountWithTheirWeights() throws {
    let values: [Double] = [5, 0, 1, 1, -9, 3, 3, 2, 2, 8, 4, 4]
    let weights = try SampleWeights([1, 1, 0, 1, 16, 1])
    let model = try OpenModel(MixtureShape(componentCount: 2, dimensionCount: 2, structure: .full))
    let data = try DataSet(values, dimensionCount: 2, weights: weights)
    let posterior = try sample(model, data, SamplingOptions(draws: 10, tune: 10, chains: 1, seed: 2))
    // By the first coordinate: row 1 reaches 1 of 20, row 4 17, row 3 18, and row 5 19.
    let rows = try posterior.labelFreeRows(RunMonitor(RunControl()))
    #expect(rows == [1, 4, 4, 4, 5])
    let scalars = try posterior.labelFreeScalars()
    for (j, i) in rows.enumerated() {
      let point = try DataSet(posterior.data.row(i), dimensionCount: 2)
      let draws = (0..<10).map { scalars.values[$0 * scalars.names.count + 4 + j] }
      let average = log(draws.reduce(0) { $0 + exp($1) } / 10)
      #expect(abs(try posterior.logDensity(at: point)[0] - average) < 1e-12)
    }
  }
}
