import Glibc
import Intercept
import Measuring
import Netfilter

/// Namespaces programmed per second with a sidecar's rules for both families, as a node's agent would do it: by the library
/// in one process, by the binary run for each, by `iptables-nft-restore` and `ip6tables-nft-restore` run for each.
/// `namespaces-benchmark BINARY [COUNT]`, as root.
@main enum NamespacesBenchmark {
  static func main() {
    do {
      guard let binary = CommandLine.arguments.dropFirst().first else { throw Trouble("name the binary") }
      let count = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 500
      try compete(Ways(binary), count)
    } catch {
      print("error: \(error)")
      exit(1)
    }
  }

  /// Interleaved in turns of fifty, so that a disturbance affects all contestants.
  private static func compete(_ ways: Ways, _ count: Int) throws {
    let turn = min(50, count)
    var times = ways.all.map { _ in 0.0 }
    for _ in 0..<(count / turn) {
      for (index, way) in ways.all.enumerated() {
        let namespaces = try (0..<turn).map { _ in try Namespace() }
        times[index] += try milliseconds { try namespaces.forEach(way.apply) }
      }
    }
    print("| \(count / turn * turn) namespaces | a second | ms each |\n| --- | ---: | ---: |")
    for (way, time) in zip(ways.all, times) {
      let each = time / Double(count / turn * turn)
      print("| \(way.name) | \(Int(1000 / each)) | \(Double(Int(each * 100)) / 100) |")
    }
  }

  private static func milliseconds(_ work: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    return try clock.measure(work) / .milliseconds(1)
  }
}

/// Contestants: the ways to program a namespace.
private struct Ways {
  let all: [(name: String, apply: (Namespace) throws -> Void)]

  init(_ binary: String) throws {
    let texts = try Texts(binary)
    all = [
      ("the library, one process", Self.library),
      (
        "the binary",
        { space in
          try space.enter()
          _ = try Program.run([binary] + Texts.options(.dual))
        }
      ),
      (
        "iptables-nft-restore, twice",
        { space in
          try space.enter()
          for command in texts.restores(.dual, old: false) { _ = try Program.run(command) }
        }
      ),
    ]
  }

  private static func library(_ space: Namespace) throws {
    _ = try InterceptionRules(in: .open(space.path)).apply(RulesetBuilder.build(sidecar), .install)
  }

  /// The injector's default options.
  private static let sidecar: Configuration = {
    var configuration = Configuration()
    configuration.includesIPv6 = true
    configuration.inboundPorts = .all(except: [PortRange(15090), PortRange(15021), PortRange(15020)])
    configuration.outboundCIDRs = .all
    return configuration
  }()
}
