import Intercept

/// A reason for which Istio rejects a pod, and its correction.
package struct InjectionProblem: Hashable, Sendable {
  package let text: String
  /// The correction, in the imperative: `write 80,443`.
  package let remedy: String

  package init(_ text: String, remedy: String) {
    self.text = text
    self.remedy = remedy
  }
}

/// Corrects lists whose meaning is clear although the injector rejects them.
enum ListCorrection {
  /// Returns single ports separated by commas; a long range is abbreviated: `9000,9001,...,9010`.
  static func ports(_ text: String) -> String? {
    corrected(text) { item in
      let ends = item.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == "-" }.map {
        Port(String($0))
      }
      guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil else { return nil }
      return PortRange(from: first, to: last).map(expanded)
    }
  }

  private static func expanded(_ range: PortRange) -> String {
    let (first, last) = (Int(range.lowerBound.rawValue), Int(range.upperBound.rawValue))
    guard last - first > 4 else { return (first...last).map(String.init).joined(separator: ",") }
    return "\(first),\(first + 1),...,\(last)"
  }

  /// Returns CIDR blocks separated by commas, with a prefix length for single addresses.
  static func blocks(_ text: String) -> String? {
    corrected(text) { item in
      if item.contains("/") { return CIDR(item).map { _ in item } }
      return IPAddress(item).map { "\(item)/\($0.family == .ipv4 ? 32 : 128)" }
    }
  }

  /// The length of a list that a message can show corrected.
  private static let longest = 1000

  /// Returns the corrected items; nil if the list is empty or long, or an item cannot be corrected.
  private static func corrected(_ text: String, _ correct: (String) -> String?) -> String? {
    guard text.utf8.count <= longest else { return nil }
    let items = text.split { $0 == "," || $0 == ";" || $0.isWhitespace }
    let corrected = items.compactMap { correct(String($0)) }
    return corrected.isEmpty || corrected.count < items.count ? nil : corrected.joined(separator: ",")
  }
}
