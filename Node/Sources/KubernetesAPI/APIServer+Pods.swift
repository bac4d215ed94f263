import FoundationEssentials
import NIOHTTP1

extension APIServer {
  /// Labels a pod, through its subresource `status`, which needs fewer rights than the pod itself.
  ///
  /// A pod that has ended is no error.
  public func label(namespace: String, pod: String, _ key: String, _ value: String) async throws {
    let patch = try json(["metadata": ["labels": [key: value]]])
    try await ignoringEnded {
      _ = try await send(
        .PATCH, "\(try path(namespace, pod))/status", type: "application/merge-patch+json", patch)
    }
  }

  /// Deletes a pod, if it still has the uid.
  public func delete(namespace: String, pod: String, uid: String) async throws {
    let options = try json(["preconditions": ["uid": uid]])
    try await ignoringEnded {
      _ = try await send(.DELETE, try path(namespace, pod), type: "application/json", options)
    }
  }

  func path(_ namespace: String, _ pod: String) throws -> String {
    "/api/v1/namespaces/\(try namespace.asObjectName())/pods/\(try pod.asObjectName())"
  }

  private func ignoringEnded(_ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch let error as APIError where error.isOutdated {}
  }

  private func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

extension String {
  /// The name as part of a path, if it is a DNS subdomain (RFC 1123), as Kubernetes' names are.
  func asObjectName() throws -> String {
    let allowed = utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
        UInt8(ascii: "."):
        true
      default: false
      }
    }
    guard allowed, !isEmpty, utf8.count <= 253, first != "." else { throw InvalidObjectName() }
    return self
  }
}

/// A name that no object of Kubernetes can have.
struct InvalidObjectName: Error, CustomStringConvertible {
  var description: String { "the name is not a valid Kubernetes name" }
}
