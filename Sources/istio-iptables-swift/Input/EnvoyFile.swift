import InputText
import Intercept
import RuleCommands

/// The configuration of a pod's proxy.
struct Proxy {
  let configuration: EnvoyConfiguration
  /// Resources that the listeners refer to.
  var resources: any EnvoyResources = EnvoyResourceTable()
  /// Returns the endpoints of the Service with an address; nil if they are not known.
  var serviceEndpoints: (Endpoint) -> [EnvoyEndpoint]? = { _ in nil }

  /// The route of a connection.
  func route(_ connection: EnvoyConnection) -> EnvoyRoute { configuration.route(connection, resources) }

  /// The route of a traced connection; nil if the proxy does not get it.
  func route(_ trace: Trace) -> EnvoyRoute? { configuration.connection(from: trace).map(route) }
}

/// Files with the proxy's configuration.
enum EnvoyFile {
  /// Reads what `istioctl proxy-config` prints, a dump of Envoy's configuration, or resources in other forms.
  ///
  /// - Parameter paths: the files, which complete each other; `-` for standard input.
  /// - Throws: `CommandError` with a file's name and the reason.
  static func read(_ paths: [String], _ configuration: Configuration) throws -> Proxy {
    var dump: EnvoyDump?
    for path in paths {
      let file = try InputFile(path).part(with: .envoyConfiguration)
      let text = String(decoding: file.bytes, as: UTF8.self)
      do {
        var next = try EnvoyDump(text: text)
        next.warn = Console.warn
        if dump == nil { dump = next } else { dump?.add(next) }
      } catch {
        throw CommandError("\(file.name): cannot read Envoy's configuration: \(error.inputReason)")
      }
    }
    guard let dump, !dump.listeners.isEmpty else {
      throw CommandError(
        """
        \(paths.map { InputFile($0).name }.joined(separator: ", ")): no listeners of Envoy; give the output of \
        'istioctl proxy-config listeners POD -o json'
        """)
    }
    return proxy(dump, configuration)
  }

  /// The proxy of a dump, with the ports of the rules.
  static func proxy(_ dump: EnvoyDump, _ configuration: Configuration) -> Proxy {
    let listeners = EnvoyConfiguration(
      listeners: dump.listeners, outboundPort: configuration.proxyPort,
      inboundPort: configuration.inboundCapturePort)
    return Proxy(configuration: listeners, resources: dump)
  }
}
