import Installation
import Inspection
import Intercept
import Netfilter
import Pictures
import RuleCommands

/// Lists Istio's ports and their listeners.
struct PortsCommand: Command {
  static let name = Subcommand.ports
  static var help: CommandHelp {
    CommandHelp(
      abstract: "List Istio's ports in a pod, their owners and their listeners.",
      usage: "[<options>]",
      discussion: """
        A port is WRONG if its owner is not listening, or another process is. Listeners are read from the kernel, \
        process names from /proc. Without options of rules, the ports are those of the live rules. Status 0: all is well; 1: a port is wrong; 2: error.

          istio-iptables-swift ports --pid 4711
          istio-iptables-swift ports -u 201507 --redirect-dns \\
            --network-namespace /var/run/netns/NAME
          istio-iptables-swift ports --pid 4711 --format svg > pod.svg
          istio-iptables-swift ports --format json | jq '.ports[] | select(.ok | not)'
        """)
  }

  /// The format of the answer.
  private enum Format: String, CaseIterable {
    case text, json, svg, mermaid, dot
  }

  private let format: Format

  init(reading reader: inout OptionReader, _ operands: Operands) {
    format = reader.choice(.portsFormat, default: .text)
  }

  func run() throws {
    try ExitStatusPolicy.withStatus(2) {
      let settings = try Settings.ofProcess()
      settings.warnings.forEach(Console.warn)
      let (listeners, addresses) = try settings.namespace.open().run {
        (try NamespaceListeners.read(), try NamespaceAddresses.readInterfaces())
      }
      let configuration = settings.liveConfiguration()
      let report = PortReport(
        configuration, probePort: settings.run.probePort, listeners.sockets,
        in: addresses.context(loopbackMarks: []))
      try Console.print(text(of: report, configuration))
      throw report.isFine ? ExitStatus.success : ExitStatus.failure
    }
  }

  private func text(of report: PortReport, _ configuration: Configuration) throws -> String {
    switch format {
    case .text: report.text
    case .json: try JSONWriter.text(PortReportJSON(report))
    case .svg: PictureFormat.svg.text(of: Graph(report, configuration))
    case .mermaid: PictureFormat.mermaid.text(of: Graph(report, configuration))
    case .dot: PictureFormat.dot.text(of: Graph(report, configuration))
    }
  }
}
