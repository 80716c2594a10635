/// The points of a block, sorted by component.
struct Members {
  let points: BlockPoints
  let table: MultivariateTable
  let scratch: BlockScratch

  /// Sorts the points by their labels, keeps their order within a component, and counts them. It reads the labels
  /// twice.
  ///
  /// Afterwards component k's points stand at starts[k] ..< starts[k + 1] of the order.
  @inline(never)
  func sort(_ labels: UnsafePointer<UInt8>) {
    let (starts, order) = (scratch.starts, scratch.order)
    for k in 0...table.count { starts[k] = 0 }
    for i in 0..<points.count { starts[Int(labels[i])] += 1 }
    var end = 0
    for k in 0...table.count {
      end += starts[k]
      starts[k] = end
    }
    for i in (0..<points.count).reversed() {
      let k = Int(labels[i])
      starts[k] -= 1
      order[starts[k]] = UInt16(truncatingIfNeeded: i)
    }
  }

  /// Takes the sums of all components, each over its own members.
  @inline(__always)
  func add(into sums: MultivariateSums) {
    sums.clear()
    let lanes = scratch.lanes(0)
    for k in 0..<table.count {
      let members = scratch.starts[k]..<scratch.starts[k + 1]
      if members.isEmpty { continue }
      lanes.clear()
      members.forEachPiece(of: scratch.plan.piece * laneCount) { members in
        gather(members, center: table.center(of: k))
        let distances = MemberDistances(distances: scratch.distances, dimensions: table.dimensions)
        let groups = (members.count + laneCount - 1) / laneCount
        switch table.form {
        case .triangular:
          SymmetricSums(distances: distances, groups: groups, lanes: lanes).add(dimensions: table.dimensions)
        case .diagonal:
          CoordinateSums(distances: distances, groups: groups, lanes: lanes).add(dimensions: table.dimensions)
        }
      }
      lanes.reduce(into: sums, k)
      sums.counts[k] = Double(members.count)
    }
  }

  /// Writes the distances of some members from their center side by side, and 0 after the last member.
  @inline(never)
  private func gather(_ members: Range<Int>, center: UnsafePointer<Double>) {
    let result = scratch.distances
    let order = scratch.order
    let dimensions = points.dimensions
    // SAFETY: a vector consists of doubles.
    let x = UnsafeRawPointer(points.base).assumingMemoryBound(to: Double.self)
    for start in stride(from: 0, to: members.count, by: vectorWidth) {
      // Lanes beyond the last member read the first member and are then set to 0.
      let present = min(members.count - start, vectorWidth)
      var places = InlineArray<8, UnsafePointer<Double>>(repeating: x)
      for lane in 0..<vectorWidth {
        let i = Int(order[members.lowerBound + start + (lane < present ? lane : 0)])
        places[unchecked: lane] = x + i / laneCount * dimensions * laneCount + i % laneCount
      }
      let place = result + start / laneCount * dimensions * passCount + start % laneCount / vectorWidth
      if present == vectorWidth {
        for j in 0..<dimensions {
          var vector = Vector.zero
          for lane in 0..<vectorWidth { vector[lane] = places[unchecked: lane][j * laneCount] }
          place[j * passCount] = vector - center[j]
        }
      } else {
        let numbers = Vector.MaskStorage(truncatingIfNeeded: laneNumbers())
        let isMember: VectorMask = numbers .< Vector.MaskStorage(repeating: Int64(present))
        for j in 0..<dimensions {
          var vector = Vector.zero
          for lane in 0..<vectorWidth { vector[lane] = places[unchecked: lane][j * laneCount] }
          place[j * passCount] = (vector - center[j]).kept(where: isMember)
        }
      }
    }
    // A build with narrow vectors fills the rest of the last group.
    let filled = (members.count + vectorWidth - 1) / vectorWidth
    for index in filled..<(members.count + laneCount - 1) / laneCount * passCount {
      let place = result + index / passCount * dimensions * passCount + index % passCount
      for j in 0..<dimensions { place[j * passCount] = .zero }
    }
  }
}
