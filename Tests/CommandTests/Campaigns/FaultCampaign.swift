import KernelTestSupport
import TestSupport
import Testing

/// Trouble with netlink: a run that fails says so in words and has left one whole set; one that says it is done has
/// its rules in place. None hangs.
@Suite(.enabled(if: canUseKernel))
struct FaultCampaign {
  /// The injected faults, by system call. A `retval` is a read of so many bytes without new data.
  private static let faults = [
    "recvfrom": ["error=ENOBUFS", "error=EAGAIN", "error=EINTR", "retval=0", "retval=20", "retval=400"],
    "sendto": ["error=EINTR", "error=ENOBUFS", "error=EAGAIN", "error=ENOMEM"],
    "socket": ["error=EMFILE"], "bind": ["error=ENOMEM"], "setsockopt": ["error=EPERM"],
    "getsockname": ["error=ENOBUFS"],
  ]

  @Test(arguments: Change.all)
  func everyCallOnASocketFails(_ change: Change) throws {
    try withNamespace {
      let (before, after) = try change.rehearse()
      let calls = try SystemCalls.made(by: change.run).map(\.name)
      // A program that calls something else would leave these faults without effect.
      #expect(Set(Self.faults.keys).isSubset(of: calls))
      let faults = Self.faults(in: calls)
      Soak.report(faults.count, "faults of sockets", of: change.testDescription)
      for fault in faults {
        let outcome = try Program.run(SystemCalls.tampered(fault, in: change.run))
        try change.expectHonesty(of: outcome, before, after, fault)
      }
    }
  }

  /// A message that has not got to the kernel, though the call says so, has no answer. Usually the longest is lost, which
  /// has the rules in it, and one in five of the others.
  @Test(arguments: Change.all)
  func everyMessageIsLost(_ change: Change) throws {
    try withNamespace {
      let (before, after) = try change.rehearse()
      let calls = try SystemCalls.made(by: change.run).filter { ["sendto", "recvfrom"].contains($0.name) }
      let sent = calls.indices.filter { calls[$0].name == "sendto" }
      #expect(sent.count > 10)
      Soak.report(sent.count, "lost messages", of: change.testDescription)
      try Program.require(change.back)
      let longest = sent.compactMap { calls[$0].result }.max()
      for (number, place) in sent.enumerated() {
        let size = calls[place].result ?? 0
        guard Soak.isOn || size == longest || number.isMultiple(of: 5) else { continue }
        let loss = "sendto:retval=\(size):when=\(number + 1)"
        let silence = "recvfrom:error=EAGAIN:when=\(place - number + 1)"
        let outcome = try Program.run(SystemCalls.tampered(loss, silence, in: change.run))
        try change.expectHonesty(of: outcome, before, after, "\(loss) of \(sent.count)")
      }
    }
  }

  @Test(arguments: Change.all)
  func signalsAreNoFailure(_ change: Change) throws {
    try withNamespace {
      let (_, after) = try change.rehearse()
      for fault in ["recvfrom:error=EINTR:when=1+2", "sendto:error=EINTR:when=1+2"] {
        let outcome = try Program.run(SystemCalls.tampered(fault, in: change.run))
        #expect(outcome.status == 0, "\(fault): \(outcome)")
        #expect(try KernelState.read() == after)
        try Program.require(change.back)
      }
    }
  }

  /// The faults to try in turn: all that there are under soak, and otherwise another one at every tenth call.
  private static func faults(in names: [String]) -> [String] {
    var seen: [String: Int] = [:]
    return names.filter { faults[$0] != nil }.enumerated().flatMap { index, name in
      let number = seen[name, default: 0] + 1
      seen[name] = number
      let all = (faults[name] ?? []).map { "\(name):\($0):when=\(number)" }
      return Soak.isOn ? all : index % 10 == 0 ? [all[number / 2 % all.count]] : []
    }
  }
}

extension Change {
  /// A run that says it is done has done it, one that failed says why; then all is taken back to the first state.
  fileprivate func expectHonesty(
    of outcome: Outcome, _ before: KernelState, _ after: KernelState, _ fault: String
  ) throws {
    let now = try KernelState.read()
    #expect(now.isBetween(before, after), "\(fault): \(outcome)\n\(now)")
    if outcome.status == 0 {
      #expect(now == after, "\(fault): \(outcome)\n\(now)")
    } else {
      #expect(
        outcome.status == 1 && outcome.output.hasPrefix("error: ") && outcome.output.contains("cannot "),
        "\(fault): \(outcome)")
    }
    if now != before { try Program.require(back) }
    #expect(try KernelState.read() == before, "\(fault): the next run did not get there")
  }
}
