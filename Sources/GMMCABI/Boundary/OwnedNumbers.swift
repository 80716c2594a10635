/// Arrays of numbers that C code may read for as long as this object lives.
final class OwnedNumbers {
  private let memory: UnsafeMutablePointer<Double>
  private let starts: [Int]

  init(_ arrays: [[Double]]) {
    var starts: [Int] = []
    var count = 0
    for values in arrays {
      starts.append(count)
      count += values.count
    }
    // SAFETY: the memory is owned by this object, freed in `deinit`, and never written again.
    memory = .allocate(capacity: max(count, 1))
    for (start, values) in zip(starts, arrays) { (memory + start).update(from: values, count: values.count) }
    self.starts = starts
  }

  deinit { memory.deallocate() }

  /// The first number of array `index`.
  subscript(_ index: Int) -> UnsafePointer<Double> { UnsafePointer(memory + starts[index]) }
}
