import Intercept

/// What an object is called: `Service app/web`.
public struct ObjectName: Hashable, Sendable, CustomStringConvertible {
  public let kind: String
  public let namespace: String
  public let name: String

  /// Namespace and name, `app/web`, as kubectl and Istio write them.
  public var path: String { "\(namespace)/\(name)" }

  public var description: String { "\(kind) \(path)" }
}

extension ObjectName: Comparable {
  public static func < (left: ObjectName, right: ObjectName) -> Bool {
    (left.namespace, left.name, left.kind) < (right.namespace, right.name, right.kind)
  }
}
