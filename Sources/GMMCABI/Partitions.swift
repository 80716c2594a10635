// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference
import GMMModel

private var defaults: gmm_partition_options {
  let defaults = PartitionOptions()
  var options = gmm_partition_options()
  options.loss = Int32(GMM_PARTITION_VI)
  options.num_draws = Int64(defaults.draws)
  options.num_starts = Int32(defaults.starts)
  options.ball_probability = defaults.ballProbability
  return options
}

@_cdecl("gmm_partition_options_init") @implementation
public func gmm_partition_options_init(
  _ options: UnsafeMutablePointer<gmm_partition_options>?, _ struct_size: Int
) -> gmm_status {
  initialize(options, struct_size, defaults)
}

@_cdecl("gmm_partition_result_init") @implementation
public func gmm_partition_result_init(
  _ result: UnsafeMutablePointer<gmm_partition_result>?, _ struct_size: Int
) -> gmm_status {
  initialize(result, struct_size, gmm_partition_result())
}

@_cdecl("gmm_posterior_partition") @implementation
public func gmm_posterior_partition(
  _ posterior: OpaquePointer?, _ options: UnsafePointer<gmm_partition_options>?,
  _ control: UnsafePointer<gmm_control>?, _ out_labels: UnsafeMutablePointer<Int64>?, _ capacity: Int64,
  _ out_result: UnsafeMutablePointer<gmm_partition_result>?, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    let options = try partitionOptions(options)
    let control = try runControl(control)
    let rows = posterior.data.count
    let out = try output(out_labels, "out_labels", needs: [4, rows], capacity: capacity)
    if let out_result { try requireSize(of: out_result, "out_result") }
    let partition = try posterior.partition(options, control)
    let ball = partition.ball
    for (place, clusters) in [partition.clusters, ball.horizontal, ball.upperVertical, ball.lowerVertical].enumerated()
    {
      for (i, label) in clusters.labels.enumerated() { out[place * rows + i] = Int64(label) }
    }
    guard let out_result else { return }
    try write(gmm_partition_result(partition), to: out_result, size: Int(out_result.pointee.struct_size), "out_result")
  }
}

private func partitionOptions(_ options: UnsafePointer<gmm_partition_options>?) throws(CallError) -> PartitionOptions {
  let options = try read(options, "options", defaults: defaults)
  let loss: PartitionLoss =
    switch options.loss {
    case GMM_PARTITION_VI: .variationOfInformation
    case GMM_PARTITION_BINDER: .binder
    default: throw CallError.invalid("loss", "must be GMM_PARTITION_VI or GMM_PARTITION_BINDER", got: options.loss)
    }
  guard options.max_clusters >= 0 else {
    throw .invalid("max_clusters", "must not be negative", got: options.max_clusters)
  }
  return PartitionOptions(
    loss: loss, draws: Int(options.num_draws), starts: Int(options.num_starts),
    largestClusterCount: options.max_clusters == 0 ? nil : Int(options.max_clusters), seed: options.seed,
    ballProbability: options.ball_probability)
}

extension gmm_partition_result {
  init(_ partition: PosteriorPartition) {
    self.init()
    let ball = partition.ball
    loss = Int32(partition.loss == .binder ? GMM_PARTITION_BINDER : GMM_PARTITION_VI)
    num_clusters = Int64(partition.clusters.count)
    expected_loss = partition.expectedLoss
    radius = ball.radius
    horizontal_distance = ball.horizontal.distance
    upper_distance = ball.upperVertical.distance
    lower_distance = ball.lowerVertical.distance
    horizontal_clusters = Int64(ball.horizontal.count)
    upper_clusters = Int64(ball.upperVertical.count)
    lower_clusters = Int64(ball.lowerVertical.count)
    num_draws = Int64(partition.drawCount)
  }
}
