import Measuring

/// Encodings of the rules in the kernel.
enum Encoding: String, CaseIterable {
  case none = "no rules"
  case iptables = "iptables-nft form"
  case ruleEach = "nft, a rule each"
  case native = "native form"

  /// Installs the rules of a sidecar in the pod's namespace.
  func apply(_ exclusions: Exclusions, _ binary: String, in world: World) throws {
    try world.pod.enter()
    switch self {
    case .none: break
    case .iptables: _ = try Program.run([binary] + exclusions.options)
    case .native: _ = try Program.run([binary] + exclusions.options + ["--native-nftables"])
    case .ruleEach:
      let path = try Self.script(exclusions, binary)
      let text = try Texts.read(path).split(separator: "\n").flatMap(Self.spread).joined(separator: "\n")
      _ = try Program.run(["nft", "-f", try Texts.file(text + "\n", "rule-each")])
    }
  }

  /// The native form as a script for nft.
  static func script(_ exclusions: Exclusions, _ binary: String) throws -> String {
    let path = try Texts.file("", "native")
    _ = try Program.run([binary, "print", "--format", "nft"] + exclusions.options, output: path)
    return path
  }

  /// The iptables-nft form as input for iptables-nft-restore.
  static func restoreInput(_ exclusions: Exclusions, _ binary: String) throws -> String {
    let path = try Texts.file("", "restore")
    _ = try Program.run(
      [binary, "print", "--format", "restore", "--family", "ipv4"] + exclusions.options, output: path)
    return path
  }

  /// Expands a rule with a long list into one rule for each value.
  private static func spread(_ line: Substring) -> [String] {
    let lists = line.split(separator: "{").dropFirst().compactMap { $0.split(separator: "}").first }
    guard let longest = lists.max(by: { $0.count < $1.count }), !line.contains("!= {\(longest)}") else {
      return [String(line)]
    }
    let values = longest.split(separator: ",").map { $0.split(separator: " ").joined() }
    guard values.count > 2, let start = line.firstRange(of: "{\(longest)}") else { return [String(line)] }
    return values.map { line[..<start.lowerBound] + $0 + line[start.upperBound...] }
  }
}

extension Substring {
  fileprivate func firstRange(of text: String) -> Range<Index>? {
    indices.first { self[$0...].hasPrefix(text) }.map { $0..<index($0, offsetBy: text.count) }
  }
}
