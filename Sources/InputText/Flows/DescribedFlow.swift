package import Intercept
import TextOutput

/// A connection, and its content for the proxy.
package struct DescribedFlow {
  package let flow: Flow
  package let content: FlowContent
  /// The proxy's port that the connection is assumed to be delivered to; nil to follow the rules.
  package let listener: Port?

  /// A connection that follows the rules, unless a listener is given.
  package init(flow: Flow, content: FlowContent, listener: Port?) {
    self.flow = flow
    self.content = content
    self.listener = listener
  }
}

extension DescribedFlow {
  /// Reads a connection, from flags or a line of JSON. Mistakes stay in the reader.
  ///
  /// - Parameters:
  ///   - direction: `outbound`, `inbound` or `forwarded`.
  ///   - names: the users and groups that may be given by name.
  package init?(reading reader: inout OptionReader, direction: String?, names: AccountNames = .none) {
    let content = FlowContent(reading: &reader)
    let listener = reader.port(.fromListener)
    let isUDP = reader.toggle(.udp)
    if listener != nil, isUDP {
      reader.complain(.fromListener, "UDP has no listener to start at; leave --udp out")
    }
    guard let flow = Flow(reading: &reader, direction: direction, isUDP: isUDP, names: names) else {
      return nil
    }
    self.init(flow: flow, content: content, listener: listener)
  }
}

extension Flow {
  /// Reads the packet's part of a connection.
  fileprivate init?(
    reading reader: inout OptionReader, direction word: String?, isUDP: Bool, names: AccountNames
  ) {
    let direction = word.flatMap(Direction.init)
    if let word, direction == nil {
      reader.complain(
        OptionProblem("direction: \(word.quotedForMessage): give outbound, inbound or forwarded"))
    }
    if word == nil, reader.isClean {
      reader.complain(OptionProblem("the direction is missing; give outbound, inbound or forwarded"))
    }
    let target = reader.required(.to, wanted: "give an address and a port, like 10.0.0.1:80") { text in
      Endpoint(text).flatMap { $0.port == 0 ? nil : $0 }
    }
    let source = target.flatMap { reader.source(of: $0.address.family) }
    let interface = reader.value(.interface, wanted: "give a name like eth0", InterfaceName.init)
    let outInterface = reader.value(.outInterface, wanted: "give a name like eth0", InterfaceName.init)
    if outInterface != nil, let direction, direction != .forwarded {
      reader.complain(.outInterface, "is for forwarded packets; --interface is the one of others")
    }
    let owner = SocketOwner(reading: &reader, names: names)
    let mark = reader.value(.mark, wanted: "give a number, like 1337 or 0x539", Mark.init(flowText:))
    let state = reader.value(.state, wanted: "give new, established, related or invalid") {
      ConntrackState(flowText: $0)
    }
    guard let direction, let target else { return nil }
    self.init(
      direction, isUDP ? .udp : .tcp, to: target, from: source?.address, port: source?.port,
      interface: interface, owner: direction == .outbound ? owner : nil)
    self.outInterface = outInterface
    self.mark = mark ?? 0
    self.state = state ?? .new
  }
}

extension SocketOwner {
  /// Reads the socket's owner; nil for `--no-owner`.
  fileprivate init?(reading reader: inout OptionReader, names: AccountNames) {
    guard !reader.toggle(.noOwner) else {
      if reader.text(.uid) != nil || reader.text(.gid) != nil {
        reader.complain(.noOwner, "without a socket there is no uid or gid")
      }
      return nil
    }
    let wanted = "give a number from 0 to 4294967294, or a name of this system's"
    guard
      let user = reader.value(.uid, wanted: wanted, { UserID($0) ?? names.user($0) }) ?? UserID("0"),
      let group = reader.value(.gid, wanted: wanted, { GroupID($0) ?? names.group($0) })
        ?? GroupID(user.description)
    else { return nil }
    self.init(user: user, group: group)
  }
}

extension OptionReader {
  /// An option that must be given. Its absence is not reported along with other mistakes, which may cause it.
  fileprivate mutating func required<Value>(
    _ option: OptionName, wanted: String, _ read: (String) -> Value?
  ) -> Value? {
    if text(option) == nil, isClean {
      complain(OptionProblem("\(option.spelling) is missing; \(wanted)"))
    }
    return value(option, wanted: wanted, read)
  }

  fileprivate mutating func source(of family: IPFamily) -> (address: IPAddress, port: Port?)? {
    value(.from, wanted: "give an address of \(family), with or without a port") { text in
      let end = Endpoint(text)
      guard let address = end?.address ?? IPAddress(text), address.family == family, end?.port != 0 else {
        return nil
      }
      return (address, end?.port)
    }
  }
}

extension Mark {
  /// Reads a decimal number, or a hexadecimal one after `0x`.
  package init?(flowText text: String) {
    let value = text.hasPrefix("0x") ? UInt32(text.dropFirst(2), radix: 16) : UInt32(text)
    guard let value else { return nil }
    self.init(rawValue: value)
  }
}

extension ConntrackState {
  /// Reads one of the states of a tracked packet.
  package init?(flowText text: String) {
    let states: [String: ConntrackState] = [
      "new": .new, "established": .established, "related": .related, "invalid": .invalid,
    ]
    guard let state = states[text.lowercased()] else { return nil }
    self = state
  }
}
