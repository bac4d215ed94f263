import KernelTestSupport
import TestSupport
import Testing

/// From every set of options to every other one, in either form: `--reconcile` leaves what a first run with the new
/// options would, and nothing of the old, in rules and in routing.
@Suite(.enabled(if: canUseKernel))
struct MoveTests {
  private static let optionSets = [
    "", "-m TPROXY -t 4711 -c eth5 -k net1", "--ip-family ipv4 --redirect-dns --dns-servers 10.96.0.10",
    "--istio-release 1.16 -m TPROXY -t 7 --redirect-dns --dns-servers 10.96.0.10,2001:db8::53 --drop-invalid",
  ]
  private static let states = optionSets + optionSets.map { "--native-nftables \($0)" }

  /// The state after a first run in a namespace without rules.
  private static let fresh = Result {
    try withNamespace {
      try states.map { options in
        try Program.require(Tool.apply(options))
        defer { _ = try? Program.require(Tool.clean) }
        return try Everything.read()
      }
    }
  }

  @Test(arguments: states.indices)
  func nothingOfTheOldIsLeft(_ one: Int) throws {
    let fresh = try Self.fresh.get()
    try withNamespace {
      try Program.require(Tool.apply(Self.states[one]))
      for other in Self.states.indices where other > one {
        for new in [other, one] {
          let outcome = try Program.run(Tool.reconcile(Self.states[new]))
          let move = "between \(Self.states[one]) and \(Self.states[other]): \(outcome)"
          #expect(outcome.status == 0 && outcome.output.contains("done: "), "\(move)")
          #expect(try Everything.read() == fresh[new], "\(move)")
        }
      }
    }
  }

  @Test(arguments: states)
  func aSecondCleanDoesNothing(_ options: String) throws {
    try withNamespace {
      let before = try Everything.read()
      try Program.require(Tool.apply(options))
      #expect(try Program.require(Tool.clean).hasPrefix("removed "))
      #expect(try Everything.read() == before)
      #expect(try Program.require(Tool.clean).hasPrefix("nothing to do: no Istio rules are installed"))
    }
  }
}

/// All that the tool changes, and whatever else nf_tables holds.
private struct Everything: Equatable {
  let state: KernelState
  /// Sorted: the order in which chains were made does not count.
  let listing: [Substring]

  static func read() throws -> Everything {
    let listing = try Program.require("sh", "-c", "nft -s list ruleset 2>/dev/null")
    return Everything(state: try KernelState.read(), listing: listing.split(separator: "\n").sorted())
  }
}
