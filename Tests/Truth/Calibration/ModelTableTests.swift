import GMMKernels
import GMMModel
import Testing

@testable import GMMInference

/// The table has everything that the library offers.
@Suite struct ModelTableTests {
  @Test func everyKindHasRowsAndRowsAreWhatTheySay() throws {
    var (weights, means, spreads) = (Set<WeightsKind>(), Set<MeansKind>(), Set<SpreadKind>())
    var (orders, structures, dimensions) = (Set<OrderKind>(), [CovarianceStructure](), Set<Int>())
    for row in ModelTable.all {
      let model = try row.model()
      try #require(model.weights.kinds.contains(row.weights), "\(row.testDescription)")
      try #require(model.means.kinds.contains(row.means), "\(row.testDescription)")
      try #require(model.spread.kinds.contains(row.spread), "\(row.testDescription)")
      weights.insert(row.weights)
      means.insert(row.means)
      spreads.insert(row.spread)
      orders.insert(row.order)
      dimensions.insert(row.dimensions)
      if !structures.contains(model.shape.structure) { structures.append(model.shape.structure) }
    }
    #expect(weights == Set(WeightsKind.allCases))
    #expect(means == Set(MeansKind.allCases))
    #expect(spreads == Set(SpreadKind.allCases))
    #expect(orders == Set(OrderKind.allCases))
    #expect(structures.count == CovarianceStructure.allCases.count)
    #expect(dimensions == [1, 2, 3])
  }

  /// Priors are cases of enumerations, which do not compile without a row. Constraints are properties of the model: a
  /// new constraint needs kinds and rows, and then a place in this list.
  @Test func modelHasNoPropertyThatTheTableDoesNotKnow() throws {
    let known: Set = [
      "shape", "weights", "minimumWeight", "means", "orderCoordinate", "spread",
      // The name of the rule by which data have chosen priors; it changes no density.
      "defaultPriors",
      // An unknown number of components has tests of its own (UnknownCountTests), and none in this table.
      "count", "logCounts",
      // So have unknown hyperparameters (HyperparameterTests, HyperparameterRankTests).
      "hyperpriors", "hasJumps", "hyperDensities", "hyperparameters",
      // A background has BackgroundCalibrationTests.
      "background",
      // These numbers follow from the ones above.
      "concentration", "meanCenters", "meanDensities", "spreadDensities", "covarianceDensities",
      "logWeightsNormalizer", "logMeansNormalizer",
    ]
    let labels = Mirror(reflecting: try ModelTable.all[0].model()).children.compactMap(\.label)
    #expect(Set(labels) == known)
  }

  /// A row is tested with a kernel if and only if the library samples it with that kernel.
  @Test func rowsAreTestedWithEveryKernelThatSamplesThem() throws {
    for row in ModelTable.covering {
      let model = try row.model()
      var random = PlainRandom(seed: 1)
      let data = try DataSet(
        PlainPrior(model).draw(&random).observations(row.observations, &random), dimensionCount: model.dimensionCount)
      for kind in SamplerKind.allCases {
        #expect(kind.method.kinds.contains(kind))
        var isOffered = true
        do {
          _ = try sample(model, data, SamplingOptions(method: kind.method, draws: 1, tune: 0, chains: 1))
        } catch let error as ModelError where error.kind == .unsupported {
          isOffered = false
        }
        if kind == .moves {
          let key = StreamKey(seed: 1, chain: 0, purpose: .moves)
          isOffered = MarginalMover(model, tune: 1_000, key: key, policy: .always) != nil
        }
        if kind == .splitMerge {
          let rows = try SplitMergeRows(data, model)
          isOffered = rows != nil
        }
        #expect(row.samplers.contains(kind) == isOffered, "\(kind): \(row.testDescription)")
      }
    }
  }

  /// All pairs of kinds that stand together in some row of the whole table stand together in a row of the short one.
  @Test func shortTableCoversEveryPair() {
    let pairs = Set(ModelTable.covering.flatMap(ModelTable.pairs))
    #expect(ModelTable.all.flatMap(ModelTable.pairs).allSatisfy(pairs.contains))
  }
}
