import ArgumentParser
import Inspection
import Installation
import Intercept
import Netfilter

struct PortsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ports",
    abstract: "List Istio's ports in a pod, who should listen there and who does.",
    discussion: """
      Listeners are read from the kernel, process names from /proc where it shows them. Wrong is a port on which \
      nobody listens who should, or on which somebody does who is not the proxy; the options say which ports the \
      rules send to, who the proxy is, and whether DNS is captured. Status 0: all is well; 1: something is wrong; \
      2: trouble.

        istio-iptables-swift ports --pid 4711
        istio-iptables-swift ports -u 201507 --redirect-dns \\
          --network-namespace /var/run/netns/NAME
        istio-iptables-swift ports --format json | jq '.ports[] | select(.ok | not)'
      """)

  @OptionGroup(title: "Rules") var rules: RuleFlags
  @OptionGroup(title: "Application") var application: RunFlags

  @Option(help: "text for people, json for programs.")
  var format = PodFormat.text

  func run() throws {
    try ExitStatusPolicy.withStatus(2) {
      let settings = try Settings.ofProcess()
      settings.warnings.forEach(Console.warn)
      let listeners = try NetworkNamespace(settings.run.namespace).run { try NamespaceListeners.read() }
      let report = PortReport(
        settings.configuration, probePort: settings.run.probePort, listeners.sockets)
      try Console.print(text(of: report))
      throw report.isFine ? ExitCode.success : ExitCode.failure
    }
  }

  private func text(of report: PortReport) throws -> String {
    switch format {
    case .text: report.text
    case .json: try JSONWriter.text(PortReportJSON(report))
    }
  }
}

/// How the tools at the pod answer.
enum PodFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json
}
