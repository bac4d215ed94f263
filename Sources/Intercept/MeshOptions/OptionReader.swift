import NetworkValues
import TextOutput

/// Reads options into values and collects every mistake on the way, so that all of them can be told at once.
///
/// A reading that fails gives a harmless value; nobody may use any value before `finish` has passed.
public struct OptionReader {
  public let options: Options
  private var problems: [OptionProblem] = []
  /// What is not wrong and probably not meant.
  public private(set) var warnings: [String] = []

  public init(_ options: Options) {
    self.options = options
  }

  public mutating func complain(_ problem: OptionProblem) {
    problems.append(problem)
  }

  /// Warns about an option, by the name the user gave it.
  mutating func warn(_ option: OptionName, _ text: String) {
    warnings.append("\(options[option]?.name ?? option.rawValue): \(text)")
  }

  /// Ends the reading.
  ///
  /// - Throws: `InvalidOptions` with every mistake.
  public func finish() throws(InvalidOptions) {
    guard problems.isEmpty else { throw InvalidOptions(problems: problems) }
  }

  /// The option's value by a reading of its text; nil if it was not given or is wrong.
  ///
  /// - Parameter wanted: What would be right, for the message.
  mutating func value<Value>(
    _ option: OptionName, wanted: @autoclosure () -> String, _ read: (String) -> Value?
  ) -> Value? {
    guard let given = options[option] else { return nil }
    let text = given.text.trimmingBlanks()
    guard let value = read(text) else {
      complain(OptionProblem(given, text.isEmpty ? "nothing is given; \(wanted())" : wanted()))
      return nil
    }
    return value
  }

  /// The items of a comma list; empty ones are passed over, as Istio does.
  ///
  /// - Parameters:
  ///   - what: What an item is not, if it is wrong: `a port`.
  ///   - wanted: What would be right, for the message.
  ///   - explain: What is wrong with an item, where more can be said about it.
  mutating func list<Value>(
    _ option: OptionName, of what: String, wanted: @autoclosure () -> String,
    explain: (String) -> String? = { _ in nil },
    _ read: (String) -> Value?
  ) -> [Value] {
    guard let given = options[option] else { return [] }
    return given.items.compactMap { item in
      if let value = read(item) { return value }
      let complaint = explain(item) ?? "is not \(what); \(wanted())"
      complain(OptionProblem(given, "\(item.quotedForMessage) \(complaint)"))
      return nil
    }
  }

  /// A list that may be `*` instead; the star must stand alone.
  ///
  /// - Returns: nil for the star.
  mutating func listOrStar<Value>(
    _ option: OptionName, of what: String, wanted: @autoclosure () -> String,
    explain: (String) -> String? = { _ in nil },
    _ read: (String) -> Value?
  ) -> [Value]? {
    guard let given = options[option], given.items.contains("*") else {
      return list(option, of: what, wanted: wanted() + ", or *", explain: explain, read)
    }
    if given.items.count > 1 {
      complain(OptionProblem(given, "'*' stands among others; give * alone, or leave it out"))
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
