import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOFoundationEssentialsCompat
import NIOHTTP1
import NIOSSL

/// The API server of the cluster, as a pod reaches it.
///
/// Token and certificates are read again for every request: Kubernetes renews both in the life of a pod.
public struct APIServer: Sendable {
  private let address: String
  private let folder: String

  /// - Parameters:
  ///   - address: the URL without a path, such as https://10.96.0.1:443.
  ///   - folder: the folder of `token` and `ca.crt`.
  public init(_ address: String, credentials folder: String = "/var/run/secrets/kubernetes.io/serviceaccount")
  {
    self.address = address
    self.folder = folder
  }

  /// The server that Kubernetes' variables name; nil outside of a pod.
  public init?(environment: (String) -> String?) {
    guard let host = environment("KUBERNETES_SERVICE_HOST"), !host.isEmpty else { return nil }
    let port = environment("KUBERNETES_SERVICE_PORT") ?? "443"
    self.init("https://\(host.contains(":") ? "[\(host)]" : host):\(port)")
  }

  /// Sends a request.
  ///
  /// - Returns: the body of the answer.
  /// - Throws: `APIError` for a status other than 2xx.
  func send(_ method: HTTPMethod, _ path: String, type: String? = nil, _ body: String? = nil) async throws
    -> Data
  {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.trustRoots = .file("\(folder)/ca.crt")
    let client = HTTPClient(configuration: .init(tlsConfiguration: tls))
    do {
      let data = try await send(try request(method, path, type, body), with: client)
      try? await client.shutdown()
      return data
    } catch {
      try? await client.shutdown()
      throw error
    }
  }

  private func request(
    _ method: HTTPMethod, _ path: String, _ type: String?, _ body: String?
  ) throws -> HTTPClientRequest {
    let token = try String(contentsOfFile: "\(folder)/token", encoding: .utf8)
    var request = HTTPClientRequest(url: address + path)
    request.method = method
    request.headers.add(name: "Authorization", value: "Bearer \(token.filter { !$0.isWhitespace })")
    request.headers.add(name: "Accept", value: "application/json")
    if let type { request.headers.add(name: "Content-Type", value: type) }
    if let body { request.body = .bytes(ByteBuffer(string: body)) }
    return request
  }

  private func send(_ request: HTTPClientRequest, with client: HTTPClient) async throws -> Data {
    let response = try await client.execute(request, timeout: .seconds(10))
    let body = try await response.body.collect(upTo: 4 << 20)
    guard (200..<300).contains(Int(response.status.code)) else {
      throw APIError(status: Int(response.status.code), reason: response.status.reasonPhrase)
    }
    return Data(buffer: body)
  }
}

/// An answer of the API server with an error status.
public struct APIError: Error, Hashable, Sendable, CustomStringConvertible {
  public let status: Int
  public let reason: String

  /// True for a pod that has ended, and for a change that another has overtaken.
  public var isOutdated: Bool { status == 404 || status == 409 }

  public var description: String { "the API server answers \(status) \(reason)" }
}
