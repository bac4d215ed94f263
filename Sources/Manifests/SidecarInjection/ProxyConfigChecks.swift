import Intercept
import KubernetesObjects
import ManifestText

/// Checks the annotation `proxy.istio.io/config` as the injector does: the type of each known field, as JSON of Protocol
/// Buffers, and the values that Istio validates. Unknown fields are ignored.
enum ProxyConfigChecks {
  /// The type of a field.
  private enum Kind {
    case text, number, toggle, duration, texts, message
    /// A map of texts.
    case textMap
    /// One of some names, or its number from 0.
    case name([String])
  }

  private static let fields: [(name: String, kind: Kind)] = [
    ("configPath", .text), ("binaryPath", .text), ("serviceCluster", .text), ("discoveryAddress", .text),
    ("statsdUdpAddress", .text), ("customConfigFile", .text), ("proxyBootstrapTemplatePath", .text),
    ("zipkinAddress", .text), ("availabilityZone", .text), ("envoyMetricsServiceAddress", .text),
    ("proxyAdminPort", .number), ("statNameLength", .number), ("concurrency", .number),
    ("statusPort", .number),
    ("holdApplicationUntilProxyStarts", .toggle), ("drainDuration", .duration),
    ("parentShutdownDuration", .duration), ("discoveryRefreshDelay", .duration),
    ("terminationDrainDuration", .duration), ("interceptionMode", .name(["REDIRECT", "TPROXY", "NONE"])),
    ("controlPlaneAuthPolicy", .name(["NONE", "MUTUAL_TLS"])), ("proxyMetadata", .textMap),
    ("runtimeValues", .textMap), ("extraStatTags", .texts), ("caCertificatesPem", .texts),
    ("tracing", .message),
    ("sds", .message), ("envoyAccessLogService", .message), ("envoyMetricsService", .message),
    ("gatewayTopology", .message), ("readinessProbe", .message), ("proxyStatsMatcher", .message),
    ("image", .message), ("privateKeyProvider", .message), ("proxyHeaders", .message),
  ]

  static func problems(in config: JSONValue) -> [InjectionProblem] {
    guard case .object = config else {
      if config == .null { return [] }
      return [problem("must be a map of settings", remedy: "write a map, e.g. interceptionMode: REDIRECT")]
    }
    return fields.flatMap { field in
      guard let value = config[anyCase: field.name], value != .null else { return [InjectionProblem]() }
      let problems = typeProblems(field.name, field.kind, value)
      return problems.isEmpty ? valueProblems(field.name, value) : problems
    }
  }

  private static func typeProblems(_ name: String, _ kind: Kind, _ value: JSONValue) -> [InjectionProblem] {
    switch kind {
    case .text:
      if case .string = value { return [] }
      return [wrong(name, value, "a text, in quotes", write: "\"\(value.scalarText?.onOneLine ?? "value")\"")]
    case .number:
      return isNumber(value) ? [] : [wrong(name, value, "a whole number", write: "2")]
    case .toggle:
      if case .bool = value { return [] }
      return [wrong(name, value, "true or false, without quotes", write: toggle(value, name))]
    case .duration:
      return isDuration(value)
        ? [] : [wrong(name, value, "a time in seconds with its unit", write: duration(value))]
    case .texts:
      if case .list(let items) = value, items.allSatisfy(\.isText) { return [] }
      return [wrong(name, value, "a list of texts", write: "[\"value\"]")]
    case .message:
      if case .object = value { return [] }
      return [wrong(name, value, "a map", write: "{}")]
    case .textMap: return mapProblems(name, value)
    case .name(let names):
      return isName(value, of: names) ? [] : [wrong(name, value, "one of \(names.sentence)", write: names[0])]
    }
  }

  private static func mapProblems(_ name: String, _ value: JSONValue) -> [InjectionProblem] {
    guard case .object(let members) = value else {
      return [problem("\(name) must be a map of texts", remedy: "write \(name): {NAME: \"value\"}")]
    }
    return members.sorted { $0.key < $1.key }.filter { !$0.value.isText && $0.value != .null }.map {
      member, value in
      let text = value.scalarText ?? "a list or map"
      return problem(
        "\(name).\(member.onOneLine): \(text.quotedForMessage): must be a text, in quotes",
        remedy: "write \(member.onOneLine): \"\(value.scalarText?.onOneLine ?? "value")\"")
    }
  }

  /// The checks of Istio's validation, after those of the types.
  private static func valueProblems(_ name: String, _ value: JSONValue) -> [InjectionProblem] {
    let text = value.scalarText ?? ""
    switch name {
    case "discoveryAddress", "statsdUdpAddress", "envoyMetricsServiceAddress":
      if ProxyAddress(text) != nil { return [] }
      return [wrong(name, value, "a host name or address and a port", write: "istiod.istio-system.svc:15012")]
    case "proxyAdminPort", "statusPort":
      return Port(text).map { $0 == 0 } ?? true ? [wrong(name, value, "a port 1-65535", write: "15000")] : []
    case "drainDuration":
      let seconds = Double(text.dropLast()) ?? 0
      return seconds >= 1 && seconds.rounded() == seconds
        ? [] : [wrong(name, value, "a whole number of seconds, at least one", write: "45s")]
    default: return []
    }
  }

  private static func isNumber(_ value: JSONValue) -> Bool {
    guard let text = value.scalarText, let number = Double(text) else { return false }
    return number.rounded() == number && Int32(exactly: number) != nil
  }

  private static func isName(_ value: JSONValue, of names: [String]) -> Bool {
    guard let text = value.scalarText else { return false }
    return names.contains(text) || Int(text).map(names.indices.contains) == true && !value.isText
  }

  /// Returns true for seconds with the unit `s`, as JSON of Protocol Buffers writes a duration.
  private static func isDuration(_ value: JSONValue) -> Bool {
    guard value.isText, let text = value.scalarText, text.hasSuffix("s") else { return false }
    let number = text.dropLast()
    return Double(number) != nil && number.allSatisfy { $0.isNumber || "+-.".contains($0) }
  }

  private static func duration(_ value: JSONValue) -> String {
    value.scalarText.flatMap(Double.init).map { _ in "\(value.scalarText ?? "")s" } ?? "45s"
  }

  private static func toggle(_ value: JSONValue, _ name: String) -> String {
    ["true", "false"].contains(value.scalarText) ? value.scalarText ?? "" : "true or \(name): false"
  }

  private static func wrong(
    _ name: String, _ value: JSONValue, _ wanted: String, write correction: String
  ) -> InjectionProblem {
    problem(
      "\(name): \((value.scalarText ?? "a list or map").quotedForMessage): must be \(wanted)",
      remedy: "write \(name): \(correction)")
  }

  private static func problem(_ text: String, remedy: String) -> InjectionProblem {
    InjectionProblem("\(IstioAnnotation.proxyConfig): \(text)", remedy: remedy)
  }
}

extension JSONValue {
  fileprivate var isText: Bool { if case .string = self { true } else { false } }
}

/// A host name or an address, and a port. The corresponding function is Istio's `ValidateProxyAddress`.
private struct ProxyAddress {
  init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = Port(String(text[text.index(after: colon)...])),
      port != 0
    else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    guard IPAddress(String(host)) != nil || Self.isDomain(host) else { return nil }
  }

  private static func isDomain(_ host: Substring) -> Bool {
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    return host.utf8.count <= 255
      && labels.allSatisfy { label in
        (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
          && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
      }
  }
}
