import Testing

#if GMM_AVX512
  @testable import GMMKernelsAVX512
#elseif GMM_AVX2
  @testable import GMMKernelsAVX2
#else
  @testable import GMMKernels
#endif

/// Sums of products agree with plain loops, and do not depend on their place in a matrix.
@Suite(.testedBuild) struct ProductSumTests {
  /// A sum of 11 products of numbers below 1 has a rounding error of at most 22 x 2^-53 x 11.
  @Test(arguments: [(8, 8), (8, 24), (24, 8), (16, 16), (24, 24)])
  func productsOfMatricesAreSummed(rows: Int, columns: Int) throws {
    let (depth, stride) = (11, 24)
    let left = try #require(AlignedBuffer<Double>(count: depth * stride))
    let right = try #require(AlignedBuffer<Double>(count: depth * stride))
    let sums = try #require(AlignedBuffer<Double>(count: stride * stride))
    for i in 0..<depth * stride {
      left.base[i] = Double(i * 37 % 101) / 101
      right.base[i] = Double(i * 53 % 97) / 97
    }
    for i in 0..<stride * stride { sums.base[i] = Double(i % 5) }
    addProducts(
      left.base, right.base, depth: depth, stride: stride, rows: rows, columns: columns, sums: sums.base)
    for i in 0..<stride {
      for j in 0..<stride {
        var expected = Double((i * stride + j) % 5)
        if i < rows && j < columns {
          for d in 0..<depth { expected += left.base[d * stride + i] * right.base[d * stride + j] }
          #expect(abs(sums.base[i * stride + j] - expected) < 1e-13)
        } else {
          // What lies beyond the rows and columns is left alone.
          #expect(sums.base[i * stride + j] == expected)
        }
      }
    }
  }

  /// The same column of the left and the right matrix has the same sums wherever it stands.
  @Test func aSumHasTheSameBitsInAnyPlace() throws {
    let (depth, stride) = (9, 16)
    let left = try #require(AlignedBuffer<Double>(count: depth * stride))
    let sums = try #require(AlignedBuffer<Double>(count: stride * stride))
    for d in 0..<depth {
      for i in 0..<stride { left.base[d * stride + i] = Double((d * 31 + i % 3 * 17) % 29) / 29 }
    }
    addProducts(
      left.base, left.base, depth: depth, stride: stride, rows: stride, columns: stride, sums: sums.base)
    for i in 0..<stride {
      for j in 0..<stride {
        #expect(sums.base[i * stride + j] == sums.base[i % 3 * stride + j % 3])
        #expect(sums.base[i * stride + j] == sums.base[j * stride + i])
      }
    }
  }
}
