/// A picture as data: boxes with rows, and arrows between them, in groups that are laid out one below the other.
public struct Graph: Hashable, Sendable {
  /// The heading, and the accessible name.
  public var title: String
  /// The content in a sentence, for readers without the picture.
  public var summary: String
  public var groups: [Group]

  public init(title: String, summary: String, groups: [Group] = []) {
    self.title = title
    self.summary = summary
    self.groups = groups
  }
}

extension Graph {
  /// Boxes that are laid out together, with the arrows between them.
  public struct Group: Hashable, Sendable {
    /// The heading; empty for a group without one.
    public var title: String
    public var nodes: [Node]
    /// The arrows. Those with an unknown end are not drawn.
    public var edges: [Edge]
    /// The label of the frame around the framed nodes; nil for no frame.
    public var frame: String?

    public init(title: String, nodes: [Node] = [], edges: [Edge] = [], frame: String? = nil) {
      self.title = title
      self.nodes = nodes
      self.edges = edges
      self.frame = frame
    }
  }

  /// A box with a title and rows.
  public struct Node: Hashable, Sendable {
    /// A name that is unique in the graph.
    public let id: String
    public var title: String
    /// A smaller line below the title; empty for none.
    public var caption: String
    public var kind: Kind
    public var rows: [Row]
    public var emphasis: Emphasis
    /// True for a node in the group's frame.
    public var isFramed: Bool
    /// True for a node in the last column.
    public var isLast: Bool

    public init(
      _ id: String, title: String, caption: String = "", kind: Kind, rows: [Row] = [],
      emphasis: Emphasis = .plain, isFramed: Bool = false, isLast: Bool = false
    ) {
      self.id = id
      self.title = title
      self.caption = caption
      self.kind = kind
      self.rows = rows
      self.emphasis = emphasis
      self.isFramed = isFramed
      self.isLast = isLast
    }

    public enum Kind: String, Hashable, Sendable {
      /// A chain that a hook calls.
      case hook
      /// A chain that rules call.
      case chain
      /// An outcome: a redirection, a drop.
      case end
      case process
      /// A peer outside the pod.
      case outside
    }
  }

  /// A line in a box.
  public struct Row: Hashable, Sendable {
    /// The number or port at the beginning of the line; empty for none.
    public var label: String
    public var text: String
    /// An explanation that a pointer reveals.
    public var note: String?
    /// The numbers of the steps of a path here; empty off the path.
    public var badge: String
    /// A name by which other parts of a page refer to the row.
    public var key: String?
    public var emphasis: Emphasis

    public init(
      _ label: String = "", _ text: String, note: String? = nil, badge: String = "", key: String? = nil,
      emphasis: Emphasis = .plain
    ) {
      self.label = label
      self.text = text
      self.note = note
      self.badge = badge
      self.key = key
      self.emphasis = emphasis
    }
  }

  /// An arrow.
  public struct Edge: Hashable, Sendable {
    public var from: End
    public var to: End
    public var label: String
    public var emphasis: Emphasis

    public init(from: End, to: End, label: String = "", emphasis: Emphasis = .plain) {
      self.from = from
      self.to = to
      self.label = label
      self.emphasis = emphasis
    }
  }

  /// An end of an arrow: a box, or a row of it.
  public struct End: Hashable, Sendable {
    public let node: String
    /// The row's index; nil for the box.
    public let row: Int?

    public init(_ node: String, row: Int? = nil) {
      self.node = node
      self.row = row
    }
  }

  public enum Emphasis: String, Hashable, Sendable {
    case plain
    /// On the path.
    case path
    /// Beside the path.
    case faded
    /// Wrong, or the cause of a problem.
    case problem
  }
}
