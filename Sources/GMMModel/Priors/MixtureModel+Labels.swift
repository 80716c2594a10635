extension MixtureModel {
  /// Refuses known labels where others name the components: an order of means, or the partition of the rows.
  package func requireServedLabels(of data: DataSet) throws(ModelError) {
    guard let words = data.incompleteness, data.details?.hasLabels ?? false, count != nil || orderedMeans else {
      return
    }
    throw ModelError(
      .unsupported, "labels",
      "must be left out where \(count == nil ? "means have an order" : "the number of components is unknown")",
      got: words)
  }
}
