/// A rule by which data choose the priors that a caller leaves to them.
///
/// A rule keeps its meaning. Other default priors are a rule of their own, beside this one.
public enum DefaultPriors: UInt32, Sendable, CaseIterable {
  // The numbers are those of the C header and of files.
  /// Weakly informative priors at the scale of the data, after Fraley and Raftery (2007).
  case fraleyRaftery = 1
  /// Hierarchical priors at the scale of the data, after Malsiner-Walli, Frühwirth-Schnatter and Grün (2016), for any
  /// number of components.
  case malsinerWalli = 2

  /// What the priors are for.
  public enum Use: Sendable {
    /// Draws from the posterior.
    case posterior
    /// A maximum of the posterior, which hierarchical priors do not have: its density grows without bound as what all
    /// components share shrinks onto them.
    case fit
  }

  /// The name of the rule, such as `fraley-raftery`.
  public var name: String {
    switch self {
    case .fraleyRaftery: "fraley-raftery"
    case .malsinerWalli: "malsiner-walli"
    }
  }
}
