import Intercept

extension EnvoyRouteConfiguration {
  /// Reads a route configuration.
  init(_ json: EnvoyObject) throws {
    self.init(
      name: try json.text("name") ?? "",
      virtualHosts: try json.objects("virtualHosts").map(EnvoyVirtualHost.init),
      ignoresPort: try json.flag("ignorePortInHostMatching") ?? false)
  }
}

extension EnvoyVirtualHost {
  fileprivate init(_ json: EnvoyObject) throws {
    let retries = try json.object("retryPolicy")?.retries() ?? false
    let redirect: HTTPSRedirect =
      switch try json.text("requireTls") {
      case "ALL": .all
      case "EXTERNAL_ONLY": .externalOnly
      default: .none
      }
    self.init(
      name: try json.text("name") ?? "", domains: try json.texts("domains"),
      routes: try json.objects("routes").map { try EnvoyRequestRoute($0, retries: retries) },
      redirectsToHTTPS: redirect, usesMatcherTree: json.has("matcher"))
  }
}

extension EnvoyObject {
  /// True if a retry policy has attempts.
  fileprivate func retries() throws -> Bool { try number("numRetries") != 0 && text("retryOn") ?? "" != "" }
}

extension EnvoyRequestRoute {
  /// - Parameter retries: true if the virtual host has a retry policy.
  fileprivate init(_ json: EnvoyObject, retries: Bool) throws {
    let route = try json.object("route")
    let upgrades = try route?.objects("upgradeConfigs") ?? []
    let metadata = try route?.object("metadataMatch")?.object("filterMetadata")?.object("envoy.lb")
    let filters = try json.object("typedPerFilterConfig")
    self.init(
      name: try json.text("name").flatMap { $0.isEmpty ? nil : $0 },
      match: try json.object("match").map(EnvoyRequestMatch.init) ?? EnvoyRequestMatch(.prefix("")),
      action: try Action(json), retries: try route?.object("retryPolicy")?.retries() ?? retries,
      labels: metadata?.scalars ?? [:], terminatesConnect: upgrades.contains { $0.has("connectConfig") },
      fault: try filters?.object("envoy.filters.http.fault").map(EnvoyFault.init))
  }
}

extension EnvoyRequestRoute.Action {
  fileprivate init(_ json: EnvoyObject) throws {
    if let redirect = try json.object("redirect") {
      self = .redirect(try EnvoyRedirect(redirect))
    } else if let response = try json.object("directResponse") {
      self = .directResponse(status: try response.number("status") ?? 200)
    } else if let route = try json.object("route") {
      self = try Self(route: route)
    } else {
      self = .unknown(
        json.has("nonForwardingAction") ? "a route that does not forward" : "a route without an action")
    }
  }

  private init(route: EnvoyObject) throws {
    if let name = try route.text("cluster") {
      self = .cluster(name)
    } else if let weighted = try route.object("weightedClusters") {
      let names = try weighted.weightedClusters()
      self = names.isEmpty ? .unknown("clusters that headers name") : .weightedClusters(names)
    } else if let header = try route.text("clusterHeader") {
      self = .clusterHeader(header)
    } else {
      self = .unknown("a cluster specifier plugin")
    }
  }
}

extension EnvoyRedirect {
  fileprivate init(_ json: EnvoyObject) throws {
    self.init()
    let statuses = [
      "MOVED_PERMANENTLY": 301, "FOUND": 302, "SEE_OTHER": 303, "TEMPORARY_REDIRECT": 307,
      "PERMANENT_REDIRECT": 308,
    ]
    status = try json.text("responseCode").flatMap { statuses[$0] } ?? 301
    scheme = try json.flag("httpsRedirect") == true ? "https" : json.text("schemeRedirect")
    host = try json.text("hostRedirect").flatMap { $0.isEmpty ? nil : $0 }
    port = try json.number("portRedirect").flatMap { $0 == 0 ? nil : $0 }
    stripsQuery = try json.flag("stripQuery") ?? false
    if let text = try json.text("pathRedirect") {
      path = .replaced(text)
    } else if let text = try json.text("prefixRewrite") {
      path = .prefix(text)
    } else if json.has("regexRewrite") {
      path = .regex
    }
  }
}

extension EnvoyRequestMatch {
  fileprivate init(_ json: EnvoyObject) throws {
    let share = try json.object("runtimeFraction")?.object("defaultValue")
    let others = ["tlsContext", "dynamicMetadata", "filterState", "cookies"].filter(json.has)
    self.init(
      try Path(json), isCaseSensitive: try json.flag("caseSensitive") ?? true,
      headers: try json.objects("headers").map(EnvoyHeaderMatch.init),
      queryParameters: try json.objects("queryParameters").map(EnvoyQueryMatch.init),
      isGRPC: json.has("grpc"),
      percentage: try share?.percentage(), others: others)
  }
}

extension EnvoyObject {
  /// A `FractionalPercent` in percent.
  func percentage() throws -> Double {
    let parts =
      switch try text("denominator") {
      case "TEN_THOUSAND": 10_000.0
      case "MILLION": 1_000_000.0
      default: 100.0
      }
    return Double(try number("numerator") ?? 0) * 100 / parts
  }
}

extension EnvoyRequestMatch.Path {
  fileprivate init(_ json: EnvoyObject) throws {
    if let text = try json.text("prefix") {
      self = .prefix(text)
    } else if let text = try json.text("path") {
      self = .exact(text)
    } else if let text = try json.text("pathSeparatedPrefix") {
      self = .separatedPrefix(text)
    } else if let regex = try json.object("safeRegex") {
      self = .regex(EnvoyRegex(try regex.text("regex") ?? ""))
    } else if let pattern = try json.text("regex") {
      self = .regex(EnvoyRegex(pattern))
    } else if json.has("connectMatcher") {
      self = .connect
    } else if let policy = try json.object("pathMatchPolicy") {
      let template = try policy.object("typedConfig")?.text("pathTemplate")
      self = try template.map { .template(EnvoyPathTemplate($0)) } ?? .unknown(policy.text("name") ?? "")
    } else {
      self = .prefix("")
    }
  }
}

extension EnvoyHeaderMatch {
  fileprivate init(_ json: EnvoyObject) throws {
    self.init(
      try json.text("name") ?? "", try Rule(json), isInverted: try json.flag("invertMatch") ?? false,
      treatsMissingAsEmpty: try json.flag("treatMissingHeaderAsEmpty") ?? false)
  }
}

extension EnvoyHeaderMatch.Rule {
  /// Reads the condition, in the present form (`string_match`) or the older ones (`exact_match`).
  fileprivate init(_ json: EnvoyObject) throws {
    if let match = try json.object("stringMatch") {
      self = .text(try EnvoyStringMatch(match))
    } else if let text = try json.text("exactMatch") {
      // Envoy accepts any value for an empty text in this form.
      self = text.isEmpty ? .present(true) : .text(EnvoyStringMatch(.exact(text)))
    } else if let text = try json.text("prefixMatch") {
      self = .text(EnvoyStringMatch(.prefix(text)))
    } else if let text = try json.text("suffixMatch") {
      self = .text(EnvoyStringMatch(.suffix(text)))
    } else if let text = try json.text("containsMatch") {
      self = .text(EnvoyStringMatch(.contains(text)))
    } else if let regex = try json.object("safeRegexMatch")?.text("regex") ?? json.text("regexMatch") {
      self = .text(EnvoyStringMatch(.regex(EnvoyRegex(regex))))
    } else if let range = try json.object("rangeMatch") {
      let (start, end) = (Int64(try range.number("start") ?? 0), Int64(try range.number("end") ?? 0))
      guard start <= end else { throw MalformedEnvoy("the range \(start) to \(end) of a header is reversed") }
      self = .range(start..<end)
    } else {
      self = .present(try json.flag("presentMatch") ?? true)
    }
  }
}

extension EnvoyQueryMatch {
  fileprivate init(_ json: EnvoyObject) throws {
    let older = try json.text("value").flatMap { $0.isEmpty ? nil : EnvoyStringMatch(.exact($0)) }
    self.init(try json.text("name") ?? "", try json.object("stringMatch").map(EnvoyStringMatch.init) ?? older)
  }
}
