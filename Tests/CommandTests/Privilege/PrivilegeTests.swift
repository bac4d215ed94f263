import Foundation
import KernelTestSupport
import TestSupport
import Testing

/// The needs of the pods' program: one capability, and no file except those that the loader reads.
@Suite(.enabled(if: canUseKernel))
struct PrivilegeTests {
  private static let unprivileged = [
    "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--no-new-privs",
  ]
  private static let withoutAny = unprivileged + ["--bounding-set=-all", "--inh-caps=-all"]
  private static let withOne =
    unprivileged + [
      "--bounding-set=-all,+net_admin", "--inh-caps=-all,+net_admin", "--ambient-caps=-all,+net_admin",
    ]

  @Test(arguments: Change.all)
  func oneCapabilityIsEnough(_ change: Change) throws {
    try withNamespace {
      let (before, after) = try change.rehearse()
      try Self.withBareRoot { root in
        try Program.require(root.enter(Self.withOne + change.run))
        #expect(try KernelState.read() == after)
        try Program.require(root.enter(Self.withOne + change.back))
        #expect(try KernelState.read() == before)
      }
    }
  }

  @Test func aReadOnlyRootWithNothingOnItIsEnough() throws {
    try withNamespace {
      try Self.withBareRoot { root in
        let listing = try Program.run(root.enter([Tool.podProgram, "--version"]))
        #expect(listing.status == 0, "\(listing)")
        let outcome = try Program.run(root.enter(Tool.apply("-m TPROXY")))
        #expect(outcome.output.hasPrefix("done: "), "\(outcome)")
        #expect(try Program.run(root.enter(Tool.clean)).status == 0)
      }
    }
  }

  /// False in a changed root directory (chroot), where the kernel creates no user namespace.
  private static let canMakeUserNamespaces = (try? Program.require("unshare", "-r", "true")) != nil

  /// The kernel reads the users of iptables' match in the user namespace of the process.
  @Test(.enabled(if: canMakeUserNamespaces, "the kernel creates no user namespace for this process"))
  func aUserThatIsNotMappedIsNamed() throws {
    let outcome = try Program.run(["unshare", "-rn"] + Tool.apply(""))
    #expect(outcome.status == 1 && outcome.output.contains("user 1337 is not mapped"), "\(outcome)")
  }

  @Test(arguments: Change.all)
  func noOtherProgramIsRun(_ change: Change) throws {
    try withNamespace {
      try Program.require(change.back)
      let trace = try Program.require(["strace", "-f", "-e", "trace=execve"] + change.run)
      #expect(trace.split(separator: "\n").filter { $0.contains("execve(") }.count == 1, "\(trace)")
    }
  }

  @Test(arguments: Change.all)
  func withoutPrivilegeOneLineIsPrintedAndNothingChanges(_ change: Change) throws {
    try withNamespace {
      let (before, _) = try change.rehearse()
      try Self.withBareRoot { root in
        let outcome = try Program.run(root.enter(Self.withoutAny + change.run))
        outcome.expectOneLine(containing: "CAP_NET_ADMIN")
        #expect(try KernelState.read() == before)
      }
    }
  }

  @Test(arguments: ["/no/such/file", "/etc/passwd", "/", "/dev/null", "/proc/self/ns/uts"])
  func whatIsNoNetworkNamespaceIsRefusedInOneLine(_ path: String) throws {
    try withNamespace {
      for change in Change.all {
        let before = try KernelState.read()
        let outcome = try Program.run(change.run + ["--network-namespace", path])
        outcome.expectOneLine(containing: "\"\(path)\"")
        #expect(try KernelState.read() == before)
      }
    }
  }

  /// Runs a body with a root directory that holds the pods' program, `setpriv`, and what the loader needs for them.
  private static func withBareRoot(_ body: (BareRoot) throws -> Void) throws {
    let setpriv = try Program.require("which", "setpriv").trimmed
    let root = try BareRoot(programs: [Tool.podProgram, setpriv])
    defer { root.remove() }
    try body(root)
  }
}

extension Outcome {
  fileprivate func expectOneLine(containing words: String) {
    #expect(status == 1, "\(self)")
    #expect(output.hasPrefix("error: ") && output.contains(words), "\(self)")
    #expect(output.split(separator: "\n").count == 1, "\(self)")
  }
}
