/// What the meaning of an option depends on besides its own words.
struct ReadingContext: Sendable {
  private let surroundings: Surroundings
  /// What the rule says with `-p`, as far as it is known.
  var proto: Condition<IPProtocol>?

  init(family: IPFamily, names: NameResolver) {
    surroundings = Surroundings(family: family, names: names)
  }

  var family: IPFamily { surroundings.family }
  var names: NameResolver { surroundings.names }

  /// The same for all rules: shared, since a context is made for each of them.
  private final class Surroundings: Sendable {
    let family: IPFamily
    let names: NameResolver

    init(family: IPFamily, names: NameResolver) {
      self.family = family
      self.names = names
    }
  }
}
