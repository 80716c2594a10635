import GMMKernels
import GMMModel
import GMMStorage

extension Posterior {
  /// Writes the draws of one chain as CmdStan writes them: comments, one line of names, one line for each draw.
  ///
  /// The columns are `lp__` (log posterior), `accept_stat__`, `log_likelihood`, then the parameters in Stan's names and
  /// order. Indices start at 1, and the first index varies fastest. Numbers are the shortest that read back as the same
  /// bits. The comments are those that readers of CmdStan's files look for. The algorithm is named `fixed_param`, so
  /// that readers expect no adaptation of a Hamiltonian sampler.
  ///
  /// - Parameter control: progress in draws, cancelling.
  /// - Throws: ``StorageError`` of kind `system` or `cancelled`; the file appears whole or not at all.
  public func exportCSV(
    chain: Int, to path: String, _ control: RunControl = RunControl()
  ) throws(StorageError) {
    precondition(chain >= 0 && chain < chainCount, "a posterior has \(chainCount) chains")
    let monitor = RunMonitor(control)
    var drawsDone = 0
    monitor.progressSoFar = { [drawCount] in RunProgress(done: drawsDone, of: drawCount) }
    defer { monitor.finish() }
    let progress = FileProgress { !monitor.pollForStop() }
    try progress.pass(0, of: path)
    let file = try AtomicFile(path, hasHeader: false, progress)
    let version = LibraryVersion.current
    // A loaded file may announce a number of iterations that exceeds 63 bits.
    let samples = drawCount.multipliedReportingOverflow(by: thin)
    let comments = """
      # stan_version_major = 2
      # stan_version_minor = 36
      # stan_version_patch = 0
      # model = gmmswift_model
      # method = sample (Default)
      #   sample
      #     num_samples = \(samples.overflow ? Int.max : samples.partialValue)
      #     num_warmup = \(options.tune)
      #     save_warmup = 0 (Default)
      #     thin = \(thin)
      #     algorithm = fixed_param
      # id = \(chain + 1)
      # random
      #   seed = \(options.seed)
      # inference_library = gmmswift \(version)
      # inference_method = \(isPrior ? "prior" : options.method == .gibbs ? "gibbs" : "metropolis")
      \(model.defaultPriors.map { "# default_priors = \($0.name)\n" } ?? "")
      """
    try file.append(Array(comments.utf8))
    let columns = layout.columnsOfStan
    let names = ["lp__", "accept_stat__", "log_likelihood"] + columns.map(\.name)
    try file.append(Array((names.joined(separator: ",") + "\n").utf8))
    let indices = [layout.logPosterior, layout.acceptance, layout.logLikelihood] + columns.map(\.index)
    var line: [UInt8] = []
    for draw in 0..<drawCount {
      let row = rowMemory(chain: chain, draw: draw)
      line.removeAll(keepingCapacity: true)
      for (j, column) in indices.enumerated() {
        if j > 0 { line.append(UInt8(ascii: ",")) }
        line.append(contentsOf: row[column].description.utf8)
        if line.count >= 1 << 16 {
          try file.append(line)
          line.removeAll(keepingCapacity: true)
        }
      }
      line.append(UInt8(ascii: "\n"))
      try file.append(line)
      drawsDone = draw + 1
    }
    let times = """
      # 
      #  Elapsed Time: 0 seconds (Warm-up)
      #                \(seconds) seconds (Sampling)
      #                \(seconds) seconds (Total)
      # 

      """
    try file.append(Array(times.utf8))
    try file.commit()
  }
}

extension DrawLayout {
  /// The scalar parameters under Stan's names, with all entries of matrices: `weights.1`, `means.2.1`,
  /// `covariances.1.2.2`, `sd`.
  var columnsOfStan: [Column] {
    let (components, dimensions) = (componentCount, shape.dimensionCount)
    let each = dimensions > 1 ? [dimensions] : []
    let rows = shape.sharedSpread ? [] : [components]
    var result = Self.columns("weights", [components], weights.lowerBound)
    result += Self.columns("means", [components] + each, means.lowerBound)
    if shape.hasMatrices {
      // The name is that of a posterior's views, in several dimensions.
      result += Self.columns("covariances", rows + [dimensions, dimensions], covariances.lowerBound)
    } else {
      result += Self.columns("sd", rows + (shape.structure == .diag ? each : []), sds.lowerBound)
    }
    return result
  }

  /// Returns the elements of an array that stands row after row from column `first`, in Stan's order, in which the
  /// first index varies fastest.
  private static func columns(_ name: String, _ axes: [Int], _ first: Int) -> [Column] {
    let count = axes.reduce(1, *)
    return (0..<count).map { number in
      var rest = number
      var place = 0
      var full = name
      for (axis, length) in axes.enumerated() {
        let index = rest % length
        rest /= length
        full += ".\(index + 1)"
        place += index * axes[(axis + 1)...].reduce(1, *)
      }
      return Column(name: full, index: first + place)
    }
  }
}
