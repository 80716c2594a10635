import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Which posteriors are improper, case by case as docs/STATISTICS.md has them.
@Suite struct ProprietyTests {
  private static let means = MeansPrior.normal(mean: [0], sd: [5])

  /// Expects a posterior that is proper, or refused with an error of a kind.
  private func expect(
    _ kind: ModelError.Kind?, _ model: MixtureModel, _ data: DataSet, _ location: SourceLocation = #_sourceLocation
  ) {
    do throws(ModelError) {
      try model.requireProperPosterior(given: data)
      #expect(kind == nil, sourceLocation: location)
    } catch {
      #expect(error.kind == kind, sourceLocation: location)
    }
  }

  /// Expects a warning of rows.
  private func expectImproper(
    _ rows: String, _ model: MixtureModel, _ data: DataSet, _ location: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: ModelError.self, sourceLocation: location) {
      try model.requireProperPosterior(given: data)
    }
    #expect(error?.kind == .improper && error?.argument == "data", sourceLocation: location)
    #expect(error?.value == rows, sourceLocation: location)
  }

  private func line(
    _ means: MeansPrior = means, _ spread: SpreadPrior = .halfCauchy(scale: [1]), components: Int = 2,
    ordered: Bool = false, shared: Bool = false
  ) throws -> MixtureModel {
    try MixtureModel(
      componentCount: components, means: means, orderedMeans: ordered, spread: spread, sharedSpread: shared)
  }

  private func plane(
    _ structure: CovarianceStructure, _ means: MeansPrior = means, _ spread: SpreadPrior = .halfCauchy(scale: [1]),
    shared: Bool = false, order: Int? = nil
  ) throws -> MixtureModel {
    try MixtureModel(
      MixtureShape(componentCount: 2, dimensionCount: 2, structure: structure, sharedSpread: shared), means: means,
      orderCoordinate: order, spread: spread)
  }

  @Test func twoEqualRowsAreEnoughWhereTheDensityIsPositiveAtZero() throws {
    let ties = try DataSet([1, 2, 2, 3, -0.0, 0, 0])
    for spread in [
      SpreadPrior.uniform(lower: [0], upper: [5]), .halfCauchy(scale: [1]), .halfNormal(scale: [1]),
      .halfStudentT(dof: [3], scale: [1]),
    ] {
      expectImproper("3 rows equal to 0.0", try line(Self.means, spread), ties)
      expect(nil, try line(Self.means, spread), try DataSet([1, 2, 3, 4]))
      expect(nil, try line(Self.means, spread), try DataSet([]))
      expect(nil, try line(Self.means, spread), try DataSet([1]))
    }
    for spread in [
      SpreadPrior.uniform(lower: [1e-3], upper: [5]), .inverseGamma(shape: [1], scale: [1]),
      .gamma(shape: [1], rate: [1]), .fixed([1]), .inverseWishart(dof: [1], scale: [1]),
      .logNormal(mu: [0], sigma: [2]),
    ] {
      expect(nil, try line(Self.means, spread), ties)
    }
    // One component whose sd can reach 0 is enough. Two rows that both components hold are all rows.
    expectImproper("3 rows equal to 0.0", try line(Self.means, [.fixed([1]), .halfNormal(scale: [1])]), ties)
    expect(.degenerate, try line(), try DataSet([2, 2]))
    // One component has to hold all rows.
    expect(nil, try line(components: 1), ties)
    expect(.degenerate, try line(components: 1), try DataSet([2, 2]))
  }

  @Test func aKnownMeanHoldsTheRowsAtItsValue() throws {
    let data = try DataSet([1, 2, 3, 4])
    expectImproper("1 row equal to 4.0, the known mean of component 0", try line(.fixed([4, 6])), data)
    expect(nil, try line(.fixed([4.5, 6])), data)
    expect(nil, try line(.fixed([4.5, 6])), try DataSet([1, 2, 2, 3]))
    // The prior of such a mean shrinks to its center as the sd does.
    let scaled = MeansPrior.scaledNormal(mean: [2], kappa: [1])
    expectImproper("1 row equal to 2.0, the prior mean of component 0", try line(scaled), data)
    expect(nil, try line(scaled), try DataSet([1, 1, 3, 4]))
  }

  /// A free mean between bounds holds the ties between them, and those that the order leaves to it.
  @Test func boundsOfMeansSayWhichRowsTheyHold() throws {
    let ties = try DataSet([1, 2, 2, 3, 6, 6, 6])
    func box(_ lower: [Double], _ upper: [Double]) -> MeansPrior { .uniform(lower: lower, upper: upper) }
    expectImproper("3 rows equal to 6.0", try line(box([0], [9])), ties)
    expectImproper("2 rows equal to 2.0", try line(box([0], [5])), ties)
    // The bounds are a part of the support.
    expectImproper("2 rows equal to 2.0", try line(box([2], [5])), ties)
    expect(nil, try line(box([2.5], [5])), ties)
    expectImproper("2 rows equal to 2.0", try line(box([0, 2.5], [4, 5])), ties)
    // In order, the second mean is above the bound of the first, and the first below that of the second.
    expect(nil, try line(box([7, 0], [9, 9]), ordered: true), ties)
    expectImproper("3 rows equal to 6.0", try line(box([4, 0], [9, 9]), ordered: true), ties)
    expect(nil, try line(box([0, 0], [9, 1.5]), ordered: true), ties)
    // Components that share an sd hold all rows: each value needs a component whose bounds hold it.
    let two = try DataSet([1, 1, 6, 6])
    expect(.degenerate, try line(box([0, 5], [2, 7]), shared: true), two)
    expect(.degenerate, try line(box([0, 0], [9, 2]), shared: true), two)
    expect(nil, try line(box([0, 0], [2, 2]), shared: true), two)
    expect(nil, try line(box([0, 0], [9, 2]), ordered: true, shared: true), two)
    expect(.degenerate, try line(box([0, 0], [2, 9]), ordered: true, shared: true), two)
    expect(nil, try line(box([0, 0, 2], [2, 9, 5]), components: 3, ordered: true, shared: true), two)
    expect(.degenerate, try line(box([0, 0, 2], [2, 9, 8]), components: 3, ordered: true, shared: true), two)
    let rows = try DataSet([1, 1, 1, 1, 2, 3, 4, 6], dimensionCount: 2)
    expectImproper("2 rows equal to (1.0, 1.0)", try plane(.spherical, box([0, 0], [2, 2])), rows)
    expect(nil, try plane(.spherical, box([0, 1.5], [2, 3])), rows)
    expectImproper("2 rows equal to 1.0 in column 0", try plane(.diag, box([0, 1.5], [2, 3])), rows)
  }

  @Test func weightsCountAsRowsAndFractionsAsFractions() throws {
    func data(_ values: [Double], _ weights: [Double]) throws -> DataSet {
      try DataSet(values, weights: SampleWeights(weights))
    }
    expectImproper("1 row with weights of sum 2.0 equal to 1.0", try line(), try data([1, 2, 3], [2, 1, 1]))
    expect(nil, try line(), try data([1, 2, 3], [1.9, 1, 1]))
    expect(nil, try line(), try data([1, 1, 3], [0.9, 1, 1]))
    expect(nil, try line(), try data([1, 1, 3], [0, 1, 1]))
    let thirds = [Double](repeating: 1.0 / 3, count: 7)
    expectImproper(
      "6 rows with weights of sum 1.9999999999999998 equal to 1.0", try line(), try data([1, 1, 1, 1, 1, 1, 2], thirds))
    expect(nil, try line(), try data([1, 1, 1, 1, 1, 2, 3], thirds))
    // A known mean costs nothing, and D coordinates count D times.
    expect(nil, try line(.fixed([1, 6])), try data([1, 2, 3], [0.9, 1, 1]))
    let rows = try DataSet([1, 1, 2, 3, 4, 5], dimensionCount: 2, weights: SampleWeights([1.5, 1, 1]))
    expectImproper("1 row with weights of sum 1.5 equal to (1.0, 1.0)", try plane(.spherical), rows)
    expect(nil, try plane(.diag), rows)
  }

  @Test func theFormSaysWhichRowsTie() throws {
    let data = try DataSet([1, 1, 2, 1, 3, 5, 4, 6], dimensionCount: 2, columnNames: ["a", "b"])
    expectImproper("2 rows equal to 1.0 in column 1 (b)", try plane(.diag), data)
    expect(nil, try plane(.spherical), data)
    let first = try plane(.diag, Self.means, [.halfNormal(scale: [1]), .fixed([1, 1])])
    expectImproper("2 rows equal to 1.0 in column 1 (b)", first, data)
    let equal = try DataSet([1, 1, 2, 1, 1, 1, 4, 6], dimensionCount: 2)
    expectImproper("2 rows equal to (1.0, 1.0)", try plane(.spherical), equal)
    for structure in [CovarianceStructure.full, .tied] {
      let model = try plane(structure, Self.means, .inverseWishart(dof: [3], scale: [1, 0, 0, 1]))
      expect(nil, model, equal)
    }
    for structure in CovarianceStructure.allCases {
      let open = OpenModel(
        try OpenModel(MixtureShape(componentCount: 2, dimensionCount: 2, structure: structure)).model(for: data))
      expect(nil, try #require(open.model), data)
    }
  }

  /// All rows have to tie at once.
  @Test func aSharedSDNeedsNoMoreValuesThanComponents() throws {
    expect(nil, try line(shared: true), try DataSet([1, 2, 2, 3]))
    expect(.degenerate, try line(shared: true), try DataSet([1, 2, 2]))
    // Two values, each once: the likelihood of both means costs what it gains.
    expect(nil, try line(shared: true), try DataSet([1, 2]))
    expect(.degenerate, try line(.fixed([1, 2]), shared: true), try DataSet([1, 2]))
    expect(nil, try line(.fixed([1, 2]), shared: true), try DataSet([1, 3]))
    // Column 0 has two values, column 1 has three.
    let data = try DataSet([1, 1, 1, 2, 2, 3, 2, 3], dimensionCount: 2)
    expect(.degenerate, try plane(.diag, shared: true), data)
    // Two values in each column, but three different rows.
    let corners = try DataSet([0, 0, 0, 1, 1, 0, 1, 0], dimensionCount: 2)
    expect(nil, try plane(.spherical, shared: true), corners)
    expect(.degenerate, try plane(.spherical, shared: true), try DataSet([0, 0, 1, 0, 1, 0], dimensionCount: 2))
  }

  /// A mean between two known means reaches no value outside.
  @Test func anOrderKeepsMeansFromSomeValues() throws {
    func ordered(_ spread: SpreadPrior, shared: Bool = false) throws -> MixtureModel {
      try line(
        [.fixed([0.5]), .normal(mean: [1], sd: [1]), .fixed([9.5])], spread, components: 3, ordered: true,
        shared: shared)
    }
    let inner: SpreadPrior = [.fixed([1]), .halfNormal(scale: [1]), .fixed([1])]
    expect(nil, try ordered(inner), try DataSet([10, 10, 10, 2, 3]))
    expectImproper("2 rows equal to 2.0", try ordered(inner), try DataSet([10, 10, 10, 2, 2, 3]))
    let shared = SpreadPrior.halfNormal(scale: [1])
    expect(nil, try ordered(shared, shared: true), try DataSet([0.5, 0.5, 10, 10, 9.5]))
    expect(.degenerate, try ordered(shared, shared: true), try DataSet([0.5, 0.5, 5, 5, 9.5]))
    // The order is in the other coordinate.
    let other = try MixtureModel(
      MixtureShape(componentCount: 2, dimensionCount: 2, structure: .diag),
      means: [.fixed([0, 0]), .normal(mean: [1], sd: [1])], orderCoordinate: 1,
      spread: [.fixed([1, 1]), .halfNormal(scale: [1])])
    expectImproper("2 rows equal to -3.0 in column 0", other, try DataSet([-3, 1, -3, 2, 1, 5], dimensionCount: 2))
    expect(nil, other, try DataSet([-3, -1, -4, -1, 1, -5], dimensionCount: 2))
    // Means that shrink to centers out of order do so on a set of no mass.
    let apart = try MixtureModel(
      componentCount: 2, means: .scaledNormal(mean: [2, 1], kappa: [1]), orderedMeans: true,
      spread: .halfNormal(scale: [1]), sharedSpread: true)
    expect(nil, apart, try DataSet([1, 2]))
  }

  @Test func componentsThatHoldNothingDoNotCount() throws {
    let model = try MixtureModel(
      componentCount: 2, weights: .fixed([1, 0]), means: Self.means, spread: [.fixed([1]), .halfNormal(scale: [1])])
    expect(nil, model, try DataSet([1, 1, 2]))
  }

  @Test func theCheckCanBeCancelledAndReportsOnce() throws {
    let data = try DataSet((0..<20_000).map { Double($0 * 7919 % 20_011) })
    let flag = CancellationFlag()
    flag.request()
    #expect(throws: ModelError(.cancelled, "", "the caller cancelled")) {
      try line().requireProperPosterior(given: data, RunControl(cancellation: flag))
    }
    for model in [try line(), try line(Self.means, .fixed([1]))] {
      let reports = Counter()
      try model.requireProperPosterior(
        given: data, RunControl(progress: { _ in reports.count() }, progressInterval: 1_000))
      #expect(reports.value == 1)
    }
  }

  private final class Counter: @unchecked Sendable {
    var value = 0

    func count() -> Bool {
      value += 1
      return true
    }
  }
}
