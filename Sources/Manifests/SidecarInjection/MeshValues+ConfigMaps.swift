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
    let source = { (path: String) in OptionSource.configMap(map.object.description, path: path) }
    do throws(ManifestError) {
      if let text = map.values { self = try MeshValues(helm: text, source: source) }
    } catch {
      warn(map, "values", error)
    }
    do throws(ManifestError) {
      if let text = map.injector { try readInjector(text, source) }
    } catch {
      warn(map, "config", error)
    }
    do throws(ManifestError) {
      if let text = map.mesh { try readMesh(text, source) }
    } catch {
      warn(map, "mesh", error)
    }
  }

  private mutating func warn(_ map: ConfigMap, _ member: String, _ error: ManifestError) {
    warnings.append("\(map.object): \(member): \(error)")
  }

  private mutating func readInjector(_ text: String, _ source: (String) -> OptionSource)
    throws(ManifestError)
  {
    let config = try DocumentReader.only(text)
    do throws(FieldProblem) {
      let config = try JSONObject(config, as: "the injector's configuration")
      let defaults = try config.strings("defaultTemplates")
      if !defaults.isEmpty { templates.defaults = defaults }
      let aliases = try config.object("aliases")
      for name in aliases?.names ?? [] { templates.aliases[name] = try aliases?.strings(name) }
      templates.known = try config.object("templates").map { Set($0.names) }
      try readSelectors(config)
      if let policy = try config.scalarText("policy") {
        values[.autoInject] = SourcedValue(text: policy, source: source("policy"))
      }
    } catch {
      throw ManifestError(error)
    }
  }

  private mutating func readMesh(_ text: String, _ source: (String) -> OptionSource) throws(ManifestError) {
    let mesh = try DocumentReader.only(text)
    do throws(FieldProblem) {
      try readMesh(JSONObject(mesh, as: "a MeshConfig"), source)
    } catch {
      throw ManifestError(error)
    }
  }
}
