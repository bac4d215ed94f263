import JSONText

/// The plugin's questions to the node agent over its Unix socket: HTTP/1.1, one request per connection.
///
///     GET /v1/pod?namespace=shop&name=web&id=CONTAINER-ID HTTP/1.1
///
///     {"annotations":{},"labels":{},"namespaceLabels":{},"containers":["istio-proxy"],
///      "proxy":{"type":"sidecar","environment":{"ISTIO_META_DNS_CAPTURE":"true"},"user":1337,"group":1337}}
///
/// Every member of the answer may be absent or null: not known. Status 404 is a pod that the agent does not know.
///
///     POST /v1/log HTTP/1.1          a line of the plugin's log: a JSON object, answered by 204
public enum AgentProtocol {
  public static let podPath = "/v1/pod"
  public static let logPath = "/v1/log"

  /// The maximum number of bytes of an answer. The API server limits the annotations of a pod to 256 KiB.
  public static let maximumAnswer = 4 << 20

  /// The request for what the annotations of a pod do not carry.
  public static func podRequest(_ pod: KubernetesArguments, containerID: String) -> String {
    let query = [("namespace", pod.namespace), ("name", pod.name), ("id", containerID)]
      .map { "\($0)=\($1.percentEncoded)" }.joined(separator: "&")
    return "GET \(podPath)?\(query) HTTP/1.1\r\nHost: agent\r\nConnection: close\r\n\r\n"
  }

  /// The request that adds a line to the agent's log.
  public static func logRequest(_ line: String) -> String {
    "POST \(logPath) HTTP/1.1\r\nHost: agent\r\nConnection: close\r\nContent-Type: application/json\r\n"
      + "Content-Length: \(line.utf8.count)\r\n\r\n\(line)"
  }

  /// Returns the body of an answer with status 200; nil for another status or text that is no HTTP.
  public static func body(of answer: [UInt8]) -> [UInt8]? {
    let end = Array("\r\n\r\n".utf8)
    guard answer.starts(with: "HTTP/1.1 200 ".utf8) || answer.starts(with: "HTTP/1.0 200 ".utf8),
      let head = answer.firstRange(of: end)
    else { return nil }
    let lines = String(decoding: answer[..<head.lowerBound], as: UTF8.self).lowercased()
    let isChunked = lines.contains("\r\ntransfer-encoding: chunked")
    return isChunked ? unchunked(answer[head.upperBound...]) : Array(answer[head.upperBound...])
  }

  /// Joins the chunks of a body (RFC 9112, section 7.1); nil if one is cut.
  private static func unchunked(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    var (rest, body) = (bytes, [UInt8]())
    while let lineEnd = rest.firstRange(of: Array("\r\n".utf8)) {
      let digits = String(
        decoding: rest[..<lineEnd.lowerBound].prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self)
      guard let size = Int(digits, radix: 16), size >= 0, size <= rest[lineEnd.upperBound...].count else {
        return nil
      }
      if size == 0 { return body }
      body += rest[lineEnd.upperBound...].prefix(size)
      rest = rest[lineEnd.upperBound...].dropFirst(size + 2)
    }
    return nil
  }
}

extension PluginPod {
  /// Adds the facts of the agent's answer, which precede annotations and defaults.
  ///
  /// - Returns: false if the answer cannot be read; then nothing is added.
  public mutating func add(answer: [UInt8]) -> Bool {
    guard let tree = try? JSONReader.document(answer), let object = try? JSONObject(tree) else {
      return false
    }
    var pod = self
    do {
      if object.has("annotations") { pod.annotations = try object.texts("annotations") }
      pod.labels = try object.texts("labels")
      pod.namespaceLabels = try object.texts("namespaceLabels")
      if object.has("containers") { pod.containers = try object.strings("containers") }
      if let proxy = try object.object("proxy") { try pod.add(proxy: proxy) }
    } catch {
      return false
    }
    self = pod
    return true
  }

  private mutating func add(proxy: JSONObject) throws(FieldProblem) {
    proxyType = try proxy.string("type") ?? proxyType
    if proxy.has("environment") { environment = try proxy.texts("environment") }
    proxyUser = try proxy.number("user", 0...UInt32.max) ?? proxyUser
    proxyGroup = try proxy.number("group", 0...UInt32.max) ?? proxyGroup
  }
}

extension String {
  /// The text with every byte but letters, digits and `-._~` as `%XX` (RFC 3986).
  fileprivate var percentEncoded: String {
    utf8.reduce(into: "") { text, byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        text.unicodeScalars.append(UnicodeScalar(byte))
      default:
        text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
  }
}
