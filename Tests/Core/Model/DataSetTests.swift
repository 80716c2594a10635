import GMMKernels
import GMMModel
import TestSupport
import Testing

@Suite struct DataSetTests {
  @Test(arguments: [1, 2, 3, 17], [0, 1, 7, 8, 9, 100])
  func pointsStandByGroupsOfEightCoordinateByCoordinate(dimensions: Int, count: Int) throws {
    let rows = (0..<count * dimensions).map(Double.init)
    let observations = try DataSet(rows, dimensionCount: dimensions)
    #expect(observations.count == count)
    #expect(observations.dimensionCount == dimensions)
    for i in 0..<count {
      #expect(observations.row(i) == Array(rows[i * dimensions..<(i + 1) * dimensions]))
      for d in 0..<dimensions {
        let place = observations.filledGroup(at: i / laneCount * laneCount) + (d * laneCount + i % laneCount)
        #expect(place.pointee == rows[i * dimensions + d])
      }
    }
    // Whole groups can be read; beyond N they are 0.
    for i in count..<(count + laneCount - 1) / laneCount * laneCount {
      for d in 0..<dimensions {
        #expect(observations.filledGroup(at: count / laneCount * laneCount)[d * laneCount + i % laneCount] == 0)
      }
    }
  }

  @Test func aStrideSkipsColumns() throws {
    let rows: [Double] = [1, 2, -1, 3, 4, -1, 5, 6, -1]
    let observations = try rows.withUnsafeBufferPointer { rows in
      try DataSet(rows.baseAddress, count: 3, dimensionCount: 2, stride: 3)
    }
    #expect((0..<3).map { observations.row($0) } == [[1, 2], [3, 4], [5, 6]])
  }

  @Test(arguments: [(Double.nan, "finite"), (.infinity, "finite"), (-1e145, "rescale")])
  func badValuesAreRefusedWithRowAndColumn(value: Double, word: String) throws {
    var rows = [Double](repeating: 1, count: 30)
    rows[10 * 2 + 1] = value
    let error = try #require(throws: ModelError.self) { try DataSet(rows, dimensionCount: 2) }
    #expect(error.kind == .invalidData)
    #expect(error.argument == "data[10, 1]")
    #expect(error.rule.contains(word) && error.value == "\(value)")
    let named = try #require(throws: ModelError.self) {
      try DataSet(rows, dimensionCount: 2, columnNames: ["height", "width"])
    }
    #expect(named.value == "\(value) in column 1 (width)")
  }

  @Test func weightsAreSharedNotCopied() throws {
    let data = try DataSet([1, 2, 3, 4], dimensionCount: 2, columnNames: ["a", "b"])
    let weights = try SampleWeights([2, 0])
    let weighted = try data.weighted(by: weights)
    #expect(weighted.base == data.base && weighted.weights === weights)
    #expect(weighted.columnNames == ["a", "b"])
    #expect((data.totalWeight, data.positiveCount) == (2, 2))
    #expect((weighted.totalWeight, weighted.positiveCount) == (2, 1))
    expectError(.invalidArgument, "sample_weights", "must have 2 values, one for each observation, got 3") {
      try data.weighted(by: SampleWeights([1, 1, 1]))
    }
  }

  @Test func weightsThatAreAllOneAreNone() throws {
    let ones = try SampleWeights([1, 1])
    let data = try DataSet([1, 2, 3, 4], dimensionCount: 2, weights: ones)
    #expect(data.weights == nil && (data.totalWeight, data.positiveCount) == (2, 2))
    let weighted = try data.weighted(by: SampleWeights([2, 1]))
    #expect(weighted.weights?.total == 3)
    #expect(try weighted.weighted(by: ones).weights == nil)
  }

  @Test func namesThatDoNotFitAreRefused() {
    for (names, argument, rule) in [
      (["a"], "column_names", "must have 2 names, one for each column, got 1"),
      (["a", ""], "column_names[1]", "must not be empty, nor the name of another column, got ''"),
      (["a", "a"], "column_names[1]", "must not be empty, nor the name of another column, got 'a'"),
    ] {
      expectError(.invalidArgument, argument, rule) { try DataSet([1, 2], dimensionCount: 2, columnNames: names) }
    }
  }

  @Test(arguments: [-4_096, 1, 4_095]) func aFirstRowWithinABlockIsRefused(row: Int) {
    expectError(.invalidArgument, "first_row", "must be a multiple of 4096, not negative, got \(row)") {
      try [1.0].withUnsafeBufferPointer { try DataSet($0.baseAddress, count: 1, firstRow: row) }
    }
  }
}
