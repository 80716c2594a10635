// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference
import GMMModel

@_cdecl("gmm_merge_components") @implementation
public func gmm_merge_components(
  _ probabilities: UnsafePointer<Double>?, _ sample_weights: UnsafePointer<Double>?, _ num_observations: Int64,
  _ num_components: Int32, _ control: UnsafePointer<gmm_control>?, _ out_entropies: UnsafeMutablePointer<Double>?,
  _ out_merged_weights: UnsafeMutablePointer<Double>?, _ entropies_capacity: Int64,
  _ out_clusters: UnsafeMutablePointer<Int32>?, _ clusters_capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let components = Int(num_components)
    try requireComponentCount(components)
    let size = num_observations.multipliedReportingOverflow(by: Int64(components))
    guard num_observations >= 1, !size.overflow, size.partialValue <= Int64.max / 16 else {
      throw CallError.invalid("num_observations", "must be at least 1 and fit in memory", got: num_observations)
    }
    let control = try runControl(control)
    let entropies = try output(
      out_entropies, "out_entropies", needs: [components], capacity: entropies_capacity, named: "entropies_capacity")
    let clusters = try optionalOutput(
      out_clusters, "out_clusters", components * components, clusters_capacity, "clusters_capacity")
    guard let probabilities else { throw CallError.null("probabilities") }
    let rows = Int(num_observations)
    let merging = try ComponentMerging(
      UnsafeBufferPointer(start: probabilities, count: rows * components), rows: rows, componentCount: components,
      sampleWeights: try sample_weights.map { try SampleWeights(UnsafeBufferPointer(start: $0, count: rows)) }, control)
    // SAFETY: there is room for a number of each component, and for one of each component and number of clusters.
    entropies.update(from: merging.entropies, count: components)
    for (place, step) in merging.steps.enumerated() {
      out_merged_weights?[components - 2 - place] = step.mergedWeight
    }
    out_merged_weights?[components - 1] = 0
    guard let clusters else { return }
    for count in 1...components {
      for (k, cluster) in merging.clusters(count).enumerated() {
        clusters[(count - 1) * components + k] = Int32(cluster)
      }
    }
  }
}
