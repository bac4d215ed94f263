import Intercept
import TestSupport
import Testing

@testable import istio_iptables_swift

/// Nothing a user gives reaches a terminal or a rule with its control characters alive.
struct ControlCharacterTests {
  private static let evil = "eth0\n-A OUTPUT -j DROP\u{1b}[2J\u{7f}\u{9b}1m\u{2028}\u{202e}\r\t\""
  /// Flags whose text means nothing here: it is taken, and must not be seen.
  private static let taken: [OptionName] = [
    .logTarget, .logCaller, .logRotate, .outputPaths, .iptablesVersion,
  ]

  @Test(arguments: OptionName.allCases)
  func inOptions(_ option: OptionName) throws {
    for name in option.variables + [option.flag].compactMap({ $0 }) {
      let given = Options.Given(name: name, text: Self.evil)
      let said = try complaints(about: Options(flags: [option: given]))
      #expect(said.isEmpty == Self.taken.contains(option))
      #expect(said.allSatisfy { $0.isTame }, "\(said)")
    }
  }

  /// What is refused, or what is warned of where nothing is.
  private func complaints(about options: Options) throws -> [String] {
    do {
      let settings = try Settings(options) { _ in FakeHost() }
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
  /// Whether the text stays in its line, and no terminal obeys it.
  fileprivate var isTame: Bool {
    unicodeScalars.allSatisfy {
      $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) && $0 != "\u{2028}" && $0 != "\u{202e}"
    }
  }
}
