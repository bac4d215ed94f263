import ArgumentParser
import Intercept
import Testing

@testable import istio_iptables_swift

/// A word that nobody knows, and the one that was meant.
struct MisspellingTests {
  @Test(arguments: [
    ("print --anotate", "Unknown option '--anotate'. Did you mean '--annotate'?"),
    ("print -annotate", "Unknown option '-annotate'. Did you mean '--annotate'?"),
    ("--inbound-ports 80", "Unknown option '--inbound-ports'. Did you mean '--istio-inbound-ports'?"),
    ("--exclude-ports 80", "Unknown option '--exclude-ports'. Did you mean '--istio-local-exclude-ports'?"),
    ("print --uid 5", "Unknown option '--uid'. Did you mean '--proxy-uid'?"),
    ("print --probe 5", "Unknown option '--probe'. Did you mean '--probe-timeout'?"),
    ("tcpdump --ports 80", "Unknown option '--ports'. Did you mean '--port'?"),
    ("trace outbound --form 10.0.0.1", "Unknown option '--form'. Did you mean '--from'?"),
    ("trace outbound --dest 10.0.0.1:80", "Unknown option '--dest'"),
    ("trace --hepl", "Unknown option '--hepl'. Did you mean '--help'?"),
    ("-P 15001", "Unknown option '-P'. Did you mean '-p'?"),
    ("print -H", "Unknown option '-H'. Did you mean '-h'?"),
    ("-y", "Unknown option '-y'"),
    ("prnit", "Unknown subcommand 'prnit'. Did you mean 'print'?"),
    ("istio-iptables cleanup", "Unknown subcommand 'cleanup'. Did you mean 'clean'?"),
    ("trase outbound --to 10.0.0.1:80", "Unknown subcommand 'trase'. Did you mean 'trace'?"),
    ("-b 80 valdate", "Unknown subcommand 'valdate'. Did you mean 'validate'?"),
    ("eth0", "Unexpected argument 'eth0'"),
    ("clean up", "Unexpected argument 'up'"),
  ])
  func theNearestWordIsNamed(_ line: String, _ said: String) {
    let arguments = TypedCommand(line: line).arguments
    let error = #expect(throws: (any Error).self) { try arguments.command() }
    #expect(error.map { Misspelling(arguments).explained(Root.message(for: $0)) } == said)
  }

  /// Go reads `-cleanup-only` as `-c leanup-only`, which would be the name of an interface.
  @Test(arguments: [
    ("-cleanup-only", "-cleanup-only: a long flag has two dashes; give --cleanup-only"),
    ("-capture-all-dns", "-capture-all-dns: a long flag has two dashes; give --capture-all-dns"),
    ("print -dry-run=false", "-dry-run: a long flag has two dashes; give --dry-run"),
  ])
  func oneDashTooFewIsNoLetter(_ line: String, _ said: String) {
    let arguments = TypedCommand(line: line).arguments
    #expect(arguments.problems.map(\.description) == [said])
    #expect(throws: InvalidOptions.self) { try arguments.command() }
  }

  @Test(arguments: [
    ("print", "print", 0), ("prnit", "print", 1), ("print", "prints", 1), ("print", "pint", 1),
    ("", "wait", 4),
    ("trace", "guess", 5), ("ab", "ba", 1), ("wait", "", 4),
  ])
  func slipsAreCounted(_ word: String, _ name: String, _ count: Int) {
    #expect(NearestName.slips(from: word, to: name) == count)
  }
}
