import Installation
import Intercept
import KernelTestSupport
import Netfilter
import TestSupport

/// An installation in the thread's namespace.
func installation(
  _ configuration: Configuration, reconciles: Bool = false, in namespace: NetworkNamespace = .current
) -> Installation {
  var reader = OptionReader(Options(flags: [:]))
  var run = RunOptions(reading: &reader)
  run.reconciles = reconciles
  return Installation(configuration, run, in: namespace)
}

/// Istio's usual options, for both families.
func sidecar(_ change: (inout Configuration) -> Void = { _ in }) -> Configuration {
  var configuration = Configuration()
  configuration.inboundPorts = .all(except: [])
  configuration.includesIPv6 = true
  change(&configuration)
  return configuration
}

/// The rules, policy rules, routes and loopback addresses of the thread's namespace, as other programs print them.
func namespaceState() throws -> String {
  let commands = [
    "nft -s list ruleset", "ip rule", "ip -6 rule", "ip route show table all", "ip -6 route show table all",
    "ip address show dev lo",
  ]
  return try commands.map { try run($0.split(separator: " ").map(String.init)) }.joined()
}
