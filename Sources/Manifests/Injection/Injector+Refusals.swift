import Intercept

extension Injector {
  /// What Istio's injector refuses a pod for. It takes less than the program that makes the rules: no ranges of ports,
  /// and no blanks in lists of blocks.
  var refusals: [String] {
    let checks = Self.checks + (release.traits.checksInterfaceNames ? Self.interfaceChecks : [])
    return checks.compactMap { check in
      guard let text = annotation(check.annotation)?.text, !check.isRight(text) else { return nil }
      return "\(check.annotation): \(text.quotedForMessage): the injector wants \(check.wanted)"
    } + proxy.refusals
  }

  private struct Check {
    let annotation: String
    let wanted: String
    let isRight: @Sendable (String) -> Bool
  }

  private static let ports = "ports with commas between, like 80,443"
  private static let blocks = "blocks with commas between, and no blanks, like 10.0.0.0/8,172.16.0.0/12"

  private static let checks = [
    Check(annotation: "sidecar.istio.io/interceptionMode", wanted: "REDIRECT, TPROXY or NONE") {
      ["REDIRECT", "TPROXY", "NONE"].contains($0)
    },
    Check(annotation: "status.sidecar.istio.io/port", wanted: "a port", isRight: isPort),
    Check(annotation: traffic + "includeInboundPorts", wanted: ports + ", or *") {
      $0 == "*" || arePorts($0)
    },
    Check(annotation: traffic + "excludeInboundPorts", wanted: ports, isRight: arePorts),
    Check(annotation: traffic + "excludeOutboundPorts", wanted: ports, isRight: arePorts),
    Check(annotation: traffic + "includeOutboundIPRanges", wanted: blocks + ", or *") {
      $0 == "*" || areBlocks($0)
    },
    Check(annotation: traffic + "excludeOutboundIPRanges", wanted: blocks, isRight: areBlocks),
  ]

  private static let interfaceChecks = [
    traffic + "excludeInterfaces", traffic + "kubevirtInterfaces", "istio.io/reroute-virtual-interfaces",
  ].map {
    Check(annotation: $0, wanted: "names with commas between, like eth1,net-2", isRight: areInterfaces)
  }

  @Sendable private static func isPort(_ text: String) -> Bool {
    Port(text.trimmingBlanks()) != nil
  }

  @Sendable private static func arePorts(_ text: String) -> Bool {
    let list = text.trimmingBlanks()
    return list.isEmpty
      || list.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { isPort(String($0)) }
  }

  @Sendable private static func areBlocks(_ text: String) -> Bool {
    text.isEmpty
      || text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy {
        $0.contains("/") && CIDR(String($0)) != nil
      }
  }

  @Sendable private static func areInterfaces(_ text: String) -> Bool {
    text.isEmpty
      || text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy {
        isInterface($0.trimmingBlanks().utf8)
      }
  }

  /// Letters, digits and `_.-`, a letter first; 15 of them is what the kernel has room for.
  private static func isInterface(_ name: String.UTF8View) -> Bool {
    func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
    return name.count <= 15 && name.first.map(isLetter) == true
      && name.allSatisfy { byte in
        isLetter(byte) || "0123456789_.-".utf8.contains(byte)
      }
  }
}
