import Foundation
import TestSupport
import Testing

/// The completions in bash, zsh and fish: the words that a shell proposes at the end of a command line.
struct CompletionTests {
  enum Shell: String, CaseIterable {
    case bash, fish
  }

  private static let cases: [(line: String, word: String)] = [
    ("help ", "doctor"), ("help ", "rules"), ("help d", "diff"), ("", "trace"),
    ("apply --istio-release 1.2", "1.27"), ("diff --format ", "json"), ("diff du", "dump.txt"),
    ("apply --pid ", "\(ProcessInfo.processInfo.processIdentifier)"),
  ]

  @Test(arguments: Shell.allCases)
  func aShellProposesTheWords(_ shell: Shell) throws {
    for (line, word) in Self.cases {
      let proposals = try proposals(shell, "istio-iptables-swift \(line)")
      #expect(proposals.contains(word), "\(shell) \(line): \(proposals.prefix(20))")
    }
  }

  @Test(arguments: Shell.allCases)
  func onlyWhatBeginsWithTheWordIsProposed(_ shell: Shell) throws {
    #expect(Set(try proposals(shell, "istio-iptables-swift help d")) == ["diff", "doctor"])
  }

  /// zsh completes on a terminal only.
  @Test func zshAcceptsTheScript() throws {
    let script = try Tool.run(["--generate-completion-script", "zsh"]).output
    #expect(script.contains("'*:subcommand:(apply "))
    try run("zsh", "-n", input: script)
  }

  /// The words that a shell proposes, without descriptions.
  private func proposals(_ shell: Shell, _ line: String) throws -> [String] {
    let folder = URL.temporaryDirectory.appending(path: "completion-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let script = try Tool.run(["--generate-completion-script", shell.rawValue]).output
    try script.write(to: folder.appending(path: "script"), atomically: true, encoding: .utf8)
    try "".write(to: folder.appending(path: "dump.txt"), atomically: true, encoding: .utf8)
    let output = try run(
      shell.rawValue, "-c", "cd \(folder.path); . ./script; \(shell.listing(line))")
    return output.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
  }
}

extension CompletionTests.Shell {
  /// A command that prints the words proposed for a command line.
  fileprivate func listing(_ line: String) -> String {
    switch self {
    case .fish: return "function istio-iptables-swift; end; complete -C '\(line)'"
    case .bash:
      let words = line.split(separator: " ", omittingEmptySubsequences: false).map { "'\($0)'" }
      let list = words.joined(separator: " ")
      return """
        COMP_WORDS=(\(list)) COMP_CWORD=\(words.count - 1) COMP_LINE='\(line)' COMP_POINT=\(line.count)
        _istio-iptables-swift istio-iptables-swift "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
        printf '%s\\n' "${COMPREPLY[@]}"
        """
    }
  }
}
