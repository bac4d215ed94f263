public import NetworkValues

/// `-m state`: the old name of `-m conntrack --ctstate`, which the kernel remembers
/// (`XT_CONNTRACK_STATE_ALIAS`).
public struct StateMatch: Hashable, Sendable {
  public var state: Condition<ConntrackState>

  public init(_ state: Condition<ConntrackState>) {
    self.state = state
  }
}

extension StateMatch: DescribedExtension {
  struct Options: ExtensionOptions {
    var state: Condition<ConntrackState>?
  }

  public static let name = "state"
  static let syntax: [OptionSyntax<Options>] = [
    .value("--state", in: \.state, as: .trackingStates)
  ]

  var options: Options { Options(state: state) }

  init(_ options: Options, in context: ReadingContext) throws(ExtensionProblem) {
    guard let state = options.state else { throw Self.missing("--state") }
    self.state = state
  }
}
