import Intercept
import TestSupport

/// Output of iptables-nft for given rules, made in a network namespace of its own.
struct RealTools {
  let save: String
  let listRules: String
  let verboseListRules: String
  let listing: String
  let numericListing: String
  let verboseListing: String
  let numberedListing: String

  /// The tables that the tools list.
  private static let tables = ["nat", "mangle", "raw", "filter"]
  private static let mark = "=== next ==="

  /// Applies the rules and lists them in every form.
  init(_ rulesets: [Ruleset], _ family: IPFamily) throws {
    let program = family == .ipv4 ? "iptables-nft" : "ip6tables-nft"
    let text = rulesets.filter { $0.family == family }.map { $0.saveText() }.joined()
    let forms = ["-S", "-S -v", "-L", "-L -n", "-L -v", "-L -n -v --line-numbers -x"]
    let lists = forms.map { form in
      "echo '\(Self.mark)'\n" + Self.tables.map { "\(program) -t \($0) \(form)" }.joined(separator: "\n")
    }
    let script = ([#"printf '%s' "$1" | \#(program)-restore"#, "\(program)-save -c"] + lists).joined(
      separator: "\n")
    let output = try Program.run(
      ["unshare", "--net", "sh", "-ec", script, "sh", text], separatingErrors: true
    ).output
    let parts = output.components(separatedBy: Self.mark + "\n")
    guard parts.count == 7 else { throw Missing(output: output) }
    (save, listRules, verboseListRules, listing) = (parts[0], parts[1], parts[2], parts[3])
    (numericListing, verboseListing, numberedListing) = (parts[4], parts[5], parts[6])
  }

  /// Output that lacks a form.
  struct Missing: Error {
    let output: String
  }

  /// The texts of all forms with their names.
  var all: [(name: String, text: String)] {
    [
      ("iptables-save", save), ("iptables -S", listRules), ("iptables -S -v", verboseListRules),
      ("iptables -L", listing), ("iptables -L -n", numericListing), ("iptables -L -v", verboseListing),
      ("iptables -L -n -v -x --line-numbers", numberedListing),
    ]
  }
}

extension String {
  fileprivate func components(separatedBy mark: String) -> [String] {
    var (parts, rest) = ([String](), self[...])
    while let range = rest.firstRange(of: mark) {
      parts.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return parts + [String(rest)]
  }
}
