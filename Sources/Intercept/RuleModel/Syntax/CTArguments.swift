import NetworkValues

extension ArgumentSyntax where Value == ConntrackEvents {
  static var events: ArgumentSyntax {
    let names = ConntrackEvents.names
    return ArgumentSyntax(reader: .names(names, isExact: true, wants: "events, such as new,destroy")) {
      events in
      names.filter { events.contains($0.value) }.map(\.name).joined(separator: ",")
    }
  }
}

extension ArgumentSyntax where Value == ConntrackExpectationEvents {
  static var events: ArgumentSyntax {
    ArgumentSyntax(reader: .names(ConntrackExpectationEvents.names, isExact: true, wants: "the event 'new'"))
    {
      _ in "new"
    }
  }
}

extension ArgumentSyntax where Value == ConntrackZoneChoice.ID {
  /// A zone's number, or `mark` for the one that the packet's mark names.
  static var zone: ArgumentSyntax {
    ArgumentSyntax(wants: "a zone 0-65535 or 'mark'") { text, _ in
      if text.lowercased() == "mark" { return .packetMark }
      return UInt16(cText: text).map { .number(ConntrackZone(rawValue: $0)) }
    } write: {
      switch $0 {
      case .number(let zone): zone.description
      case .packetMark: "mark"
      }
    }
  }
}

extension ArgumentSyntax where Value == ConntrackObjectName {
  /// A name; one that is longer than the kernel's field, or would change a line's shape, is not modelled.
  static func objectName(limit: Int) -> ArgumentSyntax {
    ArgumentSyntax(wants: "a name") { text, _ throws(ExtensionProblem) in
      guard text.utf8.count <= limit, let name = ConntrackObjectName(text) else { throw .notModelled }
      return name
    } write: {
      $0.description
    }
  }
}
