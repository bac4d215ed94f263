/// A place in a packet's way through the kernel where chains are called (`NF_INET_*`).
public enum Hook: String, Hashable, Sendable, CaseIterable {
  case prerouting = "PREROUTING"
  case input = "INPUT"
  case forward = "FORWARD"
  case output = "OUTPUT"
  case postrouting = "POSTROUTING"
}
