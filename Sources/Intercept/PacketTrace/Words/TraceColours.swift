package import TextOutput

/// Colours of the lines of a trace.
extension TextColour {
  /// The place of the packet.
  package static let heading = bold
  package static let chain = cyan
  package static let matched = green
  package static let failed = dim
  package static let uncertain = yellow
  package static let note = normal
  /// The answer.
  package static let end = bold
}
