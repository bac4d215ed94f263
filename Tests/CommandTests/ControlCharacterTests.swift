import Intercept
import TestSupport
import Testing

@testable import RuleCommands
@testable import istio_iptables_swift

/// Nothing a user gives reaches a terminal or a rule with its control characters alive.
struct ControlCharacterTests {
  private static let evil = "eth0\n-A OUTPUT -j DROP\u{1b}[2J\u{7f}\u{9b}1m\u{2028}\u{202e}\r\t\""
  /// Options whose text is any text: it is taken, and must not be printed.
  private static let taken: [OptionName] = [
    .logTarget, .logCaller, .logRotate, .outputPaths, .iptablesVersion, .dryRunFile, .pod, .podName,
    .meshValues, .ruleset, .flows, .envoyConfig, .listenersFrom, .toPod, .sni, .alpn, .filterProcess,
    .reportFile,
  ]

  @Test(arguments: OptionName.allCases)
  func inOptions(_ option: OptionName) throws {
    let subcommand = try #require(Subcommand.allCases.first(where: option.isTaken))
    let isTaken = Self.taken.contains(option)
    for name in option.variables + [option.flag].compactMap({ $0 }) {
      let isFlag = name.hasPrefix("--")
      let base = subcommand == .trace ? ["outbound", "--to", "10.0.0.1:80"] : []
      let kernel = option.row.section == .realPackets && option != .kernel ? ["--kernel"] : []
      let command = TypedCommand(
        [subcommand.rawValue] + base + kernel + (isFlag ? ["\(name)=\(Self.evil)"] : []),
        environment: isFlag ? [:] : [name: Self.evil])
      let said = try complaints(about: command)
      #expect(
        said.contains { $0.hasPrefix("\(name): ") || $0.contains("is not a lint rule") } != isTaken, "\(said)"
      )
      #expect(said.allSatisfy { $0.isTame }, "\(said)")
    }
  }

  /// The mistakes; the warnings if there are none.
  private func complaints(about command: TypedCommand) throws -> [String] {
    do {
      _ = try command.command()
      let settings = try command.settings()
      #expect(settings.warnings.allSatisfy { $0.isTame })
      return []
    } catch let invalid as InvalidOptions {
      return invalid.problems.map(\.description)
    }
  }

  @Test(arguments: [
    [evil], ["print", evil], ["--" + evil], ["print", "--format", evil], ["print", "-c", evil],
  ])
  func inWords(_ words: [String]) throws {
    let run = try Tool.run(words)
    #expect(run.status == 64)
    #expect(run.output.isEmpty)
    #expect(run.errors.hasPrefix("error: ") && run.errors.dropLast().description.isTame)
  }
}

extension String {
  /// True if the text has no line break, and nothing that a terminal obeys.
  fileprivate var isTame: Bool {
    unicodeScalars.allSatisfy {
      $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) && $0 != "\u{2028}" && $0 != "\u{202e}"
    }
  }
}
