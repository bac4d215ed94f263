import Intercept
import Netfilter

/// A single value: an address, a block, a port, an interface, a URL. Its text must be read as the same value.
enum ValuesReader: FuzzedReader {
  static let name = "values"

  static func check(_ input: [UInt8]) {
    let text = String(decoding: input, as: UTF8.self)
    check(IPAddress(text), input) { IPAddress($0) }
    check(CIDR(text), input) { CIDR($0) }
    check(Endpoint(text), input) { Endpoint($0) }
    check(Port(text), input) { Port($0) }
    check(UserID(text), input) { UserID($0) }
    check(InterfaceName(text), input) { InterfaceName($0) }
    check(ReadinessURL(text), input) { ReadinessURL($0) }
  }

  private static func check<Value: Equatable & CustomStringConvertible>(
    _ value: Value?, _ input: [UInt8], _ read: (String) -> Value?
  ) {
    guard let value else { return }
    Oracle.expect(read(value.description) == value, "another value", input, output: value.description)
    Oracle.expectVisible(value.description, input)
  }
}
