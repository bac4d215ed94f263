public import Intercept

extension PacketCapture {
  /// Captures of a gateway: upstream, to pods, and downstream, to hosts outside of the cluster.
  ///
  /// A gateway in a pod has an address of the pods' blocks itself, so that the address of the other end decides.
  ///
  /// - Parameters:
  ///   - interface: the gateway's interface.
  ///   - addresses: the gateway's addresses; may be empty.
  ///   - pods: the blocks of the pods' addresses (`--cluster-cidr`).
  public static func gateway(
    on interface: InterfaceName, _ addresses: [IPAddress], pods: [CIDR]
  ) -> [PacketCapture] {
    let own = addresses.filter { address in pods.contains { $0.contains(address) } }
    let blocks = pods.map(\.description).joined(separator: ", ")
    return [
      PacketCapture(
        part: .gatewayUpstream, title: "gateway, upstream: between the gateway and pods",
        interface: interface, filter: .inside(pods, of: own),
        point: """
          The other end has an address of the pods (\(blocks)): these are the connections that the proxy makes, with \
          mTLS unless it is disabled, and those of the kubelet and istiod if they run in pods.
          """),
      PacketCapture(
        part: .gatewayDownstream, title: "gateway, downstream: between clients and the gateway",
        interface: interface, filter: .outside(pods, of: own),
        point: """
          The other end has an address outside of \(blocks): clients, or the load balancer in place of them. No rules \
          redirect the packets of a gateway: it listens on its own ports.
          """),
    ]
  }
}
