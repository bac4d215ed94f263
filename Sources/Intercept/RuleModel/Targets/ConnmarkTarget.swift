public import NetworkValues

/// `-j CONNMARK`: moves marks between a packet and its connection (`struct xt_connmark_tginfo2`).
public enum ConnmarkTarget: Hashable, Sendable {
  /// Changes the connection's mark to `(mark & ~mask) ^ value`.
  case set(MaskedMark)
  /// Copies the packet's mark, as far as `packetMask` goes, into the connection's.
  case save(packetMask: Mark = .allBits, connectionMask: Mark = .allBits)
  /// Copies the connection's mark, as far as `connectionMask` goes, into the packet's.
  case restore(packetMask: Mark = .allBits, connectionMask: Mark = .allBits)
}

extension ConnmarkTarget: DescribedExtension {
  struct Options: ExtensionOptions {
    var mark: MaskedMark?
    var isSaving = false
    var isRestoring = false
    var packetMask: Mark?
    var connectionMask: Mark?
    /// `--mask`: both masks at once.
    var bothMasks: Mark?
  }

  public static let name = "CONNMARK"
  static let syntax: [OptionSyntax<Options>] = [
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

  var options: Options {
    switch self {
    case .set(let mark): Options(mark: mark)
    case .save(let packet, let connection):
      Options(isSaving: true, packetMask: packet, connectionMask: connection)
    case .restore(let packet, let connection):
      Options(isRestoring: true, packetMask: packet, connectionMask: connection)
    }
  }

  init(_ options: Options, in context: ReadingContext) throws(ExtensionProblem) {
    let isMasked = options.packetMask ?? options.connectionMask ?? options.bothMasks != nil
    if options.bothMasks != nil, options.packetMask ?? options.connectionMask != nil {
      throw .because("'--mask' excludes '--nfmask' and '--ctmask'")
    }
    let packet = options.packetMask ?? options.bothMasks ?? .allBits
    let connection = options.connectionMask ?? options.bothMasks ?? .allBits
    switch (options.mark, options.isSaving, options.isRestoring) {
    case (let mark?, false, false) where !isMasked: self = .set(mark)
    case (_?, false, false): throw .notModelled
    case (nil, true, false): self = .save(packetMask: packet, connectionMask: connection)
    case (nil, false, true): self = .restore(packetMask: packet, connectionMask: connection)
    case (nil, false, false): throw Self.missing("--set-xmark", "--save-mark", "--restore-mark")
    default: throw .because("'-j CONNMARK' does one thing only")
    }
  }
}
