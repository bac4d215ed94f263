import Intercept
import KubernetesObjects
import ManifestText

extension MeshValues {
  /// The names of Istio's ConfigMaps, to which other revisions than the default one append a dash and their name.
  private static let meshMap = "istio"
  private static let injectorMap = "istio-sidecar-injector"

  /// Returns the settings in Istio's ConfigMaps, by revision; the default revision has an empty name.
  static func byRevision(_ maps: [ConfigMap]) -> [String: MeshValues] {
    var found: [String: MeshValues] = [:]
    for map in maps {
      guard let revision = revision(of: map.object.name) else { continue }
      found[revision, default: MeshValues()].fill(from: MeshValues(map))
    }
    return found
  }

  private static func revision(of name: String) -> String? {
    for prefix in [injectorMap, meshMap] where name == prefix || name.hasPrefix(prefix + "-") {
      return String(name.dropFirst(prefix.count + 1))
    }
    return nil
  }

  /// Reads a ConfigMap; a part that cannot be read becomes a warning.
  private init(_ map: ConfigMap) {
    self.init()
    let name = map.object.description
    do throws(ManifestError) {
      if let values = map.values { self = try MeshValues(helm: values) { .configMap(name, path: $0) } }
    } catch {
      warnings.append("\(name): values: \(error)")
    }
    if let config = parsed(map.injector, "\(name): config") { readInjector(config) }
    if let config = parsed(map.mesh, "\(name): mesh") { readMesh(config, of: name) }
  }

  private mutating func parsed(_ text: String?, _ member: String) -> YAMLValue? {
    guard let text else { return nil }
    do {
      return try YAMLReader.read(text)
    } catch {
      warnings.append("\(member): line \(error.line) \(error.text)")
      return nil
    }
  }

  private mutating func readInjector(_ config: YAMLValue) {
    templates.defaults = config["defaultTemplates"]?.texts ?? templates.defaults
    if case .map(let aliases)? = config["aliases"] { templates.aliases = aliases.mapValues(\.texts) }
  }

  /// Reads a MeshConfig.
  private mutating func readMesh(_ config: YAMLValue, of map: String) {
    for path in Path.allCases where path.names.first == "meshConfig" {
      let value = path.names.dropFirst().reduce(Optional(config)) { $0?[$1] }
      guard let text = value?.text, !text.isEmpty else { continue }
      values[path] = SourcedValue(text: text, source: .configMap(map, path: path.rawValue))
    }
    defaultExports.services = config["defaultServiceExportTo"]?.texts ?? []
    defaultExports.virtualServices = config["defaultVirtualServiceExportTo"]?.texts ?? []
    guard case .map(let variables)? = config["defaultConfig"]?["proxyMetadata"] else { return }
    for (name, value) in variables {
      let source = OptionSource.configMap(map, path: "meshConfig.defaultConfig.proxyMetadata")
      proxyMetadata[name] = SourcedValue(text: value.text ?? "", source: source)
    }
  }
}

extension YAMLValue {
  /// The texts of a list of scalars, or of a single scalar.
  fileprivate var texts: [String] {
    if case .list(let items) = self { items.compactMap(\.text) } else { [text].compactMap(\.self) }
  }
}
