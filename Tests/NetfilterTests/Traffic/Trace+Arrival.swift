import Intercept

extension Trace {
  /// The difference between the arrival and the trace; nil if there is none.
  func contradiction(_ arrival: Arrival?) -> String? {
    let wanted: (place: TrafficBed.Place, port: Port)
    switch verdict {
    case .drop, .reject: return arrival.map { "should be dropped, and arrived: \($0)" }
    case .unknown: return "is unknown, and arrived: \(arrival.map { "\($0)" } ?? "nowhere")"
    case .redirect(let listener): wanted = (.app, listener.port)
    case .dnat(let end): wanted = (isForApp ? .app : .peer, end.port)
    case .tproxy(let port): wanted = (.app, port)
    case .accept: wanted = (isForApp ? .app : .peer, flow.destination.port)
    }
    guard let arrival else { return "should arrive, and was lost" }
    guard arrival.place == wanted.place, arrival.port == wanted.port else {
      return "arrived elsewhere: \(arrival)"
    }
    return flow.proto == .tcp ? difference(arrival) : nil
  }

  /// True if an accepted connection ends in the app's namespace.
  private var isForApp: Bool { flow.direction == .inbound || packet.inInterface == .loopback }

  private func difference(_ arrival: Arrival) -> String? {
    switch verdict {
    case .redirect(let listener):
      if arrival.original != flow.destination { return "has another original destination: \(arrival)" }
      let isExact = flow.direction == .outbound && arrival.local != listener
      return isExact ? "has another end: \(arrival)" : nil
    case .accept: return arrival.local == flow.destination ? nil : "has another end: \(arrival)"
    case .tproxy:
      // nat may have its say after TPROXY: the listener stays the same, the end does not.
      let ends = [arrival.local, arrival.original]
      return ends.contains(flow.destination) ? nil : "has another end: \(arrival)"
    case .drop, .reject, .dnat, .unknown: return nil
    }
  }
}
