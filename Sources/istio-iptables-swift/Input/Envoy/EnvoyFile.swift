import FoundationEssentials
import Intercept

/// A file with the proxy's listeners.
enum EnvoyFile {
  /// Reads the output of `istioctl proxy-config listeners -o json`, or a dump of Envoy's configuration.
  ///
  /// - Parameter path: the file, or `-` for standard input.
  /// - Throws: `CommandError` with the file's name and the reason.
  static func read(_ path: String, _ configuration: Configuration) throws -> EnvoyConfiguration {
    let file = InputFile(path)
    let text = try file.read()
    do {
      return EnvoyConfiguration(
        listeners: try listeners(text), outboundPort: configuration.proxyPort,
        inboundPort: configuration.inboundCapturePort)
    } catch {
      throw CommandError("\(file.name): cannot read Envoy's listeners: \(error.reason)")
    }
  }

  static func listeners(_ text: String) throws -> [EnvoyListener] {
    let decoder = JSONDecoder()
    // Envoy writes use_original_dst, istioctl writes useOriginalDst.
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let listeners = try decoder.decode(EnvoyDumpJSON.self, from: Data(text.utf8)).listeners
    guard !listeners.isEmpty else {
      throw MalformedEnvoy(
        "it contains none; give the output of 'istioctl proxy-config listeners POD -o json'")
    }
    return try listeners.compactMap { try $0.listener() }
  }
}

/// An invalid value in Envoy's configuration.
struct MalformedEnvoy: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// Listeners in any of the forms in which they are printed: an array, a single listener, or a configuration dump.
struct EnvoyDumpJSON: Decodable {
  let listeners: [EnvoyListenerJSON]

  private enum Keys: String, CodingKey {
    case configs, staticListeners, dynamicListeners, dynamicActiveListeners, address, filterChains
  }

  init(from decoder: any Decoder) throws {
    guard let container = try? decoder.container(keyedBy: Keys.self) else {
      listeners = try [EnvoyListenerJSON](from: decoder)
      return
    }
    let keys = Set(container.allKeys)
    if keys.contains(.configs) {
      listeners = try container.decode([EnvoySectionJSON].self, forKey: .configs).flatMap(\.listeners)
    } else if !keys.isDisjoint(with: [.staticListeners, .dynamicListeners, .dynamicActiveListeners]) {
      listeners = try EnvoySectionJSON(from: decoder).listeners
    } else if !keys.isEmpty {
      listeners = [try EnvoyListenerJSON(from: decoder)]
    } else {
      throw MalformedEnvoy("neither an array of listeners nor a dump with 'configs'")
    }
  }
}

/// A section of a configuration dump; only `ListenersConfigDump` has listeners.
private struct EnvoySectionJSON: Decodable {
  let staticListeners: [Entry]?
  let dynamicListeners: [Entry]?
  /// In dumps of older releases of Envoy.
  let dynamicActiveListeners: [Entry]?

  /// A listener with its states; only an active one accepts connections.
  struct Entry: Decodable {
    let listener: EnvoyListenerJSON?
    let activeState: State?
  }

  struct State: Decodable {
    let listener: EnvoyListenerJSON?
  }

  var listeners: [EnvoyListenerJSON] {
    [staticListeners, dynamicListeners, dynamicActiveListeners].compactMap(\.self).joined()
      .compactMap { $0.activeState?.listener ?? $0.listener }
  }
}
