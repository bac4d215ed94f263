/// One thing that is looked for.
protocol LintRule: Sendable {
  /// What the rule is called, for `--only` and `--ignore`.
  var name: String { get }
  /// What it finds, why that matters, and what it lets pass.
  var documentation: String { get }

  func findings(in mesh: Mesh) -> [Finding]
}
