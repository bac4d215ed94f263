import Installation
import Intercept
import Netfilter

/// Compares the rules of two texts with each other.
struct TextComparison {
  let before: LiveSource.Reading
  let after: LiveSource.Reading

  var answer: DiffAnswer {
    DiffAnswer(
      diff: InterceptionDiff(rulesets: differences), rules: after.source,
      wanted: "of \(before.source)", gap: after.gap ?? before.gap,
      hints: isInNativeForm ? [Self.formHint] : [])
  }

  private static let formHint =
    "in the native form, only Istio's rules are compared, not those of other programs"

  private var isInNativeForm: Bool { before.isNative || after.isNative }

  /// Differences by rule; in the form of iptables with the rules of other programs.
  private var differences: [RulesetDiff] {
    let (old, new) = (completed(before, by: after), completed(after, by: before))
    return IPFamily.allCases.compactMap { family in
      let pair = [old, new].map { rulesets in
        rulesets.first { $0.family == family }?.limited(to: before.tables).limited(to: after.tables)
      }
      guard pair.contains(where: { $0 != nil }) else { return nil }
      let (from, to) = (pair[0] ?? Ruleset(family), pair[1] ?? Ruleset(family))
      return isInNativeForm ? CommonForm(from: from, to: to).differences : RulesetDiff(from: from, to: to)
    }
  }

  /// The rules of a text, with the arguments that nft does not print taken from the other text.
  private func completed(_ text: LiveSource.Reading, by other: LiveSource.Reading) -> [Ruleset] {
    guard !text.nftables.isEmpty, !text.isNative else { return text.rulesets }
    let known = other.isNative ? other.guessedRules : other.rulesets
    return text.rulesets.map { ruleset in
      known.first { $0.family == ruleset.family }.map { ruleset.completed(by: $0) } ?? ruleset
    }
  }
}

extension LiveSource.Reading {
  /// The rules of the options that a guess finds, in the form of iptables.
  fileprivate var guessedRules: [Ruleset] {
    Guess(interception, isNative: isNative, tables: tables).map { RulesetBuilder.build($0.configuration) }
      ?? []
  }
}
