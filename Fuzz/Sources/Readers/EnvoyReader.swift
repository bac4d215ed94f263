import InputText
import Intercept

/// Envoy's configuration, and the routes of connections in it.
enum EnvoyReader: FuzzedReader {
  static let name = "envoy"

  private static let connections: [EnvoyConnection] = {
    let target = Endpoint(.ipv4(IPv4Address(bits: 0x0a60_0001)), 80)
    let request = HTTPRequest(
      method: "GET", host: "reviews.default.svc.cluster.local", path: "/api/v1?id=1",
      headers: [HTTPRequest.Header(name: "end-user", value: "jason")])
    return [
      EnvoyConnection(port: 15001, original: target),
      EnvoyConnection(
        port: 15001, original: target, firstBytes: EnvoyFirstBytes(applicationProtocols: ["http/1.1"]),
        request: request),
      EnvoyConnection(
        port: 15006, original: target, source: .ipv4(IPv4Address(bits: 0x0a00_0002)),
        firstBytes: EnvoyFirstBytes(
          isTLS: true, serverName: "outbound_.80_._.a", applicationProtocols: ["istio"])),
    ]
  }()

  static func check(_ input: [UInt8]) {
    do {
      var dump = try EnvoyDump(text: String(decoding: input, as: UTF8.self))
      dump.warn = { Oracle.expectVisible($0, []) }
      check(EnvoyConfiguration(listeners: dump.listeners), dump, input)
    } catch {
      Oracle.expectVisible(error.inputReason, input)
    }
  }

  /// Follows connections through a configuration.
  static func check(_ configuration: EnvoyConfiguration, _ resources: some EnvoyResources, _ input: [UInt8]) {
    for connection in connections {
      let text = configuration.route(connection, resources).text(for: connection)
      Oracle.expect(!text.isEmpty, "a route without words", input)
      Oracle.expectVisible(text, input)
    }
  }
}
