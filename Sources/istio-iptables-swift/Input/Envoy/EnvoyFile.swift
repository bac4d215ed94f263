import FoundationEssentials
import Intercept

/// Files with the proxy's configuration.
enum EnvoyFile {
  /// Reads what `istioctl proxy-config` prints, a dump of Envoy's configuration, or resources in other forms.
  ///
  /// - Parameter paths: the files, which complete each other; `-` for standard input.
  /// - Throws: `CommandError` with a file's name and the reason.
  static func read(_ paths: [String], _ configuration: Configuration) throws -> EnvoyConfiguration {
    var dump: EnvoyDump?
    for path in paths {
      let file = InputFile(path)
      let text = try file.read()
      do {
        let next = try self.dump(text)
        if dump == nil { dump = next } else { dump?.add(next) }
      } catch {
        throw CommandError("\(file.name): cannot read Envoy's configuration: \(error.reason)")
      }
    }
    guard let dump, !dump.listeners.isEmpty else {
      throw CommandError(
        """
        \(paths.map { InputFile($0).name }.joined(separator: ", ")): no listeners of Envoy; give the output of \
        'istioctl proxy-config listeners POD -o json'
        """)
    }
    var result = EnvoyConfiguration(
      listeners: dump.listeners, outboundPort: configuration.proxyPort,
      inboundPort: configuration.inboundCapturePort)
    (result.routes, result.clusters) = (dump.routes, dump.clusters)
    (result.assignments, result.endpoints) = (dump.assignments, dump.endpoints)
    return result
  }

  /// Reads the resources of a text.
  ///
  /// - Throws: `DecodingError` or `MalformedEnvoy`.
  static func dump(_ text: String) throws -> EnvoyDump {
    try JSONDecoder().decode(EnvoyDump.self, from: Data(text.utf8))
  }
}

/// An invalid value in Envoy's configuration.
struct MalformedEnvoy: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
