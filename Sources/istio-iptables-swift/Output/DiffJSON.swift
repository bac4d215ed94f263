import Netfilter

/// Differences as JSON: the answer of `diff --format json`.
struct DiffJSON: Encodable {
  /// An object for each family, and one for the native form if it differs.
  let families: InterceptionDiff
}
