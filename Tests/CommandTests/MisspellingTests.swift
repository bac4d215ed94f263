import Intercept
import Testing

@testable import RuleCommands
@testable import istio_iptables_swift

/// A misspelt word, and the one that was meant.
struct MisspellingTests {
  @Test(arguments: [
    (
      "print --anotate", "Unknown option '--anotate'. Did you mean '--annotate'? (--help lists what there is)"
    ),
    ("print -annotate", "-annotate: a long flag has two dashes; give --annotate"),
    (
      "--inbound-ports 80",
      "Unknown option '--inbound-ports'. Did you mean '--istio-inbound-ports'? (--help lists what there is)"
    ),
    (
      "--exclude-ports 80",
      "Unknown option '--exclude-ports'. Did you mean '--istio-local-exclude-ports'? (--help lists what there is)"
    ),
    ("print --uid 5", "--uid belongs to trace and connections. Did you mean '--proxy-uid'?"),
    (
      "validate --probe 5",
      "Unknown option '--probe'. Did you mean '--probe-timeout'? (--help lists what there is)"
    ),
    ("tcpdump --ports 80", "Unknown option '--ports'. Did you mean '--port'? (--help lists what there is)"),
    (
      "trace outbound --form 10.0.0.1",
      "Unknown option '--form'. Did you mean '--from'? (--help lists what there is)"
    ),
    ("trace outbound --dest 10.0.0.1:80", "Unknown option '--dest' (--help lists what there is)"),
    ("trace --hepl", "Unknown option '--hepl'. Did you mean '--help'? (--help lists what there is)"),
    ("-P 15001", "Unknown option '-P'. Did you mean '-p'? (--help lists what there is)"),
    ("print -H", "Unknown option '-H'. Did you mean '-h'? (--help lists what there is)"),
    ("-y", "Unknown option '-y' (--help lists what there is)"),
    ("prnit", "Unknown subcommand 'prnit'. Did you mean 'print'? (--help lists what there is)"),
    (
      "istio-iptables cleanup",
      "Unknown subcommand 'cleanup'. Did you mean 'clean'? (--help lists what there is)"
    ),
    (
      "trase outbound --to 10.0.0.1:80",
      "Unknown subcommand 'trase'. Did you mean 'trace'? (--help lists what there is)"
    ),
    ("-b 80 valdate", "Unknown subcommand 'valdate'. Did you mean 'validate'? (--help lists what there is)"),
    ("eth0", "Unexpected argument 'eth0' (--help lists what there is)"),
    ("clean up", "Unexpected argument 'up' (--help lists what there is)"),
  ])
  func theNearestWordIsNamed(_ line: String, _ said: String) {
    let command = TypedCommand(line: line)
    #expect(UsageCheck(command.arguments, operands: []).problems.map(\.description) == [said])
    #expect(throws: InvalidOptions.self) { try command.command() }
  }

  /// Go reads `-cleanup-only` as `-c leanup-only`, which would be the name of an interface.
  @Test(arguments: [
    ("-cleanup-only", "-cleanup-only: a long flag has two dashes; give --cleanup-only"),
    ("-capture-all-dns", "-capture-all-dns: a long flag has two dashes; give --capture-all-dns"),
    ("clean -dry-run=false", "-dry-run: a long flag has two dashes; give --dry-run"),
  ])
  func oneDashTooFewIsNoLetter(_ line: String, _ said: String) {
    let command = TypedCommand(line: line)
    #expect(command.arguments.problems.map(\.description) == [said])
    #expect(throws: InvalidOptions.self) { try command.command() }
  }

  @Test(arguments: [
    ("print", "print", 0), ("prnit", "print", 1), ("print", "prints", 1), ("print", "pint", 1),
    ("", "wait", 4),
    ("trace", "guess", 5), ("ab", "ba", 1), ("wait", "", 4),
  ])
  func distancesAreCounted(_ word: String, _ name: String, _ count: Int) {
    #expect(NearestName.distance(from: word, to: name) == count)
  }
}
