import Glibc
import TestSupport
import Testing

/// Listings of the rules that the tool installs, made by `nft` in every form.
@Suite(.enabled(if: getuid() == 0)) struct RealNftFormTests {
  /// Installs the rules with a proxy port, and prints the status of `diff` and the options of `guess` for each form.
  private static let script = #"""
    ip link set lo up
    "$0" --profile sidecar -p "$1" $2 >/dev/null 2>&1
    for form in -y -a -s -n -j; do
      nft "$form" list ruleset 2>/dev/null >"$3"
      "$0" diff --profile sidecar $2 "$3" >/dev/null 2>&1
      echo "$form $?"
      "$0" guess "$3" 2>/dev/null | grep '^options: '
    done
    """#

  private func answers(port: String, _ options: String) throws -> (statuses: [String], guesses: Set<String>) {
    let folder = try Folder(["listing": ""])
    let run = try Program.run(
      ["unshare", "-n", "sh", "-c", Self.script, Tool.path, port, options, "\(folder.path)/listing"],
      separatingErrors: true)
    let lines = run.output.split(separator: "\n").map(String.init)
    let guesses = Set(lines.filter { $0.hasPrefix("options: ") })
    return (lines.filter { !$0.hasPrefix("options: ") }, guesses)
  }

  @Test(arguments: ["", "--native-nftables"])
  func theRightRulesAreRightAndAnotherPortIsADifference(_ options: String) throws {
    let right = try answers(port: "15001", options)
    #expect(
      right.statuses == ["-y 0", "-a 0", "-s 0", "-n 0", "-j 0"] && right.guesses.count == 1, "\(right)")
    let other = try answers(port: "15002", options)
    // The JSON of nft has no ports of iptables' REDIRECT.
    let last = options.isEmpty ? "-j 0" : "-j 1"
    #expect(other.statuses == ["-y 1", "-a 1", "-s 1", "-n 1", last], "\(other)")
  }
}
