package import Intercept
import TextOutput

/// The content of a connection, as far as the proxy's route depends on it.
package struct FlowContent {
  /// The first bytes; nil if they are not described.
  package var firstBytes: EnvoyFirstBytes?
  /// The HTTP request; nil if none is described.
  package var request: HTTPRequest?

  /// Content that is not described.
  package init() {}

  /// The options that describe it.
  package static let options: [OptionName] = [.tls, .sni, .alpn, .appProtocol] + HTTPRequest.options
}

extension FlowContent {
  /// Reads the first bytes and the request. A request without TLS begins as HTTP/1.1, except CONNECT: HBONE sends it in TLS.
  package init(reading reader: inout OptionReader) {
    request = HTTPRequest(reading: &reader)
    firstBytes =
      EnvoyFirstBytes(reading: &reader)
      ?? (request.map { $0.method == "CONNECT" } ?? true
        ? nil : EnvoyFirstBytes(applicationProtocols: ["http/1.1"]))
  }
}

extension FlowContent {
  /// The content with a request for `/` in plain HTTP/1.1 if it does not describe another.
  package var withRequest: FlowContent {
    var content = self
    content.request = request ?? HTTPRequest()
    content.firstBytes = firstBytes ?? EnvoyFirstBytes(applicationProtocols: ["http/1.1"])
    return content
  }
}

extension HTTPRequest {
  fileprivate static let options: [OptionName] = [.httpHost, .httpPath, .httpMethod, .httpHeader]

  /// Reads a request; nil if none of its options is given.
  fileprivate init?(reading reader: inout OptionReader) {
    let host = reader.value(.httpHost, wanted: "give a host, with or without a port", Self.token)
    let path = reader.value(.httpPath, wanted: "give a path that begins with /, like /api?id=1") { text in
      text.hasPrefix("/") ? Self.token(text) : nil
    }
    let method = reader.value(.httpMethod, wanted: "give a method like GET", Self.token)
    let headers = reader.values(
      .httpHeader, wanted: "give a name and a value, like x-user:jason", Header.init)
    guard Self.options.contains(where: { reader.options[$0] != nil }) else { return nil }
    self.init(method: method ?? "GET", host: host, path: path ?? "/", headers: headers)
  }

  /// A text without blanks; nil for an empty one.
  private static func token(_ text: String) -> String? {
    text.isEmpty || text.contains(where: \.isWhitespace) ? nil : text
  }
}

extension HTTPRequest.Header {
  /// Reads `name:value`; a pseudo-header's name begins with a colon.
  fileprivate init?(_ text: String) {
    let start = text.hasPrefix(":") ? text.index(after: text.startIndex) : text.startIndex
    guard let colon = text[start...].firstIndex(of: ":"), colon != start else { return nil }
    let name = text[..<colon].trimmingBlanks()
    guard !name.isEmpty else { return nil }
    self.init(name: String(name), value: String(text[colon...].dropFirst()).trimmingBlanks())
  }
}

extension EnvoyFirstBytes {
  /// Reads the first bytes of a connection; nil if they are not described.
  fileprivate init?(reading reader: inout OptionReader) {
    let isTLS = reader.toggle(.tls)
    let serverName = reader.value(.sni, wanted: "give the name of a server") { $0.isEmpty ? nil : $0 }
    let offered = reader.value(.alpn, wanted: "give names like h2,http/1.1", Self.protocols)
    let plain = reader.value(
      .appProtocol, wanted: "give http/1.1 (http is the same), http/1.0 or h2c; the proxy detects no other",
      Self.plainProtocol)
    guard reader.text(.appProtocol) == nil || reader.text(.alpn) == nil else {
      reader.complain(.appProtocol, "is for plain bytes, and --alpn for a TLS greeting; give one of them")
      return nil
    }
    guard isTLS || serverName != nil || offered != nil || plain != nil else { return nil }
    self.init(
      isTLS: isTLS || offered != nil, serverName: serverName,
      applicationProtocols: offered ?? plain.map { [$0] } ?? [])
  }

  /// The protocols of a TLS greeting, best first.
  private static func protocols(_ text: String) -> [String]? {
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingBlanks() }
    return names.contains("") ? nil : names
  }

  /// The name of plain bytes in Envoy's HTTP inspector, which has no `http`: clients speak HTTP/1.1 by default.
  private static func plainProtocol(_ text: String) -> String? {
    let name = text == "http" ? "http/1.1" : text
    return ["http/1.0", "http/1.1", "h2c"].contains(name) ? name : nil
  }
}
