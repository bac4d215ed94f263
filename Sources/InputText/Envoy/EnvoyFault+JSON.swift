import Intercept

extension EnvoyFault {
  /// Reads the settings of the fault filter. A delay and a status that headers of the request choose are not read.
  init(_ json: EnvoyObject) throws {
    self.init(
      abort: try json.object("abort").flatMap(EnvoyFault.Abort.init),
      delay: try json.object("delay").flatMap(EnvoyFault.Delay.init))
  }
}

extension EnvoyFault.Abort {
  /// - Returns: nil without a status. An error of gRPC has the status 200.
  fileprivate init?(_ json: EnvoyObject) throws {
    guard let status = try json.number("httpStatus") ?? (json.has("grpcStatus") ? 200 : nil) else {
      return nil
    }
    self.init(status: status, percentage: try json.object("percentage")?.percentage() ?? 0)
  }
}

extension EnvoyFault.Delay {
  /// - Returns: nil without a fixed delay.
  fileprivate init?(_ json: EnvoyObject) throws {
    guard let duration = try json.text("fixedDelay") else { return nil }
    self.init(duration: duration, percentage: try json.object("percentage")?.percentage() ?? 0)
  }
}
