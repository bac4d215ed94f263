import Intercept
import Manifests
import RuleCommands

/// A report in the Static Analysis Results Interchange Format (OASIS, SARIF 2.1.0).
struct SARIF: Encodable {
  private let schema = "https://json.schemastore.org/sarif-2.1.0.json"
  private let version = "2.1.0"
  private let runs: [Run]

  private enum CodingKeys: String, CodingKey {
    case schema = "$schema"
    case version, runs
  }

  init(_ report: Report) {
    let rules = report.rules.map { rule in
      Rule(
        id: rule.id, fullDescription: Message(text: rule.documentation),
        defaultConfiguration: Configuration(level: Self.level(rule.severity)))
    }
    let driver = Driver(name: "istio-iptables-swift", version: Version.text, rules: rules)
    runs = [Run(tool: Tool(driver: driver), results: report.results.map(Result.init))]
  }

  fileprivate static func level(_ severity: Severity) -> String {
    switch severity {
    case .info: "note"
    case .warning: "warning"
    case .error: "error"
    }
  }
}

// MARK: - The objects of SARIF, by their names in the schema

extension SARIF {
  private struct Run: Encodable {
    let tool: Tool
    let results: [Result]
  }

  private struct Tool: Encodable {
    let driver: Driver
  }

  private struct Driver: Encodable {
    let name: String
    let version: String
    let rules: [Rule]
  }

  private struct Rule: Encodable {
    let id: String
    let fullDescription: Message
    let defaultConfiguration: Configuration
  }

  private struct Configuration: Encodable {
    let level: String
  }

  private struct Message: Encodable {
    let text: String
  }

  private struct Result: Encodable {
    let ruleId: String
    let level: String
    let message: Message
    let locations: [Location]

    init(_ result: Report.Result) {
      ruleId = result.rule
      level = SARIF.level(result.severity)
      message = Message(text: result.message)
      let place = result.location.flatMap(PhysicalLocation.init)
      let object = result.object.map { [LogicalLocation(fullyQualifiedName: $0)] }
      locations =
        place == nil && object == nil
        ? [] : [Location(physicalLocation: place, logicalLocations: object)]
    }
  }

  private struct Location: Encodable {
    let physicalLocation: PhysicalLocation?
    let logicalLocations: [LogicalLocation]?
  }

  private struct LogicalLocation: Encodable {
    let fullyQualifiedName: String
  }

  private struct PhysicalLocation: Encodable {
    let artifactLocation: ArtifactLocation
    let region: Region

    /// - Returns: nil for a text without a name, such as standard input.
    init?(_ location: SourceLocation) {
      guard let file = location.file else { return nil }
      artifactLocation = ArtifactLocation(uri: Self.uri(file))
      region = Region(startLine: location.line)
    }

    /// The path as a URI reference (RFC 3986).
    private static func uri(_ path: String) -> String {
      let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/".utf8)
      return path.utf8.map { byte in
        unreserved.contains(byte)
          ? String(UnicodeScalar(byte))
          : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }.joined()
    }
  }

  private struct ArtifactLocation: Encodable {
    let uri: String
  }

  private struct Region: Encodable {
    let startLine: Int
  }
}
