import Intercept

extension Trace {
  /// Why what happened is not what the trace says; nil if it is.
  func contradiction(_ arrival: Arrival?) -> String? {
    let wanted: (place: TrafficBed.Place, port: Port)
    switch verdict {
    case .drop, .reject: return arrival.map { "should be dropped, and arrived: \($0)" }
    case .unknown: return "is unknown, and arrived: \(arrival.map { "\($0)" } ?? "nowhere")"
    case .redirect(let listener): wanted = (.app, listener.port)
    case .tproxy(let port): wanted = (.app, port)
    case .accept, .dnat: wanted = (isForApp ? .app : .peer, packet.destinationPort)
    }
    guard let arrival else { return "should arrive, and was lost" }
    guard arrival.place == wanted.place, arrival.port == wanted.port else {
      return "arrived elsewhere: \(arrival)"
    }
    return flow.proto == .tcp ? difference(arrival) : nil
  }

  /// Whether a connection that goes its way ends in the app's namespace.
  private var isForApp: Bool { flow.direction == .inbound || packet.inInterface == .loopback }

  private func difference(_ arrival: Arrival) -> String? {
    switch verdict {
    case .redirect(let listener):
      if arrival.original != flow.destination { return "has another original destination: \(arrival)" }
      let isExact = flow.direction == .outbound && arrival.local != listener
      return isExact ? "has another end: \(arrival)" : nil
    case .accept, .dnat: return arrival.local == Endpoint(packet.destination, packet.destinationPort) ? nil : "has another end: \(arrival)"
    case .tproxy:
      // nat may have its say after TPROXY: the listener stays the same, the end does not.
      let ends = [arrival.local, arrival.original]
      return ends.contains(flow.destination) ? nil : "has another end: \(arrival)"
    case .drop, .reject, .unknown: return nil
    }
  }
}
