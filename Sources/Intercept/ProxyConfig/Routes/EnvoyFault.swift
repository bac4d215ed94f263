/// Requests that are delayed, or ended with a status.
///
/// The corresponding message is `envoy.extensions.filters.http.fault.v3.HTTPFault`.
public struct EnvoyFault: Hashable, Sendable {
  public var abort: Abort?
  public var delay: Delay?

  /// The corresponding message is `envoy.extensions.filters.http.fault.v3.FaultAbort`.
  public struct Abort: Hashable, Sendable {
    public var status: Int
    /// Share of the requests, in percent.
    public var percentage: Double

    public init(status: Int, percentage: Double) {
      self.status = status
      self.percentage = percentage
    }
  }

  /// The corresponding message is `envoy.extensions.filters.common.fault.v3.FaultDelay`.
  public struct Delay: Hashable, Sendable {
    /// The duration with its unit: `5s`.
    public var duration: String
    /// Share of the requests, in percent.
    public var percentage: Double

    public init(duration: String, percentage: Double) {
      self.duration = duration
      self.percentage = percentage
    }
  }

  public init(abort: Abort?, delay: Delay?) {
    self.abort = abort
    self.delay = delay
  }
}

extension EnvoyFault.Delay {
  /// The delay in one sentence; nil if no request is delayed.
  var reason: String? {
    guard percentage > 0 else { return nil }
    let flag = "the access log has DI"
    return percentage >= 100
      ? "a fault delays every request by \(duration); \(flag)"
      : "a fault may delay the request by \(duration), as it does \(percentage) % of the requests; then \(flag)"
  }
}

extension EnvoyFault.Abort {
  /// The abort in one sentence; nil if no request is ended.
  var reason: String? {
    percentage > 0 ? "a fault ends \(percentage) % of the requests with status \(status)" : nil
  }
}
