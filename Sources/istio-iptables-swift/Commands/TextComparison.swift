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
      wanted: "of \(before.source)", gap: after.gap ?? before.gap, hints: hints)
  }

  /// False if both texts show parts of rule sets, and no chain is in both.
  var hasCommonPart: Bool {
    let isShown = [before, after].contains { !$0.rulesets.allSatisfy(\.isEmpty) }
    return !isShown
      || IPFamily.allCases.contains { family in
        [before, after].contains { compared($0.rulesets, family)?.isEmpty == false }
      }
  }

  private var hints: [String] {
    (isInNativeForm ? [Self.formHint] : []) + DiffAnswer.abbreviation(of: abbreviated)
  }

  private static let formHint =
    "in the native form, only Istio's rules are compared, not those of other programs"

  private var isInNativeForm: Bool { before.isNative || after.isNative }

  private var abbreviated: Set<String> {
    IPFamily.allCases.reduce(into: []) {
      $0.formUnion(abbreviated(before, after, $1).union(abbreviated(after, before, $1)))
    }
  }

  /// Differences by rule; in the form of iptables with the rules of other programs.
  private var differences: [RulesetDiff] {
    IPFamily.allCases.compactMap { family in
      let pair = [completed(before, by: after, family), completed(after, by: before, family)]
      guard pair.contains(where: { $0 != nil }) else { return nil }
      let (from, to) = (pair[0] ?? Ruleset(family), pair[1] ?? Ruleset(family))
      return isInNativeForm ? CommonForm(from: from, to: to).differences : RulesetDiff(from: from, to: to)
    }
  }

  /// The compared rules of a text, with the arguments that nft does not print taken from the other text.
  private func completed(_ text: LiveSource.Reading, by other: LiveSource.Reading, _ family: IPFamily)
    -> Ruleset?
  {
    let rules = compared(text.rulesets, family)
    guard text.isInTablesOfNft, let known = compared(other.rulesOfIptables, family) else { return rules }
    return rules?.completed(by: known)
  }

  /// The extensions of which a text lacks arguments, so that those of the other text are not compared.
  private func abbreviated(_ text: LiveSource.Reading, _ other: LiveSource.Reading, _ family: IPFamily)
    -> Set<String>
  {
    guard text.isInTablesOfNft, let known = compared(other.rulesOfIptables, family) else { return [] }
    return compared(text.rulesets, family)?.abbreviatedExtensions(of: known) ?? []
  }

  /// The rules of a family in the tables and chains that both texts show.
  private func compared(_ rulesets: [Ruleset], _ family: IPFamily) -> Ruleset? {
    rulesets.first { $0.family == family }?.limited(to: before.coverage).limited(to: after.coverage)
  }
}

extension LiveSource.Reading {
  /// True for the tables of iptables as `nft` lists them, which may lack arguments.
  fileprivate var isInTablesOfNft: Bool { !nftables.isEmpty && !isNative }

  /// The rules in the form of iptables; for the native form, those that a guess finds.
  fileprivate var rulesOfIptables: [Ruleset] { isNative ? guessedRules : rulesets }

  /// The rules of the options that a guess finds, in the form of iptables.
  fileprivate var guessedRules: [Ruleset] {
    mesh.guess.map { RulesetBuilder.build($0.configuration) } ?? []
  }
}
