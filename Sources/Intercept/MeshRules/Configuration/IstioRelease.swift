import NetworkValues

/// A release of Istio, from 1.14 to 1.30: which release's rules to build.
///
/// What a release does differently is in `ReleaseTraits`; nothing else compares releases.
public struct IstioRelease: Hashable, Sendable, Comparable {
  /// The number behind `1.`.
  public let minor: Int

  /// The minor releases that are known.
  public static let known = 14...30

  /// The release whose rules are built where nobody asks for another.
  public static let newest = IstioRelease(knownMinor: known.upperBound)

  public static let all = known.map(IstioRelease.init(knownMinor:))

  /// Makes release `1.minor`; nil if it is not a known one.
  public init?(minor: Int) {
    guard Self.known.contains(minor) else { return nil }
    self.minor = minor
  }

  private init(knownMinor: Int) {
    minor = knownMinor
  }

  public static func < (left: IstioRelease, right: IstioRelease) -> Bool { left.minor < right.minor }
}

extension IstioRelease: LosslessStringConvertible {
  /// Reads `1.22`; a patch number (`1.22.3`) and a leading `v` do no harm, since rules do not change with them.
  public init?(_ description: String) {
    let text = description.hasPrefix("v") ? description.dropFirst() : description[...]
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), parts[0] == "1", let minor = Int(decimal: parts[1]),
      parts.count == 2 || Int(decimal: parts[2]) != nil
    else { return nil }
    self.init(minor: minor)
  }

  public var description: String { "1.\(minor)" }
}
