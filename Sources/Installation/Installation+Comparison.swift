public import Intercept
public import Netfilter

extension Installation {
  /// Compares the rules and the routing of the namespace with those of the configuration.
  ///
  /// Rules that are right in the other interface, which alone has any, do not differ.
  public func comparison() throws(InstallationError) -> RuleComparison {
    let generation = try backend.generation()
    let live = try backend.live()
    let marks = routingMarks(of: live)
    let diff = try differences(of: live)
    let isElsewhere = try diff.isInstalled ? false : isRight(in: OtherRules(besides: backend, wanted))
    return RuleComparison(
      configuration: configuration, run: run, generation: isElsewhere ? nil : generation, marks: marks,
      diff: isElsewhere || diff.isEmpty ? .routingAlone(diff.routing) : diff,
      hasIstioRules: isElsewhere || live.hasIstioRules)
  }

  /// True if the other interface alone has rules of Istio, and they are right.
  private func isRight(in other: OtherRules?) throws(InstallationError) -> Bool {
    guard let other, other.areRight else { return false }
    return try backend.found(known: wanted).isEmpty
  }

  /// Returns the differences of the rules of the selected interface, and of the routing, from those of the configuration.
  ///
  /// - Parameter live: the rules of the interface.
  public func differences(of live: LiveInterception) throws(InstallationError) -> InterceptionDiff {
    var diff = try backend.differences(of: live, from: wanted)
    diff.routing = try backend.routingDifferences(from: Routing(configuration), marks: routingMarks(of: live))
    return diff
  }

  private func routingMarks(of live: LiveInterception) -> Set<Mark> {
    marks.union(RemovalPlan(live, in: backend.interface, known: []).tproxyMarks)
  }
}

/// The result of comparing the rules of a namespace with those of a configuration, which a later comparison starts from.
public struct RuleComparison: Sendable {
  private let configuration: Configuration
  private let run: RunOptions
  /// The generation of the compared rules; nil if other rules than those of nf_tables were compared.
  private let generation: Generation?
  /// The marks that show a policy rule to be Istio's.
  private let marks: Set<Mark>
  /// The differences of the rules and the routing.
  public private(set) var diff: InterceptionDiff
  /// True if there is a chain of Istio or a table of the native form.
  public let hasIstioRules: Bool

  fileprivate init(
    configuration: Configuration, run: RunOptions, generation: Generation?, marks: Set<Mark>,
    diff: InterceptionDiff, hasIstioRules: Bool
  ) {
    (self.configuration, self.run) = (configuration, run)
    (self.generation, self.marks, self.diff) = (generation, marks, diff)
    self.hasIstioRules = hasIstioRules
  }

  /// Returns the comparison for the state of the namespace now; nil if the rules must be read.
  ///
  /// Rules of the same generation are the same rules: only the routing is read again.
  ///
  /// - Parameters:
  ///   - configuration: the configuration to compare with.
  ///   - run: the options of the run.
  ///   - namespace: the namespace that was compared before.
  public func renewed(
    for configuration: Configuration, _ run: RunOptions, in namespace: NetworkNamespace
  ) throws(InstallationError) -> RuleComparison? {
    let backend = run.backend(in: namespace)
    guard let generation, configuration == self.configuration, run == self.run,
      try backend.generation() == generation
    else { return nil }
    var renewed = self
    renewed.diff.routing = try backend.routingDifferences(from: Routing(configuration), marks: marks)
    return renewed
  }
}

extension InterceptionDiff {
  fileprivate static func routingAlone(_ routing: RoutingDiff) -> InterceptionDiff {
    var diff = InterceptionDiff(rulesets: [])
    diff.routing = routing
    return diff
  }
}

extension RuleBackend {
  fileprivate func routingDifferences(
    from wanted: Routing, marks: Set<Mark>
  ) throws(InstallationError) -> RoutingDiff {
    try routing { () throws(NetlinkError) in
      try LiveRouting.read(marks: marks, wanted: wanted).differences(from: wanted)
    }
  }

  /// Runs a body on the routing of the namespace.
  func routing<Result>(_ body: () throws(NetlinkError) -> Result) throws(InstallationError) -> Result {
    try namespace.inside { () throws(InstallationError) in
      try mapError(try body()) { InstallationError.routing(Refusal($0, namespace)) }
    }
  }
}
