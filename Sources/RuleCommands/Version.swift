import Intercept

package enum Version {
  /// The text of `--version`.
  package static let text =
    "0.2.0 (rules of Istio 1.\(IstioRelease.known.lowerBound) to \(IstioRelease.newest))"
}
