public import NetworkValues

/// `-j MARK`: changes the packet's mark to `(mark & ~mask) ^ value`.
///
/// The corresponding C type is `struct xt_mark_tginfo2`.
public struct MarkTarget: Hashable, Sendable {
  public var mark: MaskedMark

  /// Sets the bits of the mask to the value.
  public init(set mark: MaskedMark) {
    self.mark = mark
  }
}

extension MarkTarget: DescribedExtension {
  struct Arguments: ExtensionArguments {
    var mark: MaskedMark?
  }

  public static let name = "MARK"
  static let syntax: [OptionSyntax<Arguments>] = [
    .value("--set-xmark", in: \.mark, as: .markAndMask),
    .reading("--set-mark", in: \.mark, as: .setMark),
    .reading("--and-mark", in: \.mark, as: .andMark),
    .reading("--or-mark", in: \.mark, as: .orMark),
    .reading("--xor-mark", in: \.mark, as: .xorMark),
  ]

  var arguments: Arguments { Arguments(mark: mark) }

  init(_ arguments: Arguments, in context: ReadingContext) throws(ExtensionProblem) {
    guard let mark = arguments.mark else { throw Self.missing("--set-mark", "--set-xmark") }
    self.mark = mark
  }
}

/// `-j CONNMARK`: changes the connection's mark, or copies marks between a packet and its connection.
///
/// The corresponding C type is `struct xt_connmark_tginfo2`.
public enum ConnmarkTarget: Hashable, Sendable {
  /// Changes the connection's mark to `(mark & ~mask) ^ value`.
  case set(MaskedMark)
  /// Copies the bits of `packetMask` of the packet's mark to the connection's mark.
  case save(packetMask: Mark = .allBits, connectionMask: Mark = .allBits)
  /// Copies the bits of `connectionMask` of the connection's mark to the packet's mark.
  case restore(packetMask: Mark = .allBits, connectionMask: Mark = .allBits)
}

extension ConnmarkTarget: DescribedExtension {
  struct Arguments: ExtensionArguments {
    var mark: MaskedMark?
    var isSaving = false
    var isRestoring = false
    var packetMask: Mark?
    var connectionMask: Mark?
    /// `--mask`: both masks.
    var bothMasks: Mark?
  }

  public static let name = "CONNMARK"
  static let syntax: [OptionSyntax<Arguments>] = [
    .value("--set-xmark", in: \.mark, as: .markAndMask),
    .flag("--save-mark", in: \.isSaving),
    .flag("--restore-mark", in: \.isRestoring),
    .value("--nfmask", in: \.packetMask, as: .mark),
    .value("--ctmask", in: \.connectionMask, as: .mark),
    .reading("--mask", in: \.bothMasks, as: .mark),
    .reading("--set-mark", in: \.mark, as: .setMark),
    .reading("--and-mark", in: \.mark, as: .andMark),
    .reading("--or-mark", in: \.mark, as: .orMark),
    .reading("--xor-mark", in: \.mark, as: .xorMark),
  ]

  var arguments: Arguments {
    switch self {
    case .set(let mark): Arguments(mark: mark)
    case .save(let packet, let connection):
      Arguments(isSaving: true, packetMask: packet, connectionMask: connection)
    case .restore(let packet, let connection):
      Arguments(isRestoring: true, packetMask: packet, connectionMask: connection)
    }
  }

  init(_ arguments: Arguments, in context: ReadingContext) throws(ExtensionProblem) {
    let isMasked = arguments.packetMask ?? arguments.connectionMask ?? arguments.bothMasks != nil
    if arguments.bothMasks != nil, arguments.packetMask ?? arguments.connectionMask != nil {
      throw .because("'--mask' excludes '--nfmask' and '--ctmask'")
    }
    let packet = arguments.packetMask ?? arguments.bothMasks ?? .allBits
    let connection = arguments.connectionMask ?? arguments.bothMasks ?? .allBits
    switch (arguments.mark, arguments.isSaving, arguments.isRestoring) {
    case (let mark?, false, false) where !isMasked: self = .set(mark)
    case (_?, false, false): throw .notModelled
    case (nil, true, false): self = .save(packetMask: packet, connectionMask: connection)
    case (nil, false, true): self = .restore(packetMask: packet, connectionMask: connection)
    case (nil, false, false): throw Self.missing("--set-xmark", "--save-mark", "--restore-mark")
    case (_?, true, _), (_?, _, true), (nil, true, true):
      throw .because("'-j CONNMARK' takes one of --set-xmark, --save-mark, --restore-mark")
    }
  }
}
