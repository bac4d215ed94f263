package import Intercept

extension Rule {
  /// Reads a rule of the kernel's. What is not modelled becomes opaque: nothing is lost, nothing fails.
  package init(_ raw: RawRule, _ family: IPFamily) {
    var reader = RuleReader(family: family, rest: raw.expressions[...])
    reader.readAll()
    // `nft` and later releases of iptables-nft keep a comment beside the expressions.
    if let comment = RuleComment(userdata: raw.userdata).flatMap({ CommentMatch($0.text) }) {
      reader.matches.append(.comment(comment))
    }
    self.init(reader.matches, reader.target ?? .none)
  }

  /// The rule as it reads once it has been in the kernel: without what iptables-nft leaves out, such as
  /// `-d 0.0.0.0/0`.
  ///
  /// - Throws: ``RuleEncodingError`` if it can never be there.
  package func asKept(_ family: IPFamily) throws(RuleEncodingError) -> Rule {
    let raw = RawRule(family: .any, table: "", chain: "", expressions: try encoded(family).expressions)
    let kept = Rule(raw, family)
    return Rule(kept.matches, kept.target, reason: reason, placement: placement, counters: counters)
  }
}

/// Turns expressions into matches and a target, front to back.
private struct RuleReader {
  let family: IPFamily
  var rest: ArraySlice<Expression>
  var matches: [Match] = []
  var target: Target?

  mutating func readAll() {
    var endsOpaque = false
    while let first = rest.first {
      let start = rest
      if let test = FieldComparison(takenFrom: &rest) {
        endsOpaque = false
        if !add(test) { addOpaque(start.prefix(upTo: rest.startIndex)) }
      } else {
        rest = rest.dropFirst()
        endsOpaque = !read(first)
        if endsOpaque { addOpaque([first]) }
      }
    }
    if endsOpaque { makeLastTheTarget() }
  }

  /// An expression at the end, where the verdict has its place, is more likely a target than a match.
  private mutating func makeLastTheTarget() {
    guard target == nil, case .opaque(let match) = matches.last else { return }
    matches.removeLast()
    target = .opaque(OpaqueTarget(match.text))
  }

  private mutating func addOpaque(_ expressions: ArraySlice<Expression>) {
    let text = expressions.map { "[\($0.text)]" }.joined(separator: " ")
    matches.append(.opaque(OpaqueMatch(text)))
  }

  /// Reads one expression that stands for itself; false if it is not modelled.
  private mutating func read(_ expression: Expression) -> Bool {
    switch expression {
    case .counter: break
    case .immediate(.verdict(let verdict)): set(Target(verdict))
    case .match(let match): matches.append(Match(match, family))
    case .target(let target): set(Target(target, family))
    case .meta, .payload, .compare, .range, .bitwise, .byteorder, .lookup, .conntrack, .immediate(.value),
      .redirect, .tproxy, .notrack, .unknown:
      return false
    }
    return true
  }

  private mutating func set(_ new: Target) {
    // Rules of iptables have one target; of a foreign rule with more all are kept.
    if let target { matches.append(.opaque(OpaqueMatch(target.iptablesText))) }
    target = new
  }

  /// Reads a look at a field; false if it is not modelled.
  private mutating func add(_ test: FieldComparison) -> Bool {
    if let ports = PortTests(test), addPorts(ports) { return true }
    guard let match = Match(test, family) else { return false }
    matches.append(match)
    return true
  }

  /// Ports mean something only behind a protocol; both sides of them are one match.
  private mutating func addPorts(_ ports: PortTests) -> Bool {
    for index in matches.indices {
      if case .tcp(let tcp) = matches[index],
        let both = ports.merged(source: tcp.source, destination: tcp.destination)
      {
        matches[index] = .tcp(TCPMatch(source: both.source, destination: both.destination))
        return true
      }
      if case .udp(let udp) = matches[index],
        let both = ports.merged(source: udp.source, destination: udp.destination)
      {
        matches[index] = .udp(UDPMatch(source: both.source, destination: both.destination))
        return true
      }
    }
    if matches.contains(.proto(.is(.tcp))) {
      matches.append(.tcp(TCPMatch(source: ports.source, destination: ports.destination)))
    } else if matches.contains(.proto(.is(.udp))) {
      matches.append(.udp(UDPMatch(source: ports.source, destination: ports.destination)))
    } else {
      return false
    }
    return true
  }
}

extension Match {
  /// What a look at a field means; nil if it is not modelled.
  fileprivate init?(_ test: FieldComparison, _ family: IPFamily) {
    if let (field, block) = test.address(family) {
      self = field == .source ? .source(block) : .destination(block)
    } else if let name = test.interface(.inputInterfaceName) {
      self = .inInterface(name)
    } else if let name = test.interface(.outputInterfaceName) {
      self = .outInterface(name)
    } else if let number = test.protocol(family) {
      self = .proto(number)
    } else if let mark = MarkMatch(test) {
      self = .mark(mark)
    } else {
      return nil
    }
  }

  fileprivate init(_ xt: XtExtension, _ family: IPFamily) {
    let known: Match? =
      TCPMatch(xt, family).map(Match.tcp) ?? UDPMatch(xt, family).map(Match.udp)
      ?? MultiportMatch(xt, family).map(Match.multiport) ?? OwnerMatch(xt, family).map(Match.owner)
      ?? ConnmarkMatch(xt, family).map(Match.connmark) ?? ConntrackMatch(xt, family).map(Match.conntrack)
      ?? StateMatch(xt).map(Match.state) ?? CommentMatch(xt, family).map(Match.comment)
    self = known ?? .opaque(OpaqueMatch("-m \(xt.text)"))
  }
}

extension Target {
  fileprivate init(_ verdict: Verdict) {
    switch verdict {
    case .accept: self = .accept
    case .drop: self = .drop
    case .return: self = .return
    case .continue: self = .none
    case .jump(let name): self = ChainName(name).map(Target.jump) ?? .opaque(OpaqueTarget(name))
    case .goto(let name): self = ChainName(name).map(Target.goto) ?? .opaque(OpaqueTarget("\(name) [goto]"))
    }
  }

  fileprivate init(_ xt: XtExtension, _ family: IPFamily) {
    let known: Target? =
      RedirectTarget(xt, family).map(Target.redirect) ?? MarkTarget(xt, family).map(Target.mark)
      ?? ConnmarkTarget(xt, family).map(Target.connmark) ?? TProxyTarget(xt, family).map(Target.tproxy)
      ?? CTTarget(xt, family).map(Target.ct)
    self = known ?? .opaque(OpaqueTarget(xt.text))
  }
}
