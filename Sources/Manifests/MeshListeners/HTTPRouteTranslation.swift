import Intercept
import KubernetesObjects

/// The routes of a VirtualService's HTTP at a port of a proxy.
///
/// The corresponding Istio function is `BuildHTTPRoutesForVirtualService`.
struct HTTPRouteTranslation {
  /// The cluster of a destination of a VirtualService at a port.
  typealias ClusterName = (VirtualService.Destination, VirtualService, Port) -> String

  /// The labels of the proxy's pod; nil where matches by labels of the client are left out.
  let labels: [String: String]?
  /// The namespace of the proxy's pod.
  let namespace: String
  /// The gateway that the proxy is.
  let gateway: GatewayReference
  /// True if the listener terminates TLS.
  var terminatesTLS = false

  /// Returns the routes that apply to a port, up to the first without conditions.
  func routes(_ service: VirtualService, _ port: Port, _ cluster: ClusterName) -> [EnvoyRequestRoute] {
    var routes: [EnvoyRequestRoute] = []
    for route in service.http {
      let matches = route.matches.filter { applies($0, port) }
      guard route.matches.isEmpty || !matches.isEmpty else { continue }
      for match in route.matches.isEmpty ? [nil] : matches.map(Optional.some) {
        let name = [route.name, match?.name ?? ""].filter { !$0.isEmpty }.joined(separator: ".")
        let translated = EnvoyRequestRoute(
          name: name.isEmpty ? "\(service.object)" : name,
          match: match.map { $0.envoyMatch(service.separatesPrefixes) } ?? .all,
          action: action(route, service, port, cluster), retries: true, fault: route.fault)
        routes.append(translated)
        if translated.match.isCatchAll { return routes }
      }
    }
    return routes
  }

  /// Returns true if the conditions on the port, the gateways, and the client hold.
  private func applies(_ match: VirtualService.HTTPMatch, _ port: Port) -> Bool {
    guard match.port == nil || match.port == port, labels != nil || match.sourceLabels.isEmpty else {
      return false
    }
    guard match.gateways.isEmpty else { return match.gateways.contains(gateway) }
    return (match.sourceLabels.isEmpty || match.sourceLabels.isSatisfied(by: labels ?? [:]))
      && (match.sourceNamespace.isEmpty || match.sourceNamespace == namespace)
  }

  private func action(
    _ route: VirtualService.HTTPRoute, _ service: VirtualService, _ port: Port, _ cluster: ClusterName
  ) -> EnvoyRequestRoute.Action {
    if let redirect = route.redirect {
      return redirect.action(port, scheme: terminatesTLS ? "https" : "http")
    }
    if let status = route.responseStatus { return .directResponse(status: status) }
    let targets = route.destinations
    let weighted = targets.count == 1 ? targets : targets.filter { $0.weight > 0 }
    let clusters = weighted.map { cluster($0.destination, service, port) }.distinct
    return clusters.count == 1 ? .cluster(clusters[0]) : .weightedClusters(clusters)
  }
}

extension VirtualService.HTTPRedirect {
  /// Returns the action at a port.
  ///
  /// - Parameter default: the scheme of requests.
  fileprivate func action(_ port: Port, scheme default: String) -> EnvoyRequestRoute.Action {
    guard isSupported else { return .unknown("a redirect with status \(redirect.status)") }
    var redirect = redirect
    if keepsPort { redirect.port = Int(port.rawValue) }
    let scheme = redirect.scheme ?? `default`
    let isDefault =
      redirect.port == 80 && scheme == "http" || redirect.port == 443 && scheme == "https"
      || redirect.port == 0
    if isDefault { redirect.port = nil }
    return .redirect(redirect)
  }
}

extension VirtualService.HTTPMatch {
  /// Returns the conditions on the request. The corresponding Istio function is `TranslateRouteMatch`.
  ///
  /// - Parameter separatesPrefix: true if prefixes of the path end at a slash.
  fileprivate func envoyMatch(_ separatesPrefix: Bool) -> EnvoyRequestMatch {
    var match = EnvoyRequestMatch(
      path?.envoyPath(separatesPrefix) ?? .prefix("/"), isCaseSensitive: !ignoresPathCase)
    for (name, text) in headers.sorted(by: { $0.key < $1.key }) {
      if name.isClaim { match.others.append(name) } else { match.headers.append(text.header(name)) }
    }
    for (name, text) in withoutHeaders.sorted(by: { $0.key < $1.key }) {
      guard !name.isClaim else {
        match.others.append("without \(name)")
        continue
      }
      var header = text.header(name)
      header.isInverted = true
      header.treatsMissingAsEmpty = text != .present
      match.headers.append(header)
    }
    for (name, text) in [(":method", method), (":authority", authority), (":scheme", scheme)] {
      if let text { match.headers.append(text.header(name)) }
    }
    match.queryParameters = queryParameters.sorted { $0.key < $1.key }.map { name, text in
      EnvoyQueryMatch(name, text.envoyMatch)
    }
    return match
  }
}

extension String {
  /// True for the name of a claim of a JSON Web Token, whose value a request does not show.
  fileprivate var isClaim: Bool { lowercased().hasPrefix("@request.auth.claims") }
}

extension VirtualService.TextMatch {
  fileprivate func envoyPath(_ separatesPrefix: Bool) -> EnvoyRequestMatch.Path {
    switch self {
    case .exact(let text): .exact(text)
    case .prefix(let text) where separatesPrefix && text != "/":
      .separatedPrefix(text.hasSuffix("/") ? String(text.dropLast()) : text)
    case .prefix(let text): .prefix(text)
    case .regex(let text): .regex(EnvoyRegex(text))
    case .present: .prefix("/")
    }
  }

  /// Nil for any value.
  fileprivate var envoyMatch: EnvoyStringMatch? {
    switch self {
    case .exact(let text): EnvoyStringMatch(.exact(text))
    case .prefix(let text): EnvoyStringMatch(.prefix(text))
    case .regex(let text): EnvoyStringMatch(.regex(EnvoyRegex(text)))
    case .present: nil
    }
  }

  fileprivate func header(_ name: String) -> EnvoyHeaderMatch {
    EnvoyHeaderMatch(name, envoyMatch.map(EnvoyHeaderMatch.Rule.text) ?? .present(true))
  }
}

extension EnvoyRequestMatch {
  /// Every request.
  fileprivate static let all = EnvoyRequestMatch(.prefix("/"))
}
