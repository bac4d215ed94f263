@preconcurrency import Glibc
import Intercept

/// libFuzzer's loop: calls `test` with one input after the other.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// libFuzzer's input, as text of either family.
private func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let text = String(decoding: UnsafeBufferPointer(start: bytes, count: size), as: UTF8.self)
  FuzzIptablesText.check(text, .ipv4)
  FuzzIptablesText.check(text, .ipv6)
  FuzzIptablesText.checkForms(Array(UnsafeBufferPointer(start: bytes, count: size)))
  return 0
}

@main struct FuzzIptablesText {
  static func main() {
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    let status = runDriver(&count, &arguments, testOneInput)
    exit(status)
  }

  /// Reads the input as a text in any form, with the envelopes of logs.
  fileprivate static func checkForms(_ bytes: [UInt8]) {
    do {
      _ = try RulesText.read(bytes).report.notes
    } catch {
      _ = error.description
    }
  }

  /// Checks that readable text survives: printed and read again, it gives the same rules and the same text.
  fileprivate static func check(_ text: String, _ family: IPFamily) {
    let ruleset: Ruleset
    do {
      ruleset = try IptablesDump.parse(text, family: family).ruleset
    } catch {
      // Composing the error's text parses the line again.
      if error.description.isEmpty { fail("an error without words", text, "") }
      return
    }
    if text.utf8.count % 4 == 0 { use(ruleset, text) }
    let printed = ruleset.saveText()
    do {
      let again = try IptablesDump.parse(printed, family: family).ruleset
      if again != ruleset { fail("reads otherwise when printed", text, printed) }
      let secondPrint = again.saveText()
      if secondPrint != printed { fail("prints otherwise when printed and read", text, secondPrint) }
    } catch {
      fail("cannot be read when printed: \(error)", text, printed)
    }
  }

  /// Runs the operations of the command line on the rules; none may trap or fail to end. Slow, therefore called for some
  /// inputs only.
  private static func use(_ ruleset: Ruleset, _ text: String) {
    let wanted = ruleset.family == .ipv4 ? sidecar : Ruleset(.ipv6)
    let diff = RulesetDiff(wanted: wanted, live: ruleset)
    if diff.text().isEmpty != diff.isEmpty { fail("differs without words", text, diff.text()) }
    _ = Tracer(ruleset).trace(flow)
    // A guess builds the rules of every release, the slowest operation.
    if text.utf8.count % 16 == 0, let guess = Guess([ruleset]), guess.text().isEmpty {
      fail("a guess without words", text, "")
    }
  }

  private static let sidecar: Ruleset = {
    var configuration = Configuration()
    configuration.inboundPorts = .all(except: [PortRange(15090), PortRange(15021), PortRange(15020)])
    configuration.outboundCIDRs = .all
    return RulesetBuilder.build(configuration).first ?? Ruleset(.ipv4)
  }()

  private static let flow = Flow(.outbound, to: Endpoint(.ipv4(IPv4Address(bits: 0x0a00_0001)), 80))

  private static func fail(_ reason: String, _ text: String, _ printed: String) -> Never {
    fputs("\(reason)\n--- text\n\(text)\n--- printed\n\(printed)\n", stderr)
    abort()
  }
}
