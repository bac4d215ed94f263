import Inspection
import Intercept
import Netfilter
import RuleCommands

/// Prints capture commands for a pod.
struct TcpdumpCommand: Command {
  static let name = Subcommand.tcpdump
  static var help: CommandHelp {
    CommandHelp(
      abstract: "Print the tcpdump commands that show a pod's traffic, before and after its proxy.",
      usage: "[<options>]",
      discussion: """
        Inbound and outbound, plain (between app and proxy, on lo) and mTLS (between proxy and network), and DNS if it \
        is captured. Each comes with the point where tcpdump sees a packet, which decides its addresses and ports. \
        Nothing is captured. --gateway prints those of a gateway: to pods, and to hosts outside.

          istio-iptables-swift tcpdump --profile sidecar --pid 4711
          istio-iptables-swift tcpdump --profile sidecar --pid 4711 --port 8080
          istio-iptables-swift tcpdump --profile sidecar --ip-family ipv4 \\
            --address 10.244.1.7 --port 8080
          istio-iptables-swift tcpdump --gateway --pod-cidr 10.244.0.0/16
        """)
  }

  private let capture: CaptureOptions
  private let gateway: GatewayOptions
  private let format: DiffCommand.Format

  init(reading reader: inout OptionReader, _ operands: Operands) {
    capture = CaptureOptions(reading: &reader)
    gateway = GatewayOptions(reading: &reader)
    format = reader.choice(.format, default: .text)
  }

  func run() throws {
    let settings = try Settings.ofProcess()
    settings.warnings.forEach(Console.warn)
    try gateway.refuseContradictions()
    let captures = try gateway.isWanted ? gatewayCaptures(settings) : podCaptures(settings)
    try Console.print(text(of: captures, NamespaceEntry(settings.namespace).words))
  }

  private func podCaptures(_ settings: Settings) throws -> [PacketCapture] {
    let site = try capture.site(settings)
    let captures = PacketCapture.all(settings.liveConfiguration(), at: site)
    guard !captures.isEmpty else {
      throw CommandError("there are no rules for the addresses of \(site.interface); see --ip-family")
    }
    return captures
  }

  private func gatewayCaptures(_ settings: Settings) throws -> [PacketCapture] {
    gateway.corrections.forEach(Console.warn)
    let (interface, addresses) = try capture.network(settings)
    return PacketCapture.gateway(on: interface, addresses, pods: gateway.pods)
  }

  private func text(of captures: [PacketCapture], _ prefix: [String]) throws -> String {
    switch format {
    case .text: captures.map { $0.text(prefix: prefix) }.joined(separator: "\n")
    case .json: try JSONWriter.text(PacketCapturesJSON(captures, prefix))
    }
  }
}
