import Installation
import Intercept
import Netfilter

/// Compares the rules of two texts with each other.
struct TextComparison {
  let before: LiveSource.Reading
  let after: LiveSource.Reading

  var answer: DiffAnswer {
    let isSame = isSameInOtherForm
    return DiffAnswer(
      diff: InterceptionDiff(rulesets: isSame ? [] : differences), rules: after.source,
      wanted: "of \(before.source)", gap: after.gap ?? before.gap, hints: isSame ? [Self.formHint] : [])
  }

  private static let formHint =
    "Istio's rules are the same, one text in the native form; rules of other programs are not compared"

  /// Differences by rule, with the rules of other programs.
  private var differences: [RulesetDiff] {
    let (old, new) = (completed(before, by: after), completed(after, by: before))
    return IPFamily.allCases.compactMap { family in
      let pair = [old, new].map { rulesets in
        rulesets.first { $0.family == family }?.limited(to: before.tables).limited(to: after.tables)
      }
      guard pair.contains(where: { $0 != nil }) else { return nil }
      return RulesetDiff(from: pair[0] ?? Ruleset(family), to: pair[1] ?? Ruleset(family))
    }
  }

  /// The rules of a text, with the arguments that nft does not print taken from the other text.
  private func completed(_ text: LiveSource.Reading, by other: LiveSource.Reading) -> [Ruleset] {
    guard !text.nftables.isEmpty, !text.isNative else { return text.rulesets }
    return text.rulesets.map { ruleset in
      other.rulesets.first { $0.family == ruleset.family }.map { ruleset.completed(by: $0) } ?? ruleset
    }
  }

  /// True if one text alone is in the native form, and Istio's rules in both have the same effect.
  private var isSameInOtherForm: Bool {
    guard before.isNative != after.isNative else { return false }
    let (native, other) = before.isNative ? (before, after) : (after, before)
    let tables = native.nftables.istioTables.tables.map {
      NativeTableReading(name: $0.name.kernelName, chains: $0.chains)
    }
    let wanted = other.rulesets.filter { !$0.isEmpty }
    return FormComparison(wanted: wanted, live: wanted.map { Ruleset($0.family) }, native: tables).isEmpty
  }
}
