import NetworkValues

/// A minor release of Istio whose rules can be built.
///
/// The differences between releases are in `ReleaseTraits` and `InjectorTraits`; no other code compares releases.
public struct IstioRelease: Hashable, Sendable, Comparable {
  /// The number after `1.`.
  public let minor: Int

  /// The known minor releases.
  public static let known = 14...31

  /// The default release.
  public static let newest = IstioRelease(knownMinor: known.upperBound)

  public static let all = known.map(IstioRelease.init(knownMinor:))

  /// Makes release `1.minor`; nil for unknown releases.
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
  /// Reads `1.22`. A patch number (`1.22.3`) and a leading `v` are ignored: rules do not depend on them.
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

/// A version of Istio: a minor release and its patch.
public struct IstioVersion: Hashable, Sendable {
  public let release: IstioRelease
  /// The number after the second dot; nil if it is not known.
  public let patch: Int?

  public init(_ release: IstioRelease, patch: Int? = nil) {
    self.release = release
    self.patch = patch
  }
}

extension IstioVersion {
  /// Reads `1.22` or `1.22.3`.
  public init?(_ text: String) {
    guard let release = IstioRelease(text) else { return nil }
    let parts = text.split(separator: ".")
    self.init(release, patch: parts.count == 3 ? Int(decimal: parts[2]) : nil)
  }
}
