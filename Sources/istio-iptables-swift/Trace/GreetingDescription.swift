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
    let offered = try read("--alpn", alpn)
    let seen = try read("--app-protocol", appProtocol)
    return EnvoyGreeting(
      isTLS: tls || alpn != nil, serverName: sni, applicationProtocols: offered ?? seen ?? [])
  }
}

extension GreetingDescription {
  private func read(_ flag: String, _ text: String?) throws(OptionProblem) -> [String]? {
    guard let text else { return nil }
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map { String($0.trimmed) }
    guard !names.contains("") else { throw OptionProblem("\(flag): '\(text)': give names like h2,http/1.1") }
    return names
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var text = self
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return text
  }
}
