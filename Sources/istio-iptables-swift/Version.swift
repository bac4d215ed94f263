import Intercept

enum Version {
  /// The text of `--version`.
  static let text = "0.1.0 (rules of Istio 1.\(IstioRelease.known.lowerBound) to \(IstioRelease.newest))"
}
