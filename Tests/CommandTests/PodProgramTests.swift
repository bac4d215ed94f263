import Intercept
import KernelTestSupport
import RuleCommands
import TestSupport
import Testing

/// The small program for pods, `istio-iptables`.
struct PodProgramTests {
  private static func run(_ words: [String]) throws -> Outcome {
    try Program.run([Tool.podProgram] + words, separatingErrors: true)
  }

  @Test(arguments: [Subcommand.clean, .validate])
  func aPageNamesThatOfTheRuleOptions(_ subcommand: Subcommand) throws {
    let page = try Self.run([subcommand.rawValue, "--help"])
    #expect(page.status == 0)
    for option in OptionName.taken(by: subcommand) where option.flag != nil {
      let isListed = option.row.section != .rules && !option.needsPodLookup
      let entries = ["--\(option.row.name)\n", "--\(option.row.name) <"]
      #expect(entries.contains(where: page.output.contains) == isListed, "\(option)")
    }
    #expect(page.output.contains("istio-iptables apply --help"))
  }

  @Test func thePageOfApplyListsTheRuleOptions() throws {
    let page = try Self.run(["--help"])
    let flags = OptionName.allCases.filter { $0.row.section == .rules }.compactMap(\.flag)
    #expect(flags.filter { !page.output.contains($0) } == [])
  }

  @Test(arguments: ["print", "trace", "doctor"])
  func anotherSubcommandIsReferredToTheTool(_ name: String) throws {
    let run = try Self.run([name])
    #expect(run.status == 64 && run.output.isEmpty)
    #expect(run.errors.contains("istio-iptables-swift"))
  }

  @Test(.enabled(if: canUseKernel))
  func theRulesAreThoseOfTheTool() throws {
    let options = ["--profile", "sidecar", "--ip-family", "dual", "-u", "1337", "--redirect-dns"]
    let rules = try [Tool.podProgram, Tool.path].map { path in
      try withNamespace {
        try TestSupport.run([path] + options)
        return try TestSupport.run("nft", "list", "ruleset")
      }
    }
    #expect(!rules[0].isEmpty && rules[0] == rules[1])
  }
}
