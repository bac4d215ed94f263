/// Excluded blocks and ports, besides the destination of the measured connections.
struct Exclusions: CustomStringConvertible {
  /// Number of address blocks.
  let blocks: Int
  /// Number of ports.
  let ports: Int

  static let all = [
    Exclusions(blocks: 0, ports: 0), Exclusions(blocks: 100, ports: 0), Exclusions(blocks: 1_000, ports: 0),
    Exclusions(blocks: 5_000, ports: 0), Exclusions(blocks: 0, ports: 1_000),
  ]

  var description: String { ports == 0 ? "\(blocks) blocks" : "\(ports) ports" }

  /// The injector's options, with the peer as the last exclusion: every packet passes all other rules first.
  var options: [String] {
    [
      "-u", "1337", "-m", "REDIRECT", "-i", "*", "-b", "*", "-d", "15090,15021,15020", "--ip-family", "ipv4",
      "-x", (blockList + [World.peerBlock]).joined(separator: ","), "-o", portList.joined(separator: ","),
    ]
  }

  /// Every second /24 of 10.0.0.0/8: no two of them merge.
  private var blockList: [String] { (0..<blocks).map { "10.\($0 / 128).\($0 % 128 * 2).0/24" } }

  private var portList: [String] { (0..<ports).map { "\(30_001 + 2 * $0)" } }
}
