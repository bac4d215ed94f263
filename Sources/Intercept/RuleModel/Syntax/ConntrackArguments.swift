import NetworkValues

extension ArgumentSyntax where Value == ConntrackState {
  /// The states that `-m state` knows.
  static var trackingStates: ArgumentSyntax {
    states(
      [
        (.invalid, "INVALID"), (.new, "NEW"), (.established, "ESTABLISHED"), (.related, "RELATED"),
        (.untracked, "UNTRACKED"),
      ], wants: "states, such as RELATED,ESTABLISHED")
  }

  /// Those, and whether an address was translated.
  static var connectionStates: ArgumentSyntax {
    states(
      [
        (.invalid, "INVALID"), (.new, "NEW"), (.established, "ESTABLISHED"), (.related, "RELATED"),
        (.untracked, "UNTRACKED"), (.sourceTranslated, "SNAT"), (.destinationTranslated, "DNAT"),
      ], wants: "states, such as RELATED,ESTABLISHED")
  }

  private static func states(_ names: [(value: ConntrackState, name: String)], wants: String)
    -> ArgumentSyntax
  {
    ArgumentSyntax(reader: .names(names, wants: wants)) { $0.description }
  }
}

extension ArgumentSyntax where Value == ConntrackStatus {
  static var connectionStatus: ArgumentSyntax {
    let names: [(value: ConntrackStatus, name: String)] = [([], "NONE")] + ConntrackStatus.names
    return ArgumentSyntax(reader: .names(names, wants: "NONE or EXPECTED,SEEN_REPLY,ASSURED,CONFIRMED")) {
      $0.description
    }
  }
}

extension ArgumentSyntax where Value == ConntrackDirection {
  static var connectionDirection: ArgumentSyntax {
    ArgumentSyntax(wants: "ORIGINAL or REPLY") { text, _ in
      ConntrackDirection(rawValue: text.uppercased())
    } write: {
      $0.rawValue
    }
  }
}

extension ArgumentSyntax where Value == IPProtocol {
  /// A protocol by number or name, printed as a number.
  static var protocolNumber: ArgumentSyntax {
    ArgumentSyntax(wants: "a protocol's name or number 1-255") { text, context in
      IPProtocol(text, names: context.names).flatMap { $0.rawValue == 0 ? nil : $0 }
    } write: {
      String($0.rawValue)
    }
  }
}

extension ArgumentSyntax where Value == ClosedRange<UInt32> {
  /// A number of seconds, or a range of numbers: `60`, `60:3600`, `:60`, `60:`.
  static var seconds: ArgumentSyntax {
    ArgumentSyntax(wants: "a number 0-4294967295 or a range 60:3600") { text, _ in
      let ends = text.split(separator: ":", omittingEmptySubsequences: false)
      guard ends.count <= 2, let first = ends[0].isEmpty ? 0 : UInt32(cText: ends[0]) else { return nil }
      guard ends.count == 2 else { return first...first }
      guard let last = ends[1].isEmpty ? .max : UInt32(cText: ends[1]), first <= last else { return nil }
      return first...last
    } write: {
      $0.lowerBound == $0.upperBound ? String($0.lowerBound) : "\($0.lowerBound):\($0.upperBound)"
    }
  }
}
