extension Error {
  /// The fault of a JSON text, in one line.
  package var jsonReason: String {
    guard let error = self as? DecodingError else { return "\(self)" }
    switch error {
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      return context.place + "must be \(words(for: type))"
    case .keyNotFound(let key, let context): return context.place + "'\(key.stringValue)' is missing"
    case .dataCorrupted(let context):
      return context.codingPath.isEmpty ? "this is not valid JSON" : context.place + context.debugDescription
    @unknown default: return "\(error)"
    }
  }
}

extension DecodingError.Context {
  /// Path of the wrong value, empty for the whole text: `configs[2].listener: `.
  fileprivate var place: String {
    let path = codingPath.map { step in step.intValue.map { "[\($0)]" } ?? ".\(step.stringValue)" }.joined()
    return path.isEmpty ? "" : "\(path.first == "." ? String(path.dropFirst()) : path): "
  }
}

/// The JSON type that a value must have to be read as a Swift type.
private func words(for type: any Any.Type) -> String {
  switch type {
  case is String.Type: "a string"
  case is Bool.Type: "true or false"
  case is any FixedWidthInteger.Type: "a whole number"
  case is [Any].Type: "a list"
  case is [String: Any].Type: "an object"
  default: "a \(type)"
  }
}
