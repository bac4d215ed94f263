import FoundationEssentials
import NIOHTTP1

/// The part of a `Pod` that decides about its rules.
public struct PodObject: Decodable, Sendable {
  public let metadata: Metadata
  public let spec: Specification

  public struct Metadata: Decodable, Sendable {
    public let uid: String
    public let labels: [String: String]?
    public let annotations: [String: String]?
  }

  public struct Specification: Decodable, Sendable {
    public let initContainers: [Container]?
    public let containers: [Container]
    public let securityContext: SecurityContext?
  }

  public struct Container: Decodable, Sendable {
    public let name: String
    public let args: [String]?
    public let env: [Variable]?
    public let securityContext: SecurityContext?
  }

  /// A variable; its value is nil if it has another source, such as a field of the pod.
  public struct Variable: Decodable, Sendable {
    public let name: String
    public let value: String?
  }

  /// The user and the group of a container, or those of all containers of the pod.
  public struct SecurityContext: Decodable, Sendable {
    public let runAsUser: UInt32?
    public let runAsGroup: UInt32?
  }

  /// - Parameter json: the object as the API server sends it.
  init(json: Data) throws {
    self = try JSONDecoder().decode(Self.self, from: json)
  }

  /// The containers of the pod, those that initialize it first.
  public var containers: [Container] { (spec.initContainers ?? []) + spec.containers }

  /// The user of a container; nil for that of its image.
  public func user(of container: Container) -> UInt32? {
    container.securityContext?.runAsUser ?? spec.securityContext?.runAsUser
  }

  /// The group of a container; nil for that of its image.
  public func group(of container: Container) -> UInt32? {
    container.securityContext?.runAsGroup ?? spec.securityContext?.runAsGroup
  }
}

extension PodObject.Container {
  /// The variables with a value, the last of each name.
  public var environment: [String: String] {
    (env ?? []).reduce(into: [:]) { variables, variable in variables[variable.name] = variable.value }
  }
}

extension APIServer {
  /// Reads a pod; nil if there is none.
  public func pod(namespace: String, name: String) async throws -> PodObject? {
    do {
      return try PodObject(json: try await send(.GET, try path(namespace, name)))
    } catch let error as APIError where error.status == 404 {
      return nil
    }
  }
}
