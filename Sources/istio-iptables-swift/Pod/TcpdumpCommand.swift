import ArgumentParser
import Inspection
import Intercept
import Netfilter

struct TcpdumpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tcpdump",
    abstract: "Print the tcpdump commands that show a pod's traffic, before and behind its proxy.",
    discussion: """
      Four views: inbound and outbound, plain (between app and proxy, on lo) and mTLS (between proxy and network), \
      and a fifth of DNS where it is captured. Each says where on its way tcpdump sees a packet, since that decides \
      which addresses and ports it has. The pod's interface, addresses and the app's ports are looked up in the \
      namespace; nothing is captured.

        istio-iptables-swift tcpdump --profile sidecar --pid 4711
        istio-iptables-swift tcpdump --profile sidecar --pid 4711 --port 8080
        istio-iptables-swift tcpdump --profile sidecar --ip-family ipv4 \\
          --address 10.244.1.7 --port 8080
      """)

  @OptionGroup(title: "Rules") var rules: RuleFlags
  @OptionGroup(title: "Application") var application: RunFlags

  @Option(help: "A port of the app's; may be repeated. (default: those an app listens on, else 8080)")
  var port: [String] = []

  @Option(help: "An address of the pod's, instead of a look into the namespace; may be repeated.")
  var address: [String] = []

  @Option(help: "The pod's interface. (default: that of its first address, else eth0)")
  var interface: String?

  @Option(help: "text for people, json for programs.")
  var format = PodFormat.text

  func run() throws {
    let given = try CaptureFlags(ports: port, addresses: address, interface: interface)
    let settings = try Settings.ofProcess()
    settings.warnings.forEach(Console.warn)
    let site = try given.site(settings)
    let captures = PacketCapture.all(settings.configuration, at: site)
    guard !captures.isEmpty else {
      throw CommandError("there are no rules for the addresses of \(site.interface); see --ip-family")
    }
    try Console.print(text(of: captures, NamespaceEntry(settings.run.namespace).words))
  }

  private func text(of captures: [PacketCapture], _ prefix: [String]) throws -> String {
    switch format {
    case .text: captures.map { $0.text(prefix: prefix) }.joined(separator: "\n")
    case .json: try JSONWriter.text(PacketCapturesJSON(captures, prefix))
    }
  }
}
