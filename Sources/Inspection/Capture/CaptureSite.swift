public import Intercept

/// Where in a pod packets are captured: what the commands of a capture must name.
public struct CaptureSite: Hashable, Sendable {
  /// By which the pod is connected to the network.
  public var interface: InterfaceName
  /// The pod's own addresses on it.
  public var addresses: [IPAddress]
  /// What the app listens on.
  public var appPorts: [Port]
  /// What connections of the pod's own come from (`net.ipv4.ip_local_port_range`).
  public var clientPorts: PortRange

  public init(
    _ interface: InterfaceName, _ addresses: [IPAddress], appPorts: [Port],
    clientPorts: PortRange = .ephemeral
  ) {
    self.interface = interface
    self.addresses = addresses
    self.appPorts = appPorts
    self.clientPorts = clientPorts
  }
}
