import FoundationEssentials
import RuleCommands
import TextOutput

/// JSON answers of every subcommand, described in docs/json.md.
///
/// Members are sorted by name, after `schemaVersion`.
enum JSONWriter {
  /// Version of the schema of all answers. It grows when a member is removed or changes its meaning.
  private static let schemaVersion = 1

  /// An object over several lines.
  static func text(_ object: some Encodable) throws -> String {
    try versioned(encode(object, .prettyPrinted), "\n  \"schemaVersion\" : \(schemaVersion),")
  }

  /// An object on one line.
  static func line(_ object: some Encodable) throws -> String {
    try versioned(encode(object, []), "\"schemaVersion\":\(schemaVersion),")
  }

  /// An object in a schema of its own, over several lines.
  static func foreign(_ object: some Encodable) throws -> String { try encode(object, .prettyPrinted) + "\n" }

  /// A message of the log on one line, in the schema of Istio's log.
  static func logLine(_ record: some Encodable) throws -> String { try encode(record, []) }

  private static func versioned(_ object: String, _ member: String) -> String {
    "{" + member + object.dropFirst() + "\n"
  }

  private static func encode(
    _ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting
  ) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, formatting]
    return String(decoding: try encoder.encode(value), as: UTF8.self).visibleJSON
  }
}
