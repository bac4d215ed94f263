import Intercept

/// Contents of /etc/resolv.conf.
enum ResolverReader: FuzzedReader {
  static let name = "resolv-conf"

  static func check(_ input: [UInt8]) {
    let servers = ResolverConfiguration(String(decoding: input, as: UTF8.self)).nameservers
    let text = servers.map { "nameserver \($0)\n" }.joined()
    Oracle.expect(
      ResolverConfiguration(text).nameservers == servers, "other servers", input, output: text)
  }
}
