import TestSupport
import Testing

/// A run of the tool that takes a namespace from one state to another, and one that takes it back.
struct Change: CustomTestStringConvertible {
  let testDescription: String
  let run: [String]
  let back: [String]

  /// Every kind of change there is, in rules and in routing, in each form and from one form to the other.
  static let all =
    inForm("iptables", "") + inForm("native", native) + [
      Change(
        testDescription: "from iptables to native", run: Tool.reconcile("\(native) -m TPROXY -t 4711 -r 99"),
        back: Tool.reconcile("-x 10.0.0.0/8,2001:db8::/32")),
      Change(
        testDescription: "from native to iptables", run: Tool.reconcile("-m TPROXY -t 4711 -r 99"),
        back: Tool.reconcile("\(native) -x 10.0.0.0/8,2001:db8::/32")),
    ]

  private static let native = "--native-nftables"

  /// The marks are such as no run could guess.
  private static func inForm(_ name: String, _ form: String) -> [Change] {
    [
      Change(
        testDescription: "\(name): install",
        run: Tool.apply("\(form) -m TPROXY -t 4711 --redirect-dns --dns-servers 10.96.0.10"), back: Tool.clean
      ),
      Change(
        testDescription: "\(name): reconcile",
        run: Tool.reconcile("\(form) -m TPROXY -t 4711 -r 99 -o 9999"),
        back: Tool.reconcile("\(form) -x 10.0.0.0/8,2001:db8::/32")),
      Change(
        testDescription: "\(name): clean", run: Tool.clean,
        back: Tool.apply("\(form) -m TPROXY -t 4711 --drop-invalid")),
    ]
  }

  /// Takes the thread's namespace to the first state, and there once more from the other.
  ///
  /// - Returns: both states.
  func rehearse() throws -> (before: KernelState, after: KernelState) {
    try Program.require(back)
    let before = try KernelState.read()
    try Program.require(run)
    let after = try KernelState.read()
    try Program.require(back)
    #expect(try KernelState.read() == before)
    #expect(before != after)
    return (before, after)
  }
}
