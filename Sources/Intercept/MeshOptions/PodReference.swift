import TextOutput

/// A pod of this node by its name, and the container runtime that runs it.
public struct PodReference: Hashable, Sendable {
  /// Nil for a pod in any namespace, if only one has the name.
  public let namespace: String?
  public let name: String
  /// The path of the runtime's socket; nil for the one of a runtime that is found.
  public let socket: String?

  /// - Parameters:
  ///   - text: `NAMESPACE/NAME` or `NAME`, in the characters of Kubernetes' names; nil for another text.
  ///   - socket: the path of the runtime's socket, with `unix://` or without.
  init?(_ text: String, socket: String?) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard (1...2).contains(parts.count), parts.allSatisfy(\.isKubernetesName) else { return nil }
    namespace = parts.count == 2 ? parts[0] : nil
    name = parts[parts.count - 1]
    self.socket = socket
  }

  /// Reads `--pod-name` and `--cri`; mistakes stay in the reader.
  init?(reading reader: inout OptionReader) {
    let socket = reader.value(.runtimeSocket, wanted: "give the path of the container runtime's socket") {
      text -> String? in
      let path = text.hasPrefix("unix://") ? String(text.dropFirst("unix://".count)) : text
      return path.hasPrefix("/") && path == path.onOneLine ? path : nil
    }
    let pod = reader.value(.runtimePod, wanted: "give the pod as NAMESPACE/NAME") {
      PodReference($0, socket: socket)
    }
    if socket != nil, reader.options[.runtimePod] == nil {
      reader.complain(OptionProblem("--cri is the runtime of the pod of --pod-name; give that as well"))
    }
    guard let pod else { return nil }
    self = pod
  }
}

extension PodReference: CustomStringConvertible {
  /// `shop/web`.
  public var description: String { namespace.map { "\($0)/\(name)" } ?? name }
}

extension String {
  /// True for a DNS subdomain (RFC 1123), the form of Kubernetes' names.
  fileprivate var isKubernetesName: Bool {
    let isValid = utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
        UInt8(ascii: "."):
        true
      default: false
      }
    }
    return isValid && (1...253).contains(utf8.count)
  }
}
