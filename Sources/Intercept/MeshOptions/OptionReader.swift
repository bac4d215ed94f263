import NetworkValues
import TextOutput

/// Reads options into values and collects every mistake, so that all of them are reported at once.
///
/// A failed reading returns a harmless value. No value may be used before `finish` has passed.
public struct OptionReader {
  public let options: Options
  private var problems: [OptionProblem] = []
  /// Warnings: valid settings that are probably mistakes.
  public private(set) var warnings: [String] = []

  public init(_ options: Options) {
    self.options = options
  }

  /// True if no mistake was found so far.
  package var isClean: Bool { problems.isEmpty }

  /// Reports a mistake; one that is found twice counts once.
  public mutating func complain(_ problem: OptionProblem) {
    if !problems.contains(problem) { problems.append(problem) }
  }

  /// Reports a mistake in one option.
  package mutating func complain(_ option: OptionName, _ text: String) {
    complain(OptionProblem("\(options[option]?.name ?? option.spelling): \(text)"))
  }

  /// Warns about an option, by the name the user gave it.
  package mutating func warn(_ option: OptionName, _ text: String) {
    warnings.append("\(options[option]?.name ?? option.spelling): \(text)")
  }

  /// Ends the reading.
  ///
  /// - Throws: `InvalidOptions` with every mistake.
  public func finish() throws(InvalidOptions) {
    guard problems.isEmpty else { throw InvalidOptions(problems: problems) }
  }

  /// The option's value by a reading of its text; nil if it was not given or is wrong.
  ///
  /// - Parameter wanted: The fix, for the message.
  package mutating func value<Value>(
    _ option: OptionName, wanted: @autoclosure () -> String, _ read: (String) -> Value?
  ) -> Value? {
    options[option].flatMap { value($0, wanted(), read) }
  }

  /// The values of a repeated option.
  package mutating func values<Value>(
    _ option: OptionName, wanted: @autoclosure () -> String, _ read: (String) -> Value?
  ) -> [Value] {
    options.all(option).compactMap { value($0, wanted(), read) }
  }

  private mutating func value<Value>(
    _ given: Options.Given, _ wanted: @autoclosure () -> String, _ read: (String) -> Value?
  ) -> Value? {
    let text = given.text.trimmingBlanks()
    guard let value = read(text) else {
      complain(OptionProblem(given, text.isEmpty ? "nothing is given; \(wanted())" : wanted()))
      return nil
    }
    return value
  }

  /// The items of a comma list; empty ones are skipped, as Istio does.
  ///
  /// The message names the first wrong item, with its position, and the number of other wrong ones.
  ///
  /// - Parameters:
  ///   - what: The kind of item: `a port`.
  ///   - wanted: The fix, for the message.
  ///   - explain: A more exact complaint about an item, if there is one.
  mutating func list<Value>(
    _ option: OptionName, of what: String, wanted: @autoclosure () -> String,
    explain: (String) -> String? = { _ in nil },
    _ read: (String) -> Value?
  ) -> [Value] {
    guard let given = options[option] else { return [] }
    let items = given.items
    var wrong: [(position: Int, item: String)] = []
    let values = items.enumerated().compactMap { position, item in
      let value = read(item)
      if value == nil { wrong.append((position + 1, item)) }
      return value
    }
    if let first = wrong.first {
      let place = items.count > 1 ? " (item \(first.position) of \(items.count))" : ""
      let complaint = explain(first.item) ?? "is not \(what); \(wanted())"
      let others = wrong.count > 1 ? "; \(wrong.count - 1) more wrong" : ""
      complain(OptionProblem("\(given.name): \(first.item.quotedForMessage)\(place) \(complaint)\(others)"))
    }
    return values
  }

  /// A list that may be `*` instead; the star must be the only item.
  ///
  /// - Returns: nil for the star.
  mutating func listOrStar<Value>(
    _ option: OptionName, of what: String, wanted: @autoclosure () -> String,
    explain: (String) -> String? = { _ in nil },
    _ read: (String) -> Value?
  ) -> [Value]? {
    guard let given = options[option], case let items = given.items, let star = items.firstIndex(of: "*")
    else {
      return list(option, of: what, wanted: wanted() + ", or *", explain: explain, read)
    }
    if items.count > 1 {
      complain(
        OptionProblem(
          "\(given.name): '*' (item \(star + 1) of \(items.count)) is not alone; give * alone, or leave it out"
        ))
    }
    return nil
  }
}

extension Options.Given {
  /// The parts between commas, without blanks around them; empty ones left out.
  package var items: [String] {
    Array(text.utf8).split(separator: UInt8(ascii: ","))
      .map { String(decoding: $0.trimmingBlanks(), as: UTF8.self) }.filter { !$0.isEmpty }
  }
}
