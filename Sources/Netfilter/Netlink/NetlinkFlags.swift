import CNetfilter

/// The flags of a netlink message (`nlmsg_flags`, NLM_F_*).
package struct NetlinkFlags: OptionSet, Hashable, Sendable {
  package let rawValue: UInt16
  package init(rawValue: UInt16) { self.rawValue = rawValue }
  private init(_ constant: Int32) { rawValue = UInt16(truncatingIfNeeded: constant) }

  package static var request: Self { Self(NLM_F_REQUEST) }
  package static var acknowledge: Self { Self(NLM_F_ACK) }
  package static var dump: Self { Self(NLM_F_ROOT | NLM_F_MATCH) }
  package static var create: Self { Self(NLM_F_CREATE) }
  package static var exclusive: Self { Self(NLM_F_EXCL) }
  package static var append: Self { Self(NLM_F_APPEND) }
  package static var replace: Self { Self(NLM_F_REPLACE) }
  /// In an answer: what is being dumped changed meanwhile.
  package static var dumpInterrupted: Self { Self(NLM_F_DUMP_INTR) }
  /// In an error: the refused message is not repeated behind its header. Same bit as ``replace``.
  package static var capped: Self { Self(NLM_F_CAPPED) }
  /// In an error: attributes follow. Same bit as ``exclusive``.
  package static var acknowledgementAttributes: Self { Self(NLM_F_ACK_TLVS) }
}
