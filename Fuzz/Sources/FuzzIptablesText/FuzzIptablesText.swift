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
    let printed = ruleset.saveText()
    do {
      let again = try IptablesDump.parse(printed, family: family).ruleset
      if again != ruleset { fail("reads otherwise when printed", text, printed) }
      if again.saveText() != printed { fail("prints otherwise when printed and read", text, again.saveText()) }
    } catch {
      fail("cannot be read when printed: \(error)", text, printed)
    }
  }

  private static func fail(_ reason: String, _ text: String, _ printed: String) -> Never {
    fputs("\(reason)\n--- text\n\(text)\n--- printed\n\(printed)\n", stderr)
    abort()
  }
}
