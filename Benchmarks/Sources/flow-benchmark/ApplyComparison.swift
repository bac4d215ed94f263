import Measuring

/// Cost of installing 5,000 excluded blocks: this program, `nft -f` and `iptables-nft-restore` with the same rules.
struct ApplyComparison {
  private let binary: String
  private let exclusions = Exclusions(blocks: 5_000, ports: 0)

  init(_ binary: String) { self.binary = binary }

  func run(_ rounds: Int) throws {
    let script = try Encoding.script(exclusions, binary)
    let input = try Encoding.restoreInput(exclusions, binary)
    let ways: [(name: String, command: [String])] = [
      ("iptables-nft-restore", ["iptables-nft-restore", input]),
      ("this program, iptables-nft form", [binary] + exclusions.options),
      ("nft -f", ["nft", "-f", script]),
      ("this program, --native-nftables", [binary] + exclusions.options + ["--native-nftables"]),
    ]
    var costs = ways.map { _ in [Cost]() }
    for round in 0...rounds {
      for (index, way) in ways.enumerated() {
        let namespace = try Namespace()
        let cost = try withExtendedLifetime(namespace) { try Program.run(way.command) }
        if round > 0 { costs[index].append(cost) }
      }
    }
    print("| apply of \(exclusions) | wall, ms | CPU, ms | wall, ratio | peak memory, MB |")
    print("| --- | ---: | ---: | ---: | ---: |")
    let reference = costs[0].median(\.wall)
    for (way, costs) in zip(ways, costs) {
      let wall = costs.median(\.wall)
      let cells = [
        wall.rounded(to: 1), costs.median(\.cpu).rounded(to: 1), (wall / reference).rounded(to: 2),
        costs.median(\.memory).rounded(to: 1),
      ]
      print("| \(way.name) | \(cells.joined(separator: " | ")) |")
    }
  }
}
