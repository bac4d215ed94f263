import ArgumentParser
import Foundation
import Testing

@testable import istio_iptables_swift

/// What a person reads who asks for help, on a terminal of 80 columns.
struct HelpTests {
  private static let commands: [any ParsableCommand.Type] = [Root.self] + Root.configuration.subcommands

  @Test func theSubcommandsAreThere() {
    #expect(Self.commands.count == 12)
  }

  @Test(arguments: Self.commands.indices)
  func helpFits(_ index: Int) {
    let help = Root.helpMessage(for: Self.commands[index], columns: 80)
    #expect(help.split(separator: "\n").filter { $0.count > 80 } == [])
  }

  /// An example that is broken by the terminal's width cannot be pasted.
  @Test(arguments: Self.commands.indices)
  func examplesAreWhole(_ index: Int) {
    let configuration = Self.commands[index].configuration
    let examples = configuration.discussion.split(separator: "\n").filter { $0.hasPrefix("  ") }
    #expect(examples.filter { $0.count >= 80 } == [])
    let name = configuration.commandName ?? ""
    let isApply = ["istio-iptables-swift", "apply"].contains(name)
    let first = "istio-iptables-swift \(isApply ? "-" : name)"
    #expect(examples.contains { $0.contains(first) }, "\(name) has no example")
  }
}
