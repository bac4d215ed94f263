import ArgumentParser
import Installation
import Intercept
import Netfilter

/// `trace --kernel`: waits for connections and tells what the kernel told of them.
struct KernelTracing {
  let settings: Settings
  let request: KernelRequest
  /// The proxy's listeners; nil where nobody showed them.
  let proxy: EnvoyConfiguration?
  let answer: TraceAnswer

  /// - Throws: `CommandError` if not enough connections came in time.
  func run() throws {
    let signals = try StopSignals()
    try NetworkNamespace(settings.run.namespace).run {
      let deadline = ContinuousClock.now + request.timeout
      var watch = try KernelTraceSession.begin(request.watched)
      if !request.connects { Console.note("waiting for \(request.words)") }
      let socket = request.connects ? try FlowSocket.open(request.watched.flow) : nil
      for number in 0..<request.count {
        switch try watch.next(by: deadline, stop: signals.descriptor) {
        case .trace(let trace): try tell(trace, isFirst: number == 0)
        case .timeout: throw missing(after: number)
        case .stopped: throw ExitCode(128 + signals.number())
        }
      }
      _ = consume socket
    }
  }

  private func missing(after number: Int) -> CommandError {
    let what = number == 0 ? "no connection" : "only \(number) of \(request.count) connections"
    return CommandError("\(what) came within \(request.timeoutText): \(request.words)")
  }

  private func tell(_ story: KernelPacketTrace, isFirst: Bool) throws {
    guard let flow = story.first?.flow(like: request.watched.flow) else { return }
    var story = story
    let wanted = RulesetBuilder.build(settings.configuration).first { $0.family == story.rules.family }
    story.rules = TraceRules.explained(story.rules, by: wanted)
    let paper = try onPaper(story.rules, flow)
    let trace = Trace(story, of: flow, paper: paper)
    let isPage = answer.format == .text && !answer.isVerdictAlone
    let described = DescribedFlow(flow: flow, greeting: request.greeting, listener: nil)
    let answer = try answer.text(TracedFlow(described, proxy) { _ in trace })
    try Console.print((isFirst || !isPage ? "" : "\n") + answer)
    KernelComparison(trace, paper, isWhole: story.isWhole).tell()
  }

  private func onPaper(_ rules: Ruleset, _ flow: Flow) throws -> Trace {
    let diversions = try Routing.read(marks: rules.tproxyMarks.union([.defaultTProxy])).diversions
    let marks = diversions.filter { $0.family == rules.family }.map { MaskedMark($0.mark) }
    let addresses = try NamespaceAddresses.read().addresses
    return Tracer(rules, in: HostContext(ownAddresses: addresses, loopbackMarks: marks)).trace(flow)
  }
}

/// The kernel's word beside that of a trace on paper.
struct KernelComparison {
  private let kernel: Trace
  private let paper: Trace
  private let isWhole: Bool

  init(_ kernel: Trace, _ paper: Trace, isWhole: Bool) {
    (self.kernel, self.paper, self.isWhole) = (kernel, paper, isWhole)
  }

  func tell() {
    guard isWhole else {
      return Console.warn("the kernel told no more of this packet: routing has dropped it, or it still waits")
    }
    // Who owns the socket, paper has to be told.
    guard !kernel.flow.isOwnerUnknown, paper.verdict != .unknown else { return }
    let (real, onPaper) = (kernel.matchedPlaces, paper.matchedPlaces)
    guard real != onPaper else { return Console.note("on paper the same rules match") }
    let common = zip(real, onPaper).prefix { $0 == $1 }.count
    Console.warn(
      "on paper other rules match: \(Self.words(onPaper, common)), where in the kernel it was \(Self.words(real, common))"
    )
  }

  private static func words(_ places: [RulePlace], _ index: Int) -> String {
    places.indices.contains(index) ? "\(places[index])" : "none"
  }
}
