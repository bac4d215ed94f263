import JSONText

/// The state of the plugin on a node.
public struct NodeStatus: Hashable, Sendable {
  /// True if the binary is there.
  public let hasBinary: Bool
  /// The configuration that the runtime uses; nil if there is none.
  public let configuration: String?
  /// True if that configuration has the plugin's entry.
  public let hasEntry: Bool
  /// True if Istio's plugin has an entry there as well.
  public let hasIstioEntry: Bool
  /// The number of pods whose networks the plugin took part in, by the runtime's records.
  public let pods: Int

  /// True if new pods get rules.
  public var isInstalled: Bool { hasBinary && hasEntry }
}

extension NodeInstallation {
  /// Reads the state of the node.
  public func status() -> NodeStatus {
    let files = ConfigurationFile.all(in: settings.configurationFolder)
    let file =
      settings.configurationName.flatMap { name in files.first { $0.isNamed(name) } }
      ?? (settings.isChained ? files.first : files.first { $0.name == settings.ownName })
    let types = file?.configuration.types ?? []
    return NodeStatus(
      hasBinary: NodeFiles.exists(settings.binaryPath), configuration: file?.path,
      hasEntry: types.contains(NodeSettings.pluginType), hasIstioEntry: types.contains("istio-cni"),
      pods: podsWithPlugin.count)
  }

  /// The names of the runtime's records of pods whose network configuration names the plugin.
  ///
  /// The corresponding Go type is libcni's `cachedInfo`, with the configuration in base64.
  var podsWithPlugin: [String] {
    NodeFiles.names(settings.cacheFolder).filter { name in
      guard let record = NodeFiles.read("\(settings.cacheFolder)/\(name)"),
        let value = try? JSONReader.document(record).value, case .string(let encoded)? = value["config"],
        let configuration = [UInt8](base64: encoded).flatMap(NetworkConfiguration.init)
      else { return false }
      return configuration.types.contains(NodeSettings.pluginType)
    }
  }
}

extension [UInt8] {
  /// Decodes base64 (RFC 4648, section 4); nil for other text.
  init?(base64 text: String) {
    var bytes: [UInt8] = []
    var (bits, count) = (UInt32(0), 0)
    for character in text.utf8 where character != UInt8(ascii: "=") {
      guard let digit = Self.digit(character) else { return nil }
      bits = bits << 6 | digit
      count += 6
      guard count >= 8 else { continue }
      count -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
    }
    self = bytes
  }

  private static func digit(_ character: UInt8) -> UInt32? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
