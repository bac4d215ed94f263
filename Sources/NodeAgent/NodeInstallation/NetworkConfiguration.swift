import JSONText

/// A network configuration of CNI as text: a list of plugins (`.conflist`), or one plugin (`.conf`).
///
/// Changes keep every other byte, so that removing the entry restores the text.
package struct NetworkConfiguration: Hashable, Sendable {
  package let text: [UInt8]
  /// The places of the plugins of a list; nil for one plugin.
  private let plugins: [Range<Int>]?
  /// The types of the plugins.
  package let types: [String]
  let name: String
  private let version: String

  /// - Returns: nil if the runtime would not accept the text.
  package init?(_ text: [UInt8]) {
    guard let tree = try? JSONReader.document(text), let object = try? JSONObject(tree),
      let members = try? JSONReader.members(of: text)
    else { return nil }
    self.text = text
    name = (try? object.string("name")).flatMap(\.self) ?? ""
    version = (try? object.string("cniVersion")).flatMap(\.self) ?? ""
    if let list = members.last(where: { $0.name == "plugins" }) {
      guard let places = try? JSONReader.items(of: text, at: list.value.lowerBound), !places.isEmpty,
        let types = try? object.objects("plugins").map({ try $0.string("type") ?? "" }),
        types.count == places.count, types.allSatisfy({ !$0.isEmpty }), !name.isEmpty
      else { return nil }
      plugins = places
      self.types = types
    } else {
      guard let type = (try? object.string("type")).flatMap(\.self), !type.isEmpty else { return nil }
      plugins = nil
      types = [type]
    }
  }

  package var isList: Bool { plugins != nil }

  /// True if the list has an entry of the plugin.
  package var hasEntry: Bool { isList && types.contains(NodeSettings.pluginType) }

  /// Returns the text with the entry at the end of the list; one plugin becomes a list of two.
  package func adding(_ settings: NodeSettings) -> [UInt8] {
    let rest = removingEntry()
    guard let plugins = rest.plugins, let last = plugins.last else { return asList(settings) }
    let separator = rest.separator(plugins)
    var text = rest.text
    text.insert(
      contentsOf: ",".utf8 + separator + settings.entry(indentation: Self.indentation(separator)).utf8,
      at: last.upperBound)
    return text
  }

  /// The blanks between two entries: those before the last one.
  private func separator(_ plugins: [Range<Int>]) -> [UInt8] {
    guard let last = plugins.last else { return [] }
    let before = text[..<last.lowerBound].reversed().prefix { Self.blanks.contains($0) }
    return Array(before.reversed())
  }

  private static let blanks = Array(" \t\r\n".utf8)

  private static func indentation(_ separator: [UInt8]) -> String {
    String(
      decoding: separator.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).last ?? [],
      as: UTF8.self)
  }

  /// A list with this plugin and the entry. Its name and version become those of the list.
  private func asList(_ settings: NodeSettings) -> [UInt8] {
    let name = name.isEmpty ? "k8s-pod-network" : name
    let version = version.isEmpty ? "0.3.1" : version
    let head =
      "{\n  \"cniVersion\": \(version.jsonString),\n  \"name\": \(name.jsonString),\n  \"plugins\": [\n    "
    return Array(head.utf8) + text.trimmingJSONBlanks
      + Array(",\n    \(settings.entry(indentation: "    "))\n  ]\n}\n".utf8)
  }

  /// Returns the configuration without the plugin's entries, or itself if there is none, or nothing else.
  package func removingEntry() -> NetworkConfiguration {
    guard let plugins, hasEntry, let first = types.firstIndex(where: { $0 != NodeSettings.pluginType }) else {
      return self
    }
    var shorter = Array(text[..<plugins[0].lowerBound])
    // The end of what is left out, which begins at the end of the plugin before.
    var start = plugins[first].lowerBound
    for index in plugins.indices.dropFirst(first + 1) where types[index] == NodeSettings.pluginType {
      shorter += text[start..<plugins[index - 1].upperBound]
      start = plugins[index].upperBound
    }
    return NetworkConfiguration(shorter + text[start...]) ?? self
  }
}

extension [UInt8] {
  /// The text without the blanks of JSON around it.
  fileprivate var trimmingJSONBlanks: [UInt8] {
    let blanks = Array(" \t\r\n".utf8)
    let head = drop { blanks.contains($0) }
    return Array(head.reversed().drop { blanks.contains($0) }.reversed())
  }
}
