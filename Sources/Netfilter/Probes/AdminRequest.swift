import Glibc
public import Intercept
import Sockets
import SystemPackage

/// A request to Envoy's administration interface, which listens on 127.0.0.1:15000 in a pod.
public struct AdminRequest: Sendable {
  private let path: String
  private let port: Port

  /// The result of a request.
  public enum Answer: Hashable, Sendable {
    case body(String)
    /// The reason in words.
    case failure(String)
  }

  /// - Parameters:
  ///   - path: the path and query, without blanks.
  ///   - port: the port of Envoy's administration interface.
  public init(_ path: String, port: Port = .envoyAdmin) {
    self.path = path
    self.port = port
  }

  /// The greatest size of an answer in bytes.
  private static let limit = 64 << 20

  /// Sends the request from the thread's network namespace.
  ///
  /// - Parameter time: the time limit for the whole answer.
  public func ask(within time: Duration) -> Answer {
    let deadline = ContinuousClock.now + time
    do throws(Errno) {
      let socket = try InternetSocket.open(.ipv4)
      try socket.connect(to: Endpoint(.localhost(.ipv4), port), by: deadline)
      try socket.send(request, by: deadline)
      var bytes: [UInt8] = []
      while bytes.count < Self.limit {
        let more = try socket.receive(by: deadline)
        if more.isEmpty { return HTTPResponse(bytes).answer }
        bytes += more
      }
      return .failure("the answer is longer than \(Self.limit >> 20) MiB")
    } catch {
      return .failure(error == .timedOut ? "no complete answer within \(time)" : "\(error)")
    }
  }

  private var request: [UInt8] {
    Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
  }
}

extension HTTPResponse? {
  fileprivate var answer: AdminRequest.Answer {
    guard let response = self else { return .failure("no complete HTTP answer") }
    guard response.status == 200 else { return .failure("HTTP status \(response.status)") }
    return .body(String(decoding: response.body, as: UTF8.self))
  }
}
