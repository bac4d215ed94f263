import NetworkValues
import RuleModel

/// `--drop-invalid` up to 1.23; later releases jump to a chain of their own.
enum KnownDropInvalidRule {
  static func includes(_ meaning: NormalizedRule, at position: Position) -> Bool {
    position == Position(table: .mangle, hook: .prerouting)
      && meaning == NormalizedRule(conditions: [.state(.is(.invalid))], target: .drop)
  }
}
