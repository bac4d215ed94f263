import Installation
import InputText
import Intercept
import Netfilter
import RuleCommands

/// `trace --kernel`: waits for connections and prints the kernel's traces of them.
struct KernelTracing {
  let settings: Settings
  let request: KernelRequest
  /// The proxy's listeners; nil if not given.
  let proxy: Proxy?
  let answer: TraceAnswer

  /// - Throws: `CommandError` if not enough connections came in time.
  func run() throws {
    let signals = try StopSignals()
    try settings.namespace.open().run {
      let deadline = ContinuousClock.now + request.timeout
      var watch = try KernelTraceSession.begin(request.watched)
      if !request.connects { Console.note("waiting for \(request.words)") }
      let socket = request.connects ? try FlowSocket.open(request.watched.flow) : nil
      for number in 0..<request.count {
        switch try watch.next(by: deadline, stop: signals.descriptor) {
        case .trace(let trace): try report(trace, isFirst: number == 0)
        case .timeout: throw missing(after: number, isLossy: watch.hasLostEvents)
        case .stopped: throw ExitStatus(128 + signals.number())
        }
      }
      _ = consume socket
    }
  }

  private func missing(after number: Int, isLossy: Bool) -> CommandError {
    let what = number == 0 ? "no connection" : "only \(number) of \(request.count) connections"
    return CommandError(
      "\(what) came within \(request.timeoutText): \(request.words)"
        + (isLossy ? "; trace events were lost, so one may have been missed" : ""))
  }

  private func report(_ packetTrace: KernelPacketTrace, isFirst: Bool) throws {
    guard let flow = packetTrace.first?.flow(like: request.watched.flow) else { return }
    var packetTrace = packetTrace
    let wanted = RulesetBuilder.build(settings.configuration).first { $0.family == packetTrace.rules.family }
    packetTrace.rules = TraceRules.explained(packetTrace.rules, by: wanted)
    let simulated = try simulate(packetTrace.rules, flow)
    let trace = Trace(packetTrace, of: flow, simulated: simulated)
    let isPage = answer.format == .text && !answer.isVerdictAlone
    let described = DescribedFlow(flow: flow, content: request.content, listener: nil)
    let answer = try answer.text(
      TracedFlow(described, proxy) { _ in trace }, rules: settings.run.namespace.rulesSource,
      packetTrace.rules)
    try Console.print((isFirst || !isPage ? "" : "\n") + answer)
    KernelComparison(trace, simulated, isComplete: packetTrace.isComplete).report()
  }

  private func simulate(_ rules: Ruleset, _ flow: Flow) throws -> Trace {
    let diversions = try LiveRouting.read(marks: rules.tproxyMarks.union([.defaultTProxy])).deliveringRules
    let marks = diversions.filter { $0.family == rules.family }.map { MaskedMark($0.mark) }
    let context = try NamespaceAddresses.readInterfaces().context(loopbackMarks: marks)
    let backend = settings.run.backend(in: try settings.namespace.open())
    let tables = (try? backend.allTables()) ?? NftRuleset()
    let legacy = (try? backend.legacyRules())?.first { $0.family == rules.family }
    return Tracer(rules, beside: tables.isNativeForm ? NftRuleset() : tables, legacy: legacy, in: context)
      .trace(flow)
  }
}

/// Compares the kernel's trace with the simulation.
struct KernelComparison {
  private let kernel: Trace
  private let simulated: Trace
  private let isComplete: Bool

  init(_ kernel: Trace, _ simulated: Trace, isComplete: Bool) {
    (self.kernel, self.simulated, self.isComplete) = (kernel, simulated, isComplete)
  }

  func report() {
    guard isComplete else {
      return Console.warn(
        "the kernel's trace of this packet is incomplete: routing dropped it, or it is still queued")
    }
    // Without a given owner the simulation cannot evaluate owner matches.
    guard !kernel.flow.isOwnerUnknown, simulated.verdict != .unknown else { return }
    let (real, expected) = (kernel.matchedPlaces, simulated.matchedPlaces)
    guard real != expected else { return Console.note("the same rules match in the simulation") }
    let common = zip(real, expected).prefix { $0 == $1 }.count
    Console.warn(
      "other rules match in the simulation: \(Self.words(expected, common)) instead of \(Self.words(real, common))"
    )
  }

  private static func words(_ places: [RulePlace], _ index: Int) -> String {
    places.indices.contains(index) ? "\(places[index])" : "none"
  }
}
