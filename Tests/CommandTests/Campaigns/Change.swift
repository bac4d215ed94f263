import Testing

/// A run of the tool that takes a namespace from one state to another, and one that takes it back.
struct Change: CustomTestStringConvertible {
  let testDescription: String
  let run: [String]
  let back: [String]

  /// Every kind of change there is, in rules and in routing. The marks are such as no run could guess.
  static let all = [
    Change(
      testDescription: "install",
      run: Tool.apply("-m TPROXY -t 4711 --redirect-dns --dns-servers 10.96.0.10"), back: Tool.clean),
    Change(
      testDescription: "reconcile",
      run: Tool.reconcile("-m TPROXY -t 4711 -r 99 -o 9999"),
      back: Tool.reconcile("-x 10.0.0.0/8,2001:db8::/32")),
    Change(testDescription: "clean", run: Tool.clean, back: Tool.apply("-m TPROXY -t 4711 --drop-invalid")),
  ]

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
