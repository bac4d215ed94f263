import Intercept
import TestSupport
import Testing

/// Random virtual hosts, routes and requests: an evaluator of its own, made like Envoy's maps of domains, agrees.
///
/// SOAK_ROUNDS sets the number of route configurations; each gets 100 requests.
@Suite struct RoutePropertyTests {
  @Test func bothEvaluatorsAgree() {
    let first = Soak.firstSeed(42)
    var flows = 0
    for round in 0..<Soak.rounds(10) {
      let seed = first &+ UInt64(round)
      var random = SeededGenerator(seed: seed)
      let routes = random.routeConfiguration()
      let manager = EnvoyHTTPConnectionManager(routes: "r", inline: routes)
      let listener = EnvoyListener(
        name: "l", addresses: [endpoint("0.0.0.0:80")], filterChains: [EnvoyFilterChain(to: .http(manager))])
      let proxy = EnvoyConfiguration(listeners: [listener])
      for _ in 0..<100 {
        let request = random.request()
        var connection = EnvoyConnection(port: 80, original: endpoint("10.0.0.1:80"))
        connection.request = request
        let expected = ReferenceRoutes(routes).cluster(of: request) ?? "response:404"
        #expect(proxy.route(connection).word == expected, "seed \(seed): \(request) \(routes)")
        flows += 1
      }
    }
    Soak.report(flows, "simulated connections", of: "requests through random routes")
  }
}

private struct ReferenceRoutes {
  private let configuration: EnvoyRouteConfiguration
  private var exact: [String: EnvoyVirtualHost] = [:]
  private var suffixes: [Int: [String: EnvoyVirtualHost]] = [:]
  private var prefixes: [Int: [String: EnvoyVirtualHost]] = [:]
  private var rest: EnvoyVirtualHost?

  init(_ configuration: EnvoyRouteConfiguration) {
    self.configuration = configuration
    for host in configuration.virtualHosts {
      for domain in host.domains.map({ $0.lowercased() }) {
        let characters = Array(domain)
        switch (characters.first, characters.last, characters.count) {
        case ("*", _, 1): rest = host
        case ("*", _, let count): suffixes[count - 1, default: [:]][String(characters.dropFirst())] = host
        case (_, "*", let count): prefixes[count - 1, default: [:]][String(characters.dropLast())] = host
        default: exact[domain] = host
        }
      }
    }
  }

  func cluster(of request: HTTPRequest) -> String? {
    guard let host = virtualHost(request.host ?? "") else { return nil }
    for route in host.routes where matches(route.match, request) {
      if case .cluster(let name) = route.action { return name }
    }
    return nil
  }

  private func virtualHost(_ name: String) -> EnvoyVirtualHost? {
    var name = Array(name.lowercased())
    if configuration.ignoresPort, let colon = name.lastIndex(of: ":") { name = Array(name[..<colon]) }
    if let host = exact[String(name)] { return host }
    for length in suffixes.keys.sorted(by: >) where length < name.count {
      if let host = suffixes[length]?[String(name[(name.count - length)...])] { return host }
    }
    for length in prefixes.keys.sorted(by: >) where length < name.count {
      if let host = prefixes[length]?[String(name[..<length])] { return host }
    }
    return rest
  }

  private func matches(_ match: EnvoyRequestMatch, _ request: HTTPRequest) -> Bool {
    let end = request.path.firstIndex(of: "?") ?? request.path.endIndex
    var path = String(request.path[..<end])
    let query = request.path[end...].dropFirst().split(separator: "&").map { $0.split(separator: "=") }
    func fold(_ text: String) -> String { match.isCaseSensitive ? text : text.lowercased() }
    let spelled = path
    path = fold(path)
    let isPath: Bool =
      switch match.path {
      case .exact(let text): path == fold(text)
      case .prefix(let text): path.prefix(text.count) == fold(text)
      case .separatedPrefix(let text): path == fold(text) || path.prefix(text.count + 1) == fold(text) + "/"
      case .regex(let regex):
        spelled.wholeMatch(of: (try? Regex(regex.pattern)) ?? Regex(verbatim: "")) != nil
      case .template, .connect, .unknown: false
      }
    return isPath && match.headers.allSatisfy { holds($0, request) }
      && match.queryParameters.allSatisfy { parameter in
        guard let found = query.first(where: { $0.first.map(String.init) == parameter.name }) else {
          return false
        }
        guard case .exact(let text) = parameter.match?.rule else { return true }
        return text == (found.count > 1 ? String(found[1]) : "")
      }
  }

  private func holds(_ match: EnvoyHeaderMatch, _ request: HTTPRequest) -> Bool {
    let values =
      match.name == ":method"
      ? [request.method] : request.headers.filter { $0.name == match.name }.map(\.value)
    if values.isEmpty, !match.treatsMissingAsEmpty {
      return match.rule == .present(true)
        ? match.isInverted : match.rule == .present(false) && !match.isInverted
    }
    let value = values.joined(separator: ",")
    let isRight: Bool =
      switch match.rule {
      case .present(let isPresent): isPresent
      case .range(let range): Int64(value).map { range.lowerBound <= $0 && $0 < range.upperBound } ?? false
      case .text(let text): text.rule == .exact(value)
      }
    return isRight != match.isInverted
  }
}

extension SeededGenerator {
  private static let hosts = [
    "a.b", "c.a.b", "a.c", "x.a.b", "b", "a.b:80", "A.C", "a-x.b", "a.b:81", ".a.b", "aa.b",
  ]
  private static let domains = [
    "*", "a.b", "*.b", "*.a.b", "*a.b", "a.*", "a*", "a.b:80", "c.a.b", "A.c", "*-x.b", "b", "*b", "c.*",
  ]
  private static let paths = [
    "/", "/a", "/a/b", "/ab", "/A", "/a?q=1", "/a/b?q=2&q=1", "/b?p", "/a/12", "/a/",
  ]

  fileprivate mutating func routeConfiguration() -> EnvoyRouteConfiguration {
    var free = Self.domains.shuffled(using: &self)
    let count = Int.random(in: 1...5, using: &self)
    let hosts = (0..<count).map { number in
      let domains = (0..<Int.random(in: 1...2, using: &self)).compactMap { _ in free.popLast() }
      let routes = (0..<Int.random(in: 1...5, using: &self)).map { index in
        EnvoyRequestRoute(match: requestMatch(), action: .cluster("\(number).\(index)"))
      }
      return EnvoyVirtualHost(name: "\(number)", domains: domains, routes: routes)
    }
    return EnvoyRouteConfiguration(name: "r", virtualHosts: hosts, ignoresPort: onceIn(2))
  }

  private mutating func requestMatch() -> EnvoyRequestMatch {
    let path: EnvoyRequestMatch.Path = pick(
      .prefix(pick("/", "/a", "/a/")), .exact(pick("/a", "/a/b", "/")), .separatedPrefix(pick("/a", "/A")),
      .regex(EnvoyRegex(pick("/a.*", "/[ab]", "/a/[0-9]+", "/(a|b)(/b)?"))))
    return EnvoyRequestMatch(
      path, isCaseSensitive: !onceIn(4), headers: onceIn(3) ? [headerMatch()] : [],
      queryParameters: onceIn(5)
        ? [EnvoyQueryMatch(pick("q", "p"), onceIn(2) ? nil : EnvoyStringMatch(.exact(pick("1", "2"))))] : [])
  }

  private mutating func headerMatch() -> EnvoyHeaderMatch {
    let rule: EnvoyHeaderMatch.Rule = pick(
      .present(onceIn(2)), .text(EnvoyStringMatch(.exact(pick("1", "2", "1,2", "")))), .range(1..<3))
    return EnvoyHeaderMatch(pick("x", "y"), rule, isInverted: onceIn(3), treatsMissingAsEmpty: onceIn(4))
  }

  fileprivate mutating func request() -> HTTPRequest {
    let headers = list(upTo: 3) { random in
      HTTPRequest.Header(name: random.pick("x", "Y"), value: random.pick("1", "2", "z"))
    }
    return HTTPRequest(
      method: pick("GET", "PUT"), host: pick(Self.hosts), path: pick(Self.paths), headers: headers)
  }
}
