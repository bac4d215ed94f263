import MeshRules

extension Guess: Encodable {
  enum CodingKeys: String, CodingKey {
    case releases, arguments, environment, commandLine, complete, leftovers
  }

  /// Writes `{"releases": {"first": "1.14", "last": "1.17"}, "arguments": […], "environment": {…},
  /// "commandLine": "…", "complete": true, "leftovers": […]}`.
  public func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    let span = ["first": releases.lowerBound.description, "last": releases.upperBound.description]
    try object.encode(span, forKey: .releases)
    try object.encode(arguments, forKey: .arguments)
    let variables = Dictionary(environment.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    try object.encode(variables, forKey: .environment)
    try object.encode(commandLine, forKey: .commandLine)
    try object.encode(isComplete, forKey: .complete)
    try object.encode(leftovers, forKey: .leftovers)
  }
}
