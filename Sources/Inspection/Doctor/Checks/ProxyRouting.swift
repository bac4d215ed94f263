import Intercept

/// Connections that the proxy's configuration lets fail: no route, a black hole, no healthy endpoint.
enum ProxyRouting: DoctorCheck {
  static let name = "proxy-route"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    pod.traces.compactMap { typical in
      guard let route = typical.route, route.isFailure, typical.isReal else { return nil }
      let flag = route.flag.map { " (response flag \($0))" } ?? ""
      return error(
        "\(typical.label) fails in the proxy\(flag): \(route.summary)", why: excerpt(route.reasons),
        remedy:
          "compare the objects of the destination with istioctl proxy-config all POD; "
          + "istio-iptables-swift trace with the same --envoy-config shows every listener and chain")
    }
  }
}

extension TypicalTrace {
  /// True for a connection to an address of the pod, or one that the user asks about; the others have made-up addresses.
  fileprivate var isReal: Bool {
    switch role {
    case .appInbound, .question: true
    case .appOutbound, .proxyOutbound, .proxyToApp, .capturedInbound, .health, .probe, .answer,
      .proxyQuestion:
      false
    }
  }
}
