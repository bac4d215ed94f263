import TestSupport
import ArgumentParser
import Foundation
import Intercept
import Testing

@testable import RuleCommands
@testable import istio_iptables_swift

/// The help, on a terminal of 80 columns.
struct HelpTests {
  private static let pages: [any ParsableCommand.Type] = [Root.self] + Root.configuration.subcommands

  @Test func everySubcommandHasAPage() {
    let names = Root.configuration.subcommands.compactMap { $0.configuration.commandName }
    #expect(names == Subcommand.allCases.map(\.rawValue) + ["rules"])
  }

  @Test(arguments: pages.indices)
  func helpFits(_ index: Int) {
    let help = Root.helpMessage(for: Self.pages[index], columns: 80)
    #expect(help.split(separator: "\n").filter { $0.count > 80 } == [])
  }

  @Test(arguments: Subcommand.allCases)
  func helpIsShort(_ subcommand: Subcommand) throws {
    let page = try #require(Self.pages.first { $0.configuration.commandName == subcommand.rawValue })
    let lines = Root.helpMessage(for: page, columns: 80).split(
      separator: "\n", omittingEmptySubsequences: false)
    let limit =
      switch subcommand {
      case .apply, .print, .trace: 90
      case .diff, .guess, .clean, .validate, .lint, .ports, .tcpdump, .wait, .accessLog, .pcap, .doctor,
        .connections, .node:
        60
      }
    #expect(lines.count <= limit)
  }

  /// An example that is broken by the terminal's width cannot be pasted.
  @Test(arguments: Subcommand.allCases)
  func examplesAreWhole(_ subcommand: Subcommand) {
    let discussion = subcommand.implementation.help.discussion
    let examples = discussion.split(separator: "\n").filter { $0.hasPrefix("  ") }
    #expect(examples.filter { $0.count >= 80 } == [])
    let first = "istio-iptables-swift \(subcommand == .apply ? "-" : subcommand.rawValue)"
    #expect(examples.contains { $0.contains(first) }, "\(subcommand) has no example")
  }

  /// Own options come first; the rule options are on a page of their own, which the others name.
  @Test(arguments: Subcommand.allCases)
  func theRuleOptionsHaveTheirOwnPage(_ subcommand: Subcommand) throws {
    let page = try #require(Self.pages.first { $0.configuration.commandName == subcommand.rawValue })
    let help = Root.helpMessage(for: page, columns: 80)
    let takesRules = OptionName.inboundPorts.isTaken(by: subcommand)
    #expect(help.contains("istio-iptables-swift help rules") == takesRules)
    #expect(!help.contains("--istio-inbound-ports"))
    let titles = help.split(separator: "\n").filter { $0.hasSuffix(":") && $0 == $0.uppercased() }
    let hasOwn = OptionName.taken(by: subcommand).contains { $0.row.section == .own && $0.flag != nil }
    #expect(
      !hasOwn || titles.first { $0 != "ARGUMENTS:" } == "OPTIONS OF \(subcommand.rawValue.uppercased()):")
  }

  @Test func theRulesPageListsEveryRuleOption() {
    let help = Root.helpMessage(for: RulesPage.self, columns: 80)
    let options = OptionName.allCases.filter { $0.row.section == .rules }
    let flags = options.compactMap(\.flag)
    #expect(flags.count == 24)
    #expect(flags.filter { !help.contains($0) } == [])
    #expect(options.filter { $0.flag == nil && !help.contains($0.row.name) } == [])
  }

  /// Completions and manual pages have every option of every subcommand.
  @Test(arguments: ["bash", "zsh", "fish"])
  func completionsListEveryOption(_ shell: String) throws {
    let run = try Tool.run(["--generate-completion-script", shell])
    #expect(run.status == 0)
    for option in OptionName.allCases where option.flag != nil {
      #expect(run.output.contains(shell == "fish" ? option.row.name : "--\(option.row.name)"), "\(option)")
    }
  }

  @Test func theDumpOfTheHelpListsEveryOptionOfEverySubcommand() throws {
    struct Dump: Decodable {
      struct Name: Decodable { let name: String }
      struct Argument: Decodable {
        let names: [Name]?
        let shouldDisplay: Bool
      }
      struct Page: Decodable {
        let commandName: String
        let arguments: [Argument]?
        let subcommands: [Page]?
      }
      let command: Page
    }
    let run = try Tool.run(["--experimental-dump-help"])
    let dump = try JSONDecoder().decode(Dump.self, from: Data(run.output.utf8))
    for subcommand in Subcommand.allCases {
      let page = try #require(dump.command.subcommands?.first { $0.commandName == subcommand.rawValue })
      let listed = (page.arguments ?? []).filter(\.shouldDisplay).flatMap { ($0.names ?? []).map(\.name) }
      let options = OptionName.taken(by: subcommand).filter { $0.flag != nil }.map(\.row.name)
      #expect(Set(options).subtracting(listed) == [], "\(subcommand)")
    }
  }

  @Test(arguments: [["help", "rules"], ["rules"], ["help", "trace"], ["trace", "--help"], ["-h"]])
  func helpIsAResult(_ words: [String]) throws {
    let run = try Tool.run(words)
    #expect(run.status == 0 && run.errors.isEmpty && run.output.hasPrefix("OVERVIEW: "))
  }

  @Test func anUnknownPageIsAMistake() throws {
    let run = try Tool.run(["help", "rulse"])
    #expect(run.status == 64 && run.output.isEmpty)
    #expect(
      run.errors == "error: Unknown subcommand 'rulse'. Did you mean 'rules'? (help lists what there is)\n")
  }
}
