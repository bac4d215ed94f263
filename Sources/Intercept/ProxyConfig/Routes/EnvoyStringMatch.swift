/// Outcome of a condition.
enum EnvoyFulfilment: Hashable {
  case yes, no
  /// Depends on a value that is not given, chance, or something that is not modelled.
  case maybe(String)

  init(_ isFulfilled: Bool) { self = isFulfilled ? .yes : .no }

  /// The outcome of all conditions together.
  static func all(_ conditions: [EnvoyFulfilment]) -> EnvoyFulfilment {
    if conditions.contains(.no) { return .no }
    let open = conditions.compactMap { if case .maybe(let reason) = $0 { reason } else { nil } }
    return open.isEmpty ? .yes : .maybe(open.joined(separator: ", "))
  }

  var inverted: EnvoyFulfilment {
    switch self {
    case .yes: .no
    case .no: .yes
    case .maybe: self
    }
  }
}

/// A condition on a text.
///
/// The corresponding message is `envoy.type.matcher.v3.StringMatcher`.
public struct EnvoyStringMatch: Hashable, Sendable {
  public var rule: Rule
  /// True if ASCII letters match in either case. No effect on regular expressions.
  public var ignoresCase: Bool

  public enum Rule: Hashable, Sendable {
    case exact(String), prefix(String), suffix(String), contains(String)
    case regex(EnvoyRegex)
    /// An extension that is not modelled.
    case custom(String)
  }

  public init(_ rule: Rule, ignoresCase: Bool = false) {
    self.rule = rule
    self.ignoresCase = ignoresCase
  }

  func matches(_ text: some StringProtocol) -> EnvoyFulfilment {
    let value = ignoresCase ? text.lowercased() : String(text)
    func pattern(_ text: String) -> String { ignoresCase ? text.lowercased() : text }
    switch rule {
    case .exact(let text): return EnvoyFulfilment(value == pattern(text))
    case .prefix(let text): return EnvoyFulfilment(value.hasPrefix(pattern(text)))
    case .suffix(let text): return EnvoyFulfilment(value.hasSuffix(pattern(text)))
    case .contains(let text): return EnvoyFulfilment(pattern(text).isEmpty || value.contains(pattern(text)))
    case .regex(let regex): return regex.matches(String(text))
    case .custom(let name): return .maybe("the matcher \(name)")
    }
  }
}

extension EnvoyStringMatch: CustomStringConvertible {
  public var description: String {
    switch rule {
    case .exact(let text): "= \(text)"
    case .prefix(let text): "= \(text)*"
    case .suffix(let text): "= *\(text)"
    case .contains(let text): "= *\(text)*"
    case .regex(let regex): "~ \(regex.pattern)"
    case .custom(let name): "by \(name)"
    }
  }
}
