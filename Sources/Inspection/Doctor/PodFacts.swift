public import Intercept

/// Everything that the doctor knows about a pod's namespace, gathered once.
public struct PodFacts: Sendable {
  /// The rules of each family, with their reasons if they are known; rules in nftables form are lifted.
  public var rulesets: [Ruleset] = []
  /// The kernel's tables that ``rulesets`` are from.
  public var origin = RuleOrigin.iptablesNFT
  /// The rules of iptables-legacy beside ``rulesets``; none if they could not be read.
  public var legacyRulesets: [Ruleset] = []
  /// False if the rules could not be read.
  public var areRulesKnown = true
  /// The mesh that the rules are from; nil if they could not be read.
  public var mesh: InstalledMesh?
  /// Istio's own tables that ``rulesets`` were lifted from.
  public var nativeTables: [NativeTableReading] = []
  /// The options that the pod's manifest asks for; nil without a manifest.
  public var wanted: Configuration?
  /// Differences of the rules from those of the manifest, or of the guess.
  public var differences: [RulesetDiff] = []
  /// Description of a second set of Istio's rules; nil if there is one set or none.
  public var duplicate: String?
  public var foreignChains: [ForeignBaseChain] = []
  /// All tables of nf_tables; none if they could not be read.
  public var tables = NftRuleset()

  public var listeners: [ListeningSocket] = []
  public var sockets: [ConnectedSocket] = []
  public var processes: [NamespaceProcess] = []
  /// The conntrack entries; empty if they could not be read.
  public var entries: [ConntrackEntry] = []
  /// Nil if it could not be read.
  public var usage: ConntrackUsage?

  /// The addresses of all interfaces, and their networks; without the marks of ``diversions``.
  public var host = HostContext()
  /// The kernel's answers to lookups of the routes of ``outboundFlows``.
  public var routes: [RouteQuery: RouteAnswer] = [:]
  /// The policy rules of TPROXY: packets with the mark are delivered locally.
  public var diversions: [Diversion] = []
  /// The DNS servers of resolv.conf; nil if it could not be read.
  public var nameservers: [IPAddress]?
  /// The answer of the proxy's readiness endpoint; nil if it was not asked.
  public var readiness: Readiness?
  /// The rules that dropped packets while the readiness endpoint was asked, if no connection came about.
  public var readinessDrops: Set<DroppingRule> = []
  /// The kubelet's HTTP probes that the pod's manifest names; none without a manifest.
  public var probes: [Probe] = []
  /// The destinations that the user asks about, with the outcome of a connection as the proxy.
  public var questions: [Question] = []
  /// The facts that could not be read, a sentence each.
  public var unseen: [String] = []

  public init() {}

  /// A mark that a policy rule routes to lo.
  public struct Diversion: Hashable, Sendable {
    public let family: IPFamily
    public let mark: Mark

    public init(_ family: IPFamily, _ mark: Mark) {
      self.family = family
      self.mark = mark
    }
  }

  /// The answer of the readiness endpoint to a request over lo.
  public enum Readiness: Hashable, Sendable {
    /// An HTTP status and its reason phrase.
    case status(Int, reason: String)
    /// A connection without an HTTP answer: the failure, in words.
    case noAnswer(String)
    /// No connection, although a process listens there: the failure, in words.
    case noConnection(String)
  }

  /// A probe of the kubelet.
  public struct Probe: Hashable, Sendable {
    /// `readinessProbe of container web (/healthz)`.
    public let name: String
    public let port: Port

    public init(_ name: String, port: Port) {
      self.name = name
      self.port = port
    }
  }

  /// A destination, and the failure of a connection to it as the proxy's user.
  public struct Question: Hashable, Sendable {
    public let destination: Endpoint
    /// The failure in words; nil if the connection was accepted, or could not be tried.
    public let failure: String?

    public init(_ destination: Endpoint, failure: String? = nil) {
      self.destination = destination
      self.failure = failure
    }
  }
}

extension PodFacts {
  /// The options that the rules were built with, as a guess finds them; nil without rules of Istio's sidecar mode.
  public var guess: Guess? { mesh?.guess }

  /// The options of the rules: those of the manifest, else the guessed ones; nil if the namespace has no rules of
  /// Istio's.
  public var configuration: Configuration? {
    rulesets.contains(where: \.hasIstioChains) ? wanted ?? guess?.configuration : nil
  }

  /// The outbound connections whose routes the checks judge.
  public var outboundFlows: [Flow] { typicalFlows.outbound }

  var typicalFlows: TypicalFlows { TypicalFlows(self, configuration, appListeners(proxy)) }

  /// Nil without rules.
  var proxy: ProxyProcesses? { configuration.map { ProxyProcesses($0, listeners, processes) } }

  /// The titles of dormant tables with rules of Istio's.
  var dormantTables: [String] {
    rulesets.flatMap { tables.dormantTables(with: $0.owned(), of: origin) }.distinct
  }

  /// Listeners of the app: TCP sockets that are not the proxy's, on ports that are not Istio's.
  func appListeners(_ proxy: ProxyProcesses?) -> [ListeningSocket] {
    let ports = Set(
      IstioPort.all(configuration ?? Configuration(), probePort: .validationProbe).map(\.port))
    return listeners.filter {
      $0.proto == .tcp && !ports.contains($0.port) && proxy?.owns(user: $0.user, $0.processes) != true
    }
  }

  /// The rules with the surroundings that decide with them.
  public var currentRules: CurrentRules {
    var context = host
    context.loopbackMarks = diversions.map { MaskedMark($0.mark) }
    return CurrentRules(
      rulesets, configuration, of: origin, beside: tables, legacy: legacyRulesets, in: context)
  }
}
