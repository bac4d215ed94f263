import NetworkValues

/// A text with rules as people have it, decoded and without logs, prompts and markup around the rules.
public struct PastedText: Sendable {
  private let decoded: [UInt8]
  private let lines: NumberedLines
  /// The remark about a text with the rules of several pods.
  private let podRemark: String?
  /// The listing of nf_tables in the text; nil if it is of iptables.
  private let nftSource: NftSource?
  private static let diffRemark = "the text is a diff: its new side is read"

  /// - Parameter bytes: the file: UTF-8 or UTF-16.
  public init(_ bytes: [UInt8]) {
    decoded = TextDecoding.utf8(bytes)
    let isObject = decoded.first { !$0.isWhitespace } == UInt8(ascii: "{")
    let json = isObject ? NftSource(json: String(decoding: decoded, as: UTF8.self)) : nil
    let pods = json == nil ? LineUnwrapper.lines(decoded) : PodLines(NumberedLines(of: []))
    (lines, podRemark) = (pods.lines, pods.remark)
    nftSource = json ?? NftSource(lines, isCut: decoded.last != .newline)
  }

  /// The output of `nft list ruleset` or `nft -j list ruleset` in the text, and its form; nil if there is none.
  public var nftListing: (text: String, form: RulesForm)? { nftSource.map { ($0.text, $0.form) } }

  /// The form of the listing of nf_tables and the parts that are left out; nil if there is none.
  public var nftReport: RulesReport? {
    var report = nftSource?.report
    report?.remarks += remarks
    return report
  }

  /// Remarks about the text as a whole.
  private var remarks: [String] {
    (DiffText.isDiff(decoded) ? [Self.diffRemark] : []) + [podRemark].compactMap(\.self)
  }

  /// Reads rules of iptables.
  ///
  /// - Throws: an error if the text contains neither rules nor the comments of an empty dump, or a rule is wrong.
  public func rules(_ options: RulesText.Options) throws(RulesTextError) -> RulesText {
    if let nftSource { throw .unsupported(nftSource.form) }
    guard lines.count < LineUnwrapper.maximumLines else {
      throw .tables("the text has more than \(LineUnwrapper.maximumLines - 1) lines")
    }
    if decoded.starts(with: Array("{\"schemaVersion\"".utf8)) {
      throw .tables("this is a JSON answer of istio-iptables-swift; give rules as iptables-save prints them")
    }
    let cut = CutLine(of: lines, in: decoded)
    let builder: SectionBuilder
    do throws(IptablesSyntaxError) {
      builder = try SectionBuilder(lines, isCut: cut != nil)
    } catch {
      throw .syntax(error, .save)
    }
    var assembly = RulesAssembly(builder, options)
    assembly.lastLine = lines.last { !$0.text.isEmpty }?.number
    assembly.endsInLine = decoded.last != .newline
    assembly.cutLine = cut?.number
    remarks.forEach { assembly.remark($0) }
    return try assembly.rules()
  }
}
