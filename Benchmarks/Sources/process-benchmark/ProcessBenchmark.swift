import Glibc
import Measuring

/// Cost of whole runs of the two programs, beside `iptables-nft-restore` and `nft` with the same rules:
/// `process-benchmark TOOL POD_PROGRAM [ROUNDS]`, as root. Prints a table in Markdown.
///
/// Every run has a network namespace of its own; the programs take turns, so that a disturbance affects all of them.
@main enum ProcessBenchmark {
  static func main() {
    do {
      try measureAll()
    } catch {
      print("error: \(error)")
      exit(1)
    }
  }

  private static func measureAll() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    guard words.count >= 2 else {
      print("usage: process-benchmark TOOL POD_PROGRAM [ROUNDS]")
      exit(64)
    }
    let rounds = words.dropFirst(2).first.flatMap { Int($0) } ?? 51
    let texts = try Texts(words[0])
    print("medians of \(rounds) runs each; CPU and wall in ms, memory in MB\n")
    print(ResultTable.head)
    for task in Task.allCases {
      for stack in Stack.allCases {
        let contestants = Contestant.all(tool: words[0], podProgram: words[1], texts, stack).filter {
          $0.commands[task] != nil
        }
        for result in try compete(contestants, task, stack, rounds) { print(result.row) }
      }
    }
  }

  private static func compete(
    _ contestants: [Contestant], _ task: Task, _ stack: Stack, _ rounds: Int
  ) throws -> [ResultTable] {
    var costs = contestants.map { _ in [Cost]() }
    for round in 0...rounds {
      for (index, contestant) in contestants.enumerated() {
        let cost = try contestant.run(task, stack)
        // The first round loads everything into the page cache.
        if round > 0 { costs[index].append(cost) }
      }
      note("\(task), \(stack): round \(round) of \(rounds)")
    }
    let reference = costs[0].median(\.cpu)
    return try zip(contestants, costs).map { contestant, costs in
      ResultTable(
        task: task, stack: stack, contestant: contestant.name, costs: costs, referenceCPU: reference,
        calls: try contestant.calls(task, stack), memory: try contestant.memory(task, stack))
    }
  }

  /// Reports progress on a terminal.
  private static func note(_ text: String) {
    guard isatty(STDERR_FILENO) != 0 else { return }
    let line = "\r\u{1b}[K" + text
    _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
  }
}
