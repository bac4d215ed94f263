import ArgumentParser
import Installation
import Intercept

struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Try a connection and see that the rules send it to the proxy; status 126 if they do not.",
    discussion: """
      Listens where the proxy would, connects as the proxy to 127.0.0.6 or ::6, and waits until that connection \
      arrives. As the proxy's user it needs no privilege; CAP_NET_ADMIN lets it say which rule is missing.

        istio-iptables-swift validate --profile sidecar --pid 4711
        istio-iptables-swift validate --profile sidecar --probe-timeout 30s
      """)

  @OptionGroup(title: "Rules") var rules: RuleFlags
  @OptionGroup(title: "Application") var application: RunFlags

  func run() throws {
    let settings = try Settings.ofProcess()
    settings.warnings.forEach(Console.warn)
    try Validation(settings.configuration, settings.run).performAndReport()
  }
}
