import GMMKernels
import GMMModel

/// The sums of the complete rows of one pattern and component, from those of the coordinates that the rows have.
///
/// Let x be a row's observed coordinates about the component's center. Its missing ones are B x + R ε, with ε standard
/// Normal (``PatternTable``). So the sums over the rows follow from n, Σ x and Σ x xᵀ, and from the sums of the noise
/// e = Σ ε, G = Σ ε xᵀ and E = Σ ε εᵀ:
///
///     Σ y_M = B Σ x + R e
///     Σ y_M xᵀ = B Σ x xᵀ + R G
///     Σ y_M y_Mᵀ = B (Σ x xᵀ) Bᵀ + R G Bᵀ + B Gᵀ Rᵀ + R E Rᵀ.
///
/// Expectation-maximisation takes their expectations, e = G = 0 and E = n I, which adds the conditional covariance of the
/// missing coordinates n times (Ghahramani, Jordan 1994). A Gibbs sampler draws them. Given the rows, (e, G) is Normal
/// with independent rows, and the covariance of the columns is the matrix of the sums of (1, x). So it is Z Vᵀ, where V
/// has r columns with V Vᵀ that matrix and Z is m x r standard Normal. E is then Z Zᵀ plus a Wishart matrix of n - r
/// degrees of freedom. The draw is exact, costs the same for any number of rows, and holds for repeated rows too.
struct CompletedMoments {
  private let memory: UnsafeMutablePointer<Double>
  private let dimensions: Int

  /// - Parameter memory: ``workSize(_:)`` doubles.
  init(_ dimensions: Int, memory: UnsafeMutablePointer<Double>) {
    (self.dimensions, self.memory) = (dimensions, memory)
  }

  /// The number of doubles for moments, products, noise and its squares.
  static func workSize(_ dimensions: Int) -> Int { 6 * (dimensions + 1) * (dimensions + 1) }

  /// Adds the sums of component `k` in all coordinates.
  ///
  /// - Parameters:
  ///   - place: the number of the component among the sums of the rows.
  ///   - observed: the sums of the rows of a pattern about the centers of its table.
  ///   - stream: draws the noise; `nil` for its expectation.
  func add(
    _ k: Int, of place: Int, _ observed: MultivariateSums, _ pattern: PatternTable, to sums: MultivariateSums,
    _ stream: inout RandomStream?
  ) {
    sums.counts[k] += observed.counts[place]
    if pattern.shape.hasMatrices {
      addMatrix(k, place, observed, pattern, to: sums, &stream)
    } else {
      addScales(k, place, observed, pattern, to: sums, &stream)
    }
  }

  private func addScales(
    _ k: Int, _ number: Int, _ observed: MultivariateSums, _ pattern: PatternTable, to sums: MultivariateSums,
    _ stream: inout RandomStream?
  ) {
    let first = k * dimensions
    for (place, d) in pattern.pattern.observed.enumerated() {
      sums.sums[first + d] += observed.sums[number * observed.dimensions + place]
      sums.squares[first + d] += observed.squares[number * observed.dimensions + place]
    }
    let count = observed.counts[number]
    guard count > 0 else { return }
    for (place, d) in pattern.pattern.missing.enumerated() {
      let root = pattern.root(k)[place]
      guard var source = stream else {
        sums.squares[first + d] += count * root * root
        continue
      }
      let z = source.normal()
      sums.sums[first + d] += root * count.squareRoot() * z
      let others = count > 1 ? 2 * source.gamma(shape: 0.5 * (count - 1)) : 0
      sums.squares[first + d] += root * root * (z * z + others)
      stream = source
    }
  }

  private func addMatrix(
    _ k: Int, _ number: Int, _ observed: MultivariateSums, _ pattern: PatternTable, to sums: MultivariateSums,
    _ stream: inout RandomStream?
  ) {
    pattern.pattern.observed.withUnsafeBufferPointer { has in
      pattern.pattern.missing.withUnsafeBufferPointer { lacks in
        addMatrix(k, number, observed, pattern, has, lacks, to: sums, &stream)
      }
    }
  }

  private func addMatrix(
    _ k: Int, _ number: Int, _ observed: MultivariateSums, _ pattern: PatternTable, _ has: UnsafeBufferPointer<Int>,
    _ lacks: UnsafeBufferPointer<Int>, to sums: MultivariateSums, _ stream: inout RandomStream?
  ) {
    let (o, m) = (has.count, lacks.count)
    let count = observed.counts[number]
    guard count > 0 else { return }
    let first = sums.sums + k * dimensions
    let squares = sums.squares + k * PackedTriangle.count(dimensions)
    let x = observed.sums + number * o
    let xx = observed.squares + number * PackedTriangle.count(o)
    var entry = 0
    for i in 0..<o {
      first[has[i]] += x[i]
      // The coordinates are ascending, so the entries stay below the diagonal.
      let row = squares + PackedTriangle.row(has[i])
      for j in 0...i {
        row[has[j]] += xx[entry]
        entry += 1
      }
    }
    guard m > 0 else { return }
    if count == 1, stream != nil {
      return add(row: x, pattern.regression(k), pattern.root(k), to: first, squares, has, lacks, &stream!)
    }
    // The sums of (1, x)(1, x)ᵀ.
    let size = o + 1
    let moments = memory
    moments[0] = count
    entry = 0
    for i in 1..<size {
      moments[i] = x[i - 1]
      moments[i * size] = x[i - 1]
      for j in 1...i {
        moments[i * size + j] = xx[entry]
        moments[j * size + i] = xx[entry]
        entry += 1
      }
    }
    let regression = pattern.regression(k)
    let root = pattern.root(k)
    // The sums of y_M (1, x)ᵀ: B Σ x (1, x)ᵀ, and R (e, G) beside it.
    let products = moments + size * size
    products.update(repeating: 0, count: m * size)
    for i in 0..<m {
      let row = products + i * size
      for l in 0..<o {
        PackedTriangle.addRow(moments + (l + 1) * size, times: regression[i * o + l], to: row, count: size)
      }
    }
    guard stream != nil else {
      for i in 0..<m {
        add(products + i * size, to: first, squares, has, lacks[i])
        for j in 0...i {
          var sum = 0.0
          for l in 0..<o { sum += products[i * size + 1 + l] * regression[j * o + l] }
          for l in 0...j { sum += count * root[PackedTriangle.index(i, l)] * root[PackedTriangle.index(j, l)] }
          squares[PackedTriangle.index(lacks[i], lacks[j])] += sum
        }
      }
      return
    }
    let noise = products + m * size
    let own = noise + m * size
    let half = own + m * m
    drawNoise(count, moments, observed: o, missing: m, noise, own, half, &stream!)
    // R (e, G), from the last row on, and R E.
    for i in stride(from: m - 1, through: 0, by: -1) {
      let triangle = root + PackedTriangle.row(i)
      let row = noise + i * size
      for c in 0..<size { row[c] *= triangle[i] }
      for l in 0..<i { PackedTriangle.addRow(noise + l * size, times: triangle[l], to: row, count: size) }
      let target = half + i * m
      target.update(repeating: 0, count: m)
      for l in 0...i { PackedTriangle.addRow(own + l * m, times: triangle[l], to: target, count: m) }
    }
    for i in 0..<m {
      let (mine, drawn) = (products + i * size, noise + i * size)
      for j in 0...i {
        let b = regression + j * o
        let other = noise + j * size
        var sum = 0.0
        for l in 0..<o { sum += (mine[1 + l] + drawn[1 + l]) * b[l] + regression[i * o + l] * other[1 + l] }
        for l in 0...j { sum += half[i * m + l] * root[PackedTriangle.index(j, l)] }
        squares[PackedTriangle.index(lacks[i], lacks[j])] += sum
      }
    }
    for i in 0..<m {
      let row = products + i * size
      PackedTriangle.addRow(noise + i * size, times: 1, to: row, count: size)
      add(row, to: first, squares, has, lacks[i])
    }
  }

  /// Draws the missing coordinates of a single row, and adds their sums.
  private func add(
    row x: UnsafePointer<Double>, _ regression: UnsafePointer<Double>, _ root: UnsafePointer<Double>,
    to sums: UnsafeMutablePointer<Double>, _ squares: UnsafeMutablePointer<Double>, _ has: UnsafeBufferPointer<Int>,
    _ lacks: UnsafeBufferPointer<Int>, _ stream: inout RandomStream
  ) {
    let (o, m) = (has.count, lacks.count)
    let (z, y) = (memory, memory + m)
    stream.normals(into: z, count: m)
    var entry = 0
    for i in 0..<m {
      var value = 0.0
      for j in 0..<o { value += regression[i * o + j] * x[j] }
      for l in 0...i {
        value += root[entry] * z[l]
        entry += 1
      }
      y[i] = value
      let d = lacks[i]
      sums[d] += value
      for j in 0..<o {
        squares[has[j] < d ? PackedTriangle.row(d) + has[j] : PackedTriangle.row(has[j]) + d] += value * x[j]
      }
      let row = squares + PackedTriangle.row(d)
      for j in 0...i { row[lacks[j]] += value * y[j] }
    }
  }

  /// Adds the sums of a missing coordinate d with (1, x).
  @inline(__always)
  private func add(
    _ products: UnsafePointer<Double>, to sums: UnsafeMutablePointer<Double>, _ squares: UnsafeMutablePointer<Double>,
    _ has: UnsafeBufferPointer<Int>, _ d: Int
  ) {
    sums[d] += products[0]
    for j in has.indices {
      squares[has[j] < d ? PackedTriangle.row(d) + has[j] : PackedTriangle.row(has[j]) + d] += products[j + 1]
    }
  }

  /// Draws the sums of the noise over n rows.
  ///
  /// - Parameters:
  ///   - moments: the sums of (1, x)(1, x)ᵀ, (o + 1) x (o + 1). They are lost.
  ///   - noise: receives (e, G), m x (o + 1).
  ///   - own: receives E, m x m.
  ///   - work: (m + 2) (o + 1) + m (m + 1) / 2 doubles.
  private func drawNoise(
    _ count: Double, _ moments: UnsafeMutablePointer<Double>, observed o: Int, missing m: Int,
    _ noise: UnsafeMutablePointer<Double>, _ own: UnsafeMutablePointer<Double>, _ work: UnsafeMutablePointer<Double>,
    _ stream: inout RandomStream
  ) {
    let size = o + 1
    let column = work
    let inverses = column + size
    let numbers = inverses + size
    for i in 0..<size {
      let square = moments[i * size + i]
      inverses[i] = square > 0 ? 1 / square : 0
    }
    noise.update(repeating: 0, count: m * size)
    own.update(repeating: 0, count: m * m)
    // The factor V, column by column, with the largest pivot first. n rows have no more than n columns, and what is left
    // below is rounding error.
    let most = count < Double(size) ? Int(count) : size
    stream.normals(into: numbers, count: most * m)
    var rank = 0
    while rank < most {
      var (pivot, largest) = (-1, 1e-13)
      for i in 0..<size {
        let share = moments[i * size + i] * inverses[i]
        if share > largest { (pivot, largest) = (i, share) }
      }
      guard pivot >= 0 else { break }
      let scale = 1 / moments[pivot * size + pivot].squareRoot()
      for i in 0..<size { column[i] = moments[pivot * size + i] * scale }
      for i in 0..<size where column[i] != 0 {
        PackedTriangle.addRow(column, times: -column[i], to: moments + i * size, count: size)
      }
      inverses[pivot] = 0
      let z = numbers + rank * m
      for l in 0..<m { PackedTriangle.addRow(column, times: z[l], to: noise + l * size, count: size) }
      addOuter(z, m, to: own)
      rank += 1
    }
    stream.addWishart(degrees: count - Double(rank), m, to: own, work: numbers)
    for i in 0..<m { for j in 0..<i { own[j * m + i] = own[i * m + j] } }
  }
}

/// Adds z zᵀ to the lower triangle of a square, m x m.
private func addOuter(_ z: UnsafePointer<Double>, _ m: Int, to matrix: UnsafeMutablePointer<Double>) {
  for i in 0..<m { for j in 0...i { matrix[i * m + j] += z[i] * z[j] } }
}

extension RandomStream {
  /// Adds a Wishart(n, I) matrix, the sum of the squares of n standard Normal vectors.
  ///
  /// - Parameters:
  ///   - degrees: n, a whole number, at least 0.
  ///   - matrix: the lower triangle of m x m.
  ///   - work: m (m + 1) / 2 doubles.
  fileprivate mutating func addWishart(
    degrees: Double, _ m: Int, to matrix: UnsafeMutablePointer<Double>, work: UnsafeMutablePointer<Double>
  ) {
    guard degrees > Double(m) else {
      for _ in 0..<Int(degrees) {
        normals(into: work, count: m)
        addOuter(work, m, to: matrix)
      }
      return
    }
    bartlett(into: work, m) { degrees - Double($0) }
    PackedTriangle.square(work, m)
    for i in 0..<m { for j in 0...i { matrix[i * m + j] += work[PackedTriangle.index(i, j)] } }
  }
}
