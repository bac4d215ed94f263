@preconcurrency import Glibc
import Intercept

/// Properties that hold for every input of every reader.
enum Oracle {
  /// Longest time of the processor for an input, in seconds.
  static let longestTime = 1.0
  /// Greatest length of an error's text in bytes.
  private static let longestMessage = 8192

  /// The processor time that this process has used, in seconds.
  static var processorTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Ends the process with a report if a condition does not hold.
  static func expect(
    _ condition: Bool, _ violation: @autoclosure () -> String, _ input: [UInt8], output: String = ""
  ) {
    if condition { return }
    fputs(
      "\(violation())\n--- input\n\(String(decoding: input, as: UTF8.self))\n--- output\n\(output)\n", stderr)
    abort()
  }

  /// Checks the text of an error: it is not empty, bounded, and can be shown.
  static func expectMessage(_ error: any Error, _ input: [UInt8]) {
    let text = "\(error)"
    expect(!text.isEmpty, "an error without words", input)
    expect(
      text.utf8.count <= longestMessage, "an error of \(text.utf8.count) bytes", input,
      output: String(text.prefix(1000)))
    expectVisible(text, input)
  }

  /// Checks that a text has no control character on an output, as text or in JSON.
  static func expectVisible(_ text: String, _ input: [UInt8]) {
    for shown in [text.visible, text.onOneLine, text.visible(.coloured).replacingColours, text.visibleJSON] {
      let control = shown.unicodeScalars.first(where: isControl)
      let isInJSON = control.map { $0.value < 0x20 } ?? false
      expect(
        control == nil || isInJSON && shown == text.visibleJSON, "a control character is shown", input,
        output: shown)
    }
  }

  /// True for the control characters of ISO 2022, except line feed and tab, and those that change the order of text.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A: false
    case 0..<0x20, 0x7F...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}

extension String {
  /// The text without the colours of ``TextColour``.
  fileprivate var replacingColours: String {
    var rest = unicodeScalars[...]
    var text = String.UnicodeScalarView()
    while let scalar = rest.popFirst() {
      if scalar == "\u{1B}", rest.first == "[" {
        while let next = rest.popFirst(), next != "m" {}
      } else {
        text.append(scalar)
      }
    }
    return String(text)
  }
}
