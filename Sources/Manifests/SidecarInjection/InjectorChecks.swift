import Intercept
import KubernetesObjects

extension Injector {
  /// The reasons for which Istio's injector rejects the pod. It is stricter than the program that installs the rules:
  /// it accepts neither ranges of ports nor blanks in lists of blocks.
  package var problems: [InjectionProblem] {
    let checks =
      Self.checks + (traits.checksInterfaceNames ? Self.interfaceChecks : [])
      + (traits.checksQuantities ? Self.quantityChecks : [])
      + (traits.checksCoreDump ? [Self.toggleCheck(IstioAnnotation.enableCoreDump)] : [])
    return checks.compactMap { check in
      guard let text = annotation(check.annotation)?.text, !check.accepts(text) else { return nil }
      return InjectionProblem(
        "\(check.annotation): \(text.quotedForMessage): must be \(check.wanted)",
        remedy: "write \(check.correct(text) ?? check.example)")
    } + [mesh.templates.problem(of: pod)].compactMap(\.self) + proxy.problems
  }

  /// A check of one annotation.
  private struct Check {
    let annotation: String
    /// The accepted values, for messages.
    let wanted: String
    let example: String
    let accepts: @Sendable (String) -> Bool
    /// Returns an accepted value with the meaning of a rejected one; nil if its meaning is not clear.
    var correct: @Sendable (String) -> String? = { _ in nil }
  }

  private static let modes = ["REDIRECT", "TPROXY", "NONE"]

  private static let checks: [Check] =
    [
      Check(
        annotation: IstioAnnotation.interceptionMode, wanted: "REDIRECT, TPROXY or NONE",
        example: "REDIRECT, TPROXY or NONE", accepts: { modes.contains($0) }),
      Check(
        annotation: IstioAnnotation.statusPort, wanted: "a port",
        example: "one port, e.g. \(Port.agentStatus)",
        accepts: isPort),
      portCheck(IstioAnnotation.includeInboundPorts, acceptsAll: true),
      portCheck(IstioAnnotation.excludeInboundPorts),
      portCheck(IstioAnnotation.excludeOutboundPorts),
      blockCheck(IstioAnnotation.includeOutboundIPRanges, acceptsAll: true),
      blockCheck(IstioAnnotation.excludeOutboundIPRanges),
      toggleCheck(IstioAnnotation.mergeMetrics),
    ]
    + ["initialDelaySeconds", "periodSeconds", "failureThreshold"].map { name in
      Check(
        annotation: IstioAnnotation.readinessPrefix + name, wanted: "a whole number",
        example: "a number, e.g. 2",
        accepts: { UInt32(decimal: $0) != nil })
    }

  private static func toggleCheck(_ annotation: String) -> Check {
    Check(
      annotation: annotation, wanted: "true or false", example: "true or false",
      accepts: { Bool(goText: $0) != nil })
  }

  private static let quantityChecks = IstioAnnotation.proxyResources.map {
    Check(
      annotation: $0, wanted: "a resource quantity", example: "a quantity, e.g. 100m or 128Mi",
      accepts: { ResourceQuantity.isValid($0) })
  }

  private static func portCheck(_ annotation: String, acceptsAll: Bool = false) -> Check {
    Check(
      annotation: annotation, wanted: "single ports separated by commas" + (acceptsAll ? ", or *" : ""),
      example: "single ports separated by commas, e.g. 80,443",
      accepts: { acceptsAll && $0 == "*" || arePorts($0) }, correct: ListCorrection.ports)
  }

  private static func blockCheck(_ annotation: String, acceptsAll: Bool = false) -> Check {
    Check(
      annotation: annotation,
      wanted: "CIDR blocks separated by commas without blanks" + (acceptsAll ? ", or *" : ""),
      example: "CIDR blocks separated by commas, e.g. 10.0.0.0/8,172.16.0.0/12",
      accepts: { acceptsAll && $0 == "*" || areBlocks($0) }, correct: ListCorrection.blocks)
  }

  private static let interfaceChecks = [
    IstioAnnotation.excludeInterfaces, IstioAnnotation.kubevirtInterfaces,
    IstioAnnotation.rerouteVirtualInterfaces,
  ].map {
    Check(
      annotation: $0, wanted: "names of interfaces separated by commas",
      example: "full names separated by commas, e.g. eth1,net-2", accepts: areInterfaces)
  }

  @Sendable private static func isPort(_ text: String) -> Bool {
    // Istio accepts 0 and leading zeros.
    UInt16(text.trimmingBlanks()) != nil && !text.contains { "+-".contains($0) }
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

  /// Returns true for at most 15 letters, digits, `_`, `.` and `-`, with a letter first. The kernel's `IFNAMSIZ` is 16.
  private static func isInterface(_ name: String.UTF8View) -> Bool {
    func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
    return name.count <= 15 && name.first.map(isLetter) == true
      && name.allSatisfy { byte in
        isLetter(byte) || "0123456789_.-".utf8.contains(byte)
      }
  }
}
