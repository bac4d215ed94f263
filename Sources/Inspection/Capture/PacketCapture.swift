public import Intercept

/// A way to see a part of a pod's traffic with tcpdump.
public struct PacketCapture: Hashable, Sendable {
  /// Which part of the traffic.
  public enum Part: String, Hashable, Sendable {
    case inboundEncrypted = "inbound-mtls"
    case inboundPlain = "inbound-plain"
    case outboundPlain = "outbound-plain"
    case outboundEncrypted = "outbound-mtls"
    case dns = "dns"
  }

  public let part: Part
  /// What of it is seen, in few words.
  public let title: String
  public let interface: InterfaceName
  /// An expression for tcpdump (pcap-filter).
  public let filter: CaptureFilter
  /// Where on a packet's way it is seen, and with which addresses therefore.
  public let point: String

  /// The words of the command.
  public var command: [String] {
    let content = part == .inboundEncrypted ? [] : ["-A"]
    return ["tcpdump", "-i", interface.description, "-n", "-vvvv"] + content + [filter.description]
  }
}

extension PacketCapture {
  /// All that is worth a look in a pod with the rules of a configuration; of families only those that have rules.
  ///
  /// - Returns: nothing if there are no addresses of such a family, or no ports of the app's.
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
    let way =
      switch configuration.interception {
      case .redirect: "before the rules send it to port \(configuration.inboundCapturePort)"
      case .tproxy: "before TPROXY hands it to port \(configuration.inboundCapturePort)"
      }
    return
      "On \(site.interface), on the way in, tcpdump sees a packet before PREROUTING: as the client sent it, \(way). "
      + "Answers are seen after POSTROUTING, when they have the app's port again."
  }

  /// Where else the proxy's connections to the app may come from.
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
