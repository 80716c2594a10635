extension MixtureModel {
  /// Whether some means are known and some are free.
  package var mixesFixedMeans: Bool {
    (0..<componentCount).contains(where: hasFixedMean) && !(0..<componentCount).allSatisfy(hasFixedMean)
  }

  /// Writes the known means to their places in `means`, (K, D).
  package func setKnownMeans(_ means: inout [Double]) {
    for (j, density) in meanDensities.enumerated() {
      if case .fixed(let value) = density { means[j] = value }
    }
  }

  /// Writes the known sds and the factors of the known covariance matrices to their places.
  package func setKnownSpread(_ parameters: inout Parameters) {
    for (j, density) in spreadDensities.enumerated() {
      if case .fixed(let sd) = density { parameters.sds[j] = sd }
    }
    for (m, density) in covarianceDensities.enumerated() {
      guard case .fixed(let factor) = density else { continue }
      for (i, value) in factor.packed.enumerated() { parameters.factors[m * shape.triangleSize + i] = value }
    }
  }

  /// Moves the free means in the coordinate of the order so that the order holds. The known means are in their places
  /// and stay.
  ///
  /// Free means between two known means are spread evenly between them if one of the free means lies outside. Beside
  /// one known mean, free means on its wrong side are reflected to its other side.
  ///
  /// - Parameter means: (K, D).
  package func admitOrder(_ means: inout [Double]) {
    guard let d = orderCoordinate else { return }
    func place(_ k: Int) -> Int { k * dimensionCount + d }
    for free in runsOfFreeMeans {
      let lower = free.lowerBound > 0 ? means[place(free.lowerBound - 1)] : -.infinity
      let upper = free.upperBound < componentCount ? means[place(free.upperBound)] : .infinity
      var values = free.map { means[place($0)] }
      if !values.allSatisfy({ $0 >= lower && $0 <= upper }) {
        if lower == -.infinity {
          values = values.map { $0 > upper ? upper + (upper - $0) : $0 }
        } else if upper == .infinity {
          values = values.map { $0 < lower ? lower + (lower - $0) : $0 }
        } else {
          let step = (upper - lower) / Double(free.count + 1)
          values = free.indices.map { lower + step * Double($0 - free.lowerBound + 1) }
        }
      }
      for (k, value) in zip(free, values.sorted()) { means[place(k)] = value }
    }
  }

  /// The longest ranges of neighbouring components whose means are free.
  package var runsOfFreeMeans: [Range<Int>] {
    var runs: [Range<Int>] = []
    for k in 0..<componentCount where !hasFixedMean(k) {
      if let last = runs.last, last.upperBound == k {
        runs[runs.count - 1] = last.lowerBound..<k + 1
      } else {
        runs.append(k..<k + 1)
      }
    }
    return runs
  }
}
