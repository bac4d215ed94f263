public import Intercept
import TextOutput

/// A tcpdump command for one part of a pod's traffic.
public struct PacketCapture: Hashable, Sendable {
  /// The captured part of the traffic.
  public enum Part: String, Hashable, Sendable {
    case inboundEncrypted = "inbound-mtls"
    case inboundPlain = "inbound-plain"
    case outboundPlain = "outbound-plain"
    case outboundEncrypted = "outbound-mtls"
    case dns = "dns"
    case gatewayUpstream = "gateway-upstream"
    case gatewayDownstream = "gateway-downstream"
  }

  public let part: Part
  /// Title, in a few words.
  public let title: String
  public let interface: InterfaceName
  /// The filter expression for tcpdump (pcap-filter).
  public let filter: CaptureFilter
  /// Point of the packet's path at which it is captured, and the addresses it has there.
  public let point: String

  /// The command and its arguments.
  public var command: [String] {
    let content = part == .inboundEncrypted ? [] : ["-A"]
    return ["tcpdump", "-i", interface.description, "-n", "-vvvv"] + content + [filter.description]
  }
}

extension PacketCapture {
  /// All useful captures in a pod with the rules of a configuration, for the families that have rules.
  ///
  /// - Returns: An empty array if there are no such addresses, or no ports of the app.
  public static func all(_ configuration: Configuration, at site: CaptureSite) -> [PacketCapture] {
    var site = site
    site.addresses = site.addresses.filter { configuration.families.contains($0.family) }
    guard !site.addresses.isEmpty, !site.appPorts.isEmpty else { return [] }
    let captures = inbound(configuration, site) + outbound(configuration, site)
    return configuration.dns == .none || configuration.dns == .servers([]) ? captures : captures + [dns(site)]
  }

  private static func inbound(_ configuration: Configuration, _ site: CaptureSite) -> [PacketCapture] {
    let app = CaptureFilter.of(site.addresses, ports: site.appPorts)
    return [
      PacketCapture(
        part: .inboundEncrypted, title: "inbound, mTLS: between a client and the proxy",
        interface: site.interface, filter: app, point: inboundPoint(configuration, site)),
      PacketCapture(
        part: .inboundPlain, title: "inbound, plain: between the proxy and the app", interface: .loopback,
        filter: app,
        point: """
          On lo tcpdump sees a packet once, after POSTROUTING and before PREROUTING: the proxy's own connection \
          to the app, from 127.0.0.6 or ::6\(source(configuration)). The app's calls to itself are there as well.
          """),
    ]
  }

  private static func inboundPoint(_ configuration: Configuration, _ site: CaptureSite) -> String {
    let redirect =
      switch configuration.interception {
      case .redirect: "before the rules send it to port \(configuration.inboundCapturePort)"
      case .tproxy: "before TPROXY hands it to port \(configuration.inboundCapturePort)"
      }
    return
      "On \(site.interface), on the way in, tcpdump sees a packet before PREROUTING: as the client sent it, \(redirect). "
      + "Answers are seen after POSTROUTING, when they have the app's port again."
  }

  /// Other sources of the proxy's connections to the app.
  private static func source(_ configuration: Configuration) -> String {
    switch configuration.interception {
    case .redirect: ""
    case .tproxy: ", or from the client's address"
    }
  }

  private static func outbound(_ configuration: Configuration, _ site: CaptureSite) -> [PacketCapture] {
    let port = configuration.proxyPort
    return [
      PacketCapture(
        part: .outboundPlain, title: "outbound, plain: between the app and the proxy", interface: .loopback,
        filter: .redirected(to: port, site),
        point: """
          On lo, after OUTPUT has redirected it: tcpdump sees the app's packet with the proxy's address and port \
          \(port), and the answer from the address that the app connected to. These are two halves of one \
          connection, which Wireshark does not join.
          """),
      PacketCapture(
        part: .outboundEncrypted, title: "outbound, mTLS: between the proxy and a server",
        interface: site.interface, filter: .of(site.addresses, ports: site.clientPorts),
        point: """
          On \(site.interface), on the way out, tcpdump sees a packet after POSTROUTING: the proxy's own \
          connection, to the endpoint that it chose, and whatever the rules leave alone. Answers are seen before \
          PREROUTING.
          """),
    ]
  }

  private static func dns(_ site: CaptureSite) -> PacketCapture {
    PacketCapture(
      part: .dns, title: "DNS: between the app and the proxy's resolver", interface: .loopback,
      filter: .dns(site),
      point: """
        On lo, after OUTPUT has redirected it: tcpdump sees the question at port \(Port.dnsProxy), and the answer \
        from the server that the app asked.
        """)
  }
}

extension PacketCapture {
  /// Title, point of capture, and the command for a shell.
  ///
  /// - Parameter prefix: words before the command, such as those that enter the pod's namespace.
  public func text(prefix: [String] = []) -> String {
    let words = (prefix + command).map(\.shellQuoted)
    return title + "\n" + point.wrapped("  ", indent: "  ") + "    " + words.joined(separator: " ") + "\n"
  }
}
