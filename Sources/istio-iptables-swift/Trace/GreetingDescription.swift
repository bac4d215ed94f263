import Intercept

/// What a connection begins with, in words.
struct GreetingDescription {
  var sni: String?
  /// Names between commas.
  var alpn: String?
  var appProtocol: String?
  var tls = false
}

extension GreetingDescription {
  /// The greeting itself; nil where nothing was said.
  ///
  /// - Throws: `OptionProblem` for what cannot be.
  func greeting() throws(OptionProblem) -> EnvoyGreeting? {
    guard sni != nil || alpn != nil || appProtocol != nil || tls else { return nil }
    guard appProtocol == nil || alpn == nil else {
      throw OptionProblem(
        "--app-protocol: is for plain bytes, and --alpn for a TLS greeting; give one of them")
    }
    if sni == "" { throw OptionProblem("--sni: '': give the name of a server") }
    let offered = try offered()
    let seen = try seen()
    return EnvoyGreeting(
      isTLS: tls || alpn != nil, serverName: sni, applicationProtocols: offered ?? seen.map { [$0] } ?? [])
  }
}

extension GreetingDescription {
  /// The protocols in the TLS greeting, best first.
  private func offered() throws(OptionProblem) -> [String]? {
    guard let alpn else { return nil }
    let names = alpn.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingBlanks() }
    guard !names.contains("") else { throw OptionProblem("--alpn: '\(alpn)': give names like h2,http/1.1") }
    return names
  }

  /// What Envoy's HTTP inspector calls the plain bytes. It knows no `http`: people mean the one that clients speak unless
  /// they are told otherwise.
  private func seen() throws(OptionProblem) -> String? {
    guard let appProtocol else { return nil }
    let name = appProtocol == "http" ? "http/1.1" : appProtocol
    guard ["http/1.0", "http/1.1", "h2c"].contains(name) else {
      throw OptionProblem(
        """
        --app-protocol: \(appProtocol.quotedForMessage): give http/1.1 (http is the same), http/1.0 or h2c; the proxy \
        tells nothing else apart
        """)
    }
    return name
  }
}
