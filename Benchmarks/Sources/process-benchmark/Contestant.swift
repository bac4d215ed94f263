import Glibc
import Measuring

/// A program and its command lines for each task.
struct Contestant {
  let name: String
  /// The commands of each task, run one after the other and counted together.
  let commands: [Task: [[String]]]
  /// The commands that make the initial state of the second apply and the reconcile.
  let before: [Task: [[String]]]

  /// The reference first: iptables itself with the same rules.
  static func all(tool: String, podProgram: String, _ texts: Texts, _ stack: Stack) -> [Contestant] {
    [
      restore(texts, stack), program("istio-iptables, for pods", podProgram, stack, []),
      program("istio-iptables-swift", tool, stack, []),
      nft(texts, stack),
      program("istio-iptables, --native-nftables", podProgram, stack, ["--native-nftables"]),
      istio(),
    ].compactMap(\.self)
  }

  private static func program(_ name: String, _ binary: String, _ stack: Stack, _ more: [String]) -> Self {
    let apply = [binary] + Texts.options(stack) + more
    let old = [binary] + Texts.oldOptions(stack) + more
    return Contestant(
      name: name,
      commands: [.first: [apply], .again: [apply], .reconcile: [apply + ["--reconcile"]]],
      before: [.again: [apply], .reconcile: [old]])
  }

  private static func restore(_ texts: Texts, _ stack: Stack) -> Self {
    let now = texts.restores(stack, old: false)
    return Contestant(
      name: "iptables-nft-restore", commands: [.first: now, .again: now, .reconcile: now],
      before: [.again: now, .reconcile: texts.restores(stack, old: true)])
  }

  /// A script of nft adds; a replacing script would start with deletions, the case of a reconcile.
  private static func nft(_ texts: Texts, _ stack: Stack) -> Self {
    let add = [["nft", "-f", texts.path("nft", stack, old: false)]]
    return Contestant(name: "nft -f of the native form", commands: [.first: add], before: [:])
  }

  /// Istio's own program, if the environment names one.
  private static func istio() -> Self? {
    guard let path = getenv("ISTIO_IPTABLES").map({ String(cString: $0) }) else { return nil }
    let apply = [path] + Texts.istioOptions
    let old = [path] + Texts.istioOldOptions
    return Contestant(
      name: "Istio's", commands: [.first: [apply], .again: [apply], .reconcile: [apply + ["--reconcile"]]],
      before: [.again: [apply], .reconcile: [old]])
  }

  /// Runs the task in a namespace of its own.
  func run(_ task: Task, _ stack: Stack) throws -> Cost {
    try prepare(task, stack)
    return try commands[task, default: []].map { try Program.run($0) }.reduce(Cost.none, +)
  }

  /// Number of system calls of the task, and of those that start a program.
  func calls(_ task: Task, _ stack: Stack) throws -> SystemCalls {
    try prepare(task, stack)
    return try commands[task, default: []].map { try SystemCalls.counting($0) }.reduce(SystemCalls.none, +)
  }

  /// The peak memory of the largest program of the task, in MB.
  func memory(_ task: Task, _ stack: Stack) throws -> Double {
    try prepare(task, stack)
    return try commands[task, default: []].map { try PeakMemory.measuring($0) }.max() ?? 0
  }

  private func prepare(_ task: Task, _ stack: Stack) throws {
    _ = try Namespace()
    _ = try Program.run(["ip", "-batch", try Texts.file(stack.links, "links-\(stack.flag)")])
    for command in before[task, default: []] { _ = try Program.run(command) }
  }
}
