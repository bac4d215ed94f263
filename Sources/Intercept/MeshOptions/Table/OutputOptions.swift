extension OptionRow {
  /// The options of formats to print.
  static var outputOptions: [OptionRow] {
    [
      OptionRow(
        .printFormat, "format", .value(.oneOf("save", "restore", "nft", "json", "svg", "mermaid", "dot")),
        "For iptables-save, iptables-restore --noflush, nft -f, programs; pictures.", default: "save",
        of: .print),
      OptionRow(
        .printFamily, "family", .value(.oneOf("ipv4", "ipv6", "all")), "The families to print.",
        default: "all", of: .print),
      OptionRow(
        .annotate, "annotate", .toggle, "Print each rule's reason as a comment above it.", of: .print),
      OptionRow(.plan, "plan", .toggle, "Print what apply would change in the kernel now.", of: .print),
      OptionRow(
        .format, "format", .value(.oneOf("text", "json")), "Text for people, JSON for programs.",
        default: "text", of: [.guess, .tcpdump, .accessLog, .node]),
      OptionRow(
        .reportFormat, "format", .value(.oneOf("text", "json", "sarif", "github")),
        "People, programs, SARIF 2.1.0, GitHub.", default: "text", of: [.diff, .lint]),
      OptionRow(
        .answerFormat, "format", .value(.oneOf("text", "json", "sarif", "github", "svg", "mermaid", "dot")),
        "Reports for CI, and pictures.", default: "text", of: [.trace, .doctor]),
      OptionRow(
        .portsFormat, "format", .value(.oneOf("text", "json", "svg", "mermaid", "dot")),
        "Text for people, JSON for programs; pictures.", default: "text", of: .ports),
      OptionRow(
        .family, "family", .value(.oneOf("ipv4", "ipv6")), "The family to read in <file>.",
        default: "every family in it", of: [.diff, .guess]),
      OptionRow(
        .table, "table", .value(.named("table", oneOf: "raw", "mangle", "nat", "filter")),
        "The table of rules in a file that names none.", of: [.diff, .guess, .trace]),
    ]
  }
}
