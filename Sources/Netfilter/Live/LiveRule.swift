package import Intercept

/// A rule in the kernel: what it means, and what the kernel calls it.
package struct LiveRule: Hashable, Sendable {
  package let rule: Rule
  package let handle: Handle
  /// As the kernel sent it, counters and all.
  package let raw: RawRule

  package init(rule: Rule, handle: Handle, raw: RawRule) {
    self.rule = rule
    self.handle = handle
    self.raw = raw
  }
}
