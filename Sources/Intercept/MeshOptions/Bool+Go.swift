extension Bool {
  /// Reads a truth value as Go's `strconv.ParseBool` does.
  package init?(goText text: String) {
    switch text {
    case "1", "t", "T", "TRUE", "true", "True": self = true
    case "0", "f", "F", "FALSE", "false", "False": self = false
    default: return nil
    }
  }
}
