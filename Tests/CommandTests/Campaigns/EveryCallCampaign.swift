import Foundation
import KernelTestSupport
import TestSupport
import Testing

/// One failing system call in a run of any command: the answer is that of a run without it, or an error is reported; a
/// change is done whole or not at all, and the next run completes it.
@Suite(.enabled(if: canUseKernel))
struct EveryCallCampaign {
  @Test(arguments: Soak.choose(Array(Change.all.prefix(2)), soak: Change.all))
  func aChangeIsWholeAndReported(_ change: Change) throws {
    try withNamespace {
      let (before, after) = try change.rehearse()
      let faults = Self.faults(in: try SystemCalls.made(by: change.run))
      Soak.report(faults.count, "failing system calls", of: change.testDescription)
      for fault in faults {
        try change.goBack(to: before)
        let outcome = try Program.run(SystemCalls.tampered(fault, in: change.run))
        let now = try KernelState.read()
        #expect(now.isBetween(before, after), "\(fault): \(outcome)\n\(now)")
        #expect(outcome.status == 0 ? now == after : !outcome.output.isEmpty, "\(fault): \(outcome)\n\(now)")
        #expect(outcome.status < 128, "\(fault): \(outcome)")
      }
      try change.goBack(to: before)
    }
  }

  @Test(arguments: Soak.choose(Array(Query.all.prefix(2)), soak: Query.all))
  func anAnswerIsRightOrMissing(_ query: Query) throws {
    try withNamespace {
      try Program.require(Tool.apply("--redirect-dns --dns-servers 10.96.0.10 -m TPROXY"))
      let before = try KernelState.read()
      let right = try Program.run(query.words, separatingErrors: true)
      let faults = Self.faults(in: try SystemCalls.made(by: query.words))
      Soak.report(faults.count, "failing system calls", of: query.testDescription)
      for fault in faults {
        let outcome = try Program.run(SystemCalls.tampered(fault, in: query.words), separatingErrors: true)
        let isRight = outcome.status == right.status && outcome.output == right.output
        // The doctor reports on its output what it could not see.
        let isReported = !outcome.errors.isEmpty || outcome.output.contains("not seen: ")
        #expect(isRight || isReported, "\(fault): \(outcome)")
        #expect(outcome.status < 128, "\(fault): \(outcome)")
      }
      #expect(try KernelState.read() == before)
    }
  }

  /// A route whose policy rule is gone cannot be told from another program's.
  @Test func noLostAnswerLeavesRouting() throws {
    try withNamespace {
      let change = Change.all[0]
      let (before, _) = try change.rehearse()
      let places = SystemCalls.places(of: try SystemCalls.made(by: change.run))
      for place in places where place.name == "recvfrom" {
        try change.goBack(to: before)
        _ = try Program.run(
          SystemCalls.tampered("recvfrom:error=ENOBUFS:when=\(place.number)", in: change.run))
      }
      try change.goBack(to: before)
    }
  }

  @Test(arguments: 1...4)
  func noReadOfTheProgramsOwnLinkEndsIt(_ number: Int) throws {
    let run = SystemCalls.tampered("readlink:error=EIO:when=\(number)", in: [Tool.path, "print"])
    #expect(try Program.run(run).status == 0)
  }

  /// The calls that cannot fail, or whose injected result is no error: the kernel's `brk` returns an address.
  private static let unfailing: Set<String> = ["execve", "exit", "exit_group", "brk"]

  /// The calls to fail in turn: all of them in a soak, otherwise a few.
  private static func faults(in calls: [SystemCalls.Call]) -> [String] {
    let places = SystemCalls.places(of: calls).filter { !unfailing.contains($0.name) }
    return Soak.share(places, usual: 199).map {
      "\($0.name):error=\(error(of: $0.name)):when=\($0.number)"
    }
  }

  /// An error that the call may return.
  private static func error(of call: String) -> String {
    switch call {
    case "openat", "socket", "pipe2", "epoll_create1": "EMFILE"
    case "sendto", "recvfrom": "ENOBUFS"
    case "mmap", "mprotect", "munmap", "mremap", "madvise", "clone", "clone3": "ENOMEM"
    case "fcntl", "ioctl", "setsockopt", "getsockopt": "EINVAL"
    default: "EIO"
    }
  }
}

/// A command that changes nothing, and its words.
struct Query: CustomTestStringConvertible {
  let testDescription: String
  let words: [String]

  static let all = [
    Query("print"), Query("print --pod", "--pod", golden("manifests/pods.json"), "--name", "bank/ports"),
    Query("diff", "--profile", "sidecar"), Query("trace", "--live", "outbound", "--to", "10.0.0.1:80"),
    Query(
      "trace --ruleset", "--ruleset", golden("sidecar/1.25-1.30.ipv4.save"), "inbound", "--to", "10.0.0.1:80"),
    Query("guess"), Query("lint", golden("manifests/six-things.json")), Query("ports"), Query("tcpdump"),
    Query("access-log", golden("access-log/manager.log")), Query("doctor"), Query("connections"),
  ]

  /// - Parameter name: the command, which further words may describe.
  private init(_ name: String, _ options: String...) {
    testDescription = name
    words = [Tool.path] + name.split(separator: " ").prefix(1).map(String.init) + options
  }

  private static func golden(_ path: String) -> String { Repository.url("golden/\(path)").path }
}
