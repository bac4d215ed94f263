import NetworkValues
import RuleModel

/// What TPROXY puts in mangle's built-in chains: the mark of a connection is kept, given back to the proxy's
/// packets, and a self-call through lo is marked as one.
enum KnownTProxyRules {
  static func include(_ meaning: NormalizedRule, at position: Position) -> Bool {
    guard position.table == .mangle, meaning.conditions.contains(.proto(.is(.tcp))) else { return false }
    return switch position.hook {
    case .prerouting: savesMark(meaning)
    case .output: restoresMark(meaning) || sparesMarked(meaning) || marksSelfCall(meaning)
    case .input, .forward, .postrouting: false
    }
  }

  /// `-p tcp -m mark --mark 0x539 -j CONNMARK --save-mark`.
  private static func savesMark(_ meaning: NormalizedRule) -> Bool {
    meaning.target == .connmark(.save()) && meaning.fields == [.proto, .mark]
  }

  /// `-p tcp -m connmark --mark 0x539 -j CONNMARK --restore-mark`.
  private static func restoresMark(_ meaning: NormalizedRule) -> Bool {
    meaning.target == .connmark(.restore()) && meaning.fields == [.proto, .connmark]
  }

  /// `-o lo -p tcp -m mark --mark 0x539 -j RETURN`.
  private static func sparesMarked(_ meaning: NormalizedRule) -> Bool {
    meaning.target == .return && meaning.fields == [.outInterface, .proto, .mark]
      && meaning.conditions.contains(.outInterface(.is(.loopback)))
  }

  /// `! -d 127.0.0.1/32 -o lo -p tcp -m owner --uid-owner 1337 -j MARK --set-xmark 0x53a/0xffffffff`.
  private static func marksSelfCall(_ meaning: NormalizedRule) -> Bool {
    guard case .mark = meaning.target, meaning.conditions.contains(.outInterface(.is(.loopback))) else {
      return false
    }
    let others = meaning.fields.subtracting([.outInterface, .proto, .destination])
    return others == .user || others == .group
  }
}
