import NetworkValues

/// Logging options: the supported subset of Istio's `--log_*` flags.
///
/// There is one scope, `default`, and one target, the standard error stream.
public struct LogOptions: Hashable, Sendable {
  /// The lowest level that is printed.
  public enum Level: String, CaseIterable, Hashable, Sendable {
    case debug, info, warn, error, fatal, none
  }

  /// The lowest level that is printed (`--log_output_level`).
  public var level = Level.info
  /// True if each line is a JSON object (`--log_as_json`).
  public var isJSON = false

  /// Reads the options; mistakes and warnings stay in the reader.
  public init(reading reader: inout OptionReader) {
    level = reader.value(.logOutputLevel, wanted: Self.levelsWanted, Self.level) ?? level
    isJSON = reader.toggle(.logAsJSON)
    for option in [OptionName.logRotateMaxAge, .logRotateMaxBackups, .logRotateMaxSize, .vklog] {
      _ = reader.value(option, wanted: "give a number") { Int(decimal: $0) }
    }
    _ = reader.value(.logStacktraceLevel, wanted: Self.levelsWanted, Self.level)
    warnOfTargets(&reader)
  }

  private static var levelsWanted: String {
    "give levels like info or default:debug; the levels are "
      + Level.allCases.map(\.rawValue).joined(separator: ", ")
  }

  /// Reads `SCOPE:LEVEL,...`; the last one of this scope counts, else `info`.
  private static func level(_ text: String) -> Level? {
    var found = Level.info
    for pair in text.split(separator: ",") {
      let parts = pair.trimmingBlanks().split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count <= 2, let level = parts.last.flatMap({ Level(rawValue: String($0)) }) else {
        return nil
      }
      if parts.count == 1 || ["default", "all"].contains(parts[0]) { found = level }
    }
    return found
  }

  private func warnOfTargets(_ reader: inout OptionReader) {
    for option in [OptionName.logTarget, .logRotate] {
      guard let given = reader.options[option], !["", "stdout", "stderr"].contains(given.text) else {
        continue
      }
      reader.warn(option, "no effect: messages go to the standard error stream")
    }
  }
}
