/// The texts in which listeners come: an array of them, one alone, or a dump with sections of every kind.
struct EnvoyDumpJSON: Decodable {
  let listeners: [EnvoyListenerJSON]

  private enum Keys: String, CodingKey {
    case configs, staticListeners, dynamicListeners, dynamicActiveListeners, address, filterChains
  }

  init(from decoder: any Decoder) throws {
    guard let container = try? decoder.container(keyedBy: Keys.self) else {
      listeners = try [EnvoyListenerJSON](from: decoder)
      return
    }
    let keys = Set(container.allKeys)
    if keys.contains(.configs) {
      listeners = try container.decode([EnvoySectionJSON].self, forKey: .configs).flatMap(\.listeners)
    } else if !keys.isDisjoint(with: [.staticListeners, .dynamicListeners, .dynamicActiveListeners]) {
      listeners = try EnvoySectionJSON(from: decoder).listeners
    } else if !keys.isEmpty {
      listeners = [try EnvoyListenerJSON(from: decoder)]
    } else {
      throw MalformedEnvoy("neither an array of listeners nor a dump with 'configs'")
    }
  }
}

/// A section of a dump; those that are about something else have no listeners.
private struct EnvoySectionJSON: Decodable {
  let staticListeners: [Entry]?
  let dynamicListeners: [Entry]?
  /// In dumps of older releases.
  let dynamicActiveListeners: [Entry]?

  /// A listener with its history; only one that is active takes connections.
  struct Entry: Decodable {
    let listener: EnvoyListenerJSON?
    let activeState: State?
  }

  struct State: Decodable {
    let listener: EnvoyListenerJSON?
  }

  var listeners: [EnvoyListenerJSON] {
    [staticListeners, dynamicListeners, dynamicActiveListeners].compactMap(\.self).joined()
      .compactMap { $0.activeState?.listener ?? $0.listener }
  }
}
