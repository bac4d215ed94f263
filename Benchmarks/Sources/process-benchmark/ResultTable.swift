import Measuring

/// A row of the table: the resource usage of one program for one task.
struct ResultTable {
  let task: Task
  let stack: Stack
  let contestant: String
  let costs: [Cost]
  /// The CPU time of `iptables-nft-restore` in the same rounds.
  let referenceCPU: Double
  let calls: SystemCalls
  /// Peak memory in MB.
  let memory: Double

  static let head = """
    | task | families | program | wall | CPU | CPU, ratio | peak memory | programs run | system calls |
    | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |
    """

  var row: String {
    let cpu = costs.median(\.cpu)
    let cells = [
      "\(task)", "\(stack)", contestant, costs.median(\.wall).rounded(to: 1), cpu.rounded(to: 1),
      (cpu / referenceCPU).rounded(to: 2), memory.rounded(to: 1), "\(calls.execve)",
      "\(calls.all)",
    ]
    return "| " + cells.joined(separator: " | ") + " |"
  }
}

extension Double {
  fileprivate func rounded(to digits: Int) -> String {
    let scale = digits == 1 ? 10.0 : 100.0
    let scaled = Int((self * scale).rounded())
    let fraction = String(scaled % Int(scale))
    return "\(scaled / Int(scale))." + String(repeating: "0", count: digits - fraction.count) + fraction
  }
}
