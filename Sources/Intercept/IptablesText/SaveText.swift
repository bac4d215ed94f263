public import RuleModel

extension Ruleset {
  /// The rules as `iptables-save` prints them after a restore into an empty kernel: every built-in chain of a table,
  /// user-defined chains by name, counters of zero, no comment lines.
  ///
  /// - Parameter annotated: adds each rule's reason before it, as a comment line.
  public func saveText(annotated: Bool = false) -> String {
    tables.map { $0.saveText(annotated: annotated) }.joined()
  }

  /// The rules as input for `iptables-restore --noflush`. User-defined chains are created with `-N`, which fails if they
  /// exist; other chains and all policies are not changed.
  public func restoreText(annotated: Bool = false) -> String {
    tables.map { $0.restoreText(annotated: annotated) }.joined()
  }
}

extension Table {
  fileprivate func saveText(annotated: Bool) -> String {
    let builtin = name.hooks.map { self[ChainName($0)] ?? Chain(ChainName($0)) }
    let user = chains.filter { $0.name.hook == nil }
    let heads =
      builtin.map { ":\($0.name) \($0.policy.rawValue) [0:0]\n" } + user.map { ":\($0.name) - [0:0]\n" }
    return frame(heads.joined() + appends(builtin + user, annotated: annotated))
  }

  fileprivate func restoreText(annotated: Bool) -> String {
    let heads = chains.filter { $0.name.hook == nil }.map { "-N \($0.name)\n" }
    return frame(heads.joined() + appends(chains, annotated: annotated))
  }

  private func frame(_ lines: String) -> String { "*\(name.rawValue)\n\(lines)COMMIT\n" }

  private func appends(_ chains: [Chain], annotated: Bool) -> String {
    chains.flatMap { chain in
      chain.rules.map { rule in
        let reason = annotated ? rule.reason.map { "# \($0)\n" } ?? "" : ""
        let text = rule.iptablesText
        return reason + "-A \(chain.name)\(text.isEmpty ? "" : " ")\(text)\n"
      }
    }.joined()
  }
}
