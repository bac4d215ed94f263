public import Intercept
public import TextOutput

/// The differences between the routing of a namespace and the wanted one.
public struct RoutingDiff: Hashable, Sendable {
  /// Wanted parts that are missing.
  public let missing: Routing
  /// Parts of interception that are not wanted.
  public let unexpected: Routing
  /// Routes and policy rules of other programs that precede the wanted ones.
  public let obstacles: [RoutingObstacle]

  /// No differences.
  public static let none = RoutingDiff(missing: .none, unexpected: .none, obstacles: [])

  /// True if marked packets are delivered as wanted, and nothing else is there.
  public var isEmpty: Bool { self == .none }

  /// The differences besides those of ::6 on `lo`, which rules do not need.
  public var withoutPassthroughAddress: RoutingDiff {
    let address = Routing([.passthroughAddress])
    return RoutingDiff(
      missing: missing.subtracting(address), unexpected: unexpected.subtracting(address), obstacles: obstacles
    )
  }

  /// True if marked packets are delivered as wanted; parts that are not wanted may be there.
  public var isEffective: Bool { missing.isEmpty && obstacles.isEmpty }
}

extension RoutingDiff {
  /// One line per difference: `-` for a missing part, `+` for an unexpected one, `!` for an obstacle; empty if there
  /// are none.
  public func text(_ style: TextStyle = .plain) -> String {
    let lines =
      missing.parts.map { "- \($0)".coloured(.red, style) }
      + unexpected.parts.map { "+ \($0)".coloured(.green, style) }
      + obstacles.map { "! \($0)".coloured(.yellow, style) }
    return lines.map { "\($0)\n" }.joined()
  }

  /// The number of differences by kind: `1 missing, 1 in the way`; nil if there are none.
  public var summary: String? {
    let counts = [
      (missing.parts.count, "missing"), (unexpected.parts.count, "unexpected"),
      (obstacles.count, "in the way"),
    ]
    let words = counts.filter { $0.0 > 0 }.map { "\($0) \($1)" }
    return words.isEmpty ? nil : words.joined(separator: ", ")
  }
}

extension RoutingDiff: Encodable {
  private enum CodingKeys: String, CodingKey {
    case missing, unexpected, obstacles
  }

  public func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(missing.parts.map(\.description), forKey: .missing)
    try object.encode(unexpected.parts.map(\.description), forKey: .unexpected)
    try object.encode(obstacles.map(\.description), forKey: .obstacles)
  }
}

/// A route or policy rule of another program that precedes one that interception needs.
public enum RoutingObstacle: Hashable, Sendable {
  /// A route of the table; `route` is in `ip` syntax.
  case route(String, IPFamily, RouteTable)
  /// A policy rule with a smaller priority that matches the mark and leads to a table with a default route.
  case policyRule(priority: UInt32, IPFamily, leadsTo: RouteTable)
}

extension RoutingObstacle: CustomStringConvertible {
  public var description: String {
    switch self {
    case .route(let route, let family, let table):
      "table \(table) (\(family)) has another route, which precedes local default dev lo: \(route)"
    case .policyRule(let priority, let family, let table):
      "policy rule of priority \(priority) (\(family)) precedes and leads to table \(table)"
    }
  }
}
