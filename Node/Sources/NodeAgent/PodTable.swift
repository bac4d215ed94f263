public import ContainerRuntime

/// The pods of the node, by the ids of their sandboxes.
public actor PodTable {
  /// The state of a pod's rules.
  public enum State: Hashable, Sendable {
    /// Not read yet.
    case unknown
    /// The pod gets no rules, for a reason.
    case excluded(String)
    /// The live rules are the pod's.
    case whole
    /// The live rules differ from the pod's.
    case drifted(Drift)
    /// The rules could not be decided, read or installed.
    case broken(String)

    /// The value of the metrics' label.
    public var name: String {
      switch self {
      case .unknown: "unknown"
      case .excluded: "excluded"
      case .whole: "whole"
      case .drifted: "drifted"
      case .broken: "broken"
      }
    }
  }

  /// One pod.
  public struct Entry: Sendable {
    public let sandbox: PodSandbox
    public var network: SandboxNetwork?
    public var rules: PodRules?
    /// True if the proxy's container did not exist when the rules were decided: it may ask for others.
    public var isProvisional = false
    public var state = State.unknown
    /// The last comparison of the rules.
    var inspection: PodInspection?
    var attempts = 0
    var nextAttempt: ContinuousClock.Instant?
  }

  private var entries: [String: Entry] = [:]

  /// The maximum number of pods that are kept; a kubelet admits 110 by default.
  private let limit: Int

  public init(limit: Int = 2000) {
    self.limit = limit
  }

  /// Takes over the sandboxes that are ready.
  ///
  /// - Returns: the ids of those that need an attempt at this time.
  func update(_ sandboxes: [PodSandbox], at now: ContinuousClock.Instant = .now) -> [String] {
    let ready = Dictionary(sandboxes.prefix(limit).map { ($0.id, $0) }, uniquingKeysWith: { $1 })
    entries = entries.filter { ready[$0.key] != nil }
    for (id, sandbox) in ready where entries[id] == nil { entries[id] = Entry(sandbox: sandbox) }
    return entries.values.filter { $0.needsAttempt(at: now) }.map(\.sandbox.id).sorted()
  }

  public subscript(id: String) -> Entry? { entries[id] }

  /// Returns the entry of a pod by its name.
  public func entry(namespace: String, name: String) -> Entry? {
    entries.values.first { $0.sandbox.namespace == namespace && $0.sandbox.name == name }
  }

  /// The pods that get rules.
  var redirected: [Entry] { entries.values.filter { $0.rules != nil } }

  /// Stores the network and the rules of a pod; nil for a pod that gets none.
  func learn(_ id: String, _ network: SandboxNetwork, _ rules: PodRules?, isProvisional: Bool = false) {
    entries[id]?.network = network
    entries[id]?.rules = rules
    entries[id]?.isProvisional = isProvisional
  }

  /// Stores the last comparison of a pod's rules.
  func keep(_ id: String, _ inspection: PodInspection) {
    entries[id]?.inspection = inspection
  }

  /// Stores the result of an attempt.
  ///
  /// - Returns: true if the state is another than before.
  func set(_ id: String, _ state: State, at now: ContinuousClock.Instant = .now) -> Bool {
    guard var entry = entries[id] else { return false }
    let isNews = entry.state != state
    entry.state = state
    if entry.isFinal {
      (entry.attempts, entry.nextAttempt) = (0, nil)
    } else {
      entry.attempts += 1
      entry.nextAttempt = now + .seconds(min(60, 1 << min(entry.attempts, 6)))
    }
    entries[id] = entry
    return isNews
  }

  /// The number of pods by state and by kind of drift.
  public struct Counts: Sendable {
    public var byState: [String: Int] = ["unknown": 0, "excluded": 0, "whole": 0, "drifted": 0, "broken": 0]
    public var byDrift: [Drift.Kind: Int] = [:]
  }

  public var counts: Counts {
    entries.values.reduce(into: Counts()) { counts, entry in
      counts.byState[entry.state.name, default: 0] += 1
      if case .drifted(let drift) = entry.state {
        for kind in drift.kinds { counts.byDrift[kind, default: 0] += 1 }
      }
    }
  }
}

extension PodTable.Entry {
  /// True if another attempt would find the same: the pod was read, and its proxy is known if it has its rules.
  fileprivate var isFinal: Bool {
    switch state {
    case .unknown, .broken: false
    case .excluded, .drifted: true
    case .whole: !isProvisional
    }
  }

  /// True for a pod that was not read yet, or whose next attempt is due.
  fileprivate func needsAttempt(at now: ContinuousClock.Instant) -> Bool {
    !isFinal && nextAttempt.map { $0 <= now } ?? true
  }
}
