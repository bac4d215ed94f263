package import NetworkValues

/// What the meaning of an option depends on besides its own words.
package struct ReadingContext: Sendable {
  private let surroundings: Surroundings
  /// What the rule says with `-p`, as far as it is known.
  package var proto: Condition<IPProtocol>?

  package init(family: IPFamily, names: NameResolver) {
    surroundings = Surroundings(family: family, names: names)
  }

  package var family: IPFamily { surroundings.family }
  package var names: NameResolver { surroundings.names }

  /// The same for all rules: shared, since a context is made for each of them.
  private final class Surroundings: Sendable {
    package let family: IPFamily
    package let names: NameResolver

    init(family: IPFamily, names: NameResolver) {
      self.family = family
      self.names = names
    }
  }
}
