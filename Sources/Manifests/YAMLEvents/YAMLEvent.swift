/// An event of a YAML stream. The corresponding C type is libyaml's `yaml_event_t`.
package struct YAMLEvent {
  package enum Kind {
    case streamEnd
    case documentStart, documentEnd
    case listStart, listEnd
    case mapStart, mapEnd
    /// A reference to an anchor: `*name`.
    case alias
    case scalar
  }

  package let kind: Kind
  /// The line on which the event starts, counted from 1.
  package let line: Int
  /// The anchor that a node defines, or that an alias refers to.
  package var anchor: String?
  /// The full tag of a node: `tag:yaml.org,2002:str`.
  package var tag: String?
  /// The text of a scalar, without quotes and escape sequences.
  package var text = ""
  /// True for a scalar without quotes, whose type its text determines.
  package var isPlain = false
}

/// A syntax error in a YAML text.
package struct YAMLSyntaxError: Error, Equatable {
  /// Counted from 1.
  package let line: Int
  /// The error in libyaml's words: `did not find expected key`.
  package let text: String

  package init(line: Int, text: String) {
    self.line = line
    self.text = text
  }
}
