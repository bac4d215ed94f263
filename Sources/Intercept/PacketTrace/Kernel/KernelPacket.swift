public import NetworkValues

/// A packet as the kernel tells of it when it traces.
public struct KernelPacket: Hashable, Sendable {
  public var proto: IPProtocol
  public var source: Endpoint
  public var destination: Endpoint
  public var inInterface: InterfaceName?
  public var outInterface: InterfaceName?
  public var mark: Mark

  public init(
    _ proto: IPProtocol, from source: Endpoint, to destination: Endpoint,
    in inInterface: InterfaceName? = nil,
    out outInterface: InterfaceName? = nil, mark: Mark = 0
  ) {
    (self.proto, self.source, self.destination) = (proto, source, destination)
    (self.inInterface, self.outInterface, self.mark) = (inInterface, outInterface, mark)
  }
}

extension KernelPacket {
  /// The packet as a connection's first, to be traced on paper: with all that the kernel knows of it.
  ///
  /// - Parameter asked: what was looked for; who owns the socket only that says.
  public func flow(like asked: Flow) -> Flow {
    var flow = asked
    flow.proto = proto
    (flow.source, flow.sourcePort, flow.destination) = (source.address, source.port, destination)
    flow.interface = outInterface ?? inInterface
    flow.mark = mark
    return flow
  }

  /// The packet for the story, at one of its moments.
  func packet(of asked: Flow) -> Packet {
    var packet = Packet(flow(like: asked), by: outInterface ?? inInterface ?? .loopback, isToSelf: false)
    (packet.inInterface, packet.outInterface) = (inInterface, outInterface)
    // What comes in has no socket yet.
    packet.owner = inInterface == nil ? asked.owner : nil
    return packet
  }
}
