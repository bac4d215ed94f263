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
  return 0
}

@main struct FuzzIptablesText {
  static func main() {
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    let status = runDriver(&count, &arguments, testOneInput)
    exit(status)
  }

  /// Whatever can be read prints to something that reads the same, and prints the same again.
  fileprivate static func check(_ text: String, _ family: IPFamily) {
    let ruleset: Ruleset
    do {
      ruleset = try IptablesDump.parse(text, family: family).ruleset
    } catch {
      // The error's text takes the line apart again.
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

  /// Does with the rules what the command line does: whatever they are, nothing may trap or go on for ever. It
  /// takes so long that only some inputs come by here.
  private static func use(_ ruleset: Ruleset, _ text: String) {
    let wanted = ruleset.family == .ipv4 ? sidecar : Ruleset(.ipv6)
    let diff = RulesetDiff(wanted: wanted, live: ruleset)
    if diff.text().isEmpty != diff.isEmpty { fail("differs without words", text, diff.text()) }
    _ = Tracer(ruleset).trace(flow)
    // A guess builds the rules of every release, which takes longer than all the rest.
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
