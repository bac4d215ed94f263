import Glibc
import Measuring

/// Cost of a new connection under rules with many exclusions: `flow-benchmark BINARY [ROUNDS]`, as root.
///
/// Compares no rules, the iptables-nft form, the native form, and the native form with one rule per exclusion instead of a
/// set. Each has namespaces of its own; they take turns, and the medians are compared. Afterwards measures the installation
/// of 5,000 blocks against `iptables-nft-restore` and `nft -f` with the same rules. Prints tables in Markdown.
@main enum FlowBenchmark {
  static func main() {
    do {
      guard let binary = CommandLine.arguments.dropFirst().first else {
        throw Trouble("usage: flow-benchmark BINARY [ROUNDS]")
      }
      let rounds = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 51
      print("medians of \(rounds) turns of \(Flows.count) new connections each, in microseconds; ")
      print("in brackets as a ratio to the same form without exclusions\n")
      for kind in Flows.Kind.allCases { try compareFlows(kind, binary, rounds) }
      try ApplyComparison(binary).run(rounds)
    } catch {
      print("error: \(error)")
      exit(1)
    }
  }

  private static func compareFlows(_ kind: Flows.Kind, _ binary: String, _ rounds: Int) throws {
    let encodings = Encoding.allCases
    print("| \(kind) | " + encodings.map(\.rawValue).joined(separator: " | ") + " |")
    print("| --- |" + encodings.map { _ in " ---: |" }.joined())
    var first: [Double]?
    for exclusions in Exclusions.all {
      let costs = try compete(encodings, exclusions, kind, binary, rounds)
      let cells = zip(costs, first ?? costs).map { "\($0.rounded(to: 2)) (\(($0 / $1).rounded(to: 2)))" }
      print("| \(exclusions) | \(cells.joined(separator: " | ")) |")
      fflush(nil)
      first = first ?? costs
    }
    print("")
  }

  /// The median cost of a connection in each form, in microseconds.
  private static func compete(
    _ encodings: [Encoding], _ exclusions: Exclusions, _ kind: Flows.Kind, _ binary: String, _ rounds: Int
  ) throws -> [Double] {
    let worlds = try encodings.map { encoding in
      let world = try World()
      try encoding.apply(exclusions, binary, in: world)
      return world
    }
    var costs = worlds.map { _ in [Double]() }
    for round in 0...rounds {
      for (index, world) in worlds.enumerated() {
        let cost = try Flows.cost(of: kind, in: world, round)
        // The first turn fills the neighbour tables.
        if round > 0 { costs[index].append(cost) }
      }
    }
    return costs.map(\.median)
  }
}

extension [Double] {
  var median: Double { isEmpty ? 0 : sorted()[count / 2] }
}

extension Double {
  func rounded(to digits: Int) -> String {
    let scale = (0..<digits).reduce(1) { result, _ in result * 10 }
    let number = Int((self * Double(scale)).rounded())
    let fraction = String(number % scale)
    return "\(number / scale)." + String(repeating: "0", count: digits - fraction.count) + fraction
  }
}
