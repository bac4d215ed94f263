import Archives
import Intercept

/// Contents that a command searches for among the files of an archive, such as that of `istioctl bug-report`.
enum ArchiveContent: String {
  case manifests = "Kubernetes objects"
  case rules = "rules of iptables or nf_tables"
  case envoyConfiguration = "a dump of Envoy's configuration"
  case logs = "a log"

  /// True if a file of an archive has these contents, by its name or its beginning.
  func accepts(_ file: TarArchive.File) -> Bool {
    let name = file.name.lowercased()
    switch self {
    case .manifests:
      return [".yaml", ".yml", ".json"].contains(where: name.hasSuffix) || Self.isManifest(file)
    case .envoyConfiguration: return Self.isEnvoyConfiguration(file)
    case .logs: return name.hasSuffix(".log")
    case .rules: return Self.hasRules(file)
    }
  }

  private static func beginning(of file: TarArchive.File) -> String {
    String(decoding: file.bytes.prefix(1 << 12), as: UTF8.self)
  }

  private static func isManifest(_ file: TarArchive.File) -> Bool {
    let text = beginning(of: file)
    if text.first(where: { !$0.isWhitespace }) == "{" { return text.contains("\"apiVersion\"") }
    return text.split(whereSeparator: \.isNewline).contains { $0.hasPrefix("apiVersion:") }
  }

  private static func isEnvoyConfiguration(_ file: TarArchive.File) -> Bool {
    let text = beginning(of: file)
    return text.first(where: { !$0.isWhitespace }) == "{" && text.contains("\"configs\"")
      && text.contains("envoy.admin.")
  }

  /// True if the text can be read as rules, and names a chain or a table of Istio.
  private static func hasRules(_ file: TarArchive.File) -> Bool {
    let text = String(decoding: file.bytes, as: UTF8.self)
    guard text.contains("ISTIO_") || text.contains("istio-proxy-") else { return false }
    let pasted = PastedText(Array(file.bytes))
    if pasted.nftListing != nil { return true }
    let rules = try? pasted.rules(RulesText.Options(family: nil, table: nil, names: .wellKnown))
    return rules.map { !$0.rulesets.allSatisfy(\.isEmpty) } ?? false
  }
}
