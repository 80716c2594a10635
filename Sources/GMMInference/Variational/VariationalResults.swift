/// The fit with the largest bound so far. Of fits with equal bounds it is the first, so that threads do not matter.
final class VariationalResults: @unchecked Sendable {
  private let lock = Mutex()
  private var fit: (value: VariationalFit, start: Int)?

  var best: VariationalFit? { lock.locked { fit?.value } }

  func add(_ value: VariationalFit, start: Int) {
    lock.locked {
      if let old = fit {
        let (new, before) = (value.lowerBound, old.value.lowerBound)
        guard new > before || (new == before && start < old.start) else { return }
      }
      fit = (value, start)
    }
  }
}
