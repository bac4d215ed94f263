import NetworkValues
import RuleModel

extension Target {
  /// The statements of the corresponding native rule, without the counter.
  ///
  /// - Throws: if the target has no native form.
  func statements() throws(NativeFormError) -> [NativeStatement] {
    switch self {
    case .accept: [.accept]
    case .drop: [.drop]
    case .return: [.return]
    case .jump(let chain): [.jump(try NativeChainName(lowering: chain))]
    case .goto(let chain): [.goto(try NativeChainName(lowering: chain))]
    case .none: []
    case .redirect(let target): [try target.statement()]
    case .mark(let target): [.setMark(try target.mark.plain("-j MARK --set-xmark"))]
    case .connmark(let target): [try target.statement()]
    case .tproxy(let target): try target.statements()
    case .ct(let target): [try target.statement()]
    case .opaque(let target): throw .noForm("-j \(target.text)")
    }
  }
}

extension NativeChainName {
  /// The chain's name in Istio's native form: ISTIO_OUTPUT is istio-output, and OUTPUT output.
  ///
  /// - Throws: if the name is not an identifier of `nft`.
  init(lowering name: ChainName) throws(NativeFormError) {
    let text = String(name.text.lowercased().map { $0 == "_" ? "-" : $0 })
    let isReadable = text.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || "0123456789-./".utf8.contains(byte)
    }
    guard isReadable, text.first?.isLetter == true, let name = NativeChainName(text) else {
      throw .noForm(name.text, "the name is not an identifier of nft")
    }
    self = name
  }
}

extension RedirectTarget {
  fileprivate func statement() throws(NativeFormError) -> NativeStatement {
    guard !isRandom, !isFullyRandom else { throw .noForm(Target.redirect(self).iptablesText) }
    return .redirect(ports)
  }
}

extension ConnmarkTarget {
  fileprivate func statement() throws(NativeFormError) -> NativeStatement {
    switch self {
    case .set(let mark): return .setConnectionMark(try mark.plain("-j CONNMARK --set-xmark"))
    case .save(.allBits, .allBits): return .saveMark
    case .restore(.allBits, .allBits): return .restoreMark
    case .save, .restore: throw .noForm(Target.connmark(self).iptablesText, "only whole marks are copied")
    }
  }
}

extension TProxyTarget {
  /// The `tproxy` statement neither sets the mark nor accepts the packet, as TPROXY does: two more statements do.
  fileprivate func statements() throws(NativeFormError) -> [NativeStatement] {
    let mark = try mark.plain("-j TPROXY --tproxy-mark")
    let listener = address.bits == 0 ? nil : address
    return [.tproxy(address.family, listener, port), .setMark(mark), .accept]
  }
}

extension CTTarget {
  fileprivate func statement() throws(NativeFormError) -> NativeStatement {
    if self == .untracked { return .untrack }
    guard let zone = zone?.number, self == CTTarget(zone: zone) else {
      throw .noForm(Target.ct(self).iptablesText)
    }
    return .setZone(zone)
  }

  /// `-j CT --notrack` and nothing else.
  static var untracked: CTTarget {
    var target = CTTarget()
    target.isUntracked = true
    return target
  }
}

extension MaskedMark {
  /// The mark if it is set as a whole.
  ///
  /// - Throws: if the mask leaves bits unchanged.
  fileprivate func plain(_ name: String) throws(NativeFormError) -> Mark {
    guard mask == .allBits else { throw .noForm("\(name) \(fullText)", "only whole marks are set") }
    return value
  }
}
