import NetworkValues

extension ArgumentSyntax where Value == PortRange {
  /// Ports of tcp and udp: `80`, `http`, `8000:8100`, `:1023`, `1024:`.
  static var ports: ArgumentSyntax {
    ArgumentSyntax(wants: "a port 0-65535") { text, context throws(ExtensionProblem) in
      guard let colon = text.utf8.firstIndex(of: .colon) else {
        return Port(text, in: context).map { PortRange($0) }
      }
      let (first, last) = (String(text[..<colon]), String(text[text.utf8.index(after: colon)...]))
      guard let lower = first.isEmpty ? 0 : Port(first, in: context),
        let upper = last.isEmpty ? 65535 : Port(last, in: context)
      else { return nil }
      return try PortRange(ordered: lower, upper)
    } write: {
      $0.text
    }
  }

  /// Ports of NAT targets: `15001`, `http`, `8000-8100`; a range takes numbers only.
  static var natPorts: ArgumentSyntax {
    ArgumentSyntax(wants: "a port 0-65535") { text, context throws(ExtensionProblem) in
      if let port = Port(text, in: context) { return PortRange(port) }
      let parts = text.split(separator: "-", omittingEmptySubsequences: false)
      guard parts.count == 2, let lower = Port(number: parts[0]), let upper = Port(number: parts[1]) else {
        return nil
      }
      return try PortRange(ordered: lower, upper)
    } write: {
      $0.rangeText
    }
  }
}

extension ArgumentSyntax where Value == [PortRange] {
  /// A list of ports and ranges of multiport; a range has both ends.
  static var portList: ArgumentSyntax {
    ArgumentSyntax(wants: "a comma-separated list of ports 0-65535") {
      text, context throws(ExtensionProblem) in
      var ranges: [PortRange] = []
      for item in text.split(separator: ",", omittingEmptySubsequences: false) {
        let ends = item.split(separator: ":", omittingEmptySubsequences: false)
        guard ends.count <= 2, let first = Port(String(ends[0]), in: context),
          let last = ends.count == 1 ? first : Port(String(ends[1]), in: context)
        else { return nil }
        if ends.count == 2, first == last { throw .wants("ranges that begin below their end") }
        ranges.append(try PortRange(ordered: first, last))
      }
      return ranges
    } write: {
      $0.map(\.text).joined(separator: ",")
    }
  }
}

extension ArgumentSyntax where Value == Port {
  /// One port, by number or name.
  static var port: ArgumentSyntax {
    ArgumentSyntax(wants: "a port 0-65535") {
      Port($0, in: $1)
    } write: {
      $0.description
    }
  }
}

extension Port {
  /// Reads a number in C's syntax.
  fileprivate init?(number text: some StringProtocol) {
    guard let number = UInt16(cText: text) else { return nil }
    self.init(rawValue: number)
  }

  /// Reads a number or the name of a service.
  fileprivate init?(_ text: String, in context: ReadingContext) {
    if let number = UInt16(cText: text) {
      self.init(rawValue: number)
    } else if let port = context.names.port(text, context.proto?.value) {
      self = port
    } else {
      return nil
    }
  }
}

extension PortRange {
  fileprivate init(ordered first: Port, _ last: Port) throws(ExtensionProblem) {
    guard let range = PortRange(from: first, to: last) else {
      throw .wants("a range of ports that begins below its end")
    }
    self = range
  }

  /// The range as NAT targets print it: `15001` or `8000-8100`.
  var rangeText: String { single.map(\.description) ?? "\(lowerBound)-\(upperBound)" }
}
