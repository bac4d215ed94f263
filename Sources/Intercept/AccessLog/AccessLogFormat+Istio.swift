/// The formats that Istio's proxies have without `accessLogFormat`.
extension AccessLogFormat {
  /// Formats that are recognised without `--log-format`, the newest first.
  public static let known: [AccessLogFormat] = [
    standard(
      "Istio 1.9 to 1.30",
      "%RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% \"%UPSTREAM_TRANSPORT_FAILURE_REASON%\" "
        + common),
    standard(
      "Istio 1.5 to 1.7",
      "\"%DYNAMIC_METADATA(istio.mixer:status)%\" \"%UPSTREAM_TRANSPORT_FAILURE_REASON%\" " + common),
    standard("Istio 1.8", "\"%UPSTREAM_TRANSPORT_FAILURE_REASON%\" " + common),
    standard("Envoy's default", request),
    AccessLogFormat(name: "JSON with Istio's keys", shape: .json(keys)),
  ].compactMap(\.self)

  /// The first fields are the same in every format.
  private static func standard(_ name: String, _ rest: String) -> AccessLogFormat? {
    let first = """
      [%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% \
      %RESPONSE_FLAGS% \(rest)
      """
    return try? AccessLogFormat(first, name: name)
  }

  private static let request = """
    %BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \
    "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%"
    """

  private static let common = """
    \(request) %UPSTREAM_CLUSTER% %UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% \
    %DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME% %ROUTE_NAME%
    """

  private static let keys: [[UInt8]: AccessLogField] = Dictionary(
    uniqueKeysWithValues: AccessLogField.allCases.map { (Array($0.key.utf8), $0) })
}
