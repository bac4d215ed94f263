import Intercept
import Netfilter

/// An inbound connection that the rules do not capture, although the options capture its port. No probe of a namespace
/// comes from outside it, so that the rules are simulated.
public struct InboundDiagnosis: Hashable, Sendable {
  /// The connection and its verdict, in sentences.
  private let sentence: String

  /// Nil if the rules capture an inbound connection of each family, if the options capture none, and if that is not
  /// certain.
  ///
  /// - Parameters:
  ///   - families: the families with rules.
  ///   - backend: the interface that the options select.
  init?(_ configuration: Configuration, _ families: [IPFamily], _ backend: any RuleBackend) {
    guard let port = configuration.inboundPorts.example, let active = try? ActiveRules(backend),
      let tables = try? active.backend.allTables()
    else { return nil }
    let missed = families.lazy.filter(active.hasRules).compactMap { family -> Trace? in
      let legacy = try? active.backend.otherLegacyRules(family)
      let tracer = Tracer(active.rules(family), of: active.origin, beside: tables, legacy: legacy)
      let trace = tracer.trace(Self.flow(family, port))
      return trace.verdict == .unknown || trace.port != nil ? nil : trace
    }.first
    guard let missed else { return nil }
    sentence = "\(missed.heading): \(missed.summary); the rules are simulated"
  }

  private static func flow(_ family: IPFamily, _ port: Port) -> Flow {
    Flow(.inbound, to: Endpoint(.examplePod(family), port), from: .exampleClient(family))
  }
}

extension InboundDiagnosis: CustomStringConvertible {
  public var description: String { sentence }
}

extension InboundPorts {
  /// A captured port; nil if there is none.
  fileprivate var example: Port? {
    switch self {
    case .none: nil
    case .only(let ports): ports.first?.lowerBound
    case .all: Self.examples.first(where: captures)
    }
  }
}
