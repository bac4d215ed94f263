import LogText
import NetworkValues

/// The line of a program inside a JSON object that a log collector wrote, and the pod that the object names.
struct LogEnvelope {
  let line: [UInt8]
  /// `namespace/pod/container `, as far as the object names them: a prefix of ``LogSource``.
  let source: [UInt8]

  /// The keys of the line: of Docker, of `stern -o json`, of Google Cloud, and of Loki.
  private static let lineKeys = bytes(["log", "message", "textPayload", "line"])
  private static let namespaceKeys = bytes(["namespace", "namespace_name"])
  private static let podKeys = bytes(["podName", "pod_name", "pod"])
  private static let containerKeys = bytes(["containerName", "container_name", "container"])

  private static func bytes(_ keys: [String]) -> Set<[UInt8]> { Set(keys.map { Array($0.utf8) }) }

  /// Nil for an object without a line.
  init?(_ object: JSONMembers) {
    guard let line = Self.value(of: Self.lineKeys, in: object) else { return nil }
    self.line = line
    guard let pod = Self.value(of: Self.podKeys, in: object) else {
      source = []
      return
    }
    let namespace = Self.value(of: Self.namespaceKeys, in: object)
    let container = Self.value(of: Self.containerKeys, in: object)
    // With two names, the second is the container's.
    let names = container == nil ? [pod] : [namespace, pod, container].compactMap(\.self)
    source = Array(names.joined(separator: [.slash])) + [.space]
  }

  private static func value(of keys: Set<[UInt8]>, in object: JSONMembers) -> [UInt8]? {
    object.members.first { $0.isString && !$0.isInList && keys.contains(Array(object.bytes[$0.key])) }
      .map { Array(object.bytes[$0.value]) }
  }
}
