import GMMKernels
import GMMModel

/// The best fit so far. Of equally good fits it is the first, so that threads do not matter.
final class MaximumLikelihoodResults: @unchecked Sendable {
  private let lock = Mutex()
  private var fit: (value: MaximumLikelihoodFit, start: Int)?

  var best: MaximumLikelihoodFit? { lock.locked { fit?.value } }

  func add(_ value: MaximumLikelihoodFit, start: Int) {
    lock.locked {
      if let old = fit {
        let isEqual = !value.isBetter(than: old.value) && !old.value.isBetter(than: value)
        guard value.isBetter(than: old.value) || (isEqual && start < old.start) else { return }
      }
      fit = (value, start)
    }
  }
}
