import FoundationEssentials
import NIOHTTP1

extension APIServer {
  /// Removes the taints of a node that have a key.
  ///
  /// - Returns: false if the node has no such taint.
  /// - Throws: `APIError`; with status 409 if another client has changed the node meanwhile.
  public func removeTaint(_ key: String, fromNode name: String) async throws -> Bool {
    let path = "/api/v1/nodes/\(try name.asObjectName())"
    let node = try JSONDecoder().decode(NodeObject.self, from: try await send(.GET, path))
    guard let patch = node.removingTaint(key) else { return false }
    let body = String(decoding: try JSONEncoder().encode(patch), as: UTF8.self)
    _ = try await send(.PATCH, path, type: "application/merge-patch+json", body)
    return true
  }
}

/// The part of a `Node` that has its taints, and the patch that replaces them: the version guards against changes of
/// other clients.
struct NodeObject: Codable {
  let metadata: Metadata
  var spec: Specification

  struct Metadata: Codable {
    let resourceVersion: String
  }

  struct Specification: Codable {
    var taints: [Taint]?
  }

  struct Taint: Codable {
    let key: String
    let value: String?
    let effect: String
    let timeAdded: String?
  }

  /// The node without the taints of a key; nil if it has none.
  func removingTaint(_ key: String) -> NodeObject? {
    let taints = spec.taints ?? []
    let rest = taints.filter { $0.key != key }
    guard rest.count < taints.count else { return nil }
    var node = self
    node.spec.taints = rest
    return node
  }
}
