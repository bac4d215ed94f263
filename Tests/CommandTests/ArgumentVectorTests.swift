import TestSupport
import KernelTestSupport
import Testing

/// The arguments come from `main`: the program does what they ask, or refuses, and never applies by default.
@Suite(.enabled(if: canUseKernel))
struct ArgumentVectorTests {
  @Test func withoutWordsNothingIsDone() throws {
    let run = try Tool.runInNamespace([])
    #expect(run.status == 64 && run.output.isEmpty)
    #expect(run.errors.hasPrefix("error: nothing was asked for, so nothing was done. Usage: "))
    #expect(run.errors.split(separator: "\n").count < 10)
  }

  /// Variables of Istio's are words enough, as in a pod that has them from its manifest.
  @Test(arguments: [
    ["ISTIO_INBOUND_PORTS": "*"], ["ENVOY_USER": "nobody"], ["ISTIO_OUTBOUND_OWNER_GROUPS": "5"],
  ])
  func aVariableIsEnough(_ environment: [String: String]) throws {
    let run = try Tool.runInNamespace([], environment: environment)
    #expect(run.status == 0 && run.output.contains("chain ISTIO_OUTPUT"), "\(run)")
  }

  @Test func anEmptyNameIsRefused() throws {
    try withNamespace {
      let program = try Program.run(["bash", "-c", "exec -a '' \"$0\"", Tool.path])
      #expect(program.status == 64, "\(program)")
      #expect(
        program.output == "error: the process has no arguments, not even its name; nothing was done\n")
      #expect(try Program.require("nft", "list", "ruleset") == "")
    }
  }

  private static let pure = [Tool.path, "print", "--profile", "sidecar", "-u", "1337", "--ip-family", "ipv4"]

  @Test func withoutProcTheArgumentsAreThere() throws {
    try withNamespace {
      let expected = try Program.require(Self.pure)
      let script = "umount -l /proc && exec \"$@\""
      let outcome = try Program.run(["unshare", "--mount", "sh", "-c", script, "sh"] + Self.pure)
      #expect(outcome.status == 0 && outcome.output == expected, "\(outcome)")
      #expect(try Program.require("nft", "list", "ruleset") == "")
    }
  }

  /// In the mount namespace of a container and outside of its PID namespace, /proc has no entry for this process.
  @Test(arguments: [[Tool.path, "--help"], pure])
  func textsNeedNoProcOfTheirOwn(_ words: [String]) throws {
    let script = """
      unshare -n -m -p -f --mount-proc sleep 60 & parent=$!
      until child=$(pgrep -P $parent sleep); do sleep 0.01; done
      nsenter -t $child -m -n --root "$@"; status=$?
      kill $child; exit $status
      """
    let expected = try Program.require(words)
    let outcome = try Program.run(["sh", "-c", script, "sh"] + words)
    #expect(outcome.status == 0 && outcome.output == expected, "\(outcome)")
  }

  /// Any file that cannot be opened, from the loader's on.
  @Test(arguments: 1...10, ["ENFILE", "ENOMEM"])
  func aFileThatCannotBeOpened(_ number: Int, _ error: String) throws {
    try withNamespace {
      let inject =
        ["strace", "-f", "-o", "/dev/null", "-e", "trace=openat"]
        + ["-e", "inject=openat:error=\(error):when=\(number)"]
      let expected = try Program.require(Self.pure)
      let outcome = try Program.run(inject + Self.pure)
      #expect(outcome.status != 0 || outcome.output == expected, "\(outcome)")
      #expect(try Program.require("nft", "list", "ruleset") == "")
    }
  }
}
