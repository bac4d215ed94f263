import NFTables

extension Expression {
  /// One-line text of an expression that is not modelled. Equal texts mean equal expressions, counters aside.
  package var text: String {
    switch self {
    case .meta(.load(let key, let register)): "meta load \(key.rawValue) => \(register.rawValue)"
    case .meta(.store(let key, let register)): "meta set \(key.rawValue) <= \(register.rawValue)"
    case .payload(let load):
      "payload \(load.length)b @ \(load.base.rawValue) + \(load.offset) => \(load.register.rawValue)"
    case .compare(let compare):
      "cmp \(compare.register.rawValue) op \(compare.operation.rawValue) \(compare.value.hexadecimal)"
    case .range(let range):
      "range \(range.register.rawValue) \(range.isInverted ? "! " : "")"
        + "\(range.lowest.hexadecimal)-\(range.highest.hexadecimal)"
    case .bitwise(let bitwise):
      "bitwise \(bitwise.source.rawValue) & \(bitwise.mask.hexadecimal) ^ \(bitwise.xor.hexadecimal)"
        + " => \(bitwise.destination.rawValue)"
    case .byteorder(let order):
      "byteorder \(order.source.rawValue) op \(order.operation.rawValue) \(order.length)/\(order.size)"
        + " => \(order.destination.rawValue)"
    case .lookup(let lookup):
      "lookup \(lookup.register.rawValue) \(lookup.isInverted ? "! " : "")@\(lookup.set)"
    case .conntrack(.load(let key, let register)): "ct load \(key.rawValue) => \(register.rawValue)"
    case .conntrack(.store(let key, let register)): "ct set \(key.rawValue) <= \(register.rawValue)"
    case .counter: "counter"
    case .immediate(.verdict(let verdict)): verdict.text
    case .immediate(.value(let value, let register)):
      "immediate \(value.hexadecimal) => \(register.rawValue)"
    case .match(let match): match.text
    case .target(let target): target.text
    case .redirect(let redirect): "redir \(redirect.flags)\(redirect.port.text)\(redirect.highestPort.text)"
    case .tproxy(let tproxy): "tproxy \(tproxy.family)\(tproxy.address.text)\(tproxy.port.text)"
    case .notrack: "notrack"
    case .unknown(let unknown): "\(unknown.name) \(unknown.data.hexadecimal)"
    }
  }
}

extension KernelVerdict {
  fileprivate var text: String {
    switch self {
    case .accept: "ACCEPT"
    case .drop: "DROP"
    case .return: "RETURN"
    case .continue: "CONTINUE"
    case .jump(let chain): chain
    case .goto(let chain): "goto \(chain)"
    }
  }
}

extension XtExtension {
  /// Name, revision and contents of an extension with unknown options.
  package var text: String { "\(name) [revision \(revision): \(info.hexadecimal)]" }
}

extension Optional<Register> {
  fileprivate var text: String { map { " <= \($0.rawValue)" } ?? " -" }
}

extension [UInt8] {
  /// Hexadecimal digits, two per byte.
  fileprivate var hexadecimal: String {
    "0x" + map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
