import FoundationEssentials
import Intercept

/// The proxy's listeners, from a file.
enum EnvoyFile {
  /// Reads what `istioctl proxy-config listeners -o json` prints, or a dump of Envoy's configuration.
  ///
  /// - Parameter path: the file, or `-` for standard input.
  /// - Throws: `CommandError` with the file's name and what is wrong.
  static func read(_ path: String, _ configuration: Configuration) throws -> EnvoyConfiguration {
    let file = InputFile(path)
    let text = try file.read()
    do {
      return EnvoyConfiguration(
        listeners: try listeners(text), outboundPort: configuration.proxyPort,
        inboundPort: configuration.inboundCapturePort)
    } catch {
      throw CommandError("\(file.name): no listeners of Envoy's: \(error.reason)")
    }
  }

  static func listeners(_ text: String) throws -> [EnvoyListener] {
    let decoder = JSONDecoder()
    // Envoy itself writes use_original_dst, and istioctl useOriginalDst.
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let listeners = try decoder.decode(EnvoyDumpJSON.self, from: Data(text.utf8)).listeners
    guard !listeners.isEmpty else {
      throw MalformedEnvoy("it holds none; give what 'istioctl proxy-config listeners POD -o json' prints")
    }
    return try listeners.compactMap { try $0.listener() }
  }
}

/// Something in Envoy's configuration that cannot be.
struct MalformedEnvoy: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
