/// What rules leave alone, besides the world that connections go to.
struct Exclusions: CustomStringConvertible {
  /// How many blocks of addresses.
  let blocks: Int
  /// How many ports.
  let ports: Int

  static let all = [
    Exclusions(blocks: 0, ports: 0), Exclusions(blocks: 100, ports: 0), Exclusions(blocks: 1_000, ports: 0),
    Exclusions(blocks: 5_000, ports: 0), Exclusions(blocks: 0, ports: 1_000),
  ]

  var description: String { ports == 0 ? "\(blocks) blocks" : "\(ports) ports" }

  /// The injector's options, but that the peer is the last that is left alone: no rule may take what goes there, and
  /// every packet passes all others.
  var options: [String] {
    [
      "-u", "1337", "-m", "REDIRECT", "-i", "*", "-b", "*", "-d", "15090,15021,15020", "--ip-family", "ipv4",
      "-x", (blockList + [World.peerBlock]).joined(separator: ","), "-o", portList.joined(separator: ","),
    ]
  }

  /// Every other block of 10.0.0.0/8 with 256 addresses: no two of them make one.
  private var blockList: [String] { (0..<blocks).map { "10.\($0 / 128).\($0 % 128 * 2).0/24" } }

  private var portList: [String] { (0..<ports).map { "\(30_001 + 2 * $0)" } }
}
