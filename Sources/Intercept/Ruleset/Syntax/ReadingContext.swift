/// What the meaning of an option depends on besides its own words.
struct ReadingContext: Sendable {
  let family: IPFamily
  let names: NameResolver
  /// What the rule says with `-p`, as far as it is known.
  var proto: Condition<IPProtocol>?
}
