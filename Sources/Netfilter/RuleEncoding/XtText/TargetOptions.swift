import CNetfilter
import Intercept
import NFTables
import Netlink

extension OpaqueTarget {
  /// A target of x_tables that the rule model does not have, as `iptables-save` prints it.
  init(_ xt: XtExtension, _ family: IPFamily) {
    if let known = OpaqueTarget(translation: xt, family) ?? OpaqueTarget(rejection: xt, family)
      ?? OpaqueTarget(alias: xt)
    {
      self = known
    } else {
      let fields = XtFields(bytes: xt.info, family: family)
      self.init(xt.iptablesText(fields.targetOptions(xt.name, xt.revision)))
    }
  }

  /// NOTRACK, which is `CT --notrack` with the flag of the other name; nil for other targets.
  private init?(alias xt: XtExtension) {
    guard xt.name == CTTarget.name, let info = unsafe xt.info.xt(xt_ct_target_info_v1.self),
      unsafe Int(info.flags) & XT_CT_NOTRACK_ALIAS != 0
    else { return nil }
    self.init("NOTRACK")
  }

  /// The expression `log` with a group, as iptables-nft writes it for NFLOG; nil for other expressions.
  init?(log: UnknownExpression) {
    // NFTA_LOG_GROUP, NFTA_LOG_PREFIX, NFTA_LOG_SNAPLEN, NFTA_LOG_QTHRESHOLD.
    guard log.name == "log", let data = try? AttributeTable(log.data[...]), let group = data[1]?.big16 else {
      return nil
    }
    let prefix = data[2].map { XtWords.option("nflog-prefix", XtWords.quoted($0.string)) }
    let size = data[3]?.big32.map { XtWords.option("nflog-size", "\($0)") }
    let threshold = (data[4]?.big16).flatMap { $0 == 0 ? nil : XtWords.option("nflog-threshold", "\($0)") }
    let number = group == 0 ? nil : XtWords.option("nflog-group", "\(group)")
    self.init((["NFLOG"] + [prefix, number, size, threshold].compactMap(\.self)).joined(separator: " "))
  }
}

extension XtFields {
  /// The options of a target; nil if they are not known.
  fileprivate func targetOptions(_ name: String, _ revision: UInt32) -> [String]? {
    switch (name, revision) {
    case ("LOG", 0): log
    case ("NFLOG", 0): groupLog
    case ("TCPMSS", 0): half(0) == .max ? ["--clamp-mss-to-pmtu"] : [XtWords.option("set-mss", "\(half(0))")]
    case ("DSCP", 0): [XtWords.option("set-dscp", "0x" + XtWords.hexadecimal(byte(0), digits: 2))]
    case ("TOS", 1):
      [
        XtWords.option(
          "set-tos",
          "0x\(XtWords.hexadecimal(byte(0), digits: 2))/0x\(XtWords.hexadecimal(byte(1), digits: 2))")
      ]
    case ("ECN", 0): byte(0) == 0x30 ? ["--ecn-tcp-remove"] : nil
    case ("CLASSIFY", 0):
      [
        XtWords.option(
          "set-class",
          "\(XtWords.hexadecimal(word(0) >> 16, digits: 4)):\(XtWords.hexadecimal(word(0) & 0xffff, digits: 4))"
        )
      ]
    case ("NFQUEUE", 0...3): queue(revision)
    case ("TTL", 0): hopLimit("ttl")
    case ("HL", 0): hopLimit("hl")
    case ("TEE", 1): copy
    case ("AUDIT", 0):
      byte(0) < 3 ? [XtWords.option("type", ["accept", "drop", "reject"][Int(byte(0))])] : nil
    case ("CHECKSUM", 0): ["--checksum-fill"]
    default: bytes.isEmpty ? [] : nil
    }
  }

  /// `struct xt_log_info`.
  private var log: [String] {
    let names = ["log-tcp-sequence", "log-tcp-options", "log-ip-options", "log-uid", "", "log-macdecode"]
    let flags = names.enumerated().filter { byte(1) & 1 << UInt8($0.offset) != 0 && !$0.element.isEmpty }
    let prefix = string(2, 30)
    return [
      prefix.isEmpty ? "" : XtWords.option("log-prefix", XtWords.quoted(prefix)),
      byte(0) == 4 ? "" : XtWords.option("log-level", "\(byte(0))"),
    ] + flags.map { XtWords.option($0.element) }
  }

  /// `struct xt_nflog_info`.
  private var groupLog: [String] {
    let prefix = string(12, 64)
    return [
      prefix.isEmpty ? "" : XtWords.option("nflog-prefix", XtWords.quoted(prefix)),
      half(4) == 0 ? "" : XtWords.option("nflog-group", "\(half(4))"),
      word(0) == 0 || byte(8) & 1 == 0 ? "" : XtWords.option("nflog-size", "\(word(0))"),
      half(6) <= 1 ? "" : XtWords.option("nflog-threshold", "\(half(6))"),
    ]
  }

  /// `struct xt_NFQ_info_v3` and its predecessors, which begin alike.
  private func queue(_ revision: UInt32) -> [String] {
    let (first, count) = (half(0), revision == 0 ? 1 : half(2))
    let flags = revision < 2 ? 0 : half(4)
    return [
      count > 1
        ? XtWords.option("queue-balance", "\(first):\(UInt32(first) + UInt32(count) - 1)")
        : XtWords.option("queue-num", "\(first)"),
      flags & 1 != 0 ? "--queue-bypass" : "", flags & 2 != 0 ? "--queue-cpu-fanout" : "",
    ]
  }

  /// `struct ipt_TTL_info`, `struct ip6t_HL_info`.
  private func hopLimit(_ name: String) -> [String]? {
    let changes = ["set", "inc", "dec"]
    return byte(0) < 3 ? [XtWords.option("\(name)-\(changes[Int(byte(0))])", "\(byte(1))")] : nil
  }

  /// `struct xt_tee_tginfo`.
  private var copy: [String] {
    let interface = string(16, 16)
    return [
      XtWords.option("gateway", "\(address(0))"), interface.isEmpty ? "" : XtWords.option("oif", interface),
    ]
  }
}
