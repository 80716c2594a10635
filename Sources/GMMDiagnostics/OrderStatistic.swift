/// Returns the element that would stand at `rank` in ascending order, and reorders the elements.
///
/// Hoare's selection with the median of three as pivot. Where it does not halve the rest in many rounds, the rest is
/// sorted, so that no input takes quadratic time.
///
/// - Parameters:
///   - values: free of NaN.
///   - rank: an index of `values`.
/// - Complexity: O(n).
func orderStatistic(_ values: UnsafeMutableBufferPointer<Double>, rank: Int) -> Double {
  var (low, high) = (0, values.count - 1)
  var rounds = 4 * (Int.bitWidth - values.count.leadingZeroBitCount)
  while low < high {
    guard rounds > 0 else {
      var rest = UnsafeMutableBufferPointer(rebasing: values[low...high])
      rest.sort()
      break
    }
    rounds -= 1
    let (a, b, c) = (values[low], values[low + (high - low) / 2], values[high])
    let pivot = max(min(a, b), min(max(a, b), c))
    var (i, j) = (low, high)
    while i <= j {
      while values[i] < pivot { i += 1 }
      while values[j] > pivot { j -= 1 }
      if i <= j {
        values.swapAt(i, j)
        i += 1
        j -= 1
      }
    }
    if rank <= j {
      high = j
    } else if rank >= i {
      low = i
    } else {
      break
    }
  }
  return values[rank]
}
